"""How each verdict of a diagnosis comes about, and the question that follows."""

from tests.integration.messages.flows import did_not, nothing, under_way, went_out
from tests.integration.messages.flows.desk import A_RECEIPT_LATER, FLOWS, Desk, Flow

GROUPS = (nothing, under_way, went_out, did_not)

__all__ = ["A_RECEIPT_LATER", "FLOWS", "GROUPS", "Desk", "Flow"]
