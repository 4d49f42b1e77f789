"""Receipts that providers pushed: each finds its attempt, at once or when that turns up."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from chalicelib.adapters import log
from chalicelib.adapters.sms import NOTICE_REFERENCE, carrier_word
from chalicelib.adapters.sms import Report as SmsReport
from chalicelib.adapters.sms_pushes import Read
from chalicelib.kernel.clock import Clock
from chalicelib.kernel.errors import TryAgain
from chalicelib.messages import parked, staff, table
from chalicelib.messages.model import hearing
from chalicelib.messages.model.breaker import NAMES
from chalicelib.messages.model.hearing import Report
from chalicelib.messages.model.message import Attempt, Message
from chalicelib.messages.model.receipt import Receipt, attempt_of, message_id_in
from chalicelib.messages.model.sent_event import reference_of
from chalicelib.messages.raw import Pushed

_TRIES = 5
_PAGE = 100
_log = log.logger("receipts")


def _to_nobody(attempt: Attempt) -> None:
    del attempt


@dataclass(frozen=True)
class Receipts:
    """`read` by provider; `heard` is told of each attempt when the first word of a carrier comes."""

    read: Mapping[str, Read]
    clock: Clock
    heard: Callable[[Attempt], None] = _to_nobody

    def take(self, pushed: Pushed) -> None:
        """Safe to call again with the same. Raises TryAgain; then all but those that failed have been taken."""
        batch = self.read[pushed.source](pushed.body)
        if batch.malformed:
            told = {"provider": pushed.source, "count": batch.malformed}
            _log.warning("malformed receipts", extra=told)
            self._tell_staff(
                pushed.source, "推送的回执中有读不懂的条目，可能其格式有变，请看日志。"
            )
        ours = [one for one in batch.reports if not one.reference.startswith(NOTICE_REFERENCE)]
        receipts = [receipt_of(pushed.source, report) for report in ours]
        named = self._named(receipts)
        failed = 0
        for receipt in receipts:
            message = named.get(message_id_in(receipt.reference))
            failed += not self._taken(receipt, message, pushed.received_at)
        if failed:
            raise TryAgain

    def try_parked(self, has_time: Callable[[], bool]) -> None:
        """Those that are due, bounded, and to be called again."""
        for shard in range(parked.SHARDS):
            for one in parked.due(shard, self.clock(), _PAGE):
                if not has_time():
                    return
                self._try(one)

    def _taken(self, receipt: Receipt, message: Message | None, came_at: datetime) -> bool:
        """One that breaks something keeps no other from being read."""
        try:
            if not self._match(receipt, message):
                parked.park(receipt, came_at)
        except Exception:  # noqa: BLE001
            _log.exception("receipt failed", extra=_named_as(receipt))
            return False
        return True

    def match(self, receipt: Receipt) -> bool:
        """Whether it is about an attempt of ours; then it is on record there. Raises TryAgain."""
        named = self._named([receipt]).get(message_id_in(receipt.reference))
        if self._match(receipt, named):
            return True
        return bool(receipt.one_of) and self._match_one_of(receipt)

    def _match_one_of(self, receipt: Receipt) -> bool:
        messages = table.messages({message_id_in(one) for one in receipt.one_of})
        attempts = [
            attempt
            for message in messages.values()
            for attempt in message.attempts
            if attempt.reference in receipt.one_of
        ]
        at = receipt.report.at or self.clock()
        reference = reference_of(attempts, receipt.report.provider_ref, at) or ""
        message = messages.get(message_id_in(reference))
        return bool(message) and self._match(receipt._replace(reference=reference), message)

    def _try(self, one: parked.Parked) -> None:
        """One that breaks something makes room for the others."""
        try:
            if self.match(one.receipt):
                parked.close(one, "matched")
                return
        except Exception:  # noqa: BLE001
            _log.exception("receipt failed", extra=_named_as(one.receipt))
        if not parked.put_off(one, self.clock()):
            _log.warning("receipt of nobody", extra=_named_as(one.receipt))
            self._tell_staff(
                one.receipt.provider,
                "推送的回执三天内都对不上消息，可能是状态通知的回执，或另有系统在用此账号。",
            )

    def _match(self, receipt: Receipt, message: Message | None) -> bool:
        theirs = receipt.report.provider_ref
        if message is None and theirs:
            message = table.by_provider_ref(receipt.provider, theirs)
        for _ in range(_TRIES):
            n = message and attempt_of(message, receipt)
            if not message or not n:
                return False
            changed = hearing.reported(message, n, receipt.report, self.clock())
            if changed is None:
                return True
            if table.replace(message, changed):
                self._tell(message, changed, n)
                return True
            message = table.message(message.message_id, consistent=True)
        raise TryAgain

    def _tell(self, was: Message, now: Message, n: int) -> None:
        if was.attempts[n - 1] != now.attempts[n - 1]:
            self.heard(now.attempts[n - 1])
        else:
            told = {"message_id": now.message_id, "provider": now.attempts[n - 1].provider}
            _log.warning("receipts contradict each other", extra=told)

    def _tell_staff(self, provider: str, what: str) -> None:
        name = NAMES.get(provider, provider)
        staff.note(f"receipts:{provider}", f"{name}{what}", self.clock())

    def _named(self, receipts: Sequence[Receipt]) -> dict[str, Message]:
        """The messages that our own references name: one request for a hundred."""
        return table.messages({message_id_in(one.reference) for one in receipts if one.reference})


def _named_as(receipt: Receipt) -> dict[str, str | None]:
    return {"provider": receipt.provider, "provider_ref": receipt.report.provider_ref}


def receipt_of(provider: str, report: SmsReport) -> Receipt:
    delivered = bool(report.delivered)
    kind = None if delivered else carrier_word(report.carrier_code)
    told = Report(
        delivered, report.serial_no or None, report.carrier_code, kind, report.reported_at
    )
    return Receipt(provider, report.reference, told)
