"""What operators prepare for the first minutes of an incident."""

from datetime import timedelta

from chalicelib.kernel.errors import NotFound
from chalicelib.kernel.stamp import Stamp
from chalicelib.outages import table
from chalicelib.outages.model.asked import FromTemplate, NewTemplate, filled
from chalicelib.outages.model.canned import Template
from chalicelib.outages.model.edits import check_named
from chalicelib.outages.model.errors import PageFull
from chalicelib.outages.model.incidents import Incident
from chalicelib.outages.service.incidents import Incidents
from chalicelib.outages.table import Keeping, Stale

_MOST = 100


class Templates(Incidents, frozen=True):
    """Written in quiet times, in both languages, and reported from with one request."""

    def templates(self) -> list[Template]:
        return table.templates()

    def put_template(self, template_id: str, asked: NewTemplate, by: Stamp) -> Template:
        """Raises InvalidRequest, PageFull."""
        now = self.clock()
        check_named(asked.components, table.page() or self.new_page(now))
        kept = {each.id for each in table.templates()}
        if template_id not in kept and len(kept) >= _MOST:
            raise PageFull
        template = Template(id=template_id, content=asked, updated_at=now)
        keeping = Keeping(by)
        keeping.template(template)
        keeping.commit()
        return template

    def remove_template(self, template_id: str, by: Stamp) -> None:
        """Raises NotFound."""
        keeping = Keeping(by)
        keeping.no_template(template_id)
        try:
            keeping.commit()
        except Stale as gone:
            raise NotFound from gone

    def report_by(
        self, template_id: str, asked: FromTemplate, key: str | None, by: Stamp
    ) -> tuple[Incident, bool]:
        """The incident, and whether this was a replay. Raises NotFound, InvalidRequest, NameTaken, IncidentFull."""
        found = table.template(template_id)
        if found is None:
            raise NotFound
        minutes = found.content.next_update_minutes
        due_at = self.clock() + timedelta(minutes=minutes) if minutes else None
        return self.report(filled(found.content, asked, due_at), key, by, asked)
