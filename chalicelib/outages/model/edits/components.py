"""How components, stores and the page itself come to be and change."""

from datetime import datetime

import msgspec

from chalicelib.kernel import clock
from chalicelib.kernel.errors import Text, invalid
from chalicelib.outages.model.asked import ComponentChange, NewComponent, NewStore, PageChange
from chalicelib.outages.model.components import (
    MOST_COMPONENTS,
    MOST_STORES,
    Component,
    Page,
    StoreShown,
    ordered,
)
from chalicelib.outages.model.edits.values import given
from chalicelib.outages.model.errors import PageFull

_OF_NO_GROUP = Text(
    "分组只是标题，part 写在它的成员上", "A group is a heading: its members have the parts"
)


def add_component(
    page: Page, asked: NewComponent, component_id: str, now: datetime
) -> tuple[Page, Component]:
    """Raises PageFull, InvalidRequest."""
    if len(page.components) >= MOST_COMPONENTS:
        raise PageFull
    if asked.group and asked.group_id:
        raise invalid("/group_id", "分组不能再放进分组", "A group cannot be inside a group")
    if asked.group and asked.part:
        raise invalid("/part", _OF_NO_GROUP.zh, _OF_NO_GROUP.en)
    made = Component(
        id=component_id,
        name=asked.name.words(),
        created_at=now,
        updated_at=now,
        position=asked.position or _last_position(page) + 1,
        baseline=asked.status,
        description=asked.description.words() if asked.description else None,
        start_date=asked.start_date or now.astimezone(clock.zone(page.time_zone)).date(),
        showcase=asked.showcase,
        only_show_if_degraded=asked.only_show_if_degraded,
        group=asked.group,
        group_id=_known_group(page, asked.group_id),
        part=asked.part,
    )
    return _with(page, made, now), made


def change_component(
    page: Page, was: Component, asked: ComponentChange, now: datetime
) -> tuple[Page, Component]:
    """The same page where nothing changes. Raises InvalidRequest."""
    changes = given(asked)
    changes.pop("reason", None)
    if "status" in changes:
        changes["baseline"] = changes.pop("status")
    if was.group and ("baseline" in changes or changes.get("group_id")):
        raise invalid(
            "/status" if "baseline" in changes else "/group_id",
            "分组的状态由其成员得出，也不能放进别的分组",
            "A group is as its members are, and cannot be inside a group",
        )
    if was.group and changes.get("part"):
        raise invalid("/part", _OF_NO_GROUP.zh, _OF_NO_GROUP.en)
    if "group_id" in changes:
        changes["group_id"] = _known_group(page, changes["group_id"])
    changed = msgspec.structs.replace(was, **changes)
    if changed == was:
        return page, was
    changed = msgspec.structs.replace(changed, updated_at=now, version=was.version + 1)
    return _with(page, changed, now), changed


def change_page(page: Page, asked: PageChange, now: datetime) -> Page:
    """The same page where nothing changes. Raises InvalidRequest."""
    changes = given(asked)
    if isinstance(asked.time_zone, str):
        clock.check_zone(asked.time_zone, "/time_zone")
    changed = msgspec.structs.replace(page, **changes)
    if changed == page:
        return page
    return msgspec.structs.replace(changed, updated_at=now, version=page.version + 1)


def put_store(page: Page, store_id: str, asked: NewStore, now: datetime) -> tuple[Page, StoreShown]:
    """The same page where nothing changes. Raises PageFull."""
    store = StoreShown(store_id, asked.name.words())
    if page.store(store_id) == store:
        return page, store
    if page.store(store_id) is None and len(page.stores) >= MOST_STORES:
        raise PageFull
    others = [each for each in page.stores if each.store_id != store_id]
    return _of_stores(page, [*others, store], now), store


def remove_store(page: Page, store_id: str, now: datetime) -> Page:
    return _of_stores(page, [each for each in page.stores if each.store_id != store_id], now)


def _of_stores(page: Page, stores: list[StoreShown], now: datetime) -> Page:
    return msgspec.structs.replace(
        page,
        stores=tuple(sorted(stores, key=lambda each: each.store_id)),
        updated_at=now,
        version=page.version + 1,
    )


def _with(page: Page, component: Component, now: datetime) -> Page:
    others = [each for each in page.components if each.id != component.id]
    return msgspec.structs.replace(
        page,
        components=ordered([*others, component]),
        updated_at=now,
        version=page.version + 1,
    )


def _last_position(page: Page) -> int:
    return max((each.position for each in page.components), default=0)


def _known_group(page: Page, group_id: object) -> str | None:
    if group_id is None:
        return None
    found = page.component(str(group_id))
    if found is None or not found.group:
        raise invalid("/group_id", "没有这个分组", "There is no such group")
    return found.id
