"""The static status page: its bucket, and the distribution that serves it.

It hangs on no other part of the stack, so that it stands while they do not; the bucket outlives the stack.
"""

from typing import Any

from infra.settings import SETTINGS
from infra.template.parameters import setting_parameter
from infra.template.site.bucket import BUCKET, bucket, bucket_policy
from infra.template.site.distribution import (
    DISTRIBUTION,
    distribution,
    distribution_resources,
    with_api,
)


def place() -> dict[str, Any]:
    """What the functions' environment says of it."""
    return {"STATUS_BUCKET": {"Ref": BUCKET}}


def conditions() -> dict[str, Any]:
    """Whether there is a distribution: not on one machine, and in China only under a domain of one's own."""
    china, local = equals("AWS::Partition", "aws-cn"), equals("DengtaStage", "local")
    return {
        "HasStatusDomain": {"Fn::Not": [equals("StatusDomain", "")]},
        "HasSecondStatusBucket": {"Fn::Not": [equals("StatusBucket2", "")]},
        "IsInChina": china,
        "HasStatusDistribution": {
            "Fn::And": [
                {"Fn::Not": [local]},
                {"Fn::Or": [{"Fn::Not": [china]}, {"Condition": "HasStatusDomain"}]},
            ]
        },
    }


def resources() -> dict[str, Any]:
    """Bucket, policy, and where it is wanted the distribution."""
    return {
        BUCKET: bucket(),
        f"{BUCKET}Policy": bucket_policy(),
        **distribution_resources(with_api(distribution())),
    }


def second_template() -> dict[str, Any]:
    """The same bucket and distribution for another region or account, which the first one's function writes to."""
    china = equals("AWS::Partition", "aws-cn")
    served = {"Fn::Or": [{"Fn::Not": [china]}, {"Condition": "HasStatusDomain"}]}
    return {
        "AWSTemplateFormatVersion": "2010-09-09",
        "Description": "Dengta: a second place for the status page",
        "Parameters": {
            "Publisher": {
                "Type": "String",
                "Description": "the first stack's output PublishRoleArn",
                "AllowedPattern": "^arn:.+:role/.+$",
            },
            **{
                one.parameter: setting_parameter(one)
                for one in SETTINGS
                if one.env in {"STATUS_DOMAIN", "STATUS_CERTIFICATE"}
            },
        },
        "Conditions": {
            "HasStatusDomain": {"Fn::Not": [equals("StatusDomain", "")]},
            "IsInChina": china,
            "HasStatusDistribution": served,
        },
        "Resources": {
            BUCKET: bucket(),
            f"{BUCKET}Policy": bucket_policy(*written_by_publisher()),
            **distribution_resources(distribution()),
        },
        "Outputs": outputs(),
    }


def outputs() -> dict[str, Any]:
    """Where it lies, and where it answers."""
    address = {"Fn::GetAtt": [DISTRIBUTION, "DomainName"]}
    return {
        BUCKET: {"Value": {"Ref": BUCKET}},
        "StatusAddress": {"Condition": "HasStatusDistribution", "Value": address},
    }


def written_by_publisher() -> list[dict[str, Any]]:
    """The function of the first stack may write here, from wherever it is."""
    own = {"Effect": "Allow", "Principal": {"AWS": {"Ref": "Publisher"}}}
    objects = {"Fn::Sub": f"${{{BUCKET}.Arn}}/*"}
    actions = ["s3:DeleteObject", "s3:GetObject", "s3:PutObject"]
    listing = {"Fn::GetAtt": [BUCKET, "Arn"]}
    return [
        {"Sid": "WrittenByPublisher", **own, "Action": actions, "Resource": objects},
        {"Sid": "ListedByPublisher", **own, "Action": "s3:ListBucket", "Resource": listing},
    ]


def equals(name: str, value: str) -> dict[str, Any]:
    """A parameter has this value."""
    return {"Fn::Equals": [{"Ref": name}, value]}
