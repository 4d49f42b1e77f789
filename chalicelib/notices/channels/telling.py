"""What a channel is, and what a try to tell somebody by one came to."""

from collections.abc import Callable, Mapping
from typing import Protocol

from chalicelib.adapters.secrets import NoSuchSecretError
from chalicelib.adapters.upstream import Refused, Unknown, Unreachable
from chalicelib.notices.model.jobs import Outcome
from chalicelib.notices.model.subscribers import Asked, Subscriber
from chalicelib.outages.model.notices import Notice

# a no to us, not to this receiver: what is set up can be mended while they wait
_LATER = frozenset({"frequency", "account", "origin", "template"})
_NOBODY_THERE = frozenset({"number", "user", "quota"})  # quota: until they tap "allow" again


class Channel(Protocol):
    def tell(self, to: Subscriber, notice: Notice) -> None:
        """Raises Unreachable, Unknown or Refused."""

    def ask(self, asked: Asked) -> bool:
        """Ask the address to confirm; whether it did so at once. Raises the same."""


def outcome_of(call: Callable[[], object]) -> Outcome:
    """What a try to tell somebody came to, whatever it raises."""
    try:
        call()
    except Unreachable as error:
        return Outcome("waiting", error.code)
    except NoSuchSecretError:
        return Outcome("waiting", "no_secret")
    except Unknown as error:
        return Outcome("unknown", error.code)
    except Refused as error:
        if error.kind in _LATER:
            return Outcome("waiting", error.code)
        return Outcome("failed", error.code, gone=error.kind in _NOBODY_THERE)
    return Outcome("sent")


def teller(channels: Mapping[str, Channel]) -> Callable[[Subscriber, Notice], Outcome]:
    """By the receiver's channel; one that is not set up any more is a failure."""

    def tell(to: Subscriber, notice: Notice) -> Outcome:
        channel = channels.get(to.channel)
        if channel is None:
            return Outcome("failed", "no_channel")
        return outcome_of(lambda: channel.tell(to, notice))

    return tell
