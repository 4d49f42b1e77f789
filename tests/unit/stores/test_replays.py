"""Reading a record, and what of it needs a person."""

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from chalicelib.kernel.errors import InvalidRequest
from chalicelib.members.offline_card import BadCard, OfflineCard
from chalicelib.stores.model.devices import Device, DeviceTaken, check_key, unpadded
from chalicelib.stores.model.replays import (
    BadRecord,
    Signed,
    Trust,
    Use,
    Verdict,
    admit,
    judge,
    read,
    unless_lost,
    used,
)
from tests.integration.stores.journals import Pen

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
MEMBER = "01KAMRZ3N8V6Q4T2Y7X5W9D1BC"
PEN = Pen("till-1")
DEVICE = Device("till-1", "s1", PEN.public_key, "Till", NOW - timedelta(days=9))


def signed(**more: Any) -> Signed:  # noqa: ANN401
    record = Pen("till-1", key=PEN.key).sell(MEMBER, 500, at=NOW, **more)
    return Signed(**record)


def card(text: str, at: datetime) -> OfflineCard:
    if text == "bad":
        raise BadCard("bad_signature")
    day = timedelta(days=1)
    return OfflineCard("v1", text, "8", "basic", 1000, at - day, at + day)


def told(sale: Signed, device: Device = DEVICE, most_percent: int | None = 20) -> str | None:
    return judge(read(sale), device, card, NOW, most_percent).hold


@pytest.mark.parametrize(
    "payload",
    ["", "{", "[]", "null", '{"device_id":"till-1"}', "\x00", "é", '{"a":' * 9000, '"\\ud800"'],
)
def test_what_is_no_record_is_refused(payload: str) -> None:
    with pytest.raises(BadRecord) as bad:
        read(Signed(payload, ""))
    assert bad.value.reason == "malformed_record"


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("counter", 0), ("counter", 10**12), ("counter", 1.5), ("prev", "0" * 63), ("prev", "G" * 64),
        ("device_id", "a b"), ("device_id", "x" * 33), ("out_trade_no", ""), ("out_trade_no", "x" * 65),
        ("occurred_at", "2026-11-22"), ("occurred_at", "2026-11-22T12:00:00"), ("surprise", 1),
        ("occurred_at", "1999-12-31T23:59:59Z"), ("occurred_at", "2101-01-01T00:00:00Z"),
        ("occurred_at", "0001-01-01T00:00:00+14:00"), ("occurred_at", "9999-12-31T23:59:59-14:00"),
    ],
)  # fmt: skip
def test_a_record_with_a_field_out_of_bounds_is_refused(field: str, value: object) -> None:
    said = json.loads(signed().payload) | {field: value}
    with pytest.raises(BadRecord):
        read(Signed(json.dumps(said), ""))


@settings(deadline=None)
@given(st.data())
def test_a_record_changed_anywhere_is_not_the_devices_any_more(data: st.DataObject) -> None:
    sale = signed()
    at = data.draw(st.integers(0, len(sale.payload) - 1))
    other = data.draw(st.characters(codec="ascii").filter(lambda c: c != sale.payload[at]))
    changed = sale._replace(payload=sale.payload[:at] + other + sale.payload[at + 1 :])
    with pytest.raises(BadRecord):
        admit(read(changed), DEVICE)


@pytest.mark.parametrize("signature", ["", "A", "A" * 86, "é", "A" * 85 + "=", "not base64!"])
def test_what_is_no_signature_is_refused(signature: str) -> None:
    with pytest.raises(BadRecord) as bad:
        admit(read(signed()._replace(signature=signature)), DEVICE)
    assert bad.value.reason == "bad_signature"


def test_a_record_of_another_device_is_refused_whoever_signed_it() -> None:
    with pytest.raises(BadRecord) as bad:
        admit(read(signed()), replace(DEVICE, device_id="till-2"))
    assert bad.value.reason == "other_device"


@pytest.mark.parametrize(("later_s", "refused"), [(1, False), (0, True), (-1, True)])
def test_a_revoked_device_is_held_for_what_it_signed_before(later_s: int, refused: bool) -> None:  # noqa: FBT001
    revoked = replace(DEVICE, revoked_at=NOW + timedelta(seconds=later_s))
    if refused:
        with pytest.raises(BadRecord) as bad:
            admit(read(signed()), revoked)
        assert bad.value.reason == "device_revoked"
    else:
        admit(read(signed()), revoked)
        assert told(signed(), revoked) == "device_revoked"


def test_a_sale_that_nobody_has_to_trust_needs_no_card() -> None:
    assert told(signed()) is None
    assert told(signed(card="bad")) is None


