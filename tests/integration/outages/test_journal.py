"""What was written into a bucket while the status room was away comes into its table, once."""

from collections.abc import Iterator
from datetime import timedelta

import pytest

from chalicelib.kernel import clock, ids
from chalicelib.outages import journal
from chalicelib.outages.journal import Entry
from chalicelib.outages.model.asked import Body, Name, Naming, NewIncident, NewUpdate
from chalicelib.outages.model.words import new_id
from tests.house import House
from tests.integration.outages.conftest import Operator


class Memory:
    """A bucket without S3; `stuck` objects cannot be deleted."""

    def __init__(self) -> None:
        self.held: dict[str, bytes] = {}
        self.stuck = False

    def put(self, key: str, body: bytes, _content_type: str, _cache: str) -> None:
        self.held[key] = body

    def get(self, key: str) -> bytes | None:
        return self.held.get(key)

    def keys(self, prefix: str) -> Iterator[str]:
        return iter(sorted(key for key in self.held if key.startswith(prefix)))

    def delete(self, key: str) -> None:
        if self.stuck:
            raise OSError
        self.held.pop(key)


@pytest.fixture
def bucket() -> Memory:
    return Memory()


@pytest.fixture
def till(operator: Operator) -> str:
    return operator.component("收银")


def written(bucket: Memory, component_id: str) -> str:
    """An incident and its update, ten minutes old; its id."""
    at = clock.now() - timedelta(minutes=10)
    report = NewIncident(
        name=Name("无法收银", None),
        body=Body("正在排查", None),
        components=[Naming(component_id, "major_outage")],
        started_at=at,
    )
    incident_id = new_id(at)
    later = at + timedelta(minutes=5)
    update = NewUpdate(status="monitoring", body=Body("观察中", None), display_at=later)
    for entry in (
        Entry(id=ids.new(at), at=at, who="console", incident_id=incident_id, report=report),
        Entry(id=ids.new(later), at=later, who="console", incident_id=incident_id, update=update),
    ):
        journal.keep(bucket, entry)  # type: ignore[arg-type] # stands for a Bucket
    return incident_id


def take_in(bucket: Memory) -> int:
    return journal.take_in([bucket])  # type: ignore[list-item] # stands for a Bucket


def test_the_journal_becomes_an_incident_of_the_same_id_and_is_empty_then(
    house: House, bucket: Memory, till: str
) -> None:
    incident_id = written(bucket, till)
    assert take_in(bucket) == 2
    found = house.office.get(f"/v1/incidents/{incident_id}").json
    assert found["status"] == "monitoring"
    assert len(found["updates"]) == 2
    assert bucket.held == {}


def test_taken_in_twice_it_is_there_once(house: House, bucket: Memory, till: str) -> None:
    incident_id = written(bucket, till)
    bucket.stuck = True
    for _ in range(3):
        with pytest.raises(OSError, match=r"^$"):
            take_in(bucket)
    bucket.stuck = False
    assert take_in(bucket) == 2
    assert len(house.office.get(f"/v1/incidents/{incident_id}").json["updates"]) == 2


def test_what_lies_in_both_buckets_is_there_once(house: House, till: str) -> None:
    one, two = Memory(), Memory()
    incident_id = written(one, till)
    two.held = dict(one.held)
    assert take_in(one) == take_in(two) == 2
    assert len(house.office.get(f"/v1/incidents/{incident_id}").json["updates"]) == 2


def test_what_the_desk_refuses_is_put_aside_and_keeps_no_other_waiting(
    house: House, bucket: Memory, till: str
) -> None:
    at = clock.now() - timedelta(hours=1)
    update = NewUpdate(status="resolved", body=Body("好了", None))
    lost = Entry(id=ids.new(at), at=at, who="console", incident_id="nosuchthing1", update=update)
    journal.keep(bucket, lost)  # type: ignore[arg-type] # stands for a Bucket
    incident_id = written(bucket, till)
    assert take_in(bucket) == 3
    assert list(bucket.held) == [f"refused/{lost.id}.json"]
    assert house.office.get(f"/v1/incidents/{incident_id}").status == 200
