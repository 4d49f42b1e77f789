"""The texts, times and names that requests are made of, bounded."""

from datetime import datetime
from typing import Annotated

import msgspec

from chalicelib.kernel.words import STORE_ID
from chalicelib.outages.model.components import MOST_STORES
from chalicelib.outages.model.words import Words

_Name = Annotated[str, msgspec.Meta(max_length=60, pattern=r"\S", examples=["SMS / 短信"])]
_Note = Annotated[str, msgspec.Meta(max_length=160, pattern=r"\S")]
_Body = Annotated[str, msgspec.Meta(max_length=2000, pattern=r"\S", examples=["We look / 处理中"])]
Moment = Annotated[datetime, msgspec.Meta(tz=True, description="RFC 3339")]
StoreId = Annotated[str, msgspec.Meta(pattern=STORE_ID, examples=["nanjing-road"])]
ComponentId = Annotated[
    str, msgspec.Meta(pattern=r"^[a-z0-9]{12}$(?!\n)", examples=["mp1u0c5e04k2"])
]
StoreIds = Annotated[tuple[StoreId, ...], msgspec.Meta(max_length=MOST_STORES)]


class _Bilingual(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """At least one of the two; what is left out is marked on the page as missing."""

    zh: str | None = None
    en: str | None = None

    def __post_init__(self) -> None:
        if not self.zh and not self.en:
            raise ValueError("zh, en or both are needed")

    def words(self) -> Words:
        return Words(self.zh, self.en)


class Name(_Bilingual, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    zh: _Name | None = None
    en: _Name | None = None


class Note(_Bilingual, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    zh: _Note | None = None
    en: _Note | None = None


class Body(_Bilingual, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    zh: _Body | None = None
    en: _Body | None = None
