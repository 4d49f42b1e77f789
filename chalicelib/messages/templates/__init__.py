"""What a message says: one template for each kind, told in the way of each channel."""

from string import Formatter
from typing import NamedTuple

from chalicelib.kernel.money import yuan
from chalicelib.messages.model.message import Facts
from chalicelib.messages.templates.phrases import PHRASES, STORE_UNNAMED, told_at
from chalicelib.messages.templates.words import BODY, SUBJECT

_SMS_CHARS = 12
_NOT_IN_SMS = str.maketrans("", "", "【】¥")


class Letter(NamedTuple):
    subject: str
    text: str


def letter(facts: Facts, *, english: bool) -> Letter:
    """For e-mail and for the inbox."""
    chosen = 1 if english else 0
    body = BODY[facts.kind][chosen]
    named = (name for _, name, _, _ in Formatter().parse(body) if name)
    values = {name: PHRASES[name](facts)[chosen] for name in named}
    text = body.format_map(values)
    return Letter(SUBJECT[facts.kind][chosen], text[:1].upper() + text[1:])


def sms_params(facts: Facts) -> list[str]:
    """By position: store, amount, balance, time. Tencent takes 12 characters each, no sign of currency, no brackets."""
    local = told_at(facts)
    store = _one_line(facts.store_name.translate(_NOT_IN_SMS))[:_SMS_CHARS]
    return [
        store.strip() or STORE_UNNAMED.zh,
        yuan(facts.amount_fen),
        yuan(facts.balance_after_fen),
        f"{local.month}月{local.day}日{local:%H:%M}",
    ]


def wechat_values(facts: Facts) -> dict[str, str]:
    """By the keys of our subscribe templates: thing1 store (20 characters), amount2, amount3 balance, time4.

    No amount may be below zero there: of a member who owes, the stored value is none; the inbox tells of the debt.
    """
    from chalicelib.adapters.wechat import as_thing  # noqa: PLC0415 - an inbox is written without it

    local = told_at(facts)
    return {
        "thing1": as_thing(_one_line(facts.store_name)) or STORE_UNNAMED.zh,
        "amount2": f"{yuan(facts.amount_fen)}元",
        "amount3": f"{yuan(max(facts.balance_after_fen, 0))}元",
        "time4": f"{local.year}年{local.month}月{local.day}日 {local:%H:%M}",
    }


def _one_line(text: str) -> str:
    return " ".join("".join(sign if sign.isprintable() else " " for sign in text).split())
