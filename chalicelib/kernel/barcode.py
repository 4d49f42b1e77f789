"""Code 128: a name as bars, so that a till finds an order again by its receipt (ISO/IEC 15417)."""

from collections.abc import Iterator

_TABLE = (
    "212222 222122 222221 121223 121322 131222 122213 122312 132212 221213 221312 231212 112232 "
    "122132 122231 113222 123122 123221 223211 221132 221231 213212 223112 312131 311222 321122 "
    "321221 312212 322112 322211 212123 212321 232121 111323 131123 131321 112313 132113 132311 "
    "211313 231113 231311 112133 112331 132131 113123 113321 133121 313121 211331 231131 213113 "
    "213311 213131 311123 311321 331121 312113 312311 332111 314111 221411 431111 111224 111422 "
    "121124 121421 141122 141221 112214 112412 122114 122411 142112 142211 241211 221114 413111 "
    "241112 134111 111242 121142 121241 114212 124112 124211 411212 421112 421211 212141 214121 "
    "412121 111143 111341 131141 114113 114311 411113 411311 113141 114131 311141 411131 211412 "
    "211214 211232 2331112"
)
_SYMBOLS = _TABLE.split()
_TO_PAIRS, _TO_TEXT, _START_TEXT, _START_PAIRS, _STOP = 99, 100, 104, 105, 106
_WORTH_IT = 4  # digits in a row, from which on pairs are shorter


def widths(text: str) -> list[int]:
    """Of bars and gaps in turn, in modules; `text` is printable ASCII."""
    values = list(_values(text))
    check = (values[0] + sum(at * value for at, value in enumerate(values))) % 103
    return [int(width) for value in (*values, check, _STOP) for width in _SYMBOLS[value]]


def _values(text: str) -> Iterator[int]:
    """Digits go two to a symbol where many of them follow each other."""
    pairs = _digits(text) >= _WORTH_IT
    yield _START_PAIRS if pairs else _START_TEXT
    while text:
        run = _digits(text)
        if pairs and run > 1:
            yield int(text[:2])
            text = text[2:]
        elif pairs:
            pairs = False
            yield _TO_TEXT
        elif run >= _WORTH_IT and run % 2 == 0:
            pairs = True
            yield _TO_PAIRS
        else:
            yield ord(text[0]) - 32
            text = text[1:]


def _digits(text: str) -> int:
    """How many of them stand in front."""
    return len(text) - len(text.lstrip("0123456789"))
