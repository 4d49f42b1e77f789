"""The pages as people read them: each one HTML document below 60 KB, without script and without foreign parts."""

from collections.abc import Sequence
from datetime import date, timedelta

from chalicelib.outages.model.components import Status, StoreShown
from chalicelib.outages.model.maintenances import Maintenance
from chalicelib.outages.model.snapshot import Indicator, Snapshot
from chalicelib.outages.model.uptime import DAYS
from chalicelib.outages.templates import phrases, statuspage
from chalicelib.outages.templates.cards import Told, fitting, going_on, look_of, own
from chalicelib.outages.templates.parts import Records, parts
from chalicelib.outages.templates.phrases import PHRASES
from chalicelib.outages.templates.shell import MOST_BYTES, as_of, document, foot, fresh, stale
from chalicelib.outages.templates.statuspage import Site
from chalicelib.outages.templates.writer import Place, Writer, icon, safe, size

_RESERVED_BYTES = 2_500  # the sentences about what was left out
STORE_ID, STORE_NAME, _STORE_TITLE = (
    "\0id\0",
    "\0name\0",
    "\0title\0",
)  # stand for a store's own in a pattern
FRESH_MINUTES = 5  # it is written each minute
_AHEAD = timedelta(days=31)
LOOKS: dict[Indicator, Status] = {
    "none": "operational",
    "maintenance": "under_maintenance",
    "minor": "degraded_performance",
    "major": "partial_outage",
    "critical": "major_outage",
}


def now(writer: Writer, records: Records, days: int, minutes: int = FRESH_MINUTES) -> str:
    """How it stands now, of the chain or, as a pattern, of stores that see the same; `stamped` gives it its time."""
    shown = writer.shown
    look = LOOKS[shown.roll_up.indicator]
    banner = stale(writer, minutes) + _banner(writer, minutes)
    listed = parts(writer, records)
    notes = [fresh(writer, minutes), _weights(writer) if records else ""]
    below = foot(writer, *notes)
    room = _room(writer, banner + listed + below)
    current, room = _section(writer, writer.said.now, shown.open_incidents, room)
    planned, room = _section(writer, writer.said.maintenances, _near(shown), room)
    past = _past(writer, days, room)
    content = f'<main id="m">{banner}{current}{planned}{listed}{past}</main>{below}'
    return document(
        writer.site,
        writer.where,
        _title(writer, one_store=shown.store_id is not None),
        content,
        look,
    )


def of_store(pattern: str, writer: Writer, store: StoreShown) -> str:
    """The page of one store from the pattern that fits it."""
    named = pattern.replace(STORE_NAME, writer.words(store.name)).replace(
        STORE_ID, safe(store.store_id)
    )
    return named.replace(_STORE_TITLE, writer.plain(store.name))


def one(writer: Writer, told: Told, minutes: int = FRESH_MINUTES) -> str:
    """One incident or maintenance with all that was told of it; `stamped` gives its time to one that is going on."""
    above, below = "", foot(writer)
    if going_on(writer, told):
        above, below = (
            stale(writer, minutes) + as_of(writer, minutes),
            foot(writer, fresh(writer, minutes)),
        )
    content = f'<main id="m">{above}{own(writer, told, _room(writer, above + below))}</main>{below}'
    title = f"{writer.plain(told.name)} · {_title(writer)}"
    return document(writer.site, writer.where, title, content, look_of(writer, told))


def month(writer: Writer, first: date, told: Sequence[Told], around: tuple[bool, bool]) -> str:
    """What began in a month, newest first; `around`: whether there is a page of the month before, and after."""
    named, below = phrases.month(first, writer.language), foot(writer)
    way = _months(writer, first, around)
    cards, left_out = fitting(writer, told, _room(writer, way + below))
    listed = cards or f'<p class="soft">{writer.said.nothing_that_month}</p>'
    listed += writer.left_out(left_out, "api/v2/incidents.json")
    content = f'<main id="m"><h1>{named}</h1>{way}{listed}</main>{below}'
    title = f"{named} · {_title(writer)}"
    return document(writer.site, writer.where, title, content, "operational")


