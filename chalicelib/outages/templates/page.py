"""The status page as people read it: one HTML document without script, font or file from elsewhere, below 60 KB."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from html import escape

from chalicelib.outages.model.components import SEVERITY, Component, Status
from chalicelib.outages.model.incidents import Impact, Incident, Update, impacts
from chalicelib.outages.model.snapshot import Indicator, Snapshot
from chalicelib.outages.model.words import Language, Words, say
from chalicelib.outages.templates import phrases
from chalicelib.outages.templates.phrases import PHRASES, Phrases
from chalicelib.outages.templates.statuspage import Site
from chalicelib.outages.templates.style import CSS, ICONS

MOST_BYTES = 60_000
GENERATED = "\0generated\0"  # stands where the time goes, so that the ETag can be made without it
_RESERVED_BYTES = 2_500  # footer, and the sentences about what was left out
_MOST_PARTS_BYTES = 30_000
_CONTROLS = {code: "\N{REPLACEMENT CHARACTER}" for code in range(32) if chr(code) not in "\n\t"}
_OPEN_LOG = 4  # updates shown before the rest is folded
_LOOK: dict[Indicator, Status] = {
    "none": "operational",
    "maintenance": "under_maintenance",
    "minor": "degraded_performance",
    "major": "partial_outage",
    "critical": "major_outage",
}


def render(shown: Snapshot, site: Site, days: int) -> str:
    """The document, with GENERATED where the time it was made belongs."""
    return _Page(shown, site).document(days)


def stamped(document: str, shown: Snapshot, language: Language) -> str:
    return document.replace(GENERATED, _time(shown.now, shown, language))


def unknown(site: Site) -> str:
    """What is shown when nothing is known; never a page that says all is well."""
    said = PHRASES[site.language]
    return _shell(
        site,
        f'<main id="m"><div class="card top degraded_performance">{_icon("degraded_performance")}'
        f'<div><h1>{said.unknown}</h1><p class="soft">{said.unknown_hint}</p></div></div></main>',
    )


class _Page:
    """One rendering: what is shown, and in which words."""

    def __init__(self, shown: Snapshot, site: Site) -> None:
        self.shown = shown
        self.site = site
        self.language = site.language
        self.said: Phrases = PHRASES[site.language]
        self.left_bytes = MOST_BYTES - _RESERVED_BYTES - len(_shell(site, "").encode())

    def document(self, days: int) -> str:
        banner, parts, foot = self._banner(), self._parts(), self._foot()
        self._spend(banner + parts + foot)
        current = self._incidents(self.shown.open_incidents)
        closed = [each for each in self.shown.incidents if not each.open]
        past = self._incidents(closed)
        if not closed:
            past = f'<p class="soft">{self.said.nothing_past.format(days=days)}</p>'
        now = f"<h2>{self.said.now}</h2>{current}" if current else ""
        history = f"<h2>{self.said.past.format(days=days)}</h2>{past}"
        return _shell(self.site, f'<main id="m">{banner}{now}{parts}{history}</main>{foot}')

    def _banner(self) -> str:
        roll_up = self.shown.roll_up
        look = _LOOK[roll_up.indicator]
        return (
            f'<div class="card top {look}">{_icon(look)}<div>'
            f"<h1>{phrases.heading(roll_up.description, self.language)}</h1>"
            f'<p class="soft">{self.said.as_of.format(time=GENERATED)}</p></div></div>'
        )

    def _parts(self) -> str:
        top = [each for each in self.shown.page.components if not each.group_id]
        rows = [self._part(each, described=True) for each in top]
        if _bytes(rows) > _MOST_PARTS_BYTES:
            rows = [self._part(each, described=False) for each in top]
        kept = self._fitting(rows, top)
        if not kept:
            return ""
        left_out = self._left_out(len(rows) - len(kept), "components.json")
        return (
            f'<h2>{self.said.components}</h2><ul class="card parts">{"".join(kept)}</ul>{left_out}'
        )

    def _fitting(self, rows: Sequence[str], components: Sequence[Component]) -> list[str]:
        """As many rows as there is room for, those that fare worst first; in the page's order."""
        worst_first = sorted(
            range(len(rows)), key=lambda at: -SEVERITY[self.shown.states[components[at].id].status]
        )
        room, kept = _MOST_PARTS_BYTES, set()
        for at in worst_first:
            room -= len(rows[at].encode())
            if room >= 0:
                kept.add(at)
        return [row for at, row in enumerate(rows) if at in kept]

    def _part(self, component: Component, *, described: bool) -> str:
        state = self.shown.states[component.id]
        if component.only_show_if_degraded and state.status == "operational":
            return ""
        status = _icon(state.status) + self.said.statuses[state.status]
        if state.incident_id:
            status = f'<a class="s" href="#{state.incident_id}">{status}</a>'
        children = self.shown.page.children(component.id)
        members = "".join(self._part(each, described=described) for each in children)
        note = component.description if described else None
        return (
            f'<li class="{state.status}"><div class="row"><span>{self._words(component.name)}</span>'
            f'<span class="s">{status}</span></div>'
            + (f'<p class="soft">{self._words(note)}</p>' if note else "")
            + (f"<ul>{members}</ul>" if members else "")
            + "</li>"
        )

    def _incidents(self, incidents: Sequence[Incident]) -> str:
        """As many as fit, newest first; an incident that does not fit whole keeps its latest update."""
        shown, left_out = "", 0
        for incident in incidents:
            whole = self._incident(incident, len(incident.updates))
            for card in (whole, self._incident(incident, 1)):
                if len(card.encode()) <= self.left_bytes:
                    shown += card
                    self._spend(card)
                    break
            else:
                left_out += 1
        return shown + self._left_out(left_out, "incidents.json")

    def _incident(self, incident: Incident, most: int) -> str:
        look = _worst_look(incident) if incident.open else "operational"
        return (
            f'<article class="card {look}" id="{incident.id}">'
            f'<h3>{_icon(look)}{self._words(incident.name)}</h3><p class="soft">'
            f"{' · '.join(self._facts(incident))}</p>{self._promises(incident)}"
            f"{self._log(incident, most)}</article>"
        )

    def _facts(self, incident: Incident) -> Iterator[str]:
        yield self.said.stages[incident.status]
        yield self.said.impacts[incident.impact]
        named = [self.shown.page.component(each) for each in impacts(incident)]
        names = [say(each.name, self.language).text for each in named if each]
        if names:
            comma = ", " if self.language == "en" else "、"
            colon = ": " if self.language == "en" else "："
            yield f"{self.said.affects}{colon}{_safe(comma.join(names))}"

    def _promises(self, incident: Incident) -> str:
        if not incident.open:
            return ""
        rows = ""
        if incident.eta_at:
            rows += f"<dt>{self.said.eta}</dt><dd>{self._at(incident.eta_at)}</dd>"
        if due_at := incident.next_update_due_at:
            late = due_at < self.shown.now
            note = f' <span class="late">({self.said.overdue})</span>' if late else ""
            rows += f"<dt>{self.said.next_update}</dt><dd>{self._at(due_at)}{note}</dd>"
        return f"<dl>{rows}</dl>" if rows else ""

    def _log(self, incident: Incident, most: int) -> str:
        updates = incident.updates[::-1][:most]
        left_out = len(incident.updates) - len(updates)
        log = f'<ol class="log">{"".join(map(self._update, updates[:_OPEN_LOG]))}</ol>'
        if older := updates[_OPEN_LOG:]:
            folded = "".join(map(self._update, older))
            count = self.said.earlier.format(count=len(older))
            log += f'<details><summary>{count}</summary><ol class="log">{folded}</ol></details>'
        return log + self._left_out(left_out, "incidents.json")

    def _update(self, update: Update) -> str:
        return (
            f"<li><strong>{self.said.stages[update.status]}</strong>{self._at(update.display_at)}"
            f"<p>{self._words(update.body)}</p></li>"
        )

    def _left_out(self, count: int, where: str) -> str:
        if not count:
            return ""
        link = f'<a href="/api/v2/{where}">{where}</a>'
        return f'<p class="soft">{self.said.left_out.format(count=count, link=link)}</p>'

    def _foot(self) -> str:
        zone = self.shown.page.time_zone
        named = _safe(phrases.zone_name(zone, self.language))
        offset = phrases.offset(self.shown.now, zone)
        said = self.said
        return (
            f"<footer><p>{said.zone.format(zone=named, offset=offset)}</p>"
            f'<p>{said.programs}<a href="/api/v2/summary.json">summary.json</a> · '
            '<a href="/api/v2/incidents.json">incidents.json</a></p></footer>'
        )

    def _at(self, moment: datetime) -> str:
        return _time(moment, self.shown, self.language)

    def _words(self, words: Words) -> str:
        """Marked, for eyes and for screen readers, where it is not in the page's language."""
        said = say(words, self.language)
        if said.language == self.language:
            return _safe(said.text)
        return (
            f'<span lang="{said.language}">{_safe(said.text)}</span> '
            f'<span class="mark">{self.said.only_other}</span>'
        )

    def _spend(self, text: str) -> None:
        self.left_bytes -= len(text.encode())


