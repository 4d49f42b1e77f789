"""What `dengta-till` may be asked."""

import argparse

from dengta_till.orders import METHODS


def parser() -> argparse.ArgumentParser:
    made = argparse.ArgumentParser(prog="dengta-till", description="Dengta at the till (灯塔收银)")
    made.add_argument(
        "--config",
        help="till.toml; else $DENGTA_TILL_CONFIG, ./till.toml, ~/.dengta-till/till.toml",
    )
    made.add_argument("--json", action="store_true", help="answer in JSON")
    made.add_argument(
        "--staff-no", help="act as a member of staff; the PIN from $DENGTA_TILL_PIN or asked for"
    )
    commands = made.add_subparsers(dest="command", required=True, metavar="command")
    _members(commands)
    _money(commands)
    _journal(commands)
    return made


def _members(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    enroll = commands.add_parser("enroll", help="register this till's key (登记); needs a manager")
    enroll.add_argument("--name", default="till", help="what people call this till")
    commands.add_parser("keys", help="fetch the keys that off-line cards are verified with")
    lookup = commands.add_parser("lookup", help="find a member (查会员)")
    by = lookup.add_mutually_exclusive_group(required=True)
    for name in ("phone", "phone-tail", "card-no", "code"):
        by.add_argument(f"--{name}")
    card = commands.add_parser("card", help="verify an off-line card (离线卡)")
    card.add_argument("card")


def _money(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    spend = commands.add_parser("spend", help="sell (消费)")
    spend.add_argument("member_id")
    spend.add_argument("total_fen", type=int)
    spend.add_argument(
        "--pay", action="append", required=True, metavar="METHOD=FEN", help=", ".join(METHODS)
    )
    spend.add_argument(
        "--card", help="the member's off-line card, for the balance when there is no line"
    )
    spend.add_argument("--note")
    refund = commands.add_parser("refund", help="give back (退款); never off line")
    refund.add_argument("out_trade_no")
    refund.add_argument("--reason", required=True)
    refund.add_argument("--amount-fen", type=int, help="left out: all that is left")
    top_up = commands.add_parser("top-up", help="put money on a card (充值); never off line")
    top_up.add_argument("member_id")
    top_up.add_argument("paid_fen", type=int)
    top_up.add_argument("--method", required=True)
    top_up.add_argument("--bonus-fen", type=int)
    for each in (spend, refund, top_up):
        each.add_argument(
            "--name", help="the store's own name for it; the same again is the same order"
        )
    abandon = commands.add_parser(
        "abandon", help="the goods of an undecided sale stayed here (放弃)"
    )
    abandon.add_argument("name")
    abandon.add_argument("--reason", required=True)
    commands.add_parser(
        "pipe", help="JSON commands, one a line, on standard input; answers on output"
    )


def _journal(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    commands.add_parser("status", help="how the journal stands (状态)")
    replay = commands.add_parser("replay", help="bring the journal to Dengta (上传)")
    replay.add_argument("--held", action="store_true", help="ask again what came of held records")
    replay.add_argument(
        "--watch", type=float, metavar="SECONDS", help="again and again, with this pause"
    )
    commands.add_parser("verify", help="check the whole chain here (验链)")
    prune = commands.add_parser("prune", help="forget old records that Dengta has taken (清理)")
    prune.add_argument("--days", type=int, default=400)
    commands.add_parser("export", help="all that is kept, one JSON object a line (导出)")
