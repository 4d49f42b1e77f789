"""What SMS providers let stand in a template's variable, and into how many parts a text is split.

Sources: the rules for templates of Tencent (tencentcloud.com/zh/document/product/382/40659: no 【】, no ¥, no URL, 12
characters a variable) and of Aliyun (help.aliyun.com/document_detail/463270.html: no URL, 35 characters of the kind
"other"). With its sign name a text of up to 70 characters is one message, a longer one is split by 67; 500 is the most.
"""

import re
from collections.abc import Mapping, Sequence

from chalicelib.kernel.words import one_line

_MOST_CHARS: Mapping[str, int] = {"tencent": 12, "aliyun": 35}
LONGEST_TEXT = 500
_ONE_PART, _EACH_PART = 70, 67
_NOWHERE = re.compile(r"[【】¥\x00-\x1f\x7f]|https?://|www\.", re.IGNORECASE)


def most_chars_of(provider: str) -> int:
    """What every provider takes, where this one is not known here."""
    return _MOST_CHARS.get(provider, min(_MOST_CHARS.values()))


def plain(text: str, most_chars: int) -> str:
    """What may stand of any text: one line without brackets, currency or URL, cut."""
    kept = one_line(text)
    while (less := _NOWHERE.sub("", kept)) != kept:
        kept = less
    kept = kept.strip()[:most_chars]
    while length(kept) > most_chars:
        kept = kept[:-1]
    return kept.strip()


def unfit(values: Sequence[str], most_chars: int) -> list[int]:
    """The places, from 1 on, of values that the provider would refuse."""
    return [
        place
        for place, value in enumerate(values, start=1)
        if not value.strip() or length(value) > most_chars or _NOWHERE.search(value)
    ]


def length(text: str) -> int:
    """As carriers count: a Chinese character is one, what lies beyond the first plane (emoji) two."""
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def parts(text: str) -> int:
    """How many messages the text, with its sign name, is charged as."""
    chars = length(text)
    return 1 if chars <= _ONE_PART else -(-chars // _EACH_PART)
