"""The providers, for the office: how each does, why they are taken in this order, and the switch by hand."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Literal

import msgspec

from chalicelib.access.edge import Routes, stamp
from chalicelib.adapters.http import Answer, At, Call, at, known_version, tagged
from chalicelib.kernel.errors import ConditionMissing, Gone, NotFound
from chalicelib.kernel.words import Reason
from chalicelib.messages import built, rulebook

if TYPE_CHECKING:
    from chalicelib.messages.model.breaker import Breaker
    from chalicelib.messages.model.score import Counts
    from chalicelib.messages.service.providers import Shown
    from chalicelib.messages.service.refusals import Refusal

    Refused = Mapping[tuple[str, str], Refusal]

routes = Routes(__name__)
_ROUNDED = 4


class BreakerView(msgspec.Struct):
    """`closed` lets messages through, `open` none, `half_open` one that tries. `until`: when it is tried again.

    One opened `by_hand` is closed by hand only. `version` is what If-Match names, in quotes.
    """

    state: str
    since: At | None
    until: At | None
    why: str | None
    by_hand: bool
    version: int


class CardView(msgspec.Struct):
    """`asked`: without what was refused for a phone, a member or a text. `taken`: the share accepted of them.

    `prompt`: of what carriers reported, the share that arrived within five minutes. Null: too few to say. Median and
    p95 are the seconds within which that share of what arrived was there, in steps; null: longer, or nothing arrived.
    `refused` is by class, `carriers` by what they said, `refused_templates` by kind of message.
    """

    asked: int
    accepted: int
    unreachable: int
    unknown: int
    delivered: int
    undelivered: int
    refused: dict[str, int]
    carriers: dict[str, int]
    refused_templates: dict[str, int]
    taken: float | None
    prompt: float | None
    median_s: int | None
    p95_s: int | None


class RefusedTemplateView(msgspec.Struct):
    """`version` is of our words, as it was sent; `code` the provider's word for why."""

    template_id: str
    version: int | None
    code: str
    refused_at: At


class ProviderView(msgspec.Struct):
    """`place`: 1 is taken first of its channel; null where it is not set up. `place_because`: `as_configured`;
    `better`, with the shares taken times prompt that decided; or `cheaper`, with the prices of a part, which decide
    between two that are about as good. `sampled`: of it too little is known to
    compare it, so a message in fifty goes there first. `template_refusals` are the last of each template in a month.
    """

    provider: str
    channel: str
    place: int | None
    place_because: str
    place_since: At | None
    sampled: bool
    part_milliyuan: int | None
    breaker: BreakerView
    template_refusals: list[RefusedTemplateView]
    last_hour: CardView
    last_day: CardView
    last_week: CardView


class ProviderList(msgspec.Struct):
    items: list[ProviderView]


class Switch(msgspec.Struct, forbid_unknown_fields=True):
    """`open` keeps every message away until it is closed by hand; `closed` lets them through at once."""

    state: Literal["open", "closed"]
    reason: Reason


@routes.declare("GET", "/v1/providers", needs="provider:read", answers={200: ProviderList})
def get_providers(_call: Call) -> ProviderList:
    """Every provider of messages: its breaker, its scorecards, why it has its place, and templates that it refused."""
    from chalicelib.messages.service.refusals import refused_templates  # noqa: PLC0415 - seldom asked for

    rules = rulebook.of_the_minute()
    shown = built.providers().shown()
    refused = refused_templates()
    return ProviderList(
        [_view(one, rules.part_milliyuan(one.provider.name), refused) for one in shown]
    )


@routes.declare(
    "GET",
    "/v1/providers/{provider}/breaker",
    needs="provider:read",
    answers={200: BreakerView},
    raises=(NotFound,),
)
def get_breaker(_call: Call, provider: str) -> Answer:
    """A provider's breaker, with the ETag that a change names."""
    found = built.providers().breaker(provider)
    return Answer(_breaker_view(found), headers=tagged(found.version))


@routes.declare(
    "PUT",
    "/v1/providers/{provider}/breaker",
    needs="provider:write",
    takes=Switch,
    answers={200: BreakerView},
    raises=(NotFound, ConditionMissing, Gone),
)
def put_breaker(call: Call, provider: str, body: Switch) -> Answer:
    """Open or close a breaker by hand; it holds everywhere within seconds. `If-Match` names the version, or `*`."""
    known = known_version(call)
    now = built.providers().switch(provider, body.state, body.reason, known, stamp(call))
    return Answer(_breaker_view(now), headers=tagged(now.version))


def _view(shown: "Shown", part_milliyuan: int | None, refused: "Refused") -> ProviderView:
    return ProviderView(
        provider=shown.provider.name,
        channel=shown.provider.channel,
        place=shown.place,
        place_because=shown.order.why,
        place_since=at(shown.order.since) if shown.order.since else None,
        sampled=shown.order.sampled == shown.provider.name,
        part_milliyuan=part_milliyuan,
        breaker=_breaker_view(shown.breaker),
        template_refusals=[
            RefusedTemplateView(template_id, one.version, one.code, at(one.at))
            for (provider, template_id), one in sorted(refused.items())
            if provider == shown.provider.name
        ],
        last_hour=_card_view(shown.cards.hour),
        last_day=_card_view(shown.cards.day),
        last_week=_card_view(shown.cards.week),
    )


def _breaker_view(one: "Breaker") -> BreakerView:
    return BreakerView(
        state=one.state,
        since=at(one.since) if one.since else None,
        until=at(one.until) if one.until else None,
        why=one.why,
        by_hand=one.by_hand,
        version=one.version,
    )


def _card_view(card: "Counts") -> CardView:
    from chalicelib.messages.model import score  # noqa: PLC0415 - seldom asked for

    accepted, asked = score.taken_of(card)
    figures = score.figures(card)
    return CardView(
        asked=asked,
        accepted=accepted,
        unreachable=card.get("unreachable", 0),
        unknown=card.get("unknown", 0),
        delivered=card.get("delivered", 0),
        undelivered=card.get("undelivered", 0),
        refused=_by_word(card, "refused_"),
        carriers=_by_word(card, "carrier_"),
        refused_templates=_by_word(card, "template_"),
        taken=_share(figures.taken),
        prompt=_share(figures.prompt),
        median_s=score.took_s(card, 0.5),
        p95_s=score.took_s(card, 0.95),
    )


def _by_word(card: "Counts", prefix: str) -> dict[str, int]:
    words = sorted(name for name in card if name.startswith(prefix))
    return {name.removeprefix(prefix): card[name] for name in words}


def _share(value: float | None) -> float | None:
    return None if value is None else round(value, _ROUNDED)
