"""What follows on the status page: components are moved, an incident is opened, and both end with the badness.

Each step asks how things are and does what is missing, so that it can be done again after a run that broke off. What a
person said of a component or an incident stands.
"""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta

import msgspec

from chalicelib.adapters import log
from chalicelib.kernel import clock, stamp
from chalicelib.kernel.errors import Gone
from chalicelib.outages.model.asked import Body, ComponentChange, Naming, NewUpdate
from chalicelib.outages.model.asked.components import Outage
from chalicelib.outages.model.components import SEVERITY, Component, Part
from chalicelib.outages.model.errors import NameTaken
from chalicelib.outages.model.incidents import Stage
from chalicelib.outages.model.snapshot import Snapshot
from chalicelib.outages.model.words import id_of
from chalicelib.outages.service import Desk
from chalicelib.probes import table
from chalicelib.probes.model import stretch as model
from chalicelib.probes.model.catalogue import Name
from chalicelib.probes.model.rules import ProbeRules, Rule
from chalicelib.probes.model.state import State
from chalicelib.probes.model.stretch import Stretch
from chalicelib.probes.service.drafting import incident_by
from chalicelib.probes.templates import incidents, notes

Tell = Callable[[str, str, datetime], None]
BY = stamp.system(model.WHO)
_HEALS = timedelta(hours=1)  # two runs at once may each believe to be the last: it is looked after
_log = log.logger("probes")


