"""Alarms on what nobody would notice: failures put aside, streams that lag, answers that failed."""

from typing import Any

from chalicelib.stores.model.journal import BROKEN, FORKED, GAP
from infra.functions import Function, Trigger

LAG_MILLISECONDS = 5 * 60 * 1000
PERIOD_SECONDS = 300
SERVER_ERRORS = 5
OWN_METRICS = {"Fn::Sub": "${AWS::StackName}"}  # the namespace of what is counted in our own logs


def resources(function: Function) -> dict[str, Any]:
    """The alarms of one function."""
    if function.trigger is Trigger.HTTP:
        return {"ServerErrorAlarm": server_errors(), **journals(function)}
    alarms = {f"{function.logical_id}FailureAlarm": failures(function)}
    if function.trigger is Trigger.STREAM:
        alarms[f"{function.logical_id}LagAlarm"] = lag(function)
    return alarms


def failures(function: Function) -> dict[str, Any]:
    """Anything at all in the failure queue."""
    queue = {"Fn::GetAtt": [f"{function.logical_id}Failures", "QueueName"]}
    return alarm(
        f"{function.name} put something aside: see its failure queue",
        "AWS/SQS",
        "ApproximateNumberOfMessagesVisible",
        {"QueueName": queue},
    )


def lag(function: Function) -> dict[str, Any]:
    """The stream is read minutes late; it forgets after 24 hours."""
    return alarm(
        f"{function.name} reads its stream more than five minutes late",
        "AWS/Lambda",
        "IteratorAge",
        {"FunctionName": {"Ref": function.logical_id}},
        above=LAG_MILLISECONDS,
    )


def server_errors() -> dict[str, Any]:
    """The API answered with errors of its own."""
    return alarm(
        "the API answered 5xx",
        "AWS/ApiGateway",
        "5XXError",
        {"ApiName": {"Ref": "AWS::StackName"}, "Stage": "api"},
        statistic="Sum",
        above=SERVER_ERRORS,
    )


def journals(function: Function) -> dict[str, Any]:
    """A till's off-line journal misses records, or its chain does not hold."""
    said = " || ".join(f'($.said = "{line}")' for line in (GAP, BROKEN, FORKED))
    metric = "JournalFaults"
    return {
        f"{metric}Filter": {
            "Type": "AWS::Logs::MetricFilter",
            "Properties": {
                "LogGroupName": {"Ref": f"{function.logical_id}Logs"},
                "FilterPattern": f"{{ {said} }}",
                "MetricTransformations": [
                    {"MetricNamespace": OWN_METRICS, "MetricName": metric, "MetricValue": "1"}
                ],
            },
        },
        f"{metric}Alarm": alarm(
            "an off-line journal has a gap, or its chain is broken or forked: see the devices",
            OWN_METRICS,
            metric,
            {},
            statistic="Sum",
        ),
    }


def alarm(
    description: str,
    namespace: str | dict[str, str],
    metric: str,
    dimensions: dict[str, Any],
    *,
    statistic: str = "Maximum",
    above: int = 0,
) -> dict[str, Any]:
    """One alarm over five minutes; silence is not an alarm."""
    return {
        "Type": "AWS::CloudWatch::Alarm",
        "Properties": {
            "AlarmDescription": description,
            "Namespace": namespace,
            "MetricName": metric,
            "Dimensions": [{"Name": name, "Value": value} for name, value in dimensions.items()],
            "Statistic": statistic,
            "Period": PERIOD_SECONDS,
            "EvaluationPeriods": 1,
            "Threshold": above,
            "ComparisonOperator": "GreaterThanThreshold",
            "TreatMissingData": "notBreaching",
        },
    }
