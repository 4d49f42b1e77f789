"""Phone numbers as an SMS provider takes them."""

import re

_MAINLAND = re.compile(r"(?:\+86|0086|86)?(1[3-9][0-9]{9})")
_ABROAD = re.compile(r"\+(?!86)[1-9][0-9]{6,14}")


def mainland(text: str) -> str | None:
    """Read the eleven digits of a mainland mobile number; None for anything else."""
    found = _MAINLAND.fullmatch(text)
    return found[1] if found else None


def e164(text: str) -> str:
    """Write a mainland number with +86; leave anything else as it is."""
    digits = mainland(text)
    return f"+86{digits}" if digits else text


def is_abroad(text: str) -> bool:
    return _ABROAD.fullmatch(text) is not None


def spellings(text: str) -> set[str]:
    """Every way in which a fault may name this number."""
    digits = mainland(text)
    return {text, digits, f"+86{digits}"} if digits else {text}
