"""Counts on their way to the cards, and the order that is decided from them."""

from collections import Counter
from datetime import timedelta

import pytest

from chalicelib.kernel import clock
from chalicelib.kernel.errors import TryAgain
from chalicelib.messages import breakers, scores, table
from chalicelib.messages.channels import Sms
from chalicelib.messages.model.choice import Offer, Provider
from chalicelib.messages.model.course import Outcome
from chalicelib.messages.model.message import Message
from chalicelib.messages.model.score import hour_of
from chalicelib.messages.service.breaking import Breaking
from chalicelib.messages.service.deliver import Deliveries
from chalicelib.messages.service.preferring import WEEK, Preferring
from chalicelib.messages.service.scoring import Scoring
from tests.house import House
from tests.simulation.providers import FakeSms
from tests.unit.messages.builders import ALIYUN, ANYONE, NOW, SMS, message

TENCENT = Provider("sms", "tencent")
BY_ALIYUN = Provider("sms", "aliyun")


def test_a_batch_costs_one_request_for_each_provider_and_containers_add_up(
    house: House, counting: list[str]
) -> None:
    assert house
    provider = Provider("sms", "added")
    offer = SMS._replace(provider="added")
    containers = [Scoring(clock.now), Scoring(clock.now)]
    for one in containers:
        for _ in range(25):
            one.called(offer, message(), Outcome("accepted"))
        one.called(offer, message(), Outcome("refused", kind="template"))
    counting.clear()
    for one in containers:
        one.flush()
        one.flush()
    assert counting == ["UpdateItem"] * 2
    now = clock.now()
    (card,) = scores.hours(provider, now - WEEK, now).values()
    assert card == {"accepted": 50, "refused_template": 2, "template_spend": 2}


def test_what_is_not_kept_is_kept_with_the_next_batch(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert house
    counting = Scoring(clock.now)
    offer = SMS._replace(provider="late")
    counting.called(offer, message(), Outcome("accepted"))
    with monkeypatch.context() as broken:
        broken.setattr(scores, "add", _busy)
        counting.flush()
    counting.called(offer, message(), Outcome("accepted"))
    counting.flush()
    now = clock.now()
    (card,) = scores.hours(Provider("sms", "late"), now - WEEK, now).values()
    assert card == {"accepted": 2}


def _busy(*_: object) -> None:
    raise TryAgain


def test_the_better_provider_goes_first_in_every_container_within_seconds(house: House) -> None:
    assert house
    hour = hour_of(clock.now())
    scores.add(TENCENT, hour, Counter(accepted=100, delivered=60, undelivered=40, took_5=60))
    scores.add(BY_ALIYUN, hour, Counter(accepted=100, delivered=98, undelivered=2, took_5=98))
    container = Breaking([TENCENT, BY_ALIYUN], clock.now)
    assert container.ordered(message(), [SMS, ALIYUN]) == [SMS, ALIYUN]
    Preferring([TENCENT, BY_ALIYUN], clock.now).run()
    later = Breaking([TENCENT, BY_ALIYUN], clock.now)
    assert later.ordered(message(), [SMS, ALIYUN]) == [ALIYUN, SMS]
    order = breakers.read([TENCENT], consistent=True).orders["sms"]
    assert order.why == "better: aliyun 0.980 > tencent 0.600"


def test_old_figures_do_not_count(house: House) -> None:
    assert house
    long_ago = hour_of(clock.now()) - WEEK - timedelta(hours=1)
    providers = [Provider("email", name) for name in ("one", "other")]
    good = Counter(accepted=100, delivered=100, took_5=100)
    bad = Counter(accepted=100, delivered=50, undelivered=50, took_5=50)
    for provider, counts in zip(providers, (bad, good), strict=True):
        scores.add(provider, long_ago, counts)
    Preferring(providers, clock.now).run()
    assert breakers.read(providers, consistent=True).orders["email"].version == 0


def test_a_message_costs_no_request_more_for_breakers_and_cards(
    house: House, counting: list[str]
) -> None:
    assert house
    channel = Sms("tencent", FakeSms(clock.now), {"spend": "t"}, clock.now)
    breaking, scoring = Breaking([channel.offer.by], clock.now), Scoring(clock.now)
    breaking.ordered(message(), [channel.offer])  # what a container reads every five seconds

    def heard(offer: Offer, told: Message, outcome: Outcome) -> None:
        breaking.heard(offer, outcome)
        scoring.called(offer, told, outcome)

    plain = Deliveries([channel], lambda _: ANYONE, lambda: NOW)
    watched = Deliveries(
        [channel], lambda _: ANYONE, lambda: NOW, gates=[breaking.gate], heard=heard
    )
    breaking.read_at = NOW
    counts = []
    for number, deliveries in enumerate((plain, watched)):
        one = message(message_id=f"{'0' * 26}-{str(number) * 26}", member_id="0" * 26)
        table.add([one])
        counting.clear()
        assert deliveries.go_on(one).state == "sent"
        counts.append(list(counting))
    assert counts == [["TransactWriteItems", "UpdateItem"]] * 2


def test_one_of_which_little_is_known_gets_a_message_in_fifty(house: House) -> None:
    assert house
    hour = hour_of(clock.now())
    known, unknown = Provider("wechat", "known"), Provider("wechat", "unknown")
    scores.add(known, hour, Counter(accepted=100, delivered=100, took_5=100))
    Preferring([known, unknown], clock.now).run()
    offers = [SMS._replace(channel=one.channel, provider=one.name) for one in (known, unknown)]
    container = Breaking([known, unknown], clock.now)
    ids = [f"01M-{n:026}" for n in range(500)]
    first = Counter(container.ordered(message(message_id=one), offers)[0].provider for one in ids)
    assert 0 < first["unknown"] < 30
    scores.add(unknown, hour, Counter(accepted=30, delivered=30, took_5=30))
    Preferring([known, unknown], clock.now).run()
    assert breakers.read([known], consistent=True).orders["wechat"].sampled is None
