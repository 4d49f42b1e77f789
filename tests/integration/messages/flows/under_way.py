"""What leads to a message that is under way, or of which nobody can say more."""

from datetime import timedelta

from chalicelib.kernel import clock
from chalicelib.messages import rulebook
from chalicelib.messages.model import routing
from chalicelib.messages.model.choice import Offer, Provider
from chalicelib.messages.model.course import Outcome
from chalicelib.messages.model.evidence import Question
from chalicelib.messages.model.message import KINDS
from chalicelib.messages.service.breaking import Breaking
from infra.upstreams.faults import Fault
from tests.integration.messages.flows.desk import Desk, both, flow

NO_MONEY = both("FailedOperation.InsufficientBalanceInSmsPackage", "isv.AMOUNT_NOT_ENOUGH")
TOO_OFTEN = both("LimitExceeded.PhoneNumberOneHourLimit", "isv.BUSINESS_LIMIT_CONTROL")
AT_THE_DOOR = both("RequestLimitExceeded", "Throttling.User")


@flow("just_booked")
def booked_and_no_stream_came_yet(at: Desk) -> Question:
    return Question(spend_id=at.spend(at.member()))


@flow("just_booked")
def the_latest_of_a_member(at: Desk) -> Question:
    member_id = at.member()
    at.told(member_id)
    at.spend(member_id, name=f"{at.phone}-2")
    return Question(member_id=member_id)


@flow("late")
def booked_and_no_stream_came_for_ten_minutes(at: Desk) -> Question:
    spend_id = at.spend(at.member())
    at.later = timedelta(minutes=10)
    return Question(spend_id=spend_id)


@flow("late")
def made_and_nobody_took_it_up(at: Desk) -> Question:
    spend_id = at.spend(at.member())
    at.made(spend_id)
    at.later = timedelta(minutes=10)
    return Question(spend_id=spend_id)


@flow("on_its_way")
def made_just_now(at: Desk) -> Question:
    spend_id = at.spend(at.member())
    at.made(spend_id)
    return Question(spend_id=spend_id)


@flow("provider_trouble")
def a_provider_that_turns_us_away_at_its_door(at: Desk) -> Question:
    at.fault(AT_THE_DOOR, scope="request")
    return Question(spend_id=at.told(at.member()))


@flow("all_providers_down")
def both_providers_turn_us_away_each_time(at: Desk) -> Question:
    at.fault(AT_THE_DOOR, scope="request")
    turns = [timedelta(minutes=minutes) for minutes in (1, 4, 13, 44, 46, 49, 58, 89)]
    return Question(spend_id=at.told(at.member(), *turns))


@flow("provider_account")
def both_accounts_are_out_of_money(at: Desk) -> Question:
    at.fault(NO_MONEY)
    return Question(spend_id=at.told(at.member()))


@flow("limit_reached")
def both_providers_find_it_too_often(at: Desk) -> Question:
    at.fault(TOO_OFTEN)
    return Question(spend_id=at.told(at.member()))


@flow("quiet_hours")
def the_chains_quiet_hours(at: Desk) -> Question:
    """From the last hour to the next one, in the store's own zone."""
    hours = [f"{clock.now() + timedelta(hours=by):%H}:00" for by in (-1, 2)]
    quiet = {"channels": ["sms", "wechat", "email"], "starts": hours[0], "ends": hours[1]}
    at.rules(quiet_hours=[{**quiet, "zone": "UTC"}])
    at.gates = routing.gates(rulebook.of_the_minute)
    return Question(spend_id=at.told(at.member()))


@flow("limit_reached")
def more_than_the_chain_lets_one_phone_have(at: Desk) -> Question:
    at.rules(limits={"phone_an_hour": 1})
    member_id = at.member()
    at.told(member_id)
    return Question(spend_id=at.told(member_id, name=f"{at.phone}-2"))


@flow("not_offered")
def a_kind_that_the_chain_sends_nowhere(at: Desk) -> Question:
    at.rules(routes=[{"kinds": ["spend"], "channels": []}])
    at.gates = routing.gates(rulebook.of_the_minute)
    return Question(spend_id=at.told(at.member()))


@flow("all_providers_down")
def the_breakers_of_both_are_open(at: Desk) -> Question:
    """Opened by other members' messages, and shut again for those who come after."""
    breaking = Breaking([Provider("sms", "tencent"), Provider("sms", "aliyun")], at.clock)
    for provider in breaking.providers:
        broken = Offer(*provider, frozenset(KINDS))
        breaking.heard(broken, Outcome("refused", code="AuthFailure", kind="account"))
    at.gates, at.channels = (breaking.gate,), ("sms",)
    return Question(spend_id=at.told(at.member()))


@flow("asking_provider")
def a_provider_that_took_it_and_hung(at: Desk) -> Question:
    at.fault("", "accept_then_hang", seconds=0)
    return Question(spend_id=at.told(at.member()))


@flow("outcome_unknown")
def wechat_took_it_and_hung(at: Desk) -> Question:
    member_id = at.by_wechat(accepts=1)
    fault = Fault(endpoint="wechat.subscribe_send", kind="accept_then_hang", seconds=0)
    at.upstreams.world.faults.order(fault)
    return Question(spend_id=at.told(member_id, timedelta(minutes=2), timedelta(minutes=3)))
