"""One function for each command: ask the till, show what came of it."""

import argparse
import getpass
import json
import os
import sys
import time
from collections.abc import Callable, Mapping

from dengta_till.cli import pipe, show
from dengta_till.config import Config
from dengta_till.enrolment import key_file
from dengta_till.errors import BadOrder, NoAnswer
from dengta_till.texts import say
from dengta_till.till import Till
from dengta_till.values import Payment

Command = Callable[[Till, argparse.Namespace], None]


def staff_token(config: Config, staff_no: str | None) -> str:
    """A token from the environment, or one for this member of staff's PIN; none: the terminal's key is used."""
    if not staff_no:
        return os.environ.get("DENGTA_STAFF_TOKEN", "")
    pin = os.environ.get("DENGTA_TILL_PIN") or getpass.getpass(say("pin"))
    with Till(config) as till:
        return till.sign_in(staff_no, pin)


def enroll(till: Till, asked: argparse.Namespace) -> None:
    till.enroll(asked.name)
    text = say("enrolled", device_id=till.device_id, key_file=key_file(till.config))
    show.said(text, {"device_id": till.device_id}, as_json=asked.json)


def keys(till: Till, asked: argparse.Namespace) -> None:
    count = till.fetch_keys()
    show.said(say("keys_fetched", count=count), {"count": count}, as_json=asked.json)


def lookup(till: Till, asked: argparse.Namespace) -> None:
    ways = ("phone", "phone_tail", "card_no", "code")
    show.found(
        till.lookup(**{way: getattr(asked, way) for way in ways if getattr(asked, way)}),
        as_json=asked.json,
    )


def card(till: Till, asked: argparse.Namespace) -> None:
    show.card(till.card(asked.card), as_json=asked.json)


def spend(till: Till, asked: argparse.Namespace) -> None:
    payments = [_payment(each) for each in asked.pay]
    sale = till.spend(
        asked.member_id, asked.total_fen, payments,
        card=asked.card, note=asked.note, name=asked.name,
    )  # fmt: skip
    show.sale(sale, as_json=asked.json)
    if sale.state == "taken" and not asked.json:
        _replay_what_waits(till)


def _replay_what_waits(till: Till) -> None:
    """The line is back: what waits goes now; if it breaks again, nothing is worse than before."""
    now = till.status()
    if not now.states["offline"]:
        return
    show.undecided(now.open)
    try:
        with show.progress() as progress:
            show.replay(till.replay(progress), as_json=False)
    except NoAnswer as error:
        show.error(error, as_json=False)


def refund(till: Till, asked: argparse.Namespace) -> None:
    booked = till.refund(
        asked.out_trade_no, asked.reason, amount_fen=asked.amount_fen, name=asked.name
    )
    show.booked(booked, as_json=asked.json)


def top_up(till: Till, asked: argparse.Namespace) -> None:
    booked = till.top_up(
        asked.member_id, asked.paid_fen, asked.method, bonus_fen=asked.bonus_fen, name=asked.name
    )
    show.booked(booked, as_json=asked.json)


def abandon(till: Till, asked: argparse.Namespace) -> None:
    sale = till.abandon(asked.name, asked.reason)
    show.said(
        say("abandoned", name=asked.name),
        {"name": asked.name, "state": sale.state if sale else None},
        as_json=asked.json,
    )


def status(till: Till, asked: argparse.Namespace) -> None:
    show.status(till.status(), as_json=asked.json)


def replay(till: Till, asked: argparse.Namespace) -> None:
    while True:
        if not asked.json:
            show.undecided(till.status().open)
        try:
            with show.progress() as progress:
                done = till.replay(progress, held=asked.held)
            show.replay(done, as_json=asked.json)
        except NoAnswer as error:
            if not asked.watch:
                raise
            show.error(error, as_json=asked.json)
        if not asked.watch:
            return
        time.sleep(asked.watch)


def verify(till: Till, asked: argparse.Namespace) -> None:
    count, tip = till.verify(), till.status().tip
    text = say("chain_whole", count=count, tip=tip)
    show.said(text, {"count": count, "tip": tip}, as_json=asked.json)


def prune(till: Till, asked: argparse.Namespace) -> None:
    count = till.prune(asked.days)
    show.said(say("pruned", count=count), {"count": count}, as_json=asked.json)


def export(till: Till, _asked: argparse.Namespace) -> None:
    for each in till.journal.export():
        sys.stdout.write(json.dumps(each, ensure_ascii=False) + "\n")


def piped(till: Till, _asked: argparse.Namespace) -> None:
    pipe.answer_all(till, sys.stdin, sys.stdout)


def _payment(said: str) -> Payment:
    method, _, fen = said.partition("=")
    if not fen.isascii() or not fen.isdigit():
        raise BadOrder(why=f"--pay {said}")
    return Payment(method, int(fen))


COMMANDS: Mapping[str, Command] = {
    "enroll": enroll,
    "keys": keys,
    "lookup": lookup,
    "card": card,
    "spend": spend,
    "refund": refund,
    "top-up": top_up,
    "abandon": abandon,
    "status": status,
    "replay": replay,
    "verify": verify,
    "prune": prune,
    "export": export,
    "pipe": piped,
}
