"""What a message says: one template for each kind, told in the way of each channel."""

from string import Formatter
from typing import NamedTuple

from chalicelib.messages.model.message import Facts
from chalicelib.messages.templates.forms import sms_params, sms_text, wechat_values
from chalicelib.messages.templates.phrases import PHRASES
from chalicelib.messages.templates.words import BODY, SUBJECT

__all__ = ["Letter", "letter", "sms_params", "sms_text", "wechat_values"]


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
