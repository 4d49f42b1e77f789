"""What the template promises about tables, streams, failures and places."""

import json
import re
from collections import Counter
from typing import Any

import pytest

from chalicelib.outages.api import routes as status
from infra.function import Trigger
from infra.functions import FUNCTIONS
from infra.settings import SETTINGS
from infra.tables import TABLES, Table
from infra.template import merge_template, site

TEMPLATE = merge_template()
RESOURCES: dict[str, Any] = TEMPLATE["Resources"]
FOURTEEN_DAYS_S = 14 * 24 * 3600
PLACES = re.compile(r"arn:aws|us-east|cn-north|cn-northwest|amazonaws\.com|\d{12}")
PRINCIPAL = re.compile(r'"\w+\.amazonaws\.com"')  # of a service: the same in every partition

every_table = pytest.mark.parametrize("table", TABLES, ids=lambda one: one.name)


def of_type(kind: str) -> dict[str, Any]:
    return {name: one for name, one in RESOURCES.items() if one.get("Type") == kind}


def sources() -> list[dict[str, Any]]:
    return [
        event["Properties"]
        for function in FUNCTIONS
        for event in RESOURCES[function.logical_id]["Properties"].get("Events", {}).values()
        if event["Type"] == "DynamoDB"
    ]


@every_table
def test_a_table_is_on_demand_recoverable_encrypted_and_protected(table: Table) -> None:
    made = RESOURCES[table.logical_id]
    properties = made["Properties"]
    assert properties["BillingMode"] == "PAY_PER_REQUEST"
    assert properties["PointInTimeRecoverySpecification"] == {"PointInTimeRecoveryEnabled": True}
    assert properties["SSESpecification"] == {"SSEEnabled": True}
    assert properties["DeletionProtectionEnabled"] == {"Fn::If": ["IsKept", True, False]}
    assert made["DeletionPolicy"] == made["UpdateReplacePolicy"] == "Retain"
    assert "TableName" not in properties


@every_table
def test_every_table_but_audit_and_tokens_has_a_stream_with_both_images(table: Table) -> None:
    stream = RESOURCES[table.logical_id]["Properties"].get("StreamSpecification")
    silent = table.name in {"audit", "tokens"}
    assert stream == (None if silent else {"StreamViewType": "NEW_AND_OLD_IMAGES"})


def test_a_stage_is_protected_unless_it_is_local() -> None:
    condition = {"Fn::Not": [{"Fn::Equals": [{"Ref": "DengtaStage"}, "local"]}]}
    assert TEMPLATE["Conditions"]["IsKept"] == condition


SWEPT_AFTER = (8, 6 * 3600)
WITHOUT_A_SWEEPER = (10_000, 24 * 3600)


def test_every_stream_source_is_capped_split_answered_in_part_and_put_aside() -> None:
    assert len(sources()) == sum(len(function.sources) for function in FUNCTIONS)
    for source in sources():
        assert source["FunctionResponseTypes"] == ["ReportBatchItemFailures"]
        assert source["BisectBatchOnFunctionError"] is True
        caps = (source["MaximumRetryAttempts"], source["MaximumRecordAgeInSeconds"])
        assert caps in {SWEPT_AFTER, WITHOUT_A_SWEEPER}
        assert source["DestinationConfig"]["OnFailure"]["Type"] == "SQS"
        assert source["StartingPosition"] == "TRIM_HORIZON"


@pytest.mark.parametrize(
    ("function", "prefixes"),
    [("entries", ["ENTRY#"]), ("deliver", ["MSG#", "ALSO#", "RAW#", "CANARY#"])],
    ids=str,
)
def test_a_function_is_started_by_new_items_of_its_kind_only(
    function: str, prefixes: list[str]
) -> None:
    name = next(one.logical_id for one in FUNCTIONS if one.name == function)
    (event,) = RESOURCES[name]["Properties"]["Events"].values()
    (only,) = event["Properties"]["FilterCriteria"]["Filters"]
    assert json.loads(only["Pattern"]) == {
        "eventName": ["INSERT"],
        "dynamodb": {"Keys": {"sk": {"S": [{"prefix": prefix} for prefix in prefixes]}}},
    }


def test_no_shard_has_more_than_two_readers() -> None:
    readers = Counter(source.table.name for one in FUNCTIONS for source in one.sources)
    assert max(readers.values()) <= 2, readers


def test_every_function_that_is_not_called_over_http_keeps_its_failures_for_14_days() -> None:
    queues = of_type("AWS::SQS::Queue")
    expected = {f"{one.logical_id}Failures" for one in FUNCTIONS if one.trigger is not Trigger.HTTP}
    assert queues.keys() == expected
    for queue in queues.values():
        assert queue["Properties"]["MessageRetentionPeriod"] == FOURTEEN_DAYS_S
        assert queue["Properties"]["SqsManagedSseEnabled"] is True


