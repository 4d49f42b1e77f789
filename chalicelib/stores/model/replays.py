"""The records of an off-line journal: how one is read, what it is worth without asking a person, what came of it."""

import hashlib
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import Annotated, Literal, NamedTuple

import msgspec
from msgspec.structs import replace

from chalicelib.kernel.errors import DomainError
from chalicelib.ledger.model.asked import OrderName, SpendRequest
from chalicelib.members.offline_card import BadCard, OfflineCard
from chalicelib.stores.model.devices import Device, DeviceId
from chalicelib.stores.model.journal import Link

Outcome = Literal["taken", "replayed", "held", "refused", "retry"]
CLOCK_AHEAD = timedelta(minutes=5)
_USES_KEPT = timedelta(days=60)  # longer than any card is good for
_MOST_USES = 500
_YEARS = range(2000, 2101)  # any other is no clock's, and text or a store's zone may not hold it
CardReader = Callable[[str, datetime], OfflineCard]


class Record(msgspec.Struct, forbid_unknown_fields=True, frozen=True):
    """What a till signs. `prev` is the SHA-256 of the record before it; `spend` the body of the spend, as it stands."""

    device_id: DeviceId
    counter: Annotated[int, msgspec.Meta(ge=1, le=999_999_999_999)]
    prev: Annotated[str, msgspec.Meta(pattern=r"^[0-9a-f]{64}$(?!\n)")]
    out_trade_no: OrderName
    occurred_at: Annotated[datetime, msgspec.Meta(tz=True)]
    spend: msgspec.Raw
    card: str | None = None


class Signed(NamedTuple):
    """A record as it came: the exact text, and the signature over it in base64url."""

    payload: str
    signature: str


