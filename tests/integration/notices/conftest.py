"""An empty table of subscribers for each test."""

import pytest

from infra.local import dynamodb
from tests.house import House


@pytest.fixture(autouse=True)
def empty(house: House, dynamodb_local: str, tables: dict[str, str]) -> None:
    assert house
    client, name = dynamodb.client(dynamodb_local), tables["SUBSCRIBERS_TABLE"]
    for page in client.get_paginator("scan").paginate(TableName=name):
        for item in page["Items"]:
            client.delete_item(TableName=name, Key={key: item[key] for key in ("pk", "sk")})
