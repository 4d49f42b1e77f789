"""Verdicts at their edges: when early turns late, which reason counts, and what is promised."""

from datetime import datetime, timedelta

import pytest
from msgspec.structs import replace

from chalicelib.kernel.errors import Text
from chalicelib.messages.model.course import Outcome
from chalicelib.messages.model.diagnosis import (
    LATE_AFTER,
    RECEIPTS_END,
    Sure,
    Verdict,
    diagnosed,
    missed,
    with_incidents,
)
from chalicelib.messages.model.evidence import Incident, Known, Till
from chalicelib.messages.model.hearing import Report, reported
from chalicelib.messages.model.message import (
    Attempt,
    AttemptState,
    ChannelName,
    Decision,
    Message,
    copies_of,
)
from chalicelib.messages.model.resend import resent
from chalicelib.messages.templates.diagnosis import told
from chalicelib.messages.templates.evidence import evidence
from tests.unit.messages.builders import NOW, OFFERS, TWO_SMS, Someone, message, tried

TICK = timedelta(milliseconds=1)
SOON, ETA = NOW + timedelta(minutes=5), NOW + timedelta(hours=3)
SENT, NUMBER = Outcome("accepted", "2640:1"), Outcome("refused", kind="number")


def known(of: Message, after: timedelta = timedelta(0), contact: Someone | None = None) -> Known:
    return Known(now=NOW + after, message=of, contact=contact or Someone())


@pytest.mark.parametrize(
    ("after", "code"),
    [(LATE_AFTER - TICK, "on_its_way"), (LATE_AFTER, "late"), (LATE_AFTER + TICK, "late")],
)
def test_a_message_is_late_when_nobody_looked_at_it_for_long(after: timedelta, code: str) -> None:
    waiting = message(due_at=NOW)
    assert diagnosed(known(waiting, after)).code == code


def test_a_receipt_that_is_asked_for_late_does_not_make_the_message_late() -> None:
    sent = tried(message(), SENT)
    assert diagnosed(known(replace(sent, due_at=NOW), LATE_AFTER)).code == "accepted_no_receipt_yet"


@pytest.mark.parametrize(
    ("after", "code"),
    [
        (RECEIPTS_END - TICK, "accepted_no_receipt_yet"),
        (RECEIPTS_END, "no_receipt"),
        (RECEIPTS_END + TICK, "no_receipt"),
    ],
)
def test_a_receipt_may_take_three_days(after: timedelta, code: str) -> None:
    assert diagnosed(known(tried(message(), SENT), after)).code == code


@pytest.mark.parametrize(
    ("phone", "code"),
    [
        ("13812345678", "accepted_no_receipt_yet"),
        ("13912345678", "phone_changed"),
        (None, "accepted_no_receipt_yet"),  # none is known now: there is nothing to compare
    ],
)
def test_the_number_it_went_to_is_compared_with_the_members(phone: str | None, code: str) -> None:
    sent = tried(message(), SENT)
    assert diagnosed(known(sent, contact=Someone(phone=phone))).code == code


def test_a_number_that_changed_before_the_next_try_is_no_matter() -> None:
    retrying = tried(message(), Outcome("unreachable", code="x"))
    moved = Someone(phone="13912345678")
    assert diagnosed(known(retrying, contact=moved)).code == "provider_trouble"
    went = tried(message(), Outcome("refused", code="x", kind="number"), SENT)
    assert diagnosed(known(went, contact=moved)).code == "sent_by_wechat"


def test_after_a_resend_what_came_of_that_is_told() -> None:
    gone = Report(delivered=False, code="MK:0005", kind="suspended")
    was = reported(tried(message(), SENT), 1, gone, NOW)
    assert was is not None
    failed = replace(was, state="failed", due_at=None)
    assert diagnosed(known(failed)).code == "number_suspended"
    again = resent(failed, "s1/01", "store_manager", "复机了", NOW)
    assert diagnosed(known(again)).code == "on_its_way"
    assert [one.what for one in evidence(known(again))].count("resent") == 1
    assert diagnosed(known(tried(again, SENT))).code == "accepted_no_receipt_yet"
    refused = tried(again, Outcome("refused", code="x", kind="content"))
    assert diagnosed(known(replace(refused, state="failed"))).code == "content_refused"


