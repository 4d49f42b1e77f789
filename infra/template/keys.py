"""The key under which the master key and the secrets are sealed."""

from typing import Any

ROOT = {"Fn::Sub": "arn:${AWS::Partition}:iam::${AWS::AccountId}:root"}


def resources() -> dict[str, Any]:
    """A rotating key, without which nothing sealed can be read, so it outlives the stack."""
    return {
        "DataKey": {
            "Type": "AWS::KMS::Key",
            "DeletionPolicy": "Retain",
            "UpdateReplacePolicy": "Retain",
            "Properties": {
                "Description": "Seals the master key and the secrets of Dengta",
                "EnableKeyRotation": True,
                "PendingWindowInDays": 30,
                "KeyPolicy": {"Version": "2012-10-17", "Statement": [account_decides()]},
            },
        },
        "DataKeyAlias": {
            "Type": "AWS::KMS::Alias",
            "Properties": {
                "AliasName": {"Fn::Sub": "alias/${AWS::StackName}"},
                "TargetKeyId": {"Ref": "DataKey"},
            },
        },
    }


def account_decides() -> dict[str, Any]:
    """The account's own policies say who uses the key: else nobody could manage it again."""
    return {
        "Sid": "AccountDecides",
        "Effect": "Allow",
        "Principal": {"AWS": ROOT},
        "Action": "kms:*",
        "Resource": "*",
    }
