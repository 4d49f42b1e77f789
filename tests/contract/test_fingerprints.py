"""A request sent again after a release is the same request: fields that came with the release are not in its print."""

from collections.abc import Iterator
from typing import Any

import msgspec
import pytest

from chalicelib.ledger.api.gifts import (
    CardReportRequest,
    CorrectionRequest,
    GrantRequest,
    TransferRequest,
)
from chalicelib.ledger.api.refunds import RefundRequest, VoidRequest
from chalicelib.ledger.api.top_ups import CardSaleRequest, TopUpRefundRequest, TopUpRequest
from chalicelib.ledger.model.asked import SpendRequest
from chalicelib.outages.model.asked import (
    NewComponent,
    NewIncident,
    NewMaintenance,
    NewReport,
    NewUpdate,
)

NAMED = (
    SpendRequest, TopUpRequest, RefundRequest, VoidRequest, CardSaleRequest, TopUpRefundRequest, GrantRequest,
    CorrectionRequest, TransferRequest, CardReportRequest, NewComponent, NewIncident, NewUpdate,
    NewMaintenance, NewReport,
)  # fmt: skip


@pytest.mark.parametrize("request_type", NAMED)
def test_what_a_caller_left_out_is_not_in_the_fingerprint(request_type: type) -> None:
    telling = [
        struct.__name__
        for struct in structs_in(msgspec.inspect.type_info(request_type))
        if not struct.__struct_config__.omit_defaults
    ]
    assert telling == []


def structs_in(found: msgspec.inspect.Type) -> Iterator[Any]:
    match found:
        case msgspec.inspect.StructType(cls=struct, fields=fields):
            yield struct
            for field in fields:
                yield from structs_in(field.type)
        case msgspec.inspect.UnionType(types=types):
            for each in types:
                yield from structs_in(each)
        case msgspec.inspect.ListType(item_type=item):
            yield from structs_in(item)
        case msgspec.inspect.Metadata(type=inner):
            yield from structs_in(inner)
