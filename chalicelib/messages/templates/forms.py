"""One logical template for each kind that goes out in a provider's template: typed fields in a text, and its forms.

Tencent's template has the fields by position, Aliyun's by name, WeChat's by keys that say their type. All three follow
from the text here, which is what is registered at the providers: after a change the version counts on, and each
provider has to approve the new text before its template's id is set.
"""

from collections.abc import Callable, Mapping
from datetime import datetime
from string import Formatter
from typing import Literal, NamedTuple

from chalicelib.adapters import sms_values
from chalicelib.kernel.money import yuan
from chalicelib.messages.model.message import Facts, Kind
from chalicelib.messages.templates.phrases import STORE_UNNAMED, told_at

FieldType = Literal["name", "money", "moment"]


class Field(NamedTuple):
    """`of` takes the value out of the facts: text, fen, or a local time, as `type` says."""

    type: FieldType
    of: Callable[[Facts], "str | int | datetime"]


FIELDS: Mapping[str, Field] = {
    "store": Field("name", lambda facts: facts.store_name),
    "amount": Field("money", lambda facts: facts.amount_fen),
    "balance": Field("money", lambda facts: facts.balance_after_fen),
    "time": Field("moment", told_at),
    "what": Field("name", lambda facts: facts.title or ""),
}
_WECHAT_KINDS: Mapping[FieldType, str] = {"name": "thing", "money": "amount", "moment": "time"}


class Form(NamedTuple):
    """`text` has its fields in braces."""

    version: int
    text: str

    @property
    def fields(self) -> list[str]:
        return [name for _, name, _, _ in Formatter().parse(self.text) if name]

    @property
    def positional(self) -> str:
        """`您在{1}消费{2}元…`: as Tencent takes it."""
        return self._with(lambda number, _name: f"{{{number}}}")

    @property
    def named(self) -> str:
        """`您在${store}消费${amount}元…`: as Aliyun takes it."""
        return self._with(lambda _number, name: f"${{{name}}}")

    @property
    def wechat_keys(self) -> list[str]:
        """`thing1`, `amount2`, …: the keys to choose when the subscribe template is put together."""
        numbered = enumerate(self.fields, start=1)
        return [f"{_WECHAT_KINDS[FIELDS[name].type]}{number}" for number, name in numbered]

    def filled(self, values: list[str]) -> str:
        return self.text.format_map(dict(zip(self.fields, values, strict=True)))

    def _with(self, written: Callable[[int, str], str]) -> str:
        numbered = enumerate(self.fields, start=1)
        return self.text.format_map({name: written(number, name) for number, name in numbered})


_REFUND = Form(1, "您在{store}退款{amount}元，余额{balance}元，时间{time}。")
FORMS: Mapping[Kind, Form] = {
    "spend": Form(1, "您在{store}消费{amount}元，余额{balance}元，时间{time}。"),
    "top_up": Form(1, "您在{store}充值{amount}元，余额{balance}元，时间{time}。"),
    "refund": _REFUND,
    "void": _REFUND,  # told in the words of a refund
    "outage": Form(1, "{store}自{time}起受到“{what}”影响，您的消费或通知可能延迟，敬请谅解。"),
}


def sms_params(facts: Facts, provider: str) -> list[str]:
    """By position, each within what the provider takes."""
    most_chars = sms_values.most_chars_of(provider)
    return [_in_sms(FIELDS[name].of(facts), most_chars) for name in FORMS[facts.kind].fields]


def sms_text(facts: Facts, provider: str, sign_name: str) -> str:
    """As the phone shows it, and as it is charged."""
    return f"【{sign_name}】{FORMS[facts.kind].filled(sms_params(facts, provider))}"


def wechat_values(facts: Facts) -> dict[str, str]:
    """By the keys of our subscribe templates.

    No amount may be below zero there: of a member who owes, the stored value is none; the inbox tells of the debt.
    """
    form = FORMS[facts.kind]
    values = (_in_wechat(FIELDS[name].of(facts)) for name in form.fields)
    return dict(zip(form.wechat_keys, values, strict=True))


def _in_sms(value: str | int | datetime, most_chars: int) -> str:
    if isinstance(value, int):
        return yuan(value)
    if isinstance(value, datetime):
        return f"{value.month}月{value.day}日{value:%H:%M}"
    return sms_values.plain(value, most_chars) or STORE_UNNAMED.zh


def _in_wechat(value: str | int | datetime) -> str:
    from chalicelib.adapters.wechat import as_thing  # noqa: PLC0415 - an inbox is written without it

    if isinstance(value, int):
        return f"{yuan(max(value, 0))}元"
    if isinstance(value, datetime):
        return f"{value.year}年{value.month}月{value.day}日 {value:%H:%M}"
    return as_thing(value) or STORE_UNNAMED.zh
