"""The routes of every slice: each declares who may call it, and is guarded here before its view runs."""

from functools import cache

from chalicelib.access.model import NOBODY, PUBLIC, Caller, Store, WrongStore
from chalicelib.access.service import OPERATORS_KEY, Gate
from chalicelib.adapters import http, secrets
from chalicelib.adapters.http import Call
from chalicelib.kernel.errors import DomainError, NotAuthenticated
from chalicelib.kernel.stamp import Stamp


@cache
def gate() -> Gate:
    return Gate(token_key=secrets.keyring().tokens)


@cache
def own_gate() -> Gate:
    """For operators' keys alone, by their copies beside the status page."""
    return Gate(token_key=b"", keys_in="outages")


class Routes(http.Routes):
    """`needs` is `public`, `member:self` or a permission. A path that names a store admits that store's callers only,
    beside those of the whole chain.
    """

    def admit(self, call: Call, needs: str) -> Caller:
        if needs == PUBLIC:
            return (
                NOBODY  # before the gate: the status page stands while the keyring cannot be read
            )
        asking = gate().admit(call.bearer, needs)
        named = call.path.get("store_id")
        if named and asking.store and asking.store.store_id != named:
            raise WrongStore
        return asking


class LoneRoutes(Routes):
    """Of a room that stands while the tables of keys and sessions and the keyring are gone: operators' keys open it.

    Others never may, whoever they are; where they can still be proved they are told so, else they are nobody.
    """

    def admit(self, call: Call, needs: str) -> Caller:
        if needs == PUBLIC:
            return NOBODY
        if call.bearer.startswith(OPERATORS_KEY):
            return own_gate().admit(call.bearer, needs)
        try:
            return super().admit(call, needs)
        except DomainError:
            raise
        except Exception as error:
            raise NotAuthenticated from error


def stamp(call: Call) -> Stamp:
    caller: Caller = call.caller
    return caller.stamp(call.origin, call.request_id)


def store_of(call: Call, store_id: str) -> Store:
    """The store that a path names, already admitted. Raises NotFound."""
    caller: Caller = call.caller
    return caller.store or gate().store(store_id)
