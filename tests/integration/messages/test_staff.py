"""Notes for staff: once per key and while, whoever writes them, and in a digest that is told once."""

from datetime import UTC, datetime, timedelta

from chalicelib.adapters import tables
from chalicelib.messages import staff
from tests.house import House

NOW = datetime(2026, 11, 22, 8, 0, tzinfo=UTC)


def kept(key: str) -> str:
    image = tables.get("messages", ("STAFF", f"NOTE#{key}"))
    assert image is not None
    return str(image["text"]["S"])


def test_a_key_is_told_once_in_a_while(house: House, counting: list[str]) -> None:
    assert house
    staff.note("breaker:tencent:open", "腾讯云短信\n已停用", NOW)
    staff.note("breaker:tencent:open", "又一次", NOW + staff.QUIET - timedelta(milliseconds=1))
    assert (kept("breaker:tencent:open"), counting.count("UpdateItem")) == ("腾讯云短信 已停用", 1)
    staff.note("breaker:tencent:open", "又停用了", NOW + staff.QUIET)
    assert kept("breaker:tencent:open") == "又停用了"


def test_another_container_has_told_it_already(house: House, counting: list[str]) -> None:
    assert house
    staff.note("limit:s1", "先到", NOW)
    staff.forget()
    for seconds in (1, 2, 3):
        staff.note("limit:s1", "后到", NOW + timedelta(seconds=seconds))
    assert (kept("limit:s1"), counting.count("UpdateItem")) == ("先到", 2)
