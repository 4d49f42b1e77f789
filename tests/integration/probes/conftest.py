"""The probes' round over an empty status page, with parts that can be broken and a clock that is set."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

import pytest

from chalicelib.adapters.tables import connection
from chalicelib.kernel import clock
from chalicelib.outages.model.asked import Body, ComponentChange, NewUpdate
from chalicelib.outages.model.asked.components import Outage
from chalicelib.outages.model.incidents import Stage
from chalicelib.outages.service import Desk
from chalicelib.probes.model.catalogue import Name
from chalicelib.probes.service.asking import Check
from chalicelib.probes.service.moving import Moving
from chalicelib.probes.service.watching import Watching
from tests.client import Client
from tests.house import BY, House
from tests.integration.outages.conftest import Operator

MINUTE, SECOND = timedelta(minutes=1), timedelta(seconds=1)


@dataclass
class Round:
    """`broken` parts do not answer; each `minutes` is so many rounds."""

    office: Client
    now: datetime
    tables: Mapping[str, str]
    broken: set[Name] = field(default_factory=set)
    values: dict[Name, int] = field(default_factory=dict)
    told: list[tuple[str, str]] = field(default_factory=list)
    names: tuple[Name, ...] = ("database_write", "database_read")

    def minutes(self, count: int) -> None:
        for _ in range(count):
            self.now += MINUTE
            self.once()

    def once(self) -> None:
        self.watching().run()

    def watching(self) -> Watching:
        checks = {name: self._check(name) for name in self.names}
        return Watching(checks, Moving(self.desk, self._tell), lambda: self.now)

    @property
    def desk(self) -> Desk:
        return Desk(lambda: self.now)

    def _check(self, name: Name) -> Check:
        def check(_now: datetime) -> int:
            if name in self.broken:
                raise OSError(name)
            return self.values.get(name, 5)

        return check

    def _tell(self, key: str, text: str, now: datetime) -> None:
        assert now == self.now
        self.told.append((key, text))

    def person_posts(self, incident_id: str, status: Stage) -> None:
        """At the hour of the rounds, which is not that of the API."""
        asked = NewUpdate(status=status, body=Body("我们来处理"))
        self.desk.post_update(incident_id, asked, None, BY)

    def person_sets(self, component_id: str, status: Outage) -> None:
        self.now += SECOND  # of two changes in one moment nobody can say which came last
        self.desk.change_component(component_id, None, ComponentChange(status=status), BY)

    def baseline(self, component_id: str) -> str:
        status: str = self.office.get(f"/v1/components/{component_id}").json["status"]
        return status

    def incidents(self, state: str) -> list[dict[str, Any]]:
        reply = self.office.get(f"/v1/incidents?state={state}")
        items: list[dict[str, Any]] = reply.json["items"]
        return items


def clean(names: Mapping[str, str]) -> None:
    """An empty page and no probe's memory; operators keep what they prove themselves with."""
    client: Any = connection().client
    for name in (names["OUTAGES_TABLE"], names["PROBES_TABLE"]):
        for item in client.scan(TableName=name)["Items"]:
            if not item["pk"]["S"].startswith("KEY#"):
                client.delete_item(TableName=name, Key={key: item[key] for key in ("pk", "sk")})


@pytest.fixture
def operator(house: House) -> Operator:
    return Operator(house.office)


@pytest.fixture
def rounds(house: House, tables: dict[str, str]) -> Round:
    clean(tables)
    return Round(house.office, clock.now(), tables)