def stores(writer: Writer, looks: Sequence[tuple[StoreShown, Status]]) -> str:
    """Every store with a page of its own, and how it stands there."""
    below, said = foot(writer), writer.said
    room, rows = _room(writer, below), []
    for store, look in looks:
        row = (
            f'<li class="{look}"><div class="row"><a href="{safe(store.store_id)}.html">'
            f"{writer.words(store.name)}</a>{icon(look)}</div></li>"
        )
        room -= size(row)
        rows += [row] if room >= 0 else []
    listed = f'<ul class="card parts">{"".join(rows)}</ul>'
    left_out = writer.left_out(len(looks) - len(rows), "mini.json")
    content = f'<main id="m"><h1>{said.stores}</h1>{listed}{left_out}</main>{below}'
    title = f"{said.stores} · {_title(writer)}"
    return document(writer.site, writer.where, title, content, "operational")


def unknown(site: Site, where: Place) -> str:
    """What is shown when nothing is known; never a page that says all is well."""
    said = PHRASES[site.language]
    content = (
        f'<main id="m"><div class="card top degraded_performance">{icon("degraded_performance")}'
        f'<div><h1>{said.unknown}</h1><p class="soft">{said.unknown_hint}</p></div></div></main>'
    )
    title = said.title.format(name=safe(site.name))
    return document(site, where, title, content, "degraded_performance")


def _banner(writer: Writer, minutes: int) -> str:
    roll_up = writer.shown.roll_up
    look = LOOKS[roll_up.indicator]
    said = phrases.heading(roll_up.description, writer.language)
    name = hint = ""
    if writer.shown.store_id is not None:
        name = STORE_NAME + writer.said.colon
        hint = f'<p class="soft">{writer.said.store_hint}</p>'
    return (
        f'<div class="card top {look}">{icon(look)}<div><h1>{name}{said}</h1>'
        f"{hint}{as_of(writer, minutes)}</div></div>"
    )


def _section(writer: Writer, name: str, told: Sequence[Told], room: int) -> tuple[str, int]:
    """With what room it leaves."""
    if not told:
        return "", room
    cards, left_out = fitting(writer, told, room)
    more = writer.left_out(left_out, "api/v2/summary.json")
    return f"<h2>{name}</h2>{cards}{more}", room - size(cards)


def _near(shown: Snapshot) -> list[Maintenance]:
    """Those that last, and those of the next weeks."""
    until = shown.now + _AHEAD
    return [each for each in statuspage.to_come(shown) if each.scheduled_for <= until]


def _past(writer: Writer, days: int, room: int) -> str:
    since = writer.shown.now - timedelta(days=days)
    closed = [e for e in writer.shown.incidents if not e.open and e.started_at >= since]
    heading = writer.said.past.format(days=days)
    if not closed:
        nothing = writer.said.nothing_past.format(days=days)
        return f'<h2>{heading}</h2><p class="soft">{nothing}</p>'
    return _section(writer, heading, closed, room)[0]


def _weights(writer: Writer) -> str:
    weight = f"{writer.shown.page.partial_weight * 100:g}"
    return f"<p>{writer.said.weights.format(days=DAYS, weight=weight)}</p>"


def _months(writer: Writer, first: date, around: tuple[bool, bool]) -> str:
    before, after = first - timedelta(days=1), first + timedelta(days=31)
    links = [
        f'<a href="{at:%Y-%m}.html">{name}</a>'
        for there, at, name in (
            (around[0], before, writer.said.earlier_month),
            (around[1], after, writer.said.later_month),
        )
        if there
    ]
    return f"<nav><p>{' · '.join(links)}</p></nav>" if links else ""


def _title(writer: Writer, *, one_store: bool = False) -> str:
    name = safe(writer.site.name)
    if one_store:
        return writer.said.store_title.format(store=_STORE_TITLE, name=name)
    return writer.said.title.format(name=name)


def _room(writer: Writer, taken: str) -> int:
    empty = document(writer.site, writer.where, "", "", "operational")
    return MOST_BYTES - _RESERVED_BYTES - size(empty, taken)
