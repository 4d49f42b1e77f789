"""Proving who calls, and handing out what proves it."""

from dataclasses import dataclass, field

from chalicelib.access import table
from chalicelib.access.model import NOBODY, PUBLIC, Caller, Store, caller, demand
from chalicelib.access.service import pins
from chalicelib.access.service.registry import key_hash
from chalicelib.adapters import tokens
from chalicelib.kernel import clock
from chalicelib.kernel.clock import Clock
from chalicelib.kernel.errors import NotAuthenticated, NotFound
from chalicelib.kernel.remembered import Remembered
from chalicelib.kernel.stamp import Stamp

MEMBER_LIVES_S = 2 * 3600
STAFF_LIVES_S = 12 * 3600


@dataclass
class Gate:
    """Built once per container: `token_key` signs sessions, `keys_in` is the table of keys or that of their copies."""

    token_key: bytes
    keys_in: str = "access"
    clock: Clock = clock.now
    remembered: Remembered = field(default_factory=Remembered)

    def admit(self, bearer: str, needs: str) -> Caller:
        """Raises NotAuthenticated or PermissionDenied. A public route takes no notice of a credential."""
        if needs == PUBLIC:
            return NOBODY
        if not bearer:
            raise NotAuthenticated
        asking = (
            self._by_key(bearer) if bearer.startswith(("dt_", "do_")) else self._by_token(bearer)
        )
        demand(asking, needs)
        return asking

    def store(self, store_id: str) -> Store:
        """Raises NotFound."""
        found = self.remembered.get(f"store {store_id}", lambda: table.store(store_id))
        if found is None:
            raise NotFound
        return found

    def member_session(self, member_id: str) -> str:
        return self._token({"kind": "member", "sub": member_id}, MEMBER_LIVES_S)

    def staff_session(
        self, store_id: str, staff_no: str, pin: str, by: Stamp, till_id: str | None = None
    ) -> tuple[str, table.Staff]:
        """A token for the staff member, who logs in at the till `till_id`.

        Raises NotAuthenticated, or TooManyTries after five wrong PINs in a row.
        """
        proven = pins.prove(store_id, staff_no, pin, self.clock(), by)
        claims = {
            "kind": "staff",
            "sub": staff_no,
            "store": store_id,
            "pin": pins.pin_mark(proven.pin_hash),
        }
        if till_id:
            claims["till"] = till_id
        return self._token(claims, STAFF_LIVES_S), proven

    def _token(self, claims: dict[str, str], lives_s: int) -> str:
        return tokens.issue(self.token_key, claims, self.clock(), lives_s)

    def _by_key(self, key: str) -> Caller:
        hashed = key_hash(key)
        found = self.remembered.get(
            f"key {hashed}", lambda: table.key_by_hash(hashed, self.keys_in)
        )
        if found is None or found.revoked:
            raise NotAuthenticated
        if not found.store_id:
            return caller("operator", found.key_id, found.roles)
        return caller(
            "terminal",
            found.key_id,
            found.roles,
            self.store(found.store_id),
            own_limits=found.limits,
            till_id=found.key_id,
        )

    def _by_token(self, token: str) -> Caller:
        claims = tokens.read(self.token_key, token, self.clock())
        if claims["kind"] == "member":
            return caller("member", claims["sub"], ("member",))
        if claims["kind"] != "staff":
            raise NotAuthenticated
        found = self._staff(claims["store"], claims["sub"], claims.get("pin"))
        return caller(
            "staff",
            f"{found.store_id}/{found.staff_no}",
            (found.role,),
            self.store(found.store_id),
            own_limits=found.limits,
            till_id=claims.get("till"),
        )

    def _staff(self, store_id: str, staff_no: str, mark: str | None) -> table.Staff:
        """The member of staff whose PIN bears this mark; sessions from before marks were made bear none.

        Another mark than the remembered one may be the newer: then the row is asked. Raises NotAuthenticated.
        """
        name = f"staff {store_id} {staff_no}"
        found = self.remembered.get(name, lambda: table.staff(store_id, staff_no))
        if found and mark not in {None, pins.pin_mark(found.pin_hash)}:
            found = self.remembered.renew(
                name, lambda: table.staff(store_id, staff_no, consistent=True)
            )
        if found is None or not found.active or mark not in {None, pins.pin_mark(found.pin_hash)}:
            raise NotAuthenticated
        return found