def test_a_sale_from_the_balance_without_a_card_waits_for_a_person() -> None:
    assert told(signed(method="balance")) == "no_card"
    both = [{"method": "cash", "amount_fen": 400}, {"method": "balance", "amount_fen": 100}]
    assert told(signed(payments=both)) == "no_card"


@pytest.mark.parametrize(
    "occurred_at",
    [
        "9999-12-31T23:59:59Z", "0001-01-01T00:00:00+14:00", "2026-11-22T12:00:00.001Z",
        "2026-11-22T12:00:00+08:00",
    ],
)  # fmt: skip
def test_a_sale_at_another_time_than_its_record_is_none_that_can_be_posted(
    occurred_at: str,
) -> None:
    sale = signed(occurred_at=occurred_at)
    assert told(sale) == "invalid_spend"
    assert read(sale).postable is None


@pytest.mark.parametrize("occurred_at", [None, "2026-11-22T20:00:00+08:00"])
def test_a_sale_may_leave_its_time_to_the_record_or_write_it_in_its_own_zone(
    occurred_at: str | None,
) -> None:
    sale = signed(occurred_at=occurred_at)
    assert told(sale) is None
    assert read(sale).postable == read(sale).sale


@pytest.mark.parametrize(
    ("discount_fen", "most_percent", "hold"),
    [
        (200, 20, None), (201, 20, "discount_over_limit"), (1, 0, "discount_over_limit"),
        (999, None, None), (0, 0, None),
    ],
)  # fmt: skip
def test_a_discount_above_what_its_sender_may_give_waits_for_a_person(
    discount_fen: int, most_percent: int | None, hold: str | None
) -> None:
    lines = [{"name": "tea", "quantity": 1, "amount_fen": 1000}]
    record = Pen("till-1", key=PEN.key).sell(
        MEMBER, 1000 - discount_fen, at=NOW, lines=lines, discount_fen=discount_fen
    )
    assert told(Signed(**record), most_percent=most_percent) == hold


def test_a_sale_from_the_balance_needs_a_good_card_of_the_same_member() -> None:
    assert told(signed(method="balance", card=MEMBER)) is None
    assert told(signed(method="balance", card="bad")) == "card_bad_signature"
    assert told(signed(method="balance", card=MEMBER[::-1])) == "card_of_another"


# Trust


def test_a_card_whose_number_was_given_up_is_not_trusted_whatever_the_time() -> None:
    sale = judge(read(signed(method="balance", card=MEMBER)), DEVICE, card, NOW, 0)
    assert sale.trust
    assert unless_lost(sale, {"9": NOW}) == sale
    for lost_at in (NOW - timedelta(days=9), NOW + timedelta(days=9)):
        assert unless_lost(sale, {"8": lost_at}) == Verdict("card_lost")
    assert unless_lost(Verdict(), {"8": NOW}) == Verdict()


def asked(digest: str, fen: int, *, since_h: int = 24) -> Trust:
    return Trust(MEMBER, "8", digest, fen, 1000, NOW - timedelta(hours=since_h), NOW)


@pytest.mark.parametrize(("fen", "granted"), [(399, True), (400, True), (401, False)])
def test_uses_together_stay_within_what_the_card_trusts(fen: int, granted: bool) -> None:  # noqa: FBT001
    before = used((), asked("a", 600), NOW)
    assert before is not None
    assert (used(before, asked("b", fen), NOW) is not None) == granted


def test_what_was_granted_once_stays_granted_and_counts_once() -> None:
    uses = used((), asked("a", 1000), NOW)
    assert uses is not None
    assert used(uses, asked("a", 1000), NOW) == uses
    assert used(uses, asked("b", 1), NOW) is None


def test_what_was_used_before_the_card_was_made_does_not_count() -> None:
    early = (Use("a", NOW - timedelta(hours=2), 1000),)
    assert used(early, asked("b", 1000, since_h=1), NOW) is not None
    assert used(early, asked("b", 1, since_h=3), NOW) is None


def test_uses_older_than_any_card_are_forgotten() -> None:
    early = (Use("a", NOW - timedelta(days=61), 1000),)
    made = used(early, asked("b", 1), NOW)
    assert made is not None
    assert [use.digest for use in made] == ["b"]


# Devices


def test_a_public_key_is_thirty_two_bytes_written_in_the_one_way() -> None:
    check_key(PEN.public_key)
    for wrong in (PEN.public_key[:-1], PEN.public_key + "A", PEN.public_key[:-1] + "B", "!" * 43):
        with pytest.raises(InvalidRequest):
            check_key(wrong)
    assert unpadded("AA") == b"\x00"
    assert unpadded("AB") is None
    assert DeviceTaken.code == "device_taken"
