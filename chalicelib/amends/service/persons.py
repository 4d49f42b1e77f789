"""Members who became one since they were found: each person is told, and given something, by one of their rows."""

from typing import NamedTuple

from chalicelib.amends.model.amends import Affected
from chalicelib.amends.table import affected
from chalicelib.amends.table.affected import Search
from chalicelib.members.model import Member


class Person(NamedTuple):
    """`chosen` is the member id of the row that stands for all; `others` are the rows beside the one asked about."""

    chosen: str
    others: list[Affected]


def person(search: Search, found: Affected, member: Member) -> Person:
    """`member` is who they are now; nothing is read where they never were anybody else."""
    same = {member.member_id, *member.absorbed, found.member_id}
    if len(same) == 1:
        return Person(found.member_id, [])
    rows = affected.some(search, sorted(same))
    ids = {one.member_id for one in rows} | {found.member_id}
    chosen = member.member_id if member.member_id in ids else min(ids)
    return Person(chosen, [one for one in rows if one.member_id != found.member_id])
