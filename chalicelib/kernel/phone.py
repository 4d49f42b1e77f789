"""Phones of mainland China: what is forgiven, what is refused and why, and what a slip of the finger looks like.

Mobile numbers are eleven digits starting 13 to 19; carriers' blocks move with number portability, so no finer prefix
list is kept (facts: membership.md, section 5).
"""

import re
import unicodedata

from chalicelib.kernel.errors import InvalidRequest, Text

_FORGIVEN = re.compile(r"[\s\-()().·]+")
_COUNTRY = re.compile(r"^(?:\+|00)?86(?=1[0-9]{10}\Z)")
_MOBILE = re.compile(r"^1[3-9][0-9]{9}\Z")
_LANDLINE = re.compile(r"^(?:\+?86)?0[0-9]{9,11}\Z")
_DIGITS = 11


_REASONS = {
    "empty": Text("手机号是空的。", "The phone number is empty."),
    "letters": Text("手机号里有数字以外的字符。", "There is something other than digits in it."),
    "landline": Text(
        "这是座机号码，请填写手机号。", "This is a landline; a mobile number is needed."
    ),
    "foreign": Text(
        "目前只支持中国大陆手机号。", "Only mainland China mobile numbers are supported."
    ),
    "too_short": Text(
        "手机号应为 11 位，位数不够。", "A mobile number has 11 digits; some are missing."
    ),
    "too_long": Text(
        "手机号应为 11 位，位数多了。", "A mobile number has 11 digits; there are too many."
    ),
    "prefix": Text("手机号应以 13 到 19 开头。", "A mobile number starts with 13 to 19."),
}


class NotAPhone(InvalidRequest):
    """The text is no mainland mobile number; `reason` is one of the keys above."""

    code = "not_a_phone"
    title = Text("这不是手机号", "This is not a mobile number")
    hint = Text("请向会员核对 11 位手机号。", "Check the 11 digits with the member.")

    def __init__(self, reason: str) -> None:
        super().__init__(reason=reason)
        self.reason = reason

    def detail_text(self) -> Text:
        return _REASONS[self.reason]


def parse(text: str) -> str:
    """The eleven digits of a mobile number. Spaces, dashes, full-width digits and +86 are forgiven.

    Raises NotAPhone with reason `empty`, `letters`, `landline`, `foreign`, `too_short`, `too_long` or `prefix`.
    """
    bare = _FORGIVEN.sub("", unicodedata.normalize("NFKC", text))
    digits = _COUNTRY.sub("", bare)
    if _MOBILE.match(digits):
        return digits
    raise NotAPhone(_why_not(digits))


def _why_not(digits: str) -> str:
    number = digits.removeprefix("+")
    if not number:
        return "empty"
    if not (number.isascii() and number.isdigit()):
        return "letters"
    if digits.startswith("+") and not digits.startswith("+86"):
        return "foreign"
    if _LANDLINE.match(digits):
        return "landline"
    if len(digits) != _DIGITS:
        return "too_short" if len(digits) < _DIGITS else "too_long"
    return "prefix"


def masked(phone: str) -> str:
    return f"{phone[:3]}****{phone[-4:]}"


def tail(phone: str) -> str:
    return phone[-4:]


def slips(phone: str) -> list[str]:
    """Every valid number that one wrong digit or one swapped pair turns into `phone`; at most 99 of them."""
    wrong = {
        phone[:at] + digit + phone[at + 1 :]
        for at in range(1, _DIGITS)
        for digit in "0123456789"
        if digit != phone[at]
    }
    swapped = {
        phone[:at] + phone[at + 1] + phone[at] + phone[at + 2 :] for at in range(1, _DIGITS - 1)
    }
    return sorted(other for other in (wrong | swapped) - {phone} if _MOBILE.match(other))