def test_what_arrived_is_told_though_it_was_sent_again_since() -> None:
    at = NOW + timedelta(minutes=3)
    had = reported(tried(message(), SENT), 1, Report(delivered=True, at=at), at)
    assert had is not None
    again = replace(tried(resent(had, "s1/01", "support", "没收到", NOW), SENT), state="delivered")
    said = told(Verdict("delivered"), known(again), staff=True, english=False)
    assert "运营商回报11月22日14:08已送达手机" in said.says


@pytest.mark.parametrize(
    ("reasons", "code"),
    [
        ([("sms", "no_consent"), ("wechat", "no_quota")], "no_consent"),
        ([("sms", "phone_limit"), ("sms", "no_consent")], "limit_reached"),
        ([("sms", "not_configured"), ("email", "no_consent")], "not_offered"),
        ([("sms", "no_phone"), ("wechat", "no_quota"), ("email", "no_email")], "no_wechat_quota"),
        ([("sms", "no_phone"), ("wechat", "no_openid"), ("email", "no_email")], "no_address"),
        ([("sms", "a_reason_of_tomorrow")], "not_offered"),
    ],
)
def test_of_several_reasons_the_one_that_counts_most_is_told(
    reasons: list[tuple[str, str]], code: str
) -> None:
    decisions = tuple(Decision(NOW, channel, reason) for channel, reason in reasons)  # type: ignore[arg-type]
    left = message(state="inbox", due_at=None, decisions=decisions)
    assert diagnosed(known(left)).code == code


@pytest.mark.parametrize(
    ("outcome", "code"),
    [
        (Outcome("refused", code="FailedOperation.PhoneNumberInBlacklist", kind="number"), "blacklisted"),
        (Outcome("refused", code="x", kind="number"), "number_refused"),
        (Outcome("refused", code="x", kind="of_tomorrow"), "carrier_refused"),
        (Outcome("unreachable", code="x"), "all_providers_down"),
    ],
)  # fmt: skip
def test_what_ended_the_last_sms_is_the_verdict(outcome: Outcome, code: str) -> None:
    failed = replace(tried(message(), outcome), state="failed", due_at=None)
    assert diagnosed(known(failed)).code == code


def test_a_message_that_went_by_another_channel_says_so_though_the_sms_failed() -> None:
    refused = Outcome("refused", code="x", kind="number")
    went = tried(message(), refused, SENT, offers=OFFERS)
    assert [one.channel for one in went.attempts] == ["sms", "wechat"]
    assert diagnosed(known(went)).code == "sent_by_wechat"


def test_a_gap_in_a_journal_says_more_than_a_till_without_one() -> None:
    whole, gap = Till("a", "front", 7), Till("b", "back", 9, ((4, 5),))
    nothing = Known(now=NOW, lacking="spend", tills=(whole,))
    assert diagnosed(nothing) == Verdict("spend_not_here_yet", "possible")
    both = replace(nothing, tills=(whole, gap))
    assert diagnosed(both) == Verdict("spend_not_here_yet", "likely")
    assert "还缺 4–5" in evidence(both)[1].says.zh


@pytest.mark.parametrize(
    ("ended_at", "promised"), [(None, ETA), (NOW, SOON)], ids=["still open", "over by now"]
)
def test_nothing_is_promised_before_an_open_incident_ends(
    ended_at: datetime | None, promised: datetime
) -> None:
    incident = Incident("i", Text("短", "s"), NOW, ended_at, ETA)
    verdict = with_incidents(
        Verdict("late", expected_at=SOON), Known(now=NOW, incidents=(incident,))
    )
    assert verdict.expected_at == promised


