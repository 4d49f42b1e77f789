"""What operators do to components."""

from chalicelib.kernel.stamp import Stamp
from chalicelib.outages import table
from chalicelib.outages.model import edits
from chalicelib.outages.model.asked import ComponentChange, NewComponent
from chalicelib.outages.model.changes import BaselineChange, Source
from chalicelib.outages.model.components import Component, Page
from chalicelib.outages.service.base import Base, asked_by, known, match, until_fresh
from chalicelib.outages.table import AlreadyMade, Keeping


class Components(Base, frozen=True):
    """A component's baseline is what was last said of it; each change of it is kept with who said so and why."""

    def add_component(
        self, asked: NewComponent, key: str | None, by: Stamp
    ) -> tuple[Component, bool]:
        """The component, and whether this was a replay. Raises InvalidRequest, PageFull, NameTaken."""
        name = asked_by(key, "component", edits.fingerprint(asked), by)

        def once() -> tuple[Component, bool]:
            now = self.clock()
            was = table.page()
            start = was or self.new_page(now)
            page, made = edits.add_component(start, asked, self.make_id(now), now)
            keeping = Keeping(by)
            keeping.page(page, was)
            keeping.named(name, made.id)
            try:
                keeping.commit()
            except AlreadyMade as before:
                return known(table.page(), before.made_id), True
            return made, False

        return until_fresh(once)

    def component(self, component_id: str) -> Component:
        """Raises NotFound."""
        return known(table.page(), component_id)

    def change_component(
        self,
        component_id: str,
        version: int | None,
        asked: ComponentChange,
        by: Stamp,
        source: Source = "manual",
    ) -> Component:
        """`version`: only as long as that is the one kept. Raises NotFound, Gone, InvalidRequest."""

        def once() -> Component:
            was = table.page()
            component = known(was, component_id)
            match(component.version, version)
            page, changed = edits.change_component(was, component, asked, self.clock())  # type: ignore[arg-type]
            if page is not was:
                self._keep(page, was, component, changed, asked.reason, by, source)
            return changed

        return until_fresh(once)

    def changes(
        self, component_id: str, limit: int, after: str | None
    ) -> tuple[list[BaselineChange], str | None]:
        """What was said of its baseline, newest first. Raises NotFound."""
        known(table.page(consistent=False), component_id)
        return table.changes(component_id, limit, after)

    def _keep(  # noqa: PLR0917 - each is named by its type
        self,
        page: Page,
        before: Page | None,
        was: Component,
        new: Component,
        reason: str,
        by: Stamp,
        source: Source,
    ) -> None:
        keeping = Keeping(by)
        keeping.page(page, before)
        if new.baseline != was.baseline:
            change = BaselineChange(
                id=self.make_id(new.updated_at),
                component_id=new.id,
                old=was.baseline,
                new=new.baseline,
                at=new.updated_at,
                source=source,
                who=by.who,
                reason=reason,
            )
            keeping.change(change)
        keeping.commit()
