"""What is heard of an attempt after its call: look-ups and the carriers' reports, early, late and at odds."""

from datetime import UTC, datetime, timedelta

import pytest
from msgspec.structs import replace

from chalicelib.messages.model import course, hearing
from chalicelib.messages.model.choice import choose
from chalicelib.messages.model.course import ASK_AFTER, Outcome
from chalicelib.messages.model.hearing import CLOCKS_APART, Report, Told, Verdict
from chalicelib.messages.model.message import Message
from tests.unit.messages.builders import ALIYUN, ANYONE, NOW, OFFERS, TWO_SMS, claim, message, tried

LATER = NOW + timedelta(hours=72)
ACCEPTED = Outcome("accepted", "2640:1")
DELIVERED = Report(True, "2640:1", "DELIVRD", None, NOW)
EMPTY_NUMBER = Report(False, "2640:1", "MK:0001", "no_such_number", NOW)
SIGN_NAME = Report(False, "2640:1", "SIGFAIL", "sign_name", NOW)
FLOW = Report(False, "2640:1", "IB:0008", "flow_control", NOW)
TICK = timedelta(milliseconds=1)


def heard(was: Message, report: Report, n: int = 1) -> Message:
    after = hearing.reported(was, n, report, LATER)
    assert after is not None
    return after


def states(one: Message) -> list[tuple[str, str]]:
    return [(each.channel, each.state) for each in one.attempts]


def conflicts(one: Message) -> list[tuple[str | None, str | None]]:
    found = [each for each in one.decisions if each.reason == "receipt_conflict"]
    return [(each.provider, each.code) for each in found]


def test_a_receipt_ends_the_message_with_the_carriers_word_and_time() -> None:
    after = heard(tried(message(), ACCEPTED), DELIVERED)
    assert (after.state, after.due_at) == ("delivered", None)
    last = after.last
    assert (last.state, last.report_code, last.reported_at) == ("delivered", "DELIVRD", NOW)
    assert (last.ended_at, last.code) == (NOW, None)


@pytest.mark.parametrize(
    ("report", "channel", "provider"),
    [
        (EMPTY_NUMBER, "wechat", "wechat"),
        (Report(False, None, "what is this", "other", None), "wechat", "wechat"),
        (FLOW, "sms", "aliyun"),
        (SIGN_NAME, "sms", "aliyun"),
    ],
)
def test_what_no_handset_got_goes_on_and_only_a_providers_own_fault_stays_with_sms(
    report: Report, channel: str, provider: str
) -> None:
    after = heard(tried(message(), ACCEPTED, offers=TWO_SMS), report)
    assert (after.state, after.due_at) == ("retrying", LATER)
    offer = choose(after, ANYONE, TWO_SMS, LATER).offer
    assert offer is not None
    assert (offer.channel, offer.provider) == (channel, provider)


def test_where_both_lines_refuse_the_sign_name_the_next_channel_is_taken() -> None:
    once = heard(tried(message(), ACCEPTED, offers=TWO_SMS), SIGN_NAME)
    twice = heard(tried(once, ACCEPTED, offers=TWO_SMS), SIGN_NAME, 2)
    choice = choose(twice, ANYONE, TWO_SMS, LATER)
    assert choice.offer is not None
    assert choice.offer.channel == "wechat"
    assert ("undelivered:sign_name", ALIYUN.provider) in [
        (one.reason, one.provider) for one in choice.decisions
    ]


@pytest.mark.parametrize(("first", "second"), [(DELIVERED, FLOW), (EMPTY_NUMBER, DELIVERED)])
def test_the_first_word_of_a_carrier_holds_and_a_contradiction_is_on_record_once(
    first: Report, second: Report
) -> None:
    once = heard(tried(message(), ACCEPTED), first)
    assert hearing.reported(once, 1, first, LATER) is None
    at_odds = heard(once, second)
    assert (at_odds.state, at_odds.attempts, at_odds.due_at) == (
        once.state, once.attempts, once.due_at,
    )  # fmt: skip
    assert conflicts(at_odds) == [("tencent", second.code)]
    assert hearing.reported(at_odds, 1, second, LATER) is None


def test_a_receipt_that_overtakes_the_answer_counts_and_the_answer_changes_nothing() -> None:
    claimed = claim(message(), choose(message(), ANYONE, OFFERS, NOW))
    after = heard(claimed, DELIVERED)
    assert (after.state, after.last.provider_ref) == ("delivered", "2640:1")
    assert course.settled(after, 1, ACCEPTED, NOW) is None