class Moving(msgspec.Struct, frozen=True):
    """`tell` reaches staff: a key, a sentence, the time."""

    desk: Desk
    tell: Tell

    def follow(
        self,
        part: Part,
        was: Stretch | None,
        states: Mapping[Name, State],
        rules: ProbeRules,
        now: datetime,
    ) -> None:
        """One part, as its probes stand now."""
        bad = model.bad_now(part, states, rules)
        if bad:
            stretch = was if was and was.open else self._begun(part, bad, was, states, rules, now)
            if stretch:
                self._go_on(stretch, model.status_of(part, bad, states, rules), now)
            if stretch and stretch is was:
                self._remind(stretch, now)
        elif was and was.open:
            self._end(was, rules.of(was.probe), now, seen=was.probe in states)
        elif was:
            self._look_after(was, now)

    def _begun(  # noqa: PLR0917 - each is named by its type
        self,
        part: Part,
        bad: Sequence[Name],
        was: Stretch | None,
        states: Mapping[Name, State],
        rules: ProbeRules,
        now: datetime,
    ) -> Stretch | None:
        """None where it is no outage, or somebody else begins it."""
        shown = self.desk.components()
        components = of_part(shown, part)
        fares = [shown.states[each.id] for each in components]
        if fares and all(each.status == "under_maintenance" for each in fares):
            return None  # expected within its window
        began_at = {name: states[name].began_at or now for name in bad}
        first = min(bad, key=began_at.__getitem__)
        again = bool(was and was.closes_at)
        told = any(each.incident_id for each in fares) and not again
        status = model.status_of(part, bad, states, rules)
        stretch = Stretch(
            part=part,
            stretch_id=id_of(began_at[first], part),
            probe=first,
            status=status,
            began_at=began_at[first],
            version=was.version + 1 if was else 1,
            hands_off=told,
            incident_id=was.incident_id if was and again else "",
            again=again,
        )
        if components and not told and not again:
            asked = incident_by(rules.of(first), stretch, components, self.desk.templates(), now)
            stretch = msgspec.structs.replace(stretch, asked=asked)
        if not table.keep_stretch(stretch):
            return None
        since = stretch.began_at.astimezone(clock.zone(shown.page.time_zone))
        touched = components and not told
        said = notes.began(bad, status, since) if touched else notes.unmoved(bad, since)
        self._tell(stretch, "began", said, now)
        return stretch

    def _go_on(self, stretch: Stretch, wanted: Outage, now: datetime) -> None:
        if stretch.hands_off:
            return
        if SEVERITY[wanted] > SEVERITY[stretch.status]:
            stretch = _changed(stretch, status=wanted)
            if not table.keep_stretch(stretch):
                return
        components = of_part(self.desk.components(), stretch.part)
        for each in components:
            self._move(each, stretch)
        if stretch.again:
            naming = [Naming(each.id, stretch.status) for each in components]
            self._say(stretch, "again", "investigating", incidents.AGAIN, naming)
        elif stretch.asked and not stretch.incident_id:
            made, _ = self.desk.report(stretch.asked, stretch.stretch_id, BY)
            if table.keep_stretch(_changed(stretch, incident_id=made.id)):
                said = notes.published if made.public else notes.drafted
                self._tell(stretch, "incident", said([stretch.probe]), now)

    def _remind(self, stretch: Stretch, now: datetime) -> None:
        """A person's word stands, also where it calls well what is bad: it is said to staff, once."""
        shown = self.desk.components()
        fares = [shown.states[each.id] for each in of_part(shown, stretch.part)]
        well = fares and all(
            each.status == "operational" and not each.incident_id for each in fares
        )
        if well and not stretch.reminded and table.keep_stretch(_changed(stretch, reminded=True)):
            self._tell(stretch, "still", notes.still(stretch.probe), now)

    def _end(self, stretch: Stretch, rule: Rule, now: datetime, *, seen: bool) -> None:
        """A probe that is not asked any more has not seen a recovery: then the incident is left to people."""
        seen = seen and rule.enabled
        self._restore(stretch)
        stage: Stage = "resolved"
        if rule.on_recovery == "monitoring" and rule.watch_hours:
            stage = "monitoring"
        said = False
        if seen and stretch.incident_id:
            body = rule.recovered or incidents.RECOVERED
            said = self._say(stretch, "over", stage, body, self._well(stretch))
        watched = said and stage == "monitoring"
        closes_at = now + rule.watch if watched else None
        if not table.keep_stretch(_changed(stretch, ended_at=now, closes_at=closes_at)):
            return
        if not seen:
            self._tell(stretch, "ended", notes.let_go(stretch.probe), now)
            return
        lasted = now - stretch.began_at
        said_of = notes.recovered(stretch.probe, lasted, rule.watch_hours)
        self._tell(stretch, "ended", said_of, now)
        if stretch.incident_id and not said:
            self._tell(stretch, "left", notes.left_to_people(stretch.probe), now)

    def _look_after(self, stretch: Stretch, now: datetime) -> None:
        if stretch.ended_at and now - stretch.ended_at < _HEALS:
            self._restore(stretch)
        if stretch.closes_at and stretch.closes_at <= now:
            self._say(stretch, "closed", "resolved", incidents.CLOSED, self._well(stretch))
            table.keep_stretch(_changed(stretch, closes_at=None))

    def _move(self, component: Component, stretch: Stretch) -> None:
        if component.baseline == stretch.status:
            return
        changes, _ = self.desk.changes(component.id, 1, None)
        last = changes[0] if changes else None
        if model.may_move(component, last, stretch.began_at):
            self._set(component, stretch.status, stretch)

    def _restore(self, stretch: Stretch) -> None:
        for each in of_part(self.desk.components(), stretch.part):
            if each.baseline == "operational":
                continue
            changes, _ = self.desk.changes(each.id, 1, None)
            if model.may_move_back(changes[0] if changes else None, stretch.began_at):
                self._set(each, "operational", stretch)

    def _set(self, component: Component, status: Outage, stretch: Stretch) -> None:
        """As it was read: who changed it meanwhile is heard in the next minute."""
        change = ComponentChange(status=status, reason=f"{stretch.probe} {stretch.stretch_id}")
        try:
            self.desk.change_component(component.id, component.version, change, BY, "probe")
        except Gone:
            _log.info("left to the next minute", extra={"component_id": component.id})

    def _say(
        self, stretch: Stretch, word: str, stage: Stage, body: Body, naming: list[Naming]
    ) -> bool:
        """Whether it is said, now or before: not where a person took the incident over."""
        key = f"{stretch.stretch_id}-{word}"
        incident = self.desk.incident(stretch.incident_id)
        if model.said_before(incident, key):
            return True
        if model.taken_over(incident):
            return False
        asked = NewUpdate(status=stage, body=body, components=naming)
        try:
            self.desk.post_update(incident.id, asked, key, BY)
        except NameTaken:
            return True  # by a run that had other rules
        return True

    def _well(self, stretch: Stretch) -> list[Naming]:
        components = of_part(self.desk.components(), stretch.part)
        return [Naming(each.id, "operational") for each in components]

    def _tell(self, stretch: Stretch, what: str, said: str, now: datetime) -> None:
        self.tell(f"probe:{stretch.part}:{what}", said, now)


def of_part(shown: Snapshot, part: Part) -> list[Component]:
    return [each for each in shown.page.leaves() if each.part == part]


def _changed(stretch: Stretch, **changes: object) -> Stretch:
    return msgspec.structs.replace(stretch, version=stretch.version + 1, **changes)
