"""Whom an incident touched, and what they are given for it."""

from collections.abc import Sequence

import msgspec

from chalicelib.access import paging
from chalicelib.access.edge import Routes, stamp
from chalicelib.adapters.http import Answer, Call, Paging, known_version, replayed, tagged
from chalicelib.amends.api.views import (
    AffectedList,
    AmendsView,
    affected_view,
    amends_view,
)
from chalicelib.amends.built import desk
from chalicelib.amends.model.amends import (
    AmendsBegun,
    NotBegun,
    NotFoundYet,
    NotOver,
    NotPreviewed,
    NotPublic,
    TooLongAgo,
)
from chalicelib.amends.model.gift import Gift, Giving
from chalicelib.amends.service.amends import Progress
from chalicelib.kernel import phone
from chalicelib.kernel.errors import (
    BadCursor,
    ConditionMissing,
    Gone,
    InvalidRequest,
    NotFound,
    TryAgain,
)
from chalicelib.kernel.words import Reason
from chalicelib.ledger.built import ledger
from chalicelib.ledger.model.refusals import NotOffered
from chalicelib.members.service import Found

routes = Routes(__name__)
GIVE, READ, TELL = "amends:give", "amends:read", "incident:publish"
_RAISES = (NotFound, InvalidRequest, TooLongAgo, NotOffered, AmendsBegun, TryAgain)


class AmendsRequest(msgspec.Struct, forbid_unknown_fields=True, omit_defaults=True):
    """The gift that was previewed, and the words that each grant bears."""

    gift: Gift
    reason: Reason


@routes.declare(
    "GET",
    "/v1/incidents/{incident_id}/affected",
    needs=READ,
    asks=Paging,
    answers={200: AffectedList},
    raises=(NotFound, BadCursor),
)
def get_affected(call: Call, incident_id: str, query: Paging) -> AffectedList:
    """The members whom an incident touched, as the last preview found them: why each, and what came of giving."""
    scope = paging.scope(call, f"affected {incident_id}")
    opened = paging.opened(scope, query.cursor)
    after = (int(opened["shard"]), opened["after"]) if opened else None
    page = desk().affected(incident_id, after, query.limit)
    phones = _phones([one.member_id for one in page.found])
    following = {"shard": str(page.next[0]), "after": page.next[1]} if page.next else None
    return AffectedList(
        [affected_view(one, phones.get(one.member_id)) for one in page.found],
        paging.sealed(scope, following),
    )


@routes.declare(
    "POST",
    "/v1/incidents/{incident_id}/amends/preview",
    needs=GIVE,
    takes=Gift,
    answers={202: AmendsView},
    raises=_RAISES,
)
def post_amends_preview(call: Call, incident_id: str, body: Gift) -> Answer:
    """Find whom an incident touched, so far where it is not over, and reckon what this gift would cost; nothing is
    given. The search goes on by itself: `GET …/amends` says how far it is.
    """
    body.check()
    return _shown(desk().preview(incident_id, body, stamp(call)), 202)


@routes.declare(
    "POST",
    "/v1/incidents/{incident_id}/affected/messages",
    needs=TELL,
    answers={202: AmendsView},
    raises=(NotFound, NotPublic, NotFoundYet, TryAgain),
)
def post_affected_messages(call: Call, incident_id: str) -> Answer:
    """Tell those whom a preview found, though they never asked for notices: once each, by the channels, consents,
    limits and quiet hours of every message. Nobody is told unless this is asked.
    """
    return _shown(desk().tell(incident_id, stamp(call)), 202)


@routes.declare(
    "GET",
    "/v1/incidents/{incident_id}/amends",
    needs=READ,
    answers={200: AmendsView},
    raises=(NotFound,),
)
def get_amends(_call: Call, incident_id: str) -> Answer:
    """How many were found, what it would cost, and what was given so far; with the ETag that giving names."""
    return _shown(desk().progress(incident_id), 200)


@routes.declare(
    "PUT",
    "/v1/incidents/{incident_id}/amends",
    needs=GIVE,
    takes=AmendsRequest,
    answers={201: AmendsView, 200: AmendsView},
    raises=(*_RAISES, NotOver, NotPreviewed, ConditionMissing, Gone),
)
def put_amends(call: Call, incident_id: str, body: AmendsRequest) -> Answer:
    """Give what was previewed to everybody who was found, once: `If-Match` names the preview. Sent again, it gives
    nothing more; an incident's amends cannot be changed.
    """
    body.gift.check()
    giving = Giving(body.gift, body.reason, stamp(call))
    progress, again = desk().give(incident_id, known_version(call), giving)
    return _shown(progress, 200 if again else 201, **replayed(again=again))


@routes.declare(
    "POST",
    "/v1/incidents/{incident_id}/amends/go-on",
    needs=GIVE,
    answers={202: AmendsView},
    raises=(NotFound, NotBegun, TryAgain),
)
def post_amends_go_on(call: Call, incident_id: str) -> Answer:
    """Give to those over whom something of ours broke, now and not when they are tried again by themselves. Who has
    something is given nothing more.
    """
    return _shown(desk().go_on(incident_id, stamp(call)), 202)


def _shown(progress: Progress, status: int, **headers: str) -> Answer:
    return Answer(
        amends_view(progress), status, headers={**tagged(progress.amends.version), **headers}
    )


def _phones(member_ids: Sequence[str]) -> dict[str, str]:
    """Masked; without those who became another member, or are none any more."""
    try:
        cards = ledger().cards(Found(member_ids))
    except NotFound:  # the only one
        return {}
    shown = [(card.member.member_id, card.member.phone) for card in cards]
    return {member_id: phone.masked(number) for member_id, number in shown if number}
