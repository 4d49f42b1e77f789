"""One IAM policy for each function, written from the function table and nothing else."""

from typing import Any

from infra.function import Function, Grant, Source, Trigger
from infra.settings import parameter_of

Statement = dict[str, Any]


def policy(function: Function) -> dict[str, Any]:
    """The function's whole policy; resources are intrinsics, so that no account is written out."""
    statements = [logs(function)]
    statements += [table_access(grant) for grant in function.grants]
    statements += [index_access(grant) for grant in function.grants if grant.indexes]
    statements += [stream_access(source) for source in function.sources]
    if function.trigger is not Trigger.HTTP:
        statements.append(dead_letters(function))
    if function.keeps_site:
        statements += site_access()
    if function.parameters:
        statements.append(secrets(function))
    if function.may_decrypt:
        statements.append(allow("Decrypt", ["kms:Decrypt"], attribute("DataKey", "Arn")))
    return {"Version": "2012-10-17", "Statement": statements}


def allow(sid: str, actions: list[str], resource: object) -> Statement:
    """One Allow statement."""
    return {"Sid": sid, "Effect": "Allow", "Action": sorted(actions), "Resource": resource}


def attribute(logical_id: str, name: str) -> dict[str, list[str]]:
    """A resource's attribute, in the template's words."""
    return {"Fn::GetAtt": [logical_id, name]}


def logs(function: Function) -> Statement:
    """Write to its own log group; the group itself is made by the template."""
    group = attribute(f"{function.logical_id}Logs", "Arn")
    return allow("WriteLogs", ["logs:CreateLogStream", "logs:PutLogEvents"], group)


def table_access(grant: Grant) -> Statement:
    """The granted actions on one table, or on the partitions of it that are named."""
    actions = [f"dynamodb:{action}" for action in grant.actions]
    table = grant.table.logical_id
    if not grant.partitions:
        return allow(f"Use{table}", actions, attribute(table, "Arn"))
    statement = allow(f"UsePartOf{table}", actions, attribute(table, "Arn"))
    keys = {"dynamodb:LeadingKeys": list(grant.partitions)}
    return statement | {"Condition": {"ForAllValues:StringLike": keys}}


def index_access(grant: Grant) -> Statement:
    """Query on the named indexes."""
    table = grant.table.logical_id
    arns = [{"Fn::Sub": f"${{{table}.Arn}}/index/{name}"} for name in grant.indexes]
    return allow(f"Query{table}", ["dynamodb:Query"], arns)


def stream_access(source: Source) -> Statement:
    """Read one table's stream, whichever date it bears: ListStreams knows no narrower resource."""
    table = source.table.logical_id
    actions = ["DescribeStream", "GetRecords", "GetShardIterator", "ListStreams"]
    resource = {"Fn::Sub": f"${{{table}.Arn}}/stream/*"}
    return allow(f"Read{table}Stream", [f"dynamodb:{action}" for action in actions], resource)


def dead_letters(function: Function) -> Statement:
    """Hand over what failed for good to its own queue."""
    queue = attribute(f"{function.logical_id}Failures", "Arn")
    return allow("KeepFailures", ["sqs:SendMessage"], queue)


def site_access() -> list[Statement]:
    """Write, and take away, what the buckets of the static site hold: ours, and a second one where it is named."""
    second = "arn:${AWS::Partition}:s3:::${StatusBucket2}"
    objects = [{"Fn::Sub": "${StatusBucket.Arn}/*"}, where_named({"Fn::Sub": f"{second}/*"})]
    lists = [attribute("StatusBucket", "Arn"), where_named({"Fn::Sub": second})]
    actions = ["s3:DeleteObject", "s3:GetObject", "s3:PutObject"]
    return [allow("KeepSite", actions, objects), allow("ListSite", ["s3:ListBucket"], lists)]


def where_named(resource: dict[str, str]) -> dict[str, Any]:
    """Only where there is a second bucket: an ARN that ends in nothing is refused."""
    return {"Fn::If": ["HasSecondStatusBucket", resource, {"Ref": "AWS::NoValue"}]}


def secrets(function: Function) -> Statement:
    """Read the named parameters. A parameter left empty leaves an ARN that names nothing."""
    prefix = "arn:${AWS::Partition}:ssm:${AWS::Region}:${AWS::AccountId}:parameter"
    arns = [{"Fn::Sub": f"{prefix}${{{parameter_of(env)}}}"} for env in function.parameters]
    return allow("ReadSecrets", ["ssm:GetParameter"], arns)
