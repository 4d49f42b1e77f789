"""The chain's rules of messages: which channel first, which not at all, and which not now."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import msgspec
import pytest

from chalicelib.kernel.errors import InvalidRequest
from chalicelib.messages.model.choice import choose
from chalicelib.messages.model.routing import gates, in_order, is_quiet, quiet_until
from chalicelib.messages.model.rules import MessageRules, QuietHours, check
from tests.unit.messages.builders import (
    ALIYUN,
    ANYONE,
    EMAIL,
    NOW,
    OFFERS,
    SMS,
    TWO_SMS,
    WECHAT,
    Someone,
    facts,
    message,
)

SHANGHAI, BERLIN = ZoneInfo("Asia/Shanghai"), ZoneInfo("Europe/Berlin")


def ruled(**given: Any) -> MessageRules:  # noqa: ANN401
    rules = msgspec.convert(given, MessageRules)
    check(rules)
    return rules


def routed(*channels: str) -> MessageRules:
    return ruled(routes=[{"kinds": ["spend"], "channels": channels}])


def always(rules: MessageRules) -> Callable[[], MessageRules]:
    return lambda: rules


def test_a_kind_in_no_route_takes_what_the_deployment_has_in_its_order() -> None:
    assert in_order(MessageRules(), message(), TWO_SMS) == list(TWO_SMS)
    grant = message(facts=facts(kind="grant"))
    assert in_order(routed("email"), grant, TWO_SMS) == list(TWO_SMS)


def test_the_rules_order_channels_and_keep_the_order_of_the_providers_of_one() -> None:
    order = in_order(routed("wechat", "sms"), message(), TWO_SMS)
    assert order == [WECHAT, SMS, ALIYUN, EMAIL]


def test_a_channel_that_the_route_leaves_out_is_not_taken_even_where_no_other_is_left() -> None:
    rules = routed("wechat", "sms")
    nowhere = Someone(phone=None, openid=None)
    offers = in_order(rules, message(), OFFERS)
    choice = choose(message(), nowhere, offers, NOW, gates(always(rules)))
    assert choice.offer is None
    assert [(one.channel, one.reason) for one in choice.decisions] == [
        ("wechat", "no_openid"),
        ("sms", "no_phone"),
        ("email", "not_in_rules"),
    ]


def test_a_route_without_channels_leaves_its_kinds_in_the_inbox() -> None:
    choice = choose(message(), ANYONE, OFFERS, NOW, gates(always(routed())))
    assert (choice.offer, choice.wait_until) == (None, None)
    assert {one.reason for one in choice.decisions} == {"not_in_rules"}


def quiet(starts: str, ends: str, zone: str = "Asia/Shanghai", **more: Any) -> QuietHours:  # noqa: ANN401
    return QuietHours(("sms",), starts, ends, zone, **more)


def at(zone: ZoneInfo, text: str, fold: int = 0) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=zone, fold=fold).astimezone(UTC)


@pytest.mark.parametrize(
    ("moment", "until"),
    [
        ("2026-11-22 21:59:59.999", None),
        ("2026-11-22 22:00", "2026-11-23 08:00"),
        ("2026-11-23 00:00", "2026-11-23 08:00"),
        ("2026-11-23 07:59:59.999", "2026-11-23 08:00"),
        ("2026-11-23 08:00", None),
    ],
)
def test_quiet_hours_go_over_midnight_in_their_own_zone(moment: str, until: str | None) -> None:
    rules = MessageRules(quiet_hours=(quiet("22:00", "08:00"),))
    ends = quiet_until(rules, "sms", "spend", at(SHANGHAI, moment))
    assert ends == (at(SHANGHAI, until) if until else None)


@pytest.mark.parametrize(
    ("moment", "is_it"), [("11:59", False), ("12:00", True), ("13:59", True), ("14:00", False)]
)
def test_quiet_hours_within_a_day(moment: str, is_it: bool) -> None:  # noqa: FBT001
    assert is_quiet(quiet("12:00", "14:00"), at(SHANGHAI, f"2026-11-22 {moment}")) is is_it


@pytest.mark.parametrize(
    ("starts", "ends"),
    [("22:00", "08:00"), ("23:30", "01:30"), ("01:00", "02:30"), ("02:15", "02:45")],
)
@pytest.mark.parametrize("day", ["2026-03-28", "2026-10-24"])
def test_who_waits_out_quiet_hours_wakes_when_they_are_over_also_where_the_clocks_change(
    day: str, starts: str, ends: str
) -> None:
    """Berlin leaps from 2:00 to 3:00 on 29 March and reads 2:00 to 3:00 twice on 25 October."""
    hours = quiet(starts, ends, "Europe/Berlin")
    rules = MessageRules(quiet_hours=(hours,))
    for minutes in range(0, 36 * 60, 5):
        moment = at(BERLIN, f"{day} 12:00") + timedelta(minutes=minutes)
        until = quiet_until(rules, "sms", "spend", moment)
        assert (until is not None) is is_quiet(hours, moment)
        if until is not None:
            assert not is_quiet(hours, until)
            assert timedelta(0) < until - moment <= timedelta(hours=11)


def test_a_morning_that_comes_twice_is_quiet_twice() -> None:
    hours = quiet("01:00", "02:30", "Europe/Berlin")
    rules = MessageRules(quiet_hours=(hours,))
    for fold in (0, 1):
        moment = at(BERLIN, "2026-10-25 02:10", fold)
        assert quiet_until(rules, "sms", "spend", moment) == at(BERLIN, "2026-10-25 02:30", fold)


def test_an_exempt_kind_and_another_channel_are_not_kept_waiting() -> None:
    rules = MessageRules(quiet_hours=(quiet("22:00", "08:00", exempt_kinds=("card_lost",)),))
    night = at(SHANGHAI, "2026-11-22 23:00")
    assert quiet_until(rules, "sms", "spend", night)
    assert quiet_until(rules, "sms", "card_lost", night) is None
    assert quiet_until(rules, "wechat", "spend", night) is None


def test_of_two_quiet_hours_the_longer_holds() -> None:
    rules = MessageRules(quiet_hours=(quiet("22:00", "07:00"), quiet("23:00", "09:00")))
    night = at(SHANGHAI, "2026-11-22 23:00")
    assert quiet_until(rules, "sms", "spend", night) == at(SHANGHAI, "2026-11-23 09:00")


def test_at_night_another_channel_is_taken_and_where_there_is_none_the_morning_is_waited_for() -> (
    None
):
    rules = MessageRules(quiet_hours=(quiet("22:00", "08:00"),))
    night = at(SHANGHAI, "2026-11-22 23:00")
    shut = gates(always(rules))
    assert choose(message(), ANYONE, OFFERS, night, shut).offer == WECHAT
    choice = choose(message(), Someone(openid=None, email=None), OFFERS, night, shut)
    assert (choice.offer, choice.wait_until) == (None, at(SHANGHAI, "2026-11-23 08:00"))
    assert choice.decisions[0].reason == "quiet_hours"


@pytest.mark.parametrize(
    ("given", "pointer"),
    [
        ({"routes": [{"kinds": ["spend", "spend"], "channels": []}]}, "/routes/0/kinds"),
        (
            {
                "routes": [
                    {"kinds": ["spend"], "channels": []},
                    {"kinds": ["void", "spend"], "channels": []},
                ]
            },
            "/routes/0/kinds",
        ),
        ({"routes": [{"kinds": ["spend"], "channels": ["sms", "sms"]}]}, "/routes/0/channels"),
        (
            {"routes": [{"kinds": ["spend"], "channels": ["sms"], "also": ["sms"]}]},
            "/routes/0/also",
        ),
        (
            {"quiet_hours": [{"channels": ["sms"], "starts": "08:00", "ends": "08:00"}]},
            "/quiet_hours/0/ends",
        ),
        (
            {
                "quiet_hours": [
                    {"channels": ["sms"], "starts": "08:00", "ends": "09:00", "zone": "Mars/Base"}
                ]
            },
            "/quiet_hours/0/zone",
        ),
        ({"limits": {"zone": "../etc/passwd"}}, "/limits/zone"),
    ],
)
def test_rules_that_cannot_be_meant_are_refused_where_they_are_wrong(
    given: dict[str, Any], pointer: str
) -> None:
    with pytest.raises(InvalidRequest) as refused:
        ruled(**given)
    assert [one["pointer"] for one in refused.value.values["errors"]] == [pointer]