def _shell(site: Site, content: str) -> str:
    said = PHRASES[site.language]
    other = "zh-CN" if site.language == "en" else "en"
    name = _safe(site.name)
    title = said.title.format(name=name)
    return (
        f'<!doctype html><html lang="{site.language}"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width,initial-scale=1">'
        f'<title>{title}</title><style>{CSS}</style></head><body>{ICONS}<div class="wrap">'
        f'<a class="skip" href="#m">{said.skip}</a>'
        f'<header><p>{title}</p><a href="?lang={other}" lang="{other}" hreflang="{other}">'
        f"{said.other_language}</a></header>{content}</div></body></html>"
    )


def _worst_look(incident: Incident) -> Status:
    looks: dict[Impact, Status] = {
        "none": "under_maintenance",
        "minor": "degraded_performance",
        "major": "partial_outage",
        "critical": "major_outage",
    }
    return looks[incident.impact]


def _icon(status: Status) -> str:
    return f'<svg class="i" aria-hidden="true"><use href="#i-{status}"/></svg>'


def _time(moment: datetime, shown: Snapshot, language: Language) -> str:
    said = phrases.moment(moment, shown.now, shown.page.time_zone, language)
    return f'<time datetime="{moment.isoformat(timespec="seconds")}">{said}</time>'


def _bytes(texts: Sequence[str]) -> int:
    return sum(len(each.encode()) for each in texts)


def _safe(text: str) -> str:
    return escape(text.translate(_CONTROLS))
