"""Registering, listing and revoking devices, and what is told of their journals."""

import json
import logging
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest

from chalicelib.stores import built
from chalicelib.stores.model.journal import BROKEN, FORKED, GAP
from chalicelib.stores.model.replays import Signed
from tests.house import BY, House
from tests.integration.stores.journals import Pen, hand_in, outcomes, registered

DEVICES = "/v1/stores/s1/devices"


@pytest.fixture(scope="module")
def member_id(house: House) -> str:
    return house.register("13800138000")


@pytest.fixture
def lines(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, dict[str, object]]]:
    """The warnings of the stores room, with what they say more."""
    said: list[tuple[str, dict[str, object]]] = []

    class Kept(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            more = {name: vars(record).get(name) for name in ("device_id", "first", "counter")}
            said.append((record.getMessage(), more))

    handler = Kept(logging.WARNING)
    logger = logging.getLogger("dengta.stores")
    monkeypatch.setattr(logger, "handlers", [*logger.handlers, handler])
    return said


def journal_of(house: House, device_id: str) -> dict[str, object]:
    items = house.office.get(f"{DEVICES}?limit=100").json["items"]
    found: dict[str, object] = next(each for each in items if each["device_id"] == device_id)
    assert isinstance(found["journal"], dict)
    return found["journal"]


def test_a_device_is_registered_once_under_its_key(house: House) -> None:
    pen = Pen("first")
    body = {"public_key": pen.public_key, "name": "till"}
    made = house.office.put(f"{DEVICES}/first", body)
    again = house.office.put(f"{DEVICES}/first", body)
    assert (made.status, again.status) == (201, 200)
    assert made.json == again.json
    assert again.headers["Idempotent-Replay"] == "true"
    renamed = house.office.put(f"{DEVICES}/first", body | {"name": "bar"})
    assert (renamed.status, renamed.json["name"]) == (200, "bar")


def test_a_key_never_changes_and_an_id_is_one_stores_only(house: House) -> None:
    pen = registered(house, "fixed")
    taken = house.office.put(
        f"{DEVICES}/fixed", {"public_key": Pen("x").public_key, "name": "till"}
    )
    elsewhere = house.office.put(
        "/v1/stores/s2/devices/fixed", {"public_key": pen.public_key, "name": "till"}
    )
    for reply in (taken, elsewhere):
        assert (reply.status, reply.json["code"]) == (409, "device_taken")


def test_who_is_revoked_stays_so_since_then(house: House) -> None:
    pen = registered(house, "gone")
    assert house.office.delete("/v1/stores/s2/devices/gone").status == 404
    assert house.office.delete(f"{DEVICES}/gone").status == 204
    since = listed(house, "gone")["revoked_at"]
    assert since is not None
    assert house.office.delete(f"{DEVICES}/gone").status == 204
    assert listed(house, "gone")["revoked_at"] == since
    again = house.office.put(f"{DEVICES}/gone", {"public_key": pen.public_key, "name": "till"})
    assert (again.status, again.json["code"]) == (409, "device_taken")


def listed(house: House, device_id: str) -> dict[str, object]:
    items = house.office.get(f"{DEVICES}?limit=100").json["items"]
    found: dict[str, object] = next(each for each in items if each["device_id"] == device_id)
    return found


def test_the_list_is_paged_and_a_stores_own(house: House) -> None:
    for number in range(3):
        registered(house, f"paged-{number}")
    seen: list[str] = []
    path = f"{DEVICES}?limit=2"
    while path:
        page = house.office.get(path).json
        seen += [each["device_id"] for each in page["items"]]
        path = page["next_cursor"] and f"{DEVICES}?limit=2&cursor={page['next_cursor']}"
    assert seen == sorted(set(seen))
    assert {"paged-0", "paged-1", "paged-2"} <= set(seen)
    others = house.office.get("/v1/stores/s2/devices?limit=100").json["items"]
    assert {each["device_id"] for each in others}.isdisjoint(seen)


def test_a_gap_is_told_alarmed_once_and_closes(
    house: House, member_id: str, lines: list[tuple[str, dict[str, object]]]
) -> None:
    pen = registered(house, "gappy")
    records = [pen.sell(member_id, 100 + n) for n in range(5)]
    for _ in range(2):
        answer = hand_in(house.till, pen, [records[0], records[4]])
        assert answer["journal"]["gaps"] == [[2, 4]]
        assert (answer["journal"]["complete_to"], answer["journal"]["highest"]) == (1, 5)
    assert journal_of(house, "gappy")["gaps"] == [[2, 4]]
    assert lines == [(GAP, {"device_id": "gappy", "first": 2, "counter": None})]
    answer = hand_in(house.till, pen, records[1:4])
    assert (answer["journal"]["complete_to"], answer["journal"]["gaps"]) == (5, [])
    assert len(lines) == 1


@pytest.mark.parametrize("order", [[0, 1, 2], [2, 1, 0], [1, 0, 2]])
def test_a_broken_chain_is_told_and_alarmed_and_its_sales_are_taken(
    house: House, member_id: str, lines: list[tuple[str, dict[str, object]]], order: list[int]
) -> None:
    """The till was set back to a copy of its journal and went on from there."""
    device_id = f"broken-{''.join(map(str, order))}"
    pen = registered(house, device_id)
    records = [pen.sell(member_id, 100)]
    pen.prev = "e" * 64
    records += [pen.sell(member_id, 101), pen.sell(member_id, 102)]
    for at in order:
        answer = hand_in(house.till, pen, [records[at]])
        assert answer["items"][0]["outcome"] == "taken"
    assert answer["journal"]["broken"] == journal_of(house, device_id)["broken"] == [2]
    broken = [each for each in lines if each[0] == BROKEN]
    assert broken == [(BROKEN, {"device_id": device_id, "first": None, "counter": 2})]


def test_a_break_between_two_batches_at_once_is_seen_by_one_of_them(
    house: House, member_id: str
) -> None:
    for number in range(10):
        pen = registered(house, f"at-once-{number}")
        first = Signed(**pen.sell(member_id, 100))
        pen.prev = "e" * 64
        second = Signed(**pen.sell(member_id, 101))
        begin = Barrier(2)

        def replay(sent: Signed, device_id: str = pen.device_id, begin: Barrier = begin) -> None:
            begin.wait(30)
            built.replays().replay(house.store, device_id, [sent], till_id=None, by=BY)

        with ThreadPoolExecutor(2) as tills:
            list(tills.map(replay, [first, second]))
        assert journal_of(house, pen.device_id)["broken"] == [2]


def test_a_journal_that_does_not_begin_at_its_beginning_is_broken(
    house: House, member_id: str
) -> None:
    pen = registered(house, "headless")
    pen.prev = "e" * 64
    assert hand_in(house.till, pen, [pen.sell(member_id, 100)])["journal"]["broken"] == [1]


def test_a_second_record_under_one_counter_is_refused_and_alarmed(
    house: House, member_id: str, lines: list[tuple[str, dict[str, object]]]
) -> None:
    """Two tills sign with one key, each from the same record on."""
    pen = registered(house, "forked")
    twin = Pen("forked", key=pen.key)
    records = [pen.sell(member_id, 100), twin.sell(member_id, 100, name="twin-1")]
    answer = hand_in(house.till, pen, records)
    assert outcomes(answer) == [("taken", None), ("refused", "counter_taken")]
    again = hand_in(house.till, pen, records)
    assert outcomes(again) == [("replayed", None), ("refused", "counter_taken")]
    assert again["journal"]["forked"] == journal_of(house, "forked")["forked"] == [1]
    forks = [each for each in lines if each[0] == FORKED]
    assert forks == [(FORKED, {"device_id": "forked", "first": None, "counter": 1})]
    assert house.till.get("/v1/stores/s1/spends/twin-1").status == 404


def test_what_was_sold_on_line_is_not_called_refused_for_its_counter(
    house: House, member_id: str
) -> None:
    pen = registered(house, "forked-on-line")
    twin = Pen("forked-on-line", key=pen.key)
    hand_in(house.till, pen, [pen.sell(member_id, 100)])
    record = twin.sell(member_id, 100, name="sold-on-line")
    body = json.loads(record["payload"])["spend"]
    assert house.till.put("/v1/stores/s1/spends/sold-on-line", body).status == 201
    assert outcomes(hand_in(house.till, pen, [record])) == [("replayed", "counter_taken")]
