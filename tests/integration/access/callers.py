"""Every kind of caller, real and false, and what the table of roles says of each."""

from dataclasses import dataclass
from datetime import timedelta

from chalicelib.access import service
from chalicelib.access.edge import gate
from chalicelib.access.model import PUBLIC, ROLES
from chalicelib.adapters import secrets, tokens
from chalicelib.adapters.http import Endpoint
from chalicelib.kernel import clock
from tests.house import BY
from tests.integration.access.world import PIN, World

STAFF_ROLES = ("cashier", "store_manager", "support", "auditor")
OPERATOR_ROLES = ("support", "operator", "auditor", "owner")


@dataclass(frozen=True)
class Caller:
    """`role` is empty where nobody is behind it; `store_id` where it is not bound to a store."""

    name: str
    bearer: str
    role: str = ""
    store_id: str = ""


@dataclass(frozen=True)
class Verdict:
    status: int
    code: str


def verdict(caller: Caller, endpoint: Endpoint, store_id: str) -> Verdict | None:
    """Why this caller is turned away, None where it is let in; only `needs`, the roles and the store's rule say so."""
    if endpoint.needs == PUBLIC:
        return None
    if not caller.role:
        return Verdict(401, "not_authenticated")
    if endpoint.needs not in ROLES.get(caller.role, ()):
        return Verdict(403, "permission_denied")
    if "{store_id}" in endpoint.path and caller.store_id and caller.store_id != store_id:
        return Verdict(403, "wrong_store")
    return None


def callers(world: World) -> list[Caller]:
    return [*_members(world), *_tills(world), *_staff(), *_operators(), *_false(world)]


def _members(world: World) -> list[Caller]:
    return [
        Caller("public", ""),
        Caller("member", gate().member_session(world.member_id), "member"),
        Caller("other member", gate().member_session(world.other_member_id), "member"),
    ]


def _tills(world: World) -> list[Caller]:
    house = world.house
    return [
        Caller("till of s1", house.till.token, "terminal", "s1"),
        Caller("till of s2", house.other_till.token, "terminal", "s2"),
    ]


def _staff() -> list[Caller]:
    made = [
        Caller(
            f"{role} of {store}", _staff_token(store, role, role[:16].replace("_", "")), role, store
        )
        for store in ("s1", "s2")
        for role in STAFF_ROLES
    ]
    ghost = Caller(
        "staff of a role that is no more", _staff_token("s1", "ghost", "g1"), "ghost", "s1"
    )
    return [*made, ghost]


def _operators() -> list[Caller]:
    keys = {role: _operator_key(role)[1] for role in OPERATOR_ROLES}
    return [Caller(f"operator key: {role}", key, role) for role, key in keys.items()]


def _false(world: World) -> list[Caller]:
    """Those behind whom nobody is."""
    now, key, strange = clock.now(), secrets.keyring().tokens, b"s" * 32
    member = {"kind": "member", "sub": world.member_id}
    staff = {"kind": "staff", "sub": "cashier", "store": "s1"}
    good = tokens.issue(key, member, now, 3600)
    head, body, signature = good.split(".")
    unsigned = "eyJhbGciOiJub25lIiwidHlwIjoiSldUIn0"
    proofs = {
        "revoked till": _revoked_till(),
        "revoked operator": _revoked_operator(),
        "till key that never was": "dt_live_" + "A" * 43,
        "operator key that never was": "do_live_" + "A" * 43,
        "till key as an operator's": world.house.till.token.replace("dt_", "do_"),
        "member's token, expired": tokens.issue(key, member, now - timedelta(hours=3), 7200),
        "staff token, expired": tokens.issue(key, staff, now - timedelta(hours=13), 12 * 3600),
        "signed by another key": tokens.issue(strange, member, now, 3600),
        "signed with the key of cursors": tokens.issue(secrets.keyring().cursors, member, now, 60),
        "kind that is none": tokens.issue(key, {**member, "kind": "owner"}, now, 3600),
        "operator by token": tokens.issue(key, {**member, "kind": "operator"}, now, 3600),
        "staff who is none": tokens.issue(key, {**staff, "sub": "nobody"}, now, 3600),
        "staff who has left": _left_staff_token(),
        "no algorithm": f"{unsigned}.{body}.",
        "no signature": f"{head}.{body}.",
        "other claims": f"{head}.{body[:-4]}AAAA.{signature}",
        "dots": "..",
        "garbage": "\x00\ud800é{}" + "z" * 4000,
        "prefix only": "dt_",
    }
    return [Caller(name, proof) for name, proof in proofs.items()]


def _staff_token(store_id: str, role: str, staff_no: str, *, active: bool = True) -> str:
    save = {"name": role, "role": role, "pin": PIN, "by": BY}
    service.save_staff(store_id, staff_no, active=True, **save)  # type: ignore[arg-type] # named above
    token, _ = gate().staff_session(store_id, staff_no, PIN, BY)
    if not active:
        service.save_staff(store_id, staff_no, active=False, **save)  # type: ignore[arg-type]
    return token


def _left_staff_token() -> str:
    return _staff_token("s1", "store_manager", "left", active=False)


def _operator_key(*roles: str) -> tuple[str, str]:
    key, secret = service.issue_operator_key("key", roles, clock.now(), BY)
    return key.key_id, secret


def _revoked_till() -> str:
    key, secret = service.issue_terminal_key("s1", "stolen", clock.now(), BY)
    service.revoke_key("s1", key.key_id, clock.now(), BY)
    return secret


def _revoked_operator() -> str:
    key_id, secret = _operator_key("owner")
    service.revoke_key(None, key_id, clock.now(), BY)
    return secret
