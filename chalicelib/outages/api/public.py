"""Status, for everybody: the page, and the Statuspage v2 documents that other programs read unchanged."""

import hashlib
from collections.abc import Callable
from typing import Annotated, Any

import msgspec

from chalicelib import config
from chalicelib.access.model import PUBLIC
from chalicelib.adapters.http import Answer, Call, unchanged
from chalicelib.kernel.errors import TryAgain
from chalicelib.outages.api.routes import desk, routes
from chalicelib.outages.model.errors import StatusUnknown
from chalicelib.outages.model.words import Language
from chalicelib.outages.service import HISTORY_DAYS
from chalicelib.outages.templates import page, shapes, shell, statuspage
from chalicelib.outages.templates.statuspage import Site
from chalicelib.outages.templates.writer import Place, Writer

_JSON = "application/json; charset=utf-8"
_HTML = "text/html; charset=utf-8"
_SHARED = {
    "Cache-Control": "public, max-age=30, stale-while-revalidate=60",
    "Access-Control-Allow-Origin": "*",
    "X-Content-Type-Options": "nosniff",
}
_PAGE_ONLY = {
    "Vary": "Accept-Language",
    "Content-Security-Policy": f"{shell.CSP}; frame-ancestors 'none'",
    "Referrer-Policy": "no-referrer",
}


class Reading(msgspec.Struct):
    """`lang`: `zh-CN` (as without it) or `en`, for names and texts; other parameters are ignored."""

    lang: Annotated[str, msgspec.Meta(max_length=35)] | None = None


@routes.declare(
    "GET",
    "/v2/summary.json",
    needs=PUBLIC,
    asks=Reading,
    answers={200: shapes.Summary, 304: None},
    raises=(StatusUnknown,),
)
def get_summary_json(call: Call, query: Reading) -> Answer:
    """Roll-up, components, unresolved incidents and maintenances to come, as Statuspage v2."""
    return _document(call, statuspage.summary(desk().now_shown(), _site(query)))


@routes.declare(
    "GET",
    "/v2/status.json",
    needs=PUBLIC,
    asks=Reading,
    answers={200: shapes.StatusOnly, 304: None},
    raises=(StatusUnknown,),
)
def get_status_json(call: Call, query: Reading) -> Answer:
    """The roll-up alone, as Statuspage v2."""
    return _document(call, statuspage.status(desk().now_shown(), _site(query)))


@routes.declare(
    "GET",
    "/v2/components.json",
    needs=PUBLIC,
    asks=Reading,
    answers={200: shapes.ComponentsOnly, 304: None},
    raises=(StatusUnknown,),
)
def get_components_json(call: Call, query: Reading) -> Answer:
    """Components and their groups in one flat list, as Statuspage v2."""
    return _document(call, statuspage.components_only(desk().now_shown(), _site(query)))


@routes.declare(
    "GET",
    "/v2/incidents.json",
    needs=PUBLIC,
    asks=Reading,
    answers={200: shapes.IncidentsOnly, 304: None},
    raises=(StatusUnknown,),
)
def get_incidents_json(call: Call, query: Reading) -> Answer:
    """The 50 most recent incidents, open or over, as Statuspage v2."""
    shown = desk().most_recent()
    return _document(call, statuspage.incidents_only(shown, _site(query), shown.incidents))


@routes.declare(
    "GET",
    "/v2/incidents/unresolved.json",
    needs=PUBLIC,
    asks=Reading,
    answers={200: shapes.IncidentsOnly, 304: None},
    raises=(StatusUnknown,),
)
def get_unresolved_json(call: Call, query: Reading) -> Answer:
    """Incidents that are not over, as Statuspage v2."""
    shown = desk().now_shown()
    return _document(call, statuspage.incidents_only(shown, _site(query), shown.open_incidents))


@routes.declare(
    "GET",
    "/status",
    needs=PUBLIC,
    asks=Reading,
    answers={200: str, 304: None, 503: str},
    content_type=_HTML,
)
def get_status_page(call: Call, query: Reading) -> Answer:
    """The page for people, in Chinese or English by `lang`, else by Accept-Language."""
    preferred: Language = "en" if call.english else "zh-CN"
    site = _site(query, preferred)
    language = {"Content-Language": site.language, **_PAGE_ONLY}
    try:
        shown = desk().with_history()
    except TryAgain as trouble:
        late = {"Retry-After": str(trouble.retry_after_s)}
        return Answer(page.unknown(site, _place(site)), 503, _HTML, {**language, **late})
    writer = Writer(shown, site, _place(site))
    bare = page.now(writer, {}, HISTORY_DAYS)
    return _cacheable(call, bare, lambda: shell.stamped(bare, writer, shown.now), _HTML, language)


def _place(site: Site) -> Place:
    """Here lies one page only: what it links to is the static site."""
    other = "zh-CN" if site.language == "en" else "en"
    return Place(f"{site.home}/", f"?lang={other}")


def _site(query: Reading, otherwise: Language = "zh-CN") -> Site:
    settings = config.settings()
    asked = (query.lang or "").lower().partition("-")[0]
    language: Language = "en" if asked == "en" else "zh-CN" if asked == "zh" else otherwise
    return Site(settings.chain_name, settings.status_base_url, language)


def _document(call: Call, document: Any) -> Answer:  # noqa: ANN401 - one of the shapes above
    text = msgspec.json.encode(document).decode()
    return _cacheable(call, text, lambda: text, _JSON, {})


def _cacheable(
    call: Call, tagged: str, text: Callable[[], str], kind: str, headers: dict[str, str]
) -> Answer:
    """`tagged` is what the ETag stands for: the text without the time at which it was made."""
    tag = f'"{hashlib.sha256(tagged.encode()).hexdigest()[:32]}"'
    headers = {**_SHARED, **headers, "ETag": tag}
    if unchanged(call, tag):
        return Answer("", 304, kind, headers)
    return Answer(text(), 200, kind, headers)
