"""The whole API over tables of its own, with a stand-in for WeChat behind it."""

from collections.abc import Iterator

import pytest

from chalicelib.adapters import secrets
from chalicelib.adapters.wechat import wechat
from infra.upstreams import launch
from tests.house import open_house, settled
from tests.integration.access.world import SMS_CALLBACK_SECRET, WECHAT, World, build


@pytest.fixture(scope="module")
def world(dynamodb_local: str, tables: dict[str, str]) -> Iterator[World]:
    wechat.cache_clear()
    with launch.start() as running:
        names = {**tables, **WECHAT, "WECHAT_API_BASE": running.url}
        with settled(dynamodb_local, names):
            theirs = running.world.settings
            secrets.know({
                WECHAT["WECHAT_APP_SECRET_PARAM"]: theirs.wechat_secret,
                WECHAT["WECHAT_CALLBACK_TOKEN_PARAM"]: theirs.wechat_push_token,
                WECHAT["SMS_CALLBACK_SECRET_PARAM"]: SMS_CALLBACK_SECRET,
            })  # fmt: skip
            yield build(open_house(), dynamodb_local, tables)
    wechat.cache_clear()
