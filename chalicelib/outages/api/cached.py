"""What the public answers share: the language asked for, and an ETag that caches can ask by."""

import hashlib
from collections.abc import Callable
from typing import Annotated

import msgspec

from chalicelib import config
from chalicelib.adapters.http import Answer, Call, unchanged
from chalicelib.outages.model.words import Language
from chalicelib.outages.templates.statuspage import Site

_SHARED = {
    "Cache-Control": "public, max-age=30, stale-while-revalidate=60",
    "Access-Control-Allow-Origin": "*",
    "X-Content-Type-Options": "nosniff",
}


class Reading(msgspec.Struct):
    """`lang`: `zh-CN` (as without it) or `en`, for names and texts; other parameters are ignored."""

    lang: Annotated[str, msgspec.Meta(max_length=35)] | None = None


def site_of(query: Reading, otherwise: Language = "zh-CN") -> Site:
    settings = config.settings()
    asked = (query.lang or "").lower().partition("-")[0]
    language: Language = "en" if asked == "en" else "zh-CN" if asked == "zh" else otherwise
    return Site(settings.chain_name, settings.status_base_url, language, settings.told_by)


def cacheable(
    call: Call, tagged: str, text: Callable[[], str], kind: str, headers: dict[str, str]
) -> Answer:
    """`tagged` is what the ETag stands for: the text without the time at which it was made."""
    tag = f'"{hashlib.sha256(tagged.encode()).hexdigest()[:32]}"'
    headers = {**_SHARED, **headers, "ETag": tag}
    if unchanged(call, tag):
        return Answer("", 304, kind, headers)
    return Answer(text(), 200, kind, headers)
