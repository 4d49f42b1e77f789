"""The verdicts in words: what it is and what to do next, for the member and for the people of a store."""

from collections.abc import Mapping

from chalicelib.messages.model.diagnosis import Code
from chalicelib.messages.templates.verdicts.did_not import DID_NOT
from chalicelib.messages.templates.verdicts.nothing import NOTHING_THERE
from chalicelib.messages.templates.verdicts.under_way import UNDER_WAY
from chalicelib.messages.templates.verdicts.went_out import WENT_OUT
from chalicelib.messages.templates.verdicts.words import Verdicts, Words

VERDICTS: Mapping[Code, Verdicts] = {**NOTHING_THERE, **UNDER_WAY, **WENT_OUT, **DID_NOT}

__all__ = ["VERDICTS", "Verdicts", "Words"]
