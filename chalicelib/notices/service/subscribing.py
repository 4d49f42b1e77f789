"""Subscribing and leaving: nobody hears from us again who did not confirm, and nobody learns who subscribed."""

import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import NamedTuple

import msgspec

from chalicelib.adapters import log, tables
from chalicelib.adapters import secrets as keys
from chalicelib.kernel import stamp
from chalicelib.kernel.clock import Clock
from chalicelib.kernel.errors import NotFound, TooMany, TryAgain
from chalicelib.kernel.stamp import Stamp
from chalicelib.notices.channels import Channel as Line
from chalicelib.notices.channels import outcome_of
from chalicelib.notices.model.refusals import CodeWrong
from chalicelib.notices.model.subscribers import (
    CODE_WITHIN,
    CONFIRM_WITHIN,
    MOST_GUESSES,
    Asked,
    Channel,
    Contact,
    Scope,
    Subscriber,
    What,
)
from chalicelib.notices.service.links import Links, subscriber_id
from chalicelib.notices.table import asked as asks
from chalicelib.notices.table import subscribers as table
from chalicelib.notices.table.aside import set_aside
from chalicelib.outages.model.words import Language

MOST_LETTERS = 3  # to an address that has not confirmed, in the seven days of one asking
LETTERS_APART = timedelta(minutes=5)
MOST_CODES_AN_HOUR = 300  # to all numbers together: each text costs, and origins are cheap
MOST_PASSED_ON = (
    25  # times as many as one address may ask for itself, as anybody may say that they pass on
)
_TRY_AGAIN_AFTER = timedelta(minutes=2)
_MOST_TRIES = 5
_HOUR_S = 3600
_BY = stamp.system("fan_out")
_log = log.logger("notices")


class _Wish(NamedTuple):
    subscriber_id: str
    channel: Channel
    contact: Contact
    scope: Scope
    language: Language
    leaving: bool = False