class Reading(msgspec.Struct, frozen=True):
    """`sale` is None where the spend inside is none that this server can take."""

    record: Record
    digest: str
    sale: SpendRequest | None
    signed: Signed

    @property
    def link(self) -> Link:
        return Link(self.digest, self.record.prev)

    @property
    def postable(self) -> SpendRequest | None:
        """The sale, where its time is the record's own: no other was looked at, and an entry stays for ever."""
        sale = self.sale
        return sale if sale and sale.occurred_at in {None, self.record.occurred_at} else None

    @property
    def from_balance_fen(self) -> int:
        paid = self.sale.payments if self.sale else ()
        return sum(each.amount_fen for each in paid if each.method == "balance")

    @property
    def discount_percent(self) -> int:
        """Of what the lines came to, rounded up."""
        off = self.sale.discount_fen if self.sale else 0
        return -(-100 * off // (self.sale.total_fen + off)) if self.sale else 0


class Trace(msgspec.Struct, frozen=True):
    """What came of an authentic record, once and for all; under its device and counter."""

    counter: int
    link: Link
    out_trade_no: str
    outcome: Outcome
    code: str | None = None
    spend_id: str | None = None
    balance_after_fen: int | None = None
    debt_fen: int | None = None
    held_id: str | None = None

    def again(self) -> "Trace":
        return replace(self, outcome="replayed") if self.outcome == "taken" else self

    def settled(self, way: str, spend_id: str | None) -> "Trace":
        """As it is told once a person has settled it: still held, and what came of that."""
        return replace(self, code=f"settled_{way}", spend_id=spend_id)


class Result(NamedTuple):
    """The answer to one record; `record` and `trace` as far as there are any."""

    outcome: Outcome
    code: str | None = None
    record: Record | None = None
    trace: Trace | None = None


class BadRecord(DomainError):
    """Nothing that the server could keep: not readable, or not by who it says."""

    def __init__(self, reason: str, record: Record | None = None) -> None:
        super().__init__()
        self.reason = reason
        self.record = record


class Trust(NamedTuple):
    """A sale on a card's word: what the card lets a till trust, and since when."""

    member_id: str
    card_no: str
    digest: str
    fen: int
    trust_fen: int
    since: datetime
    occurred_at: datetime


class Use(NamedTuple):
    """One sale that was made on a card's word."""

    digest: str
    occurred_at: datetime
    fen: int


class Verdict(NamedTuple):
    """What the ledger may do: nothing where there is a `hold`; owe up to `trust` where there is one."""

    hold: str | None = None
    trust: Trust | None = None


def read(signed: Signed) -> Reading:
    """Raises BadRecord."""
    try:
        raw = signed.payload.encode()
        record = msgspec.json.decode(raw, type=Record)
    except (msgspec.DecodeError, ValueError, RecursionError) as error:
        raise BadRecord("malformed_record") from error
    if record.occurred_at.year not in _YEARS:
        raise BadRecord("malformed_record")
    return Reading(record, hashlib.sha256(raw).hexdigest(), _sale(record.spend), signed)


def _sale(spend: msgspec.Raw) -> SpendRequest | None:
    try:
        return msgspec.json.decode(spend, type=SpendRequest)
    except (msgspec.DecodeError, ValueError, RecursionError):
        return None


def admit(reading: Reading, device: Device) -> None:
    """Raises BadRecord where the record is not this device's, or was signed after its key was revoked."""
    record = reading.record
    if record.device_id != device.device_id:
        raise BadRecord("other_device", record)
    if not device.signed(reading.signed.payload.encode(), reading.signed.signature):
        raise BadRecord("bad_signature", record)
    if device.revoked_at and record.occurred_at >= device.revoked_at:
        raise BadRecord("device_revoked", record)


def judge(
    reading: Reading, device: Device, card: CardReader, now: datetime, most_percent: int | None
) -> Verdict:
    """What of an authentic record needs a person; of a sale from the balance, whom the till trusted and how far.

    `most_percent` is the highest discount that its sender may give; None is no limit.
    """
    sale, shown = reading.postable, reading.record.card
    if sale is None:
        return Verdict("invalid_spend")
    if hold := _whatever_pays(reading, device, now, most_percent):
        return Verdict(hold)
    if not reading.from_balance_fen:
        return Verdict()
    return _by_card(reading, shown, sale.member_id, card) if shown else Verdict("no_card")


def _whatever_pays(
    reading: Reading, device: Device, now: datetime, most_percent: int | None
) -> str | None:
    if device.revoked_at:
        return "device_revoked"
    if reading.record.occurred_at > now + CLOCK_AHEAD:
        return "clock_ahead"
    if most_percent is not None and reading.discount_percent > most_percent:
        return "discount_over_limit"
    return None


def _by_card(reading: Reading, text: str, member_id: str, card: CardReader) -> Verdict:
    record = reading.record
    try:
        shown = card(text, record.occurred_at)
    except BadCard as bad:
        return Verdict(f"card_{bad.reason}")
    if shown.member_id != member_id:
        return Verdict("card_of_another")
    return Verdict(
        trust=Trust(
            shown.member_id,
            shown.card_no,
            reading.digest,
            reading.from_balance_fen,
            shown.trust_fen,
            shown.issued_at,
            record.occurred_at,
        )
    )


def used(uses: tuple[Use, ...], asked: Trust, now: datetime) -> tuple[Use, ...] | None:
    """The uses of a member's cards with this one; None where together they are more than the card trusts.

    A use that is among them already stays granted.
    """
    if any(use.digest == asked.digest for use in uses):
        return uses
    before = sum(use.fen for use in uses if use.occurred_at >= asked.since)
    if before + asked.fen > asked.trust_fen:
        return None
    made = Use(asked.digest, asked.occurred_at, asked.fen)
    late = [use for use in uses if use.occurred_at > now - _USES_KEPT]
    return (*late, made)[-_MOST_USES:]


def unless_lost(verdict: Verdict, lost: Mapping[str, datetime]) -> Verdict:
    """Held where the card's number was given up since, whenever the till says it sold: a thief sets its clock."""
    return Verdict("card_lost") if verdict.trust and verdict.trust.card_no in lost else verdict


def traced(
    reading: Reading, outcome: Outcome, code: str | None = None, *, held_id: str | None = None
) -> Trace:
    record = reading.record
    return Trace(record.counter, reading.link, record.out_trade_no, outcome, code, held_id=held_id)
