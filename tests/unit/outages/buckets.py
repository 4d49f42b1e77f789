"""Two buckets of moto, and a site that is written into them."""

from collections.abc import Iterator
from datetime import datetime

import pytest
from moto import mock_aws

from chalicelib import config
from chalicelib.adapters import objects
from chalicelib.adapters.objects import Bucket
from chalicelib.outages.model.whole import Whole
from chalicelib.outages.publishing import Publishing
from chalicelib.outages.templates.statuspage import Site
from infra.tables import TABLES
from tests.unit.outages.world import NOW, component, page

SITE = Site("灯塔", "https://status.example")
TILL = "000000000001"
WHOLE = Whole(page(component(TILL)), (), (), ())
ONE, TWO = Bucket("one"), Bucket("two")


@pytest.fixture(autouse=True)
def s3(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    names = {one.env: "none" for one in TABLES}
    own = {"DENGTA_STAGE": "local", "KEYRING_PARAM": "/none", "AWS_REGION": "us-east-1"}
    keys = {"AWS_ACCESS_KEY_ID": "test", "AWS_SECRET_ACCESS_KEY": "test"}
    for name, value in {**names, **own, **keys}.items():
        monkeypatch.setenv(name, value)
    for name in ("AWS_ENDPOINT_URL", "STATUS_BUCKET", "STATUS_BUCKET_2"):
        monkeypatch.delenv(name, raising=False)
    forget()
    with mock_aws():
        for bucket in (ONE, TWO):
            objects._client().create_bucket(Bucket=bucket.name)  # noqa: SLF001
        yield
    forget()


def forget() -> None:
    config.settings.cache_clear()
    objects.forget()


class Desk:
    """What is kept, as the table would tell it; each reading is one moment later."""

    def __init__(self, *wholes: Whole) -> None:
        self.wholes = list(wholes)
        self.read_times = 0

    def read(self, _since: datetime) -> Whole:
        self.read_times += 1
        return self.wholes[0]

    def mark(self) -> object:
        found = self.wholes[0]
        if len(self.wholes) > 1:
            self.wholes.pop(0)
        return found.page.updated_at


def publishing(*buckets: Bucket, desk: Desk | None = None, at: datetime = NOW) -> Publishing:
    desk = desk or Desk(WHOLE)
    return Publishing(buckets, SITE, desk.read, desk.mark, lambda: at)


def text(bucket: Bucket, key: str) -> str:
    return (bucket.get(key) or b"").decode()
