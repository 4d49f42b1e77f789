"""Who is told when an alarm rings: a topic that anybody may be subscribed to, and an address where one is named."""

from typing import Any

from infra.settings import parameter_of

TOPIC = "AlarmTopic"
_ADDRESS = parameter_of("ALARM_EMAIL")


def conditions() -> dict[str, Any]:
    """Whether an address is named."""
    return {"HasAlarmEmail": {"Fn::Not": [{"Fn::Equals": [{"Ref": _ADDRESS}, ""]}]}}


def resources() -> dict[str, Any]:
    """The topic, which this account's alarms alone may write to, and the address."""
    return {
        TOPIC: {
            "Type": "AWS::SNS::Topic",
            "Properties": {"DisplayName": {"Ref": "AWS::StackName"}},
        },
        f"{TOPIC}Policy": {
            "Type": "AWS::SNS::TopicPolicy",
            "Properties": {
                "Topics": [{"Ref": TOPIC}],
                "PolicyDocument": {"Version": "2012-10-17", "Statement": [written_by_alarms()]},
            },
        },
        "AlarmAddress": {
            "Type": "AWS::SNS::Subscription",
            "Condition": "HasAlarmEmail",
            "Properties": {
                "TopicArn": {"Ref": TOPIC},
                "Protocol": "email",
                "Endpoint": {"Ref": _ADDRESS},
            },
        },
    }


def written_by_alarms() -> dict[str, Any]:
    """CloudWatch, for this account."""
    return {
        "Sid": "WrittenByAlarms",
        "Effect": "Allow",
        "Principal": {"Service": "cloudwatch.amazonaws.com"},
        "Action": "sns:Publish",
        "Resource": {"Ref": TOPIC},
        "Condition": {"StringEquals": {"aws:SourceAccount": {"Ref": "AWS::AccountId"}}},
    }


def outputs() -> dict[str, Any]:
    """To subscribe more than one address, or something that is not a letter."""
    return {TOPIC: {"Value": {"Ref": TOPIC}}}
