"""Staff are told also where DynamoDB fails at any step, the bot hangs, or two sweeps meet."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

import pytest

from chalicelib.adapters import tables
from chalicelib.adapters.upstream import Unknown
from chalicelib.messages import staff
from chalicelib.messages.model.digest import REPEATED
from chalicelib.messages.service.digest import Digests
from tests.house import House
from tests.simulation.database_faults import FAULTS, one_fault

MINUTE = timedelta(minutes=1)
TEXTS = [f"第{number}件事" + "灯" * 180 for number in range(5)]


@dataclass
class Scene:
    """A group that hears, minute by minute, what was noted in the first one."""

    now: datetime = datetime(2026, 11, 22, 8, 0, tzinfo=UTC)
    heard: list[str] = field(default_factory=list)
    before: Callable[[], None] = lambda: None
    after: Callable[[], None] = lambda: None

    def say(self, text: str) -> None:
        self.before()
        self.heard.append(text)
        self.after()

    def clock(self) -> datetime:
        return self.now

    def sweep(self) -> None:
        Digests(self, "灯塔", self.clock).run()

    def go_on(self, minutes: int = 8) -> None:
        for _ in range(minutes):
            self.now += MINUTE
            self.sweep()

    def times(self, text: str) -> list[bool]:
        """For each time that the group heard it, whether it was said to be a repeat."""
        return [said.startswith(REPEATED) for said in self.heard if text in said]


@pytest.fixture
def scene(house: House) -> Scene:
    assert house
    staff.forget()
    for image in tables.query_all("messages", "STAFF"):
        transaction = tables.Transaction()
        transaction.delete("row", staff.NoteRow("STAFF", image["sk"]["S"]))
        transaction.commit()
    made = Scene()
    for number, text in enumerate(TEXTS):
        staff.note(f"k{number}", text, made.now)
    return made


@pytest.mark.parametrize("fault", FAULTS)
@pytest.mark.parametrize("at", range(5))  # what two digests take
def test_one_failed_call_loses_nothing_and_doubles_nothing_unmarked(
    scene: Scene, at: int, fault: str
) -> None:
    with one_fault(at, fault) as drawn:
        scene.sweep()
    assert drawn == [fault]
    scene.go_on()
    for text in TEXTS:
        first, *later = scene.times(text)
        assert all(later), (text, first, later)


def test_of_two_sweeps_at_once_one_tells(scene: Scene) -> None:
    other = Scene()

    def meanwhile() -> None:
        scene.before = lambda: None
        other.sweep()

    scene.before = meanwhile
    scene.sweep()
    scene.go_on()
    scene.heard += other.heard
    assert other.heard
    assert [scene.times(text) for text in TEXTS] == [[False]] * len(TEXTS)


def test_an_answer_that_never_comes_is_a_marked_repeat(scene: Scene) -> None:
    def no_answer() -> None:
        scene.after = lambda: None
        raise Unknown("wecom", "ReadTimeoutError")

    scene.after = no_answer
    scene.sweep()
    scene.go_on()
    assert scene.times(TEXTS[0]) == [False, True]
    assert scene.times(TEXTS[-1]) == [False]
