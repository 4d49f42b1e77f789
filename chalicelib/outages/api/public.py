"""The status page for everybody: as people read it, and as feeds."""

from collections.abc import Callable

from chalicelib.access.model import PUBLIC
from chalicelib.adapters.http import Answer, Call
from chalicelib.kernel.errors import TryAgain
from chalicelib.outages.api.cached import Reading, cacheable, site_of
from chalicelib.outages.api.routes import desk, routes
from chalicelib.outages.model.errors import StatusUnknown
from chalicelib.outages.model.words import Language
from chalicelib.outages.service import HISTORY_DAYS
from chalicelib.outages.templates import calendar, feeds, page, shell
from chalicelib.outages.templates.statuspage import Site
from chalicelib.outages.templates.writer import Place, Writer

_HTML = "text/html; charset=utf-8"
_PAGE_ONLY = {
    "Vary": "Accept-Language",
    "Content-Security-Policy": f"{shell.CSP}; frame-ancestors 'none'",
    "Referrer-Policy": "no-referrer",
}


@routes.declare(
    "GET",
    "/status/history.rss",
    needs=PUBLIC,
    asks=Reading,
    answers={200: str, 304: None},
    raises=(StatusUnknown,),
    content_type=feeds.RSS,
)
def get_history_rss(call: Call, query: Reading) -> Answer:
    """The history as RSS 2.0."""
    return _feed(call, query, feeds.rss, feeds.RSS)


@routes.declare(
    "GET",
    "/status/history.atom",
    needs=PUBLIC,
    asks=Reading,
    answers={200: str, 304: None},
    raises=(StatusUnknown,),
    content_type=feeds.ATOM,
)
def get_history_atom(call: Call, query: Reading) -> Answer:
    """The history as Atom."""
    return _feed(call, query, feeds.atom, feeds.ATOM)


@routes.declare(
    "GET",
    "/status/history.ics",
    needs=PUBLIC,
    asks=Reading,
    answers={200: str, 304: None},
    raises=(StatusUnknown,),
    content_type=calendar.CALENDAR,
)
def get_history_ics(call: Call, query: Reading) -> Answer:
    """Planned maintenances as iCalendar."""
    return _feed(call, query, calendar.calendar, calendar.CALENDAR)


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
    site = site_of(query, preferred)
    language = {"Content-Language": site.language, **_PAGE_ONLY}
    try:
        shown = desk().with_history()
    except TryAgain as trouble:
        late = {"Retry-After": str(trouble.retry_after_s)}
        return Answer(page.unknown(site, _place(site)), 503, _HTML, {**language, **late})
    writer = Writer(shown, site, _place(site))
    bare = page.now(writer, {}, HISTORY_DAYS)
    return cacheable(call, bare, lambda: shell.stamped(bare, writer, shown.now), _HTML, language)


def _place(site: Site) -> Place:
    """Here lies one page only: what it links to is the static site."""
    other = "zh-CN" if site.language == "en" else "en"
    return Place(f"{site.home}/", f"?lang={other}")


def _feed(call: Call, query: Reading, written: Callable[[Writer], str], kind: str) -> Answer:
    site = site_of(query)
    text = written(Writer(desk().feed(), site, _place(site)))
    return cacheable(call, text, lambda: text, kind, {})
