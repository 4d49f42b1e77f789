"""What a message says: one template for each kind, told in the way of each channel."""

from datetime import datetime
from typing import NamedTuple

from chalicelib.kernel import clock
from chalicelib.kernel.errors import Text
from chalicelib.kernel.money import yuan
from chalicelib.messages.model.message import Facts, Kind

_ZONE = "Asia/Shanghai"  # mainland China keeps one time
_SMS_CHARS = 12
_STORE_UNNAMED = "门店"
_NOT_IN_SMS = str.maketrans("", "", "【】¥")

_SUBJECT: dict[Kind, Text] = {
    "spend": Text("消费通知", "Your spend"),
    "top_up": Text("充值通知", "Your top-up"),
}
_BODY: dict[Kind, Text] = {
    "spend": Text(
        "您于{time}在{store}消费{amount}元，储值余额{balance}元。",
        "You spent {amount} yuan at {store} on {time_en}. Your balance is {balance} yuan.",
    ),
    "top_up": Text(
        "您于{time}在{store}充值{amount}元{bonus}，储值余额{balance}元。",
        "You topped up {amount} yuan{bonus_en} at {store} on {time_en}. Your balance is {balance} yuan.",
    ),
}


class Letter(NamedTuple):
    subject: str
    text: str


def letter(facts: Facts, *, english: bool) -> Letter:
    """For e-mail and for the inbox."""
    local = _local(facts.booked_at)
    values = {
        "store": facts.store_name or _STORE_UNNAMED,
        "amount": yuan(facts.amount_fen),
        "balance": yuan(facts.balance_after_fen),
        "bonus": f"（另赠{yuan(facts.bonus_fen)}元）" if facts.bonus_fen else "",
        "bonus_en": f" (plus {yuan(facts.bonus_fen)} as a gift)" if facts.bonus_fen else "",
        "time": f"{local.month}月{local.day}日{local:%H:%M}",
        "time_en": f"{local:%Y-%m-%d %H:%M} (UTC+8)",
    }
    chosen = 1 if english else 0
    return Letter(_SUBJECT[facts.kind][chosen], _BODY[facts.kind][chosen].format_map(values))


def sms_params(facts: Facts) -> list[str]:
    """By position: store, amount, balance, time. Tencent takes 12 characters each, no sign of currency, no brackets."""
    local = _local(facts.booked_at)
    store = _one_line(facts.store_name.translate(_NOT_IN_SMS))[:_SMS_CHARS]
    return [
        store.strip() or _STORE_UNNAMED,
        yuan(facts.amount_fen),
        yuan(facts.balance_after_fen),
        f"{local.month}月{local.day}日{local:%H:%M}",
    ]


def wechat_values(facts: Facts) -> dict[str, str]:
    """By the keys of our subscribe templates: thing1 store (20 characters), amount2, amount3 balance, time4."""
    from chalicelib.adapters.wechat import as_thing  # noqa: PLC0415 - an inbox is written without it

    local = _local(facts.booked_at)
    return {
        "thing1": as_thing(_one_line(facts.store_name)) or _STORE_UNNAMED,
        "amount2": f"{yuan(facts.amount_fen)}元",
        "amount3": f"{yuan(facts.balance_after_fen)}元",
        "time4": f"{local.year}年{local.month}月{local.day}日 {local:%H:%M}",
    }


def _one_line(text: str) -> str:
    return " ".join("".join(sign if sign.isprintable() else " " for sign in text).split())


def _local(moment: datetime) -> datetime:
    return moment.astimezone(clock.zone(_ZONE))