@pytest.mark.parametrize(("report", "state"), [(DELIVERED, "delivered"), (EMPTY_NUMBER, "sent")])
def test_a_receipt_counts_after_another_channel_was_tried(report: Report, state: str) -> None:
    was = tried(message(), Outcome("unresolved"), Outcome("accepted", "7"))
    assert states(was) == [("sms", "unresolved"), ("wechat", "accepted")]
    after = heard(was, report)
    assert (after.state, after.attempts[0].report_code) == (state, report.code)
    assert after.last == was.last


def test_a_late_receipt_waits_for_the_call_that_is_under_way() -> None:
    was = tried(message(), Outcome("unresolved"))
    calling = claim(was, choose(was, ANYONE, OFFERS, NOW))
    after = heard(calling, DELIVERED)
    assert (after.state, after.due_at) == ("sending", calling.due_at)
    for outcome in (Outcome("refused", kind="template"), Outcome("accepted", "7")):
        settled = course.settled(after, 2, outcome, NOW)
        assert settled is not None
        assert (settled.state, settled.due_at) == ("delivered", None)


def test_what_the_provider_refused_and_the_carrier_delivered_counts_and_is_a_conflict() -> None:
    was = tried(message(), Outcome("refused", code="x", kind="number"))
    after = heard(was, DELIVERED)
    assert (after.state, after.last.state, conflicts(after)) == (
        "delivered", "delivered", [("tencent", DELIVERED.code)],
    )  # fmt: skip


def test_a_doubt_that_a_late_receipt_resolves_is_no_doubt_any_more() -> None:
    was = tried(message(), Outcome("unresolved"), Outcome("refused", kind="user"))
    nobody = choose(was, ANYONE, (), NOW)
    given_up = course.finished(was, nobody, NOW)
    assert given_up.state == "unknown"
    again = heard(given_up, EMPTY_NUMBER)
    assert (again.state, again.due_at) == ("retrying", LATER)
    assert course.finished(again, nobody, LATER).state == "failed"
    assert heard(given_up, DELIVERED).state == "delivered"


@pytest.mark.parametrize("told", ["not_found", "taken", "no_answer", "cannot_tell", "ambiguous"])
def test_what_nobody_reports_is_asked_after_for_72_hours_and_then_is_a_state_of_its_own(
    told: Told,
) -> None:
    was = tried(message(), ACCEPTED)
    for after, then in zip(ASK_AFTER, [*ASK_AFTER[1:], None], strict=True):
        due_at = NOW + after
        assert was.due_at == due_at
        assert course.step(was, due_at - TICK) is None
        assert course.step(was, due_at) == "look_up"
        was = hearing.looked_up(was, Verdict(told), due_at)
        assert was.state == "sent"
        assert was.due_at == (NOW + then if then else None)
    assert was.last.state == "no_receipt"
    assert was.channel == "sms"


def test_a_receipt_later_than_that_still_counts() -> None:
    silent = hearing.looked_up(tried(message(), ACCEPTED), Verdict("not_found"), LATER)
    assert silent.last.state == "no_receipt"
    assert heard(silent, DELIVERED).state == "delivered"
    assert heard(silent, EMPTY_NUMBER).state == "retrying"


def test_a_look_up_brings_what_a_receipt_would_have_brought() -> None:
    verdict = Verdict("undelivered", "2640:1", "MK:0001", "no_such_number", NOW)
    asked = hearing.looked_up(tried(message(), ACCEPTED), verdict, LATER)
    assert asked == heard(tried(message(), ACCEPTED), EMPTY_NUMBER)


def test_wechat_cannot_be_asked_so_nobody_asks_it() -> None:
    sent = tried(message(), Outcome("refused", kind="number"), Outcome("accepted", "7"))
    assert (sent.state, sent.last.channel, sent.due_at) == ("sent", "wechat", None)


@pytest.mark.parametrize(
    ("at", "believed"),
    [
        (datetime(1, 1, 1, tzinfo=UTC), False),  # a date that was never set
        (NOW - CLOCKS_APART - TICK, False),
        (NOW - CLOCKS_APART, True),
        (LATER + CLOCKS_APART, True),
        (LATER + CLOCKS_APART + TICK, False),
    ],
)
def test_a_carriers_time_counts_where_it_can_be_true(at: datetime, believed: bool) -> None:  # noqa: FBT001
    after = heard(tried(message(), ACCEPTED), DELIVERED._replace(at=at))
    assert after.last.reported_at == (at if believed else LATER)


def test_what_nobody_has_in_the_end_did_not_go() -> None:
    refused = Outcome("refused", code="x", kind="number")
    was = tried(message(), ACCEPTED, Outcome("refused", code="x", kind="quota"), refused)
    at_rest = replace(was, state="sent", due_at=None)
    after = heard(at_rest, EMPTY_NUMBER)
    assert after.state == "retrying", "and then no channel is left"
