"""The page itself, and the stores as it names them."""

from chalicelib.kernel.errors import NotFound
from chalicelib.kernel.stamp import Stamp
from chalicelib.outages import table
from chalicelib.outages.model import edits
from chalicelib.outages.model.asked import NewStore, PageChange
from chalicelib.outages.model.components import Page, StoreShown
from chalicelib.outages.service.base import Base, match, until_fresh
from chalicelib.outages.table import Keeping


class Stores(Base, frozen=True):
    """The status room's own copy: its pages name stores also when the stores' own table is gone."""

    def page(self) -> Page:
        return table.page() or self.new_page(self.clock())

    def change_page(self, version: int | None, asked: PageChange, by: Stamp) -> Page:
        """`version`: only as long as that is the one kept. Raises Gone, InvalidRequest."""

        def once() -> Page:
            now = self.clock()
            kept = table.page()
            was = kept or self.new_page(now)
            match(was.version, version)
            page = edits.change_page(was, asked, now)
            if page is not was:
                _keep(page, kept, by)
            return page

        return until_fresh(once)

    def stores(self) -> tuple[StoreShown, ...]:
        page = table.page()
        return page.stores if page else ()

    def put_store(self, store_id: str, asked: NewStore, by: Stamp) -> StoreShown:
        """Raises StoresFull."""

        def once() -> StoreShown:
            now = self.clock()
            was = table.page()
            page, store = edits.put_store(was or self.new_page(now), store_id, asked, now)
            if page is not was:
                _keep(page, was, by)
            return store

        return until_fresh(once)

    def remove_store(self, store_id: str, by: Stamp) -> None:
        """What was said of it stays. Raises NotFound."""

        def once() -> None:
            was = table.page()
            if was is None or was.store(store_id) is None:
                raise NotFound
            _keep(edits.remove_store(was, store_id, self.clock()), was, by)

        until_fresh(once)


def _keep(page: Page, was: Page | None, by: Stamp) -> None:
    keeping = Keeping(by)
    keeping.page(page, was)
    keeping.commit()
