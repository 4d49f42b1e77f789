"""DynamoDB Local carries the very tables that the template makes."""

import pytest

from infra.local import dynamodb
from infra.tables import TABLES

pytestmark = pytest.mark.streams


def test_every_table_has_its_keys_indexes_and_stream(
    dynamodb_local: str, tables: dict[str, str]
) -> None:
    client = dynamodb.client(dynamodb_local)
    for table in TABLES:
        made = client.describe_table(TableName=tables[table.env])["Table"]
        assert [key["AttributeName"] for key in made["KeySchema"]] == ["pk", "sk"]
        assert {one["IndexName"] for one in made.get("GlobalSecondaryIndexes", [])} == {
            index.name for index in table.indexes
        }
        assert ("LatestStreamArn" in made) is table.has_stream


def test_tables_of_two_prefixes_do_not_meet(dynamodb_local: str, tables: dict[str, str]) -> None:
    others = dynamodb.create_tables(dynamodb_local, "another-module")
    client = dynamodb.client(dynamodb_local)
    item = {"pk": {"S": "PAGE"}, "sk": {"S": "PAGE"}}
    client.put_item(TableName=tables["OUTAGES_TABLE"], Item=item)
    assert "Item" not in client.get_item(TableName=others["OUTAGES_TABLE"], Key=item)
