"""Groups of staff: named, listed, and each a subscriber whose address is a bot."""

from collections.abc import Sequence
from dataclasses import dataclass

from msgspec.structs import replace

from chalicelib.adapters import secrets
from chalicelib.kernel.clock import Clock
from chalicelib.kernel.errors import NotFound, TryAgain
from chalicelib.kernel.stamp import Stamp
from chalicelib.notices.model.subscribers import Contact, Group, Scope, Subscriber
from chalicelib.notices.service.links import subscriber_id
from chalicelib.notices.table import groups as table
from chalicelib.notices.table import subscribers


@dataclass(frozen=True)
class Groups:
    clock: Clock

    def all(self) -> Sequence[Group]:
        return table.groups()

    def put(self, name: str, title: str, contact: Contact, scope: Scope, by: Stamp) -> Group:
        """A bot is told once, also where two names have it: its scope is that of the name put last."""
        who = subscriber_id(secrets.keyring(), "wecom", contact.address)
        there, was = subscribers.subscriber(who), table.group(name)
        new = Subscriber(
            subscriber_id=who,
            channel="wecom",
            contact=contact,
            scope=scope,
            language="zh-CN",
            since=there.since if there else self.clock(),
        )
        made = Group(name=name, title=title, scope=scope, subscriber_id=who)
        left = _of_others(was) if was else None
        if not table.put(made, new, was, left, by):
            raise TryAgain
        return made

    def delete(self, name: str, by: Stamp) -> None:
        """Raises NotFound."""
        was = table.group(name)
        if was is None:
            raise NotFound
        table.delete(was, _of_others(was), by)


def _of_others(group: Group) -> Subscriber | None:
    """Its bot as another name wants it that has the same one."""
    others = [one for one in table.groups() if one.name != group.name]
    same = next((one for one in others if one.subscriber_id == group.subscriber_id), None)
    there = subscribers.subscriber(group.subscriber_id) if same else None
    return replace(there, scope=same.scope) if there and same else None