def test_every_function_logs_into_its_own_group_that_forgets() -> None:
    groups = of_type("AWS::Logs::LogGroup")
    for function in FUNCTIONS:
        logging = RESOURCES[function.logical_id]["Properties"]["LoggingConfig"]
        assert logging == {"LogGroup": {"Ref": f"{function.logical_id}Logs"}}
        assert groups[f"{function.logical_id}Logs"]["Properties"]["RetentionInDays"] > 0


@pytest.mark.parametrize(
    ("function", "said"),
    [
        ("Publish", "update overdue"),
        ("Publish", "journal entry refused"),
        ("Amend", "amends given up"),
    ],
)
def test_somebody_hears_of_what_no_page_shows(function: str, said: str) -> None:
    filters = of_type("AWS::Logs::MetricFilter").values()
    (found,) = [one for one in filters if said in one["Properties"]["FilterPattern"]]
    (counted,) = found["Properties"]["MetricTransformations"]
    alarms = [one["Properties"] for one in of_type("AWS::CloudWatch::Alarm").values()]
    assert counted["MetricName"] in [one["MetricName"] for one in alarms]
    assert found["Properties"]["LogGroupName"] == {"Ref": f"{function}Logs"}


@pytest.mark.parametrize(
    ("function", "said"), [("Publish", "site published"), ("Probe", "parts asked")]
)
def test_the_silence_of_who_should_be_heard_each_minute_rings(function: str, said: str) -> None:
    filters = of_type("AWS::Logs::MetricFilter").values()
    (found,) = [one for one in filters if f'"{said}"' in one["Properties"]["FilterPattern"]]
    assert found["Properties"]["LogGroupName"] == {"Ref": f"{function}Logs"}
    (counted,) = found["Properties"]["MetricTransformations"]
    alarms = [one["Properties"] for one in of_type("AWS::CloudWatch::Alarm").values()]
    (alarm,) = [one for one in alarms if one["MetricName"] == counted["MetricName"]]
    assert alarm["TreatMissingData"] == "breaching"
    assert alarm["ComparisonOperator"] == "LessThanThreshold"
    assert alarm["Period"] * alarm["EvaluationPeriods"] <= 600


def test_every_alarm_tells_the_topic_and_the_topic_an_address_where_one_is_named() -> None:
    alarms = of_type("AWS::CloudWatch::Alarm")
    assert len(alarms) > 20
    for name, alarm in alarms.items():
        assert alarm["Properties"].get("AlarmActions") == [{"Ref": "AlarmTopic"}], name
    (address,) = of_type("AWS::SNS::Subscription").values()
    assert address["Properties"]["TopicArn"] == {"Ref": "AlarmTopic"}
    assert address["Properties"]["Endpoint"] == {"Ref": "AlarmEmail"}
    named = {"Fn::Not": [{"Fn::Equals": [{"Ref": "AlarmEmail"}, ""]}]}
    assert TEMPLATE["Conditions"][address["Condition"]] == named
    assert TEMPLATE["Parameters"]["AlarmEmail"]["Default"] == ""
    assert TEMPLATE["Outputs"]["AlarmTopic"] == {"Value": {"Ref": "AlarmTopic"}}


def test_the_topic_of_alarms_is_written_to_by_alarms_of_this_account_alone() -> None:
    (policy,) = of_type("AWS::SNS::TopicPolicy").values()
    (allowed,) = policy["Properties"]["PolicyDocument"]["Statement"]
    assert allowed["Principal"] == {"Service": "cloudwatch.amazonaws.com"}
    assert allowed["Condition"] == {
        "StringEquals": {"aws:SourceAccount": {"Ref": "AWS::AccountId"}}
    }
    assert policy["Properties"]["Topics"] == [{"Ref": "AlarmTopic"}]


def test_every_function_gets_every_setting_and_every_table_name() -> None:
    wanted = {one.env for one in SETTINGS if one.functions} | {one.env for one in TABLES}
    for function in FUNCTIONS:
        environment = RESOURCES[function.logical_id]["Properties"]["Environment"]["Variables"]
        assert environment.keys() == wanted | {"STATUS_BUCKET"}


def test_the_key_rotates_and_outlives_the_stack() -> None:
    key = RESOURCES["DataKey"]
    assert key["Properties"]["EnableKeyRotation"] is True
    assert key["DeletionPolicy"] == key["UpdateReplacePolicy"] == "Retain"


def test_no_partition_region_or_account_is_written_out() -> None:
    placed = {"Parameters", "Description"}
    text = json.dumps({name: part for name, part in TEMPLATE.items() if name not in placed})
    assert PLACES.search(PRINCIPAL.sub("", text)) is None