def test_what_is_tried_again_says_when_and_what_is_not_promises_nothing() -> None:
    at = NOW + timedelta(minutes=10)
    nothing = Known(now=NOW)
    again = told(Verdict("all_providers_down", expected_at=at), nothing, staff=True, english=False)
    assert again.says.endswith("短信没能发出。系统会在11月22日14:15自动再试。")
    ended = told(Verdict("all_providers_down"), nothing, staff=True, english=False)
    assert "再试" not in ended.says


def test_evidence_without_a_time_comes_first_and_the_rest_in_order() -> None:
    of = tried(message(), Outcome("unreachable", code="x"), SENT)
    times = [one.at for one in evidence(known(of))]
    assert times == sorted(times, key=lambda at: (at is not None, at or NOW))
    assert times.count(None) == 1


def test_a_carriers_whole_second_reports_nothing_before_it_was_sent() -> None:
    sent = tried(message(), SENT)
    early = replace(sent.last, state="delivered", reported_at=NOW - timedelta(milliseconds=300))
    arrived = known(replace(sent, state="delivered", attempts=(early,), due_at=None))
    told_of = [(one.what, one.at) for one in evidence(arrived)]
    assert told_of[-2:] == [("attempt", NOW), ("report", NOW)]


def test_of_words_at_odds_the_one_that_holds_is_named() -> None:
    yes, no = Report(True, code="DELIVRD"), Report(False, code="UNDELIV", kind="off")
    arrived = reported(tried(message(), SENT), 1, yes, NOW)
    assert arrived
    refused_first = reported(tried(message(), NUMBER), 1, yes, NOW)
    for of, code, holds in (
        (reported(arrived, 1, no, NOW), "UNDELIV", "以先到为准"),
        (refused_first, "DELIVRD", "以回执为准"),
    ):
        assert of
        (one,) = [one for one in evidence(known(of)) if "为准" in one.says.zh]
        assert (one.what, one.code) == ("report", code)
        assert holds in one.says.zh


def test_each_provider_that_was_left_is_named_before_the_one_that_was_taken() -> None:
    poor = Outcome("refused", code="isv.AMOUNT_NOT_ENOUGH", kind="account")
    of = tried(message(), poor, poor, SENT, offers=TWO_SMS)
    said = [one.says for one in evidence(known(of)) if one.what == "left"]
    assert [one.zh.partition("：")[0] for one in said] == [
        "没有走短信（腾讯云）",
        "没有走短信（阿里云）",
    ]
    assert said[1].en.startswith("Not by SMS of Aliyun: ")
    whats = [one.what for one in evidence(known(of))]
    assert whats.index("left") < whats.index("attempt")


@pytest.mark.parametrize(("first", "sure"), [("not_taken", "likely"), ("unreachable", "certain")])
def test_after_a_send_that_may_have_arrived_no_failure_is_certain(
    first: AttemptState, sure: Sure
) -> None:
    last = Attempt(2, "sms", "tencent", "r-2", "138****5678", NOW, "refused", kind="number")
    failed = message(state="failed", attempts=(replace(last, n=1, state=first, kind=None), last))
    assert diagnosed(known(failed)) == Verdict("number_refused", sure)


def beside(channel: ChannelName, was: Message, *outcomes: Outcome) -> Message:
    [copy] = copies_of(replace(was, also=(channel,)))
    return tried(copy, *outcomes)


def at_rest(was: Message) -> Message:
    return replace(was, state="failed", due_at=None)


def test_of_two_channels_at_once_the_sms_answers_and_another_where_that_reached_nobody() -> None:
    wechat = beside("wechat", message(), SENT)
    assert wechat.channel == "wechat"
    by_sms, refused = tried(message(), SENT), at_rest(tried(message(), NUMBER))
    assert missed(by_sms, [wechat]) == by_sms
    assert missed(message(), [wechat]) == message(), "still under way"
    assert missed(refused, [wechat]) == wechat
    assert missed(refused, [at_rest(beside("wechat", message(), NUMBER))]) == refused
    sms = beside("sms", message(), SENT)
    assert missed(tried(message(), SENT), [sms]) == sms, "whichever of the two is the copy"
