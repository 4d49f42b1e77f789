"""What a member needs to know, for the mini program: a few sentences in one language, ready to be shown."""

from collections.abc import Sequence

import msgspec

from chalicelib.kernel.clock import text
from chalicelib.outages.model.incidents import Incident, impacts, spreads
from chalicelib.outages.model.maintenances import Maintenance
from chalicelib.outages.model.snapshot import Indicator
from chalicelib.outages.model.words import say
from chalicelib.outages.templates import phrases, statuspage
from chalicelib.outages.templates.writer import Writer

_MOST = 5


class MiniIncident(msgspec.Struct, frozen=True):
    """`store_ids` empty: it is of all stores."""

    id: str
    title: str
    stage: str
    affects: list[str]
    store_ids: list[str]
    said: str
    said_at: str
    eta_at: str | None


class MiniMaintenance(msgspec.Struct, frozen=True):
    id: str
    title: str
    affects: list[str]
    store_ids: list[str]
    begins_at: str
    ends_at: str


class Mini(msgspec.Struct, frozen=True):
    """Older than `good_for_s` at the reader's, it says nothing any more."""

    generated_at: str
    good_for_s: int
    language: str
    indicator: Indicator
    headline: str
    incidents: list[MiniIncident]
    maintenances: list[MiniMaintenance]


def mini(writer: Writer, good_for_s: int = 300) -> Mini:
    shown = writer.shown
    return Mini(
        text(shown.now),
        good_for_s,
        writer.language,
        shown.roll_up.indicator,
        phrases.heading(shown.roll_up.description, writer.language),
        [_incident(writer, each) for each in shown.open_incidents[:_MOST]],
        [_maintenance(writer, each) for each in statuspage.to_come(shown)[:_MOST]],
    )


def _incident(writer: Writer, incident: Incident) -> MiniIncident:
    last = incident.updates[-1]
    found = spreads(incident).values()
    everywhere = any(each.everywhere for each in found)
    stores = {store for each in found for store in each.at}
    return MiniIncident(
        incident.id,
        say(incident.name, writer.language).text,
        writer.said.stages[incident.status],
        _names(writer, list(impacts(incident))),
        [] if everywhere else sorted(stores),
        say(last.body, writer.language).text,
        text(last.display_at),
        text(incident.eta_at) if incident.eta_at else None,
    )


def _maintenance(writer: Writer, planned: Maintenance) -> MiniMaintenance:
    return MiniMaintenance(
        planned.id,
        say(planned.name, writer.language).text,
        _names(writer, planned.component_ids),
        list(planned.store_ids),
        text(planned.scheduled_for),
        text(planned.over_at),
    )


def _names(writer: Writer, component_ids: Sequence[str]) -> list[str]:
    named = [writer.shown.page.component(each) for each in component_ids]
    return [say(each.name, writer.language).text for each in named if each]
