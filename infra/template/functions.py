"""What each function has beside its code: environment, log group, failure queue, stream sources."""

import json
from collections.abc import Sequence
from typing import Any

from infra.function import Function, Source, Trigger
from infra.settings import SETTINGS
from infra.tables import TABLES
from infra.template import site

LOG_RETENTION_DAYS = 30
FAILURES_KEPT_SECONDS = 14 * 24 * 3600


def resources(function: Function) -> dict[str, Any]:
    """The function's own resources, and additions to the one that Chalice writes."""
    made: dict[str, Any] = {
        function.logical_id: {"Properties": additions(function)},
        f"{function.logical_id}Logs": log_group(),
    }
    if function.trigger is not Trigger.HTTP:
        made[f"{function.logical_id}Failures"] = failure_queue()
    return made


def additions(function: Function) -> dict[str, Any]:
    """Properties that Chalice cannot write."""
    shape: dict[str, Any] = {
        "CodeUri": {"Bucket": {"Ref": "ArtifactBucket"}, "Key": {"Ref": "ArtifactKey"}},
        "Environment": {"Variables": environment()},
        "LoggingConfig": {"LogGroup": {"Ref": f"{function.logical_id}Logs"}},
    }
    if function.handler:
        shape["Handler"] = function.handler
    if function.trigger is Trigger.STREAM:
        shape["Events"] = {
            event_name(function, number): stream_event(function, source)
            for number, source in enumerate(function.sources)
        }
    if function.ticks:
        shape["Events"]["Tick"] = tick(function)
    if function.trigger is Trigger.CLOCK or function.ticks:
        shape["EventInvokeConfig"] = no_second_try(function)
    return shape


def environment() -> dict[str, Any]:
    """The settings and the tables' real names."""
    variables = {one.env: {"Ref": one.parameter} for one in SETTINGS if one.functions}
    return variables | {table.env: {"Ref": table.logical_id} for table in TABLES} | site.place()


def event_name(function: Function, number: int) -> str:
    """The first is the one that Chalice's decorator makes, so that ours completes it."""
    first = f"{function.logical_id}DynamodbEventSource"
    return first if number == 0 else f"{first}{number + 1}"


def stream_event(function: Function, source: Source) -> dict[str, Any]:
    """Batches answered in part, split on failure, capped in tries and age, then put aside."""
    properties: dict[str, Any] = {
        "Stream": {"Fn::GetAtt": [source.table.logical_id, "StreamArn"]},
        "StartingPosition": "TRIM_HORIZON",
        "BatchSize": source.batch_size,
        "ParallelizationFactor": source.side_by_side,
        "MaximumBatchingWindowInSeconds": 0,
        "FunctionResponseTypes": ["ReportBatchItemFailures"],
        "BisectBatchOnFunctionError": True,
        "MaximumRetryAttempts": function.tries,
        "MaximumRecordAgeInSeconds": function.gives_up_after_seconds,
        "DestinationConfig": {"OnFailure": failures_of(function)},
    }
    if pattern := wanted(source):
        properties["FilterCriteria"] = {"Filters": [{"Pattern": json.dumps(pattern)}]}
    return {"Type": "DynamoDB", "Properties": properties}


def wanted(source: Source) -> dict[str, Any]:
    """What of the stream the function sees; nothing: all of it."""
    if source.new_prefixes:
        return new_items(source.new_prefixes)
    if source.partitions:
        begins = [{"prefix": name} for name in source.partitions]
        return {"dynamodb": {"Keys": {"pk": {"S": begins}}}}
    if source.ready_prefixes:
        return ready_items(source.ready_prefixes)
    return {}


def tick(function: Function) -> dict[str, Any]:
    """The clock, beside the stream."""
    return {"Type": "Schedule", "Properties": {"Schedule": function.ticks}}


def new_items(prefixes: Sequence[str]) -> dict[str, Any]:
    """Lets through only inserted items whose sort key begins with one of `prefixes`."""
    keys = {"Keys": {"sk": {"S": [{"prefix": prefix} for prefix in prefixes]}}}
    return {"eventName": ["INSERT"], "dynamodb": keys}


def ready_items(prefixes: Sequence[str]) -> dict[str, Any]:
    """Lets through items with such a sort key as often as they are written to be taken up."""
    keys = {"sk": {"S": [{"prefix": prefix} for prefix in prefixes]}}
    ready = {"turn": {"S": ["ready"]}}
    return {"eventName": ["INSERT", "MODIFY"], "dynamodb": {"Keys": keys, "NewImage": ready}}


def failures_of(function: Function) -> dict[str, Any]:
    """Where a function's lost causes go."""
    queue = {"Fn::GetAtt": [f"{function.logical_id}Failures", "Arn"]}
    return {"Type": "SQS", "Destination": queue}


def no_second_try(function: Function) -> dict[str, Any]:
    """The next tick comes anyway; a run that failed is put aside to be read."""
    return {
        "MaximumRetryAttempts": 0,
        "DestinationConfig": {"OnFailure": failures_of(function)},
    }


def log_group() -> dict[str, Any]:
    """A log group that forgets."""
    return {
        "Type": "AWS::Logs::LogGroup",
        "DeletionPolicy": "Delete",
        "UpdateReplacePolicy": "Retain",
        "Properties": {"RetentionInDays": LOG_RETENTION_DAYS},
    }


def failure_queue() -> dict[str, Any]:
    """Keeps what failed for 14 days, the longest that SQS keeps anything."""
    return {
        "Type": "AWS::SQS::Queue",
        "DeletionPolicy": "Delete",
        "UpdateReplacePolicy": "Retain",
        "Properties": {
            "MessageRetentionPeriod": FAILURES_KEPT_SECONDS,
            "SqsManagedSseEnabled": True,
        },
    }