def test_the_gateways_own_answers_are_problem_documents() -> None:
    body = RESOURCES["RestAPI"]["Properties"]["DefinitionBody"]
    answers = body["x-amazon-apigateway-gateway-responses"]
    assert {"MISSING_AUTHENTICATION_TOKEN", "DEFAULT_4XX", "DEFAULT_5XX"} <= answers.keys()
    for answer in answers.values():
        problem = json.loads(answer["responseTemplates"]["application/json"])
        assert {"type", "title", "status", "detail", "instance", "code", "hint"} == problem.keys()
        assert answer["statusCode"] == str(problem["status"])


def test_the_status_room_has_a_function_of_its_own_behind_its_paths_and_behind_no_other() -> None:
    paths = RESOURCES["RestAPI"]["Properties"]["DefinitionBody"]["paths"]
    moved = {(method.upper(), path) for path, methods in paths.items() for method in methods}
    assert moved == {(each.method, each.path) for each in status.endpoints}
    assert ("GET", "/v2/summary.json") in moved
    assert ("POST", "/v1/incidents") in moved
    for methods in paths.values():
        for operation in methods.values():
            uri = operation["x-amazon-apigateway-integration"]["uri"]["Fn::Sub"]
            assert "/functions/${StatusHandler.Arn}/invocations" in uri
    assert RESOURCES["StatusHandlerInvokePermission"]["Properties"]["Action"] == (
        "lambda:InvokeFunction"
    )


def test_the_site_is_made_again_on_each_change_of_the_page_and_each_minute() -> None:
    events = RESOURCES["Publish"]["Properties"]["Events"]
    assert events["Tick"]["Properties"] == {"Schedule": "rate(1 minute)"}
    (stream,) = (event for event in events.values() if event["Type"] == "DynamoDB")
    (only,) = stream["Properties"]["FilterCriteria"]["Filters"]
    seen = json.loads(only["Pattern"])["dynamodb"]["Keys"]["pk"]["S"]
    assert seen == [{"prefix": "PAGE"}, {"prefix": "NOTICES#"}]


def test_the_sites_bucket_is_private_keeps_old_versions_and_outlives_the_stack() -> None:
    bucket = RESOURCES["StatusBucket"]
    assert bucket["DeletionPolicy"] == bucket["UpdateReplacePolicy"] == "Retain"
    assert all(bucket["Properties"]["PublicAccessBlockConfiguration"].values())
    assert bucket["Properties"]["VersioningConfiguration"] == {"Status": "Enabled"}
    assert "BucketName" not in bucket["Properties"]


def test_the_distribution_reads_the_published_site_only_and_keeps_no_error() -> None:
    _, read = RESOURCES["StatusBucketPolicy"]["Properties"]["PolicyDocument"]["Statement"]
    assert read["Fn::If"][1]["Resource"] == {"Fn::Sub": "${StatusBucket.Arn}/site/*"}
    made = RESOURCES["StatusDistribution"]["Properties"]["DistributionConfig"]
    assert made["Origins"][0]["OriginPath"] == "/site"
    kept = {each["ErrorCode"]: each["ErrorCachingMinTTL"] for each in made["CustomErrorResponses"]}
    assert {403, 404, 500, 502, 503, 504} <= kept.keys()
    assert set(kept.values()) == {0}
    assert made["DefaultCacheBehavior"]["ForwardedValues"]["Cookies"] == {"Forward": "none"}


def test_a_second_place_for_the_page_is_written_by_the_first_ones_function_alone() -> None:
    made = site.second_template()
    policy = made["Resources"]["StatusBucketPolicy"]["Properties"]["PolicyDocument"]
    allowed = [each for each in policy["Statement"] if each.get("Effect") == "Allow"]
    assert {each["Sid"] for each in allowed} == {"WrittenByPublisher", "ListedByPublisher"}
    for statement in allowed:
        assert statement["Principal"] == {"AWS": {"Ref": "Publisher"}}
    assert TEMPLATE["Outputs"]["PublishRoleArn"] == {
        "Value": {"Fn::GetAtt": ["PublishRole", "Arn"]}
    }
    assert made["Resources"]["StatusBucket"] == RESOURCES["StatusBucket"]
    for name in ("StatusReader", "StatusHeaders"):
        assert made["Resources"][name] == RESOURCES[name]
    second = made["Resources"]["StatusDistribution"]["Properties"]["DistributionConfig"]
    assert [each["Id"] for each in second["Origins"]] == ["bucket"], "the API may be what is gone"


def test_links_in_letters_reach_the_api_and_status_clients_what_is_published() -> None:
    made = RESOURCES["StatusDistribution"]["Properties"]["DistributionConfig"]
    behind = {each["PathPattern"]: each for each in made["CacheBehaviors"]}
    assert [*behind] == ["/api/v2/*", "/api/*"], "the first that fits is taken"
    assert behind["/api/v2/*"]["TargetOriginId"] == "bucket"
    api = behind["/api/*"]
    assert (api["TargetOriginId"], api["MaxTTL"]) == ("RestAPI", 0)
    assert {"POST", "PUT", "DELETE"} <= set(api["AllowedMethods"])
    assert "Authorization" in api["ForwardedValues"]["Headers"]