@dataclass(frozen=True)
class Subscribing:
    """`most_an_hour` may be asked for from one address of the net, and many times that through one that passes on."""

    links: Links
    clock: Clock
    most_an_hour: int

    def let_in(self, what: What, origin: str, visitor: str) -> None:
        """`visitor` is for whom `origin` says that it asks: a distribution does for thousands, and a liar for nobody.

        Raises TooMany.
        """
        passed_on = [] if visitor == origin else [(f"{what}-for", visitor, self.most_an_hour)]
        most = self.most_an_hour * (MOST_PASSED_ON if passed_on else 1)
        for kind, address, bound in (*passed_on, (what, origin, most)):
            place = keys.keyring().find_by(kind, address)
            if not asks.count_origin(place, self.clock(), bound):
                raise TooMany(_HOUR_S)

    def ask(
        self, channel: Channel, contact: Contact, scope: Scope, language: Language, by: Stamp
    ) -> None:
        """The caller learns nothing of what there was. Raises TooMany where codes are dear, TryAgain.

        A webhook that is known keeps its secret: that it says a challenge back proves whose the address is, and not
        who asked. Another secret comes only after its owner has left.
        """
        self._within_means(channel)
        who = subscriber_id(keys.keyring(), channel, contact.address)
        there = table.subscriber(who)
        if there and there.scope.joined(scope) == there.scope:
            return
        known = there or set_aside(who)
        wish = _Wish(who, channel, known.contact if known else contact, scope, language)
        self._ask(wish, by)

    def ask_to_leave(self, channel: Channel, address: str, language: Language, by: Stamp) -> None:
        """For whom no link can be sent to: they are asked as well, and the caller learns nothing either."""
        self._within_means(channel)
        who = subscriber_id(keys.keyring(), channel, address)
        there = table.subscriber(who)
        if there:
            wish = _Wish(who, channel, there.contact, there.scope, language, leaving=True)
            self._ask(wish, by)

    def confirm(self, token: str, by: Stamp) -> None:
        """Twice is as good as once. Raises NotFound where the link has ended or never was."""
        who = self.links.holder(token)
        asked = asks.find(who)
        if asked and self.links.fits(token, "confirm", asked.nonce):
            if self.clock() - asked.asked_at > CONFIRM_WITHIN:
                raise NotFound
            self._subscribe(asked, by)
            return
        there = table.subscriber(who)
        if there is None or not self.links.fits(token, "confirm", there.nonce):
            raise NotFound

    def confirm_by_code(self, channel: Channel, address: str, code: str, by: Stamp) -> None:
        """As a link does it. Raises CodeWrong, which tells nothing of the address."""
        now, who = self.clock(), subscriber_id(keys.keyring(), channel, address)
        asked = asks.find(who)
        if asked is None:
            there = table.subscriber(who)
            if there is None or not self.links.fits_code(code, there):
                raise CodeWrong
            return
        if now - asked.asked_at > CODE_WITHIN or not asks.count_guess(asked, MOST_GUESSES):
            raise CodeWrong
        if not self.links.fits_code(code, asked):
            raise CodeWrong
        if asked.leaving:
            asks.leave(who)
        else:
            self._subscribe(asked, by)

    def put(
        self, channel: Channel, contact: Contact, scope: Scope, language: Language, by: Stamp
    ) -> None:
        """Whose address is known to be theirs needs no question; this takes the place of what they wanted before."""
        who = subscriber_id(keys.keyring(), channel, contact.address)
        there = table.subscriber(who)
        new = Subscriber(
            subscriber_id=who,
            channel=channel,
            contact=contact,
            scope=scope,
            language=language,
            since=there.since if there else self.clock(),
        )
        table.put(new, by)

    def drop(self, channel: Channel, address: str) -> None:
        """Also one who left before."""
        asks.leave(subscriber_id(keys.keyring(), channel, address))

    def known(self, token: str) -> bool:
        """Whether it may still be confirmed, or was."""
        who = self.links.holder(token)
        found = asks.find(who) or table.subscriber(who)
        return found is not None and self.links.fits(token, "confirm", found.nonce)

    def may_leave(self, token: str) -> bool:
        return self.links.fits(token, "leave", "")

    def leave(self, token: str) -> None:
        """Also for one who left before. Raises NotFound for no link of ours."""
        if not self.may_leave(token):
            raise NotFound
        asks.leave(self.links.holder(token))

    def write(self, subscriber_id: str, lines: Mapping[str, Line]) -> None:
        """Ask the address, once; where nothing went out it is put off for the clock to ring again."""
        asked = asks.find(subscriber_id)
        if asked is None or asked.turn != "ready":
            return
        taken = asks.turn(msgspec.structs.replace(asked, tries=asked.tries + 1), None)
        line = lines.get(asked.channel)
        if taken is None or line is None:
            return
        said: list[bool] = []
        outcome = outcome_of(lambda: said.append(line.ask(taken)))
        if outcome.state == "waiting" and taken.tries < _MOST_TRIES:
            asks.turn(taken, self.clock() + _TRY_AGAIN_AFTER * taken.tries)
        elif outcome.state == "sent" and said[0]:
            self._subscribe(taken, _BY)
        elif outcome.state != "sent":
            _log.warning("nobody could be asked to confirm", extra={"code": outcome.code})

    def _within_means(self, channel: Channel) -> None:
        """Counted before anything is looked at, so that it tells nothing of the number."""
        if channel == "sms" and not asks.count_origin("codes", self.clock(), MOST_CODES_AN_HOUR):
            raise TooMany(_HOUR_S)

    def _ask(self, wish: _Wish, by: Stamp) -> None:
        """Unless that address was asked often enough, or just now. Raises TryAgain where somebody was first."""
        now, was = self.clock(), asks.find(wish.subscriber_id)
        live = was if was and now - was.asked_at < CONFIRM_WITHIN else None
        same = live if live and live.leaving == wish.leaving else None
        if live and (live.letters >= MOST_LETTERS or now - live.asked_at < LETTERS_APART):
            if same:
                asks.widen(same, same.scope.joined(wish.scope))
            return
        new = Asked(
            subscriber_id=wish.subscriber_id,
            channel=wish.channel,
            contact=wish.contact,
            scope=same.scope.joined(wish.scope) if same else wish.scope,
            language=wish.language,
            nonce=same.nonce if same and wish.channel != "sms" else secrets.token_hex(8),
            asked_at=now,
            letters=live.letters + 1 if live else 1,
            tries=0,
            turn="ready",
            version=was.version + 1 if was else 1,
            leaving=wish.leaving,
        )
        if not asks.save(new, was, by):
            raise TryAgain

    def _subscribe(self, asked: Asked, by: Stamp) -> None:
        there = table.subscriber(asked.subscriber_id)
        known = there or set_aside(asked.subscriber_id)
        new = Subscriber(
            subscriber_id=asked.subscriber_id,
            channel=asked.channel,
            contact=known.contact if known else asked.contact,
            scope=there.scope.joined(asked.scope) if there else asked.scope,
            language=asked.language,
            since=there.since if there else self.clock(),
            nonce=asked.nonce,
        )
        if not tables.holds(asks.confirm, asked, new, by):
            raise TryAgain
