"""A spend at the till whose message was sent by SMS, and what came of that."""

from msgspec.structs import replace

from chalicelib.kernel import clock
from chalicelib.ledger.built import ledger
from chalicelib.messages import table
from chalicelib.messages.model.message import Attempt, AttemptState, Message
from chalicelib.messages.service.announce import announce
from tests.house import House


def told_by_sms(
    house: House,
    phone: str,
    name: str,
    state: AttemptState = "accepted",
    provider_ref: str | None = None,
) -> Message:
    """Of a spend of that name at the first store, by a new member; tried once."""
    body = {
        "member_id": house.register(phone),
        "total_fen": 100,
        "payments": [{"method": "cash", "amount_fen": 100}],
    }
    taken = house.till.put(f"/v1/stores/{house.store.store_id}/spends/{name}", body).json
    entry = ledger().entry(taken["spend_id"])
    assert entry is not None
    announce([entry], clock.now())
    was = table.message(taken["message_id"], consistent=True)
    assert was is not None
    attempt = Attempt(
        1, "sms", "tencent", f"{was.message_id}-1", "138****0001", clock.now(), state,
        clock.now(), provider_ref,
    )  # fmt: skip
    sent = "unknown" if state == "unknown" else "sent"
    now = replace(was, state=sent, attempts=(attempt,), version=was.version + 1)
    assert table.replace(was, now)
    return now
