"""What a call to a provider comes to, whatever it raises."""

from collections.abc import Callable

from chalicelib.adapters.secrets import NoSuchSecretError
from chalicelib.adapters.upstream import Refused, Unknown, Unreachable
from chalicelib.messages.model.course import Outcome


def outcome_of(call: Callable[[], str | None]) -> Outcome:
    """`call` answers the provider's reference, where it gives one."""
    try:
        provider_ref = call()
    except Unreachable as error:
        return Outcome("unreachable", code=error.code)
    except NoSuchSecretError:
        return Outcome("unreachable", code="no_secret")
    except Unknown as error:
        return Outcome("unknown", code=error.code)
    except Refused as error:
        return Outcome("refused", code=error.code, kind=error.kind)
    return Outcome("accepted", provider_ref)
