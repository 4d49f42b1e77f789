"""The stores as the status page names them, for operators."""

import re

import msgspec

from chalicelib.access.edge import stamp
from chalicelib.adapters.http import Answer, Call
from chalicelib.kernel.errors import InvalidRequest, NotFound
from chalicelib.kernel.words import STORE_ID
from chalicelib.outages.api.routes import desk, routes
from chalicelib.outages.model.asked import NewStore
from chalicelib.outages.model.components import StoreShown
from chalicelib.outages.model.errors import PageFull
from chalicelib.outages.model.words import Words

_ID = re.compile(STORE_ID)


class StatusStore(msgspec.Struct):
    store_id: str
    name: Words


class StatusStoreList(msgspec.Struct):
    items: list[StatusStore]
    next_cursor: None = None


@routes.declare("GET", "/v1/status-stores", needs="component:write", answers={200: StatusStoreList})
def get_status_stores(_call: Call) -> StatusStoreList:
    """The stores that the status page knows by name."""
    return StatusStoreList([_view(each) for each in desk().stores()])


@routes.declare(
    "PUT",
    "/v1/status-stores/{store_id}",
    needs="component:write",
    takes=NewStore,
    answers={200: StatusStore},
    raises=(NotFound, InvalidRequest, PageFull),
)
def put_status_store(call: Call, store_id: str, body: NewStore) -> StatusStore:
    """Name a store on the status page: then an incident can be of it alone, and it has a page of its own. The status
    page keeps this by itself, as it stands when the stores' own records do not.
    """
    return _view(desk().put_store(_id(store_id), body, stamp(call)))


@routes.declare(
    "DELETE",
    "/v1/status-stores/{store_id}",
    needs="component:write",
    answers={204: None},
    raises=(NotFound,),
)
def delete_status_store(call: Call, store_id: str) -> Answer:
    """Take a store off the status page; what was said of it stays."""
    desk().remove_store(store_id, stamp(call))
    return Answer("", status=204)


def _id(value: str) -> str:
    """Raises NotFound: no store can have another name."""
    if not _ID.match(value):
        raise NotFound
    return value


def _view(store: StoreShown) -> StatusStore:
    return StatusStore(store.store_id, store.name)
