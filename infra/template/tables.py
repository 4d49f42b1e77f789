"""The tables as resources: recovery, encryption, protection, expiry and streams."""

from typing import Any

from infra.tables import EXPIRY_ATTRIBUTE, TABLES, Table, definition


def resources() -> dict[str, Any]:
    """All tables; a table outlives a stack that is deleted or fails."""
    return {
        table.logical_id: {
            "Type": "AWS::DynamoDB::Table",
            "DeletionPolicy": "Retain",
            "UpdateReplacePolicy": "Retain",
            "Properties": properties(table),
        }
        for table in TABLES
    }


def properties(table: Table) -> dict[str, Any]:
    """One table's properties; CloudFormation chooses its name."""
    shape = definition(table) | {
        "PointInTimeRecoverySpecification": {"PointInTimeRecoveryEnabled": True},
        "SSESpecification": {"SSEEnabled": True},
        "DeletionProtectionEnabled": {"Fn::If": ["IsKept", True, False]},
    }
    if table.has_stream:
        shape["StreamSpecification"] = {"StreamViewType": "NEW_AND_OLD_IMAGES"}
    if table.has_expiry:
        shape["TimeToLiveSpecification"] = {"AttributeName": EXPIRY_ATTRIBUTE, "Enabled": True}
    return shape
