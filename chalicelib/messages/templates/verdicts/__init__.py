"""The verdicts in words: what it is and what to do next, for the member and for the people of a store."""

from collections.abc import Mapping

from chalicelib.messages.model.diagnosis import Code
from chalicelib.messages.templates.verdicts.did_not import DID_NOT
from chalicelib.messages.templates.verdicts.nothing import NOTHING_THERE
from chalicelib.messages.templates.verdicts.under_way import UNDER_WAY
from chalicelib.messages.templates.verdicts.went_out import WENT_OUT
from chalicelib.messages.templates.verdicts.words import Verdicts, Words

GROUPS: Mapping[str, Mapping[Code, Verdicts]] = {
    "Nothing is there to be found": NOTHING_THERE,
    "Under way, or nobody can say": UNDER_WAY,
    "It went out": WENT_OUT,
    "It was not sent, or did not arrive": DID_NOT,
}
VERDICTS: Mapping[Code, Verdicts] = {
    code: said for group in GROUPS.values() for code, said in group.items()
}

__all__ = ["GROUPS", "VERDICTS", "Verdicts", "Words"]
