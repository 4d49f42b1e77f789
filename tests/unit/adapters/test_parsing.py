"""Our parser of DynamoDB's responses says what botocore's own says."""

import base64
import json
from typing import Any

import botocore.session
from botocore.parsers import ResponseParserFactory
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.adapters.tables.parsing import Parsers

_encoded = st.binary(max_size=20).map(lambda raw: base64.b64encode(raw).decode())
_scalars = st.one_of(
    st.fixed_dictionaries({"S": st.text(max_size=20)}),
    st.fixed_dictionaries({"N": st.integers().map(str)}),
    st.fixed_dictionaries({"B": _encoded}),
    st.fixed_dictionaries({"BOOL": st.booleans()}),
    st.just({"NULL": True}),
    st.fixed_dictionaries({"SS": st.lists(st.text(max_size=5), min_size=1)}),
    st.fixed_dictionaries({"NS": st.lists(st.integers().map(str), min_size=1)}),
    st.fixed_dictionaries({"BS": st.lists(_encoded, min_size=1)}),
)
_values = st.recursive(
    _scalars,
    lambda inner: st.one_of(
        st.fixed_dictionaries({"L": st.lists(inner, max_size=3)}),
        st.fixed_dictionaries({"M": st.dictionaries(st.text(max_size=5), inner, max_size=3)}),
    ),
    max_leaves=8,
)
_items = st.dictionaries(st.text(min_size=1, max_size=8), _values, max_size=5)
_model = botocore.session.get_session().get_service_model("dynamodb")


def parsed(factory: Any, operation: str, body: dict[str, Any], status: int = 200) -> Any:  # noqa: ANN401
    response = {"status_code": status, "headers": {}, "body": json.dumps(body).encode()}
    shape = _model.operation_model(operation).output_shape
    return factory.create_parser("json").parse(response, shape)


def both(operation: str, body: dict[str, Any], status: int = 200) -> tuple[Any, Any]:
    """By ours and by botocore's."""
    factories = (Parsers(), ResponseParserFactory())
    ours, theirs = (parsed(each, operation, body, status) for each in factories)
    return ours, theirs


@given(st.lists(_items, max_size=3), _items)
def test_a_page_of_items_is_parsed_as_botocore_does(items: list[Any], last: Any) -> None:  # noqa: ANN401
    ours, theirs = both("Query", {"Items": items, "Count": len(items), "LastEvaluatedKey": last})
    assert ours == theirs


@given(_items)
def test_one_item_is_parsed_as_botocore_does(item: Any) -> None:  # noqa: ANN401
    ours, theirs = both(
        "GetItem", {"Item": item, "ConsumedCapacity": {"TableName": "t", "CapacityUnits": 0.5}}
    )
    assert ours == theirs


@given(st.lists(_items, max_size=3))
def test_a_batch_by_table_is_parsed_as_botocore_does(items: list[Any]) -> None:
    ours, theirs = both("BatchGetItem", {"Responses": {"t": items}, "UnprocessedKeys": {}})
    assert ours == theirs


def test_what_stood_in_the_way_of_a_transaction_is_parsed_as_botocore_does() -> None:
    reasons = [{"Code": "None"}, {"Code": "ConditionalCheckFailed", "Item": {"a": {"B": "AAE="}}}]
    body = {"__type": "x#TransactionCanceledException", "CancellationReasons": reasons}
    ours, theirs = both("TransactWriteItems", body, 400)
    assert ours == theirs
