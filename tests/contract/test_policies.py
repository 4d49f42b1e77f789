"""No emulator enforces IAM, so what each function may do is held against the table here."""

import re
from collections.abc import Iterator
from typing import Any

import pytest

from infra.function import Function
from infra.functions import FUNCTIONS
from infra.policies import policy
from infra.tables import TABLES, Table
from tests.roles import Touch, lets

STREAM_OF = re.compile(r"^\$\{\w+Table\.Arn\}/stream/\*$")
OBJECTS_OF_SITE = {"${StatusBucket.Arn}/*", "arn:${AWS::Partition}:s3:::${StatusBucket2}/*"}
SERVICES = {"logs", "dynamodb", "sqs", "ssm", "kms", "s3"}
MAY_WRITE = {
    "book": {"api_handler", "expire", "amend"},
    "access": {"api_handler"},
    "stores": {"api_handler", "entries", "recount", "reconcile"},
    "messages": {"api_handler", "entries", "deliver", "sweep", "probe", "amend"},
    "subscribers": {"api_handler", "fan_out", "publish"},
    "outages": {"api_handler", "status_handler", "publish", "probe"},
    "probes": {"api_handler", "probe"},
    "amends": {"api_handler", "amend"},
    "audit": {"audit"},
    "tokens": {"api_handler", "deliver", "sweep", "fan_out"},
}
MAY_READ = {
    "book": {"api_handler", "probe", "deliver", "sweep", "expire", "recount", "reconcile", "amend"},
    "access": {"api_handler", "deliver", "sweep", "recount", "amend"},
    "stores": {"api_handler", "entries", "recount", "reconcile", "amend"},
    "messages": {"api_handler", "entries", "deliver", "sweep", "probe", "amend"},
    "subscribers": {"api_handler", "fan_out", "publish"},
    "outages": {"api_handler", "status_handler", "publish", "probe"},
    "probes": {"api_handler", "probe"},
    "amends": {"api_handler", "amend"},
    "audit": set(),
    "tokens": {"api_handler", "deliver", "sweep", "fan_out"},
}
WRITES = {"PutItem", "UpdateItem", "DeleteItem", "BatchWriteItem"}
READS = {"GetItem", "BatchGetItem", "Query", "Scan"}

every_function = pytest.mark.parametrize("function", FUNCTIONS, ids=lambda one: one.name)


def statements(function: Function) -> Iterator[dict[str, Any]]:
    yield from policy(function)["Statement"]


def resources(statement: dict[str, Any]) -> list[Any]:
    """Also one that is there on a condition only."""
    found = statement["Resource"]
    several = found if isinstance(found, list) else [found]
    return [each["Fn::If"][1] if "Fn::If" in each else each for each in several]


def actions_on(function: Function, table_id: str) -> set[str]:
    return {
        action.removeprefix("dynamodb:")
        for statement in statements(function)
        for action in statement["Action"]
        if {"Fn::GetAtt": [table_id, "Arn"]} in resources(statement)
    }


@every_function
def test_no_action_is_a_wildcard(function: Function) -> None:
    for statement in statements(function):
        assert statement["Effect"] == "Allow"
        for action in statement["Action"]:
            service, _, name = action.partition(":")
            assert service in SERVICES
            assert "*" not in name


@every_function
def test_no_resource_is_a_wildcard_but_the_date_of_a_stream_and_what_the_site_holds(
    function: Function,
) -> None:
    for statement in statements(function):
        for resource in resources(statement):
            text = str(resource.get("Fn::Sub", ""))
            assert resource != "*"
            assert "*" not in text or STREAM_OF.match(text) or text in OBJECTS_OF_SITE


@every_function
def test_every_resource_is_named_by_the_template(function: Function) -> None:
    for statement in statements(function):
        for resource in resources(statement):
            assert isinstance(resource, dict)
            assert set(resource) <= {"Fn::GetAtt", "Fn::Sub"}


@pytest.mark.parametrize("table", TABLES, ids=lambda one: one.name)
def test_a_table_is_written_and_read_only_by_those_who_must(table: Table) -> None:
    writers = {one.name for one in FUNCTIONS if actions_on(one, table.logical_id) & WRITES}
    readers = {one.name for one in FUNCTIONS if actions_on(one, table.logical_id) & READS}
    assert writers == MAY_WRITE[table.name]
    assert readers == MAY_READ[table.name]


def test_the_audit_function_can_add_a_record_and_never_change_one_by_other_means() -> None:
    audit = next(one for one in FUNCTIONS if one.name == "audit")
    assert actions_on(audit, "AuditTable") == {"PutItem"}


def test_secrets_and_the_key_are_for_those_who_call_or_seal() -> None:
    holders = {
        one.name
        for one in FUNCTIONS
        if any(
            action in {"ssm:GetParameter", "kms:Decrypt"}
            for statement in statements(one)
            for action in statement["Action"]
        )
    }
    assert holders == {
        "api_handler", "amend", "deliver", "sweep", "expire", "fan_out", "probe", "publish",
    }  # fmt: skip


@every_function
def test_a_function_reads_just_the_streams_that_start_it(function: Function) -> None:
    readable = {
        text["Fn::Sub"]
        for statement in statements(function)
        if "dynamodb:GetRecords" in statement["Action"]
        for text in resources(statement)
    }
    assert readable == {
        f"${{{source.table.logical_id}.Arn}}/stream/*" for source in function.sources
    }


def test_the_status_room_reads_no_table_but_its_own_and_no_secret_but_where_staff_are_reminded() -> (
    None
):
    """It must stand while every other table and the key are gone; notices are handed over when the site is written."""
    for name, beside, secrets in (
        ("status_handler", set(), ()),
        ("publish", {"subscribers"}, ("WECOM_WEBHOOK_URL_PARAM",)),
    ):
        one = next(each for each in FUNCTIONS if each.name == name)
        touched = {grant.table.name for grant in one.grants}
        assert touched == {"outages"} | beside
        assert one.parameters == secrets
        assert one.may_decrypt == bool(secrets)


def test_probes_touch_nobodys_data() -> None:
    probe = next(one for one in FUNCTIONS if one.name == "probe")
    bounded = {grant.table.name: set(grant.partitions) for grant in probe.grants}
    assert bounded["book"] == {"READY"}
    assert bounded["messages"] == {"CANARY", "READY", "STAFF"}
    conditions = [each["Condition"] for each in statements(probe) if "Condition" in each]
    assert {"ForAllValues:StringLike": {"dynamodb:LeadingKeys": ["READY"]}} in conditions


@pytest.mark.parametrize("action", sorted(WRITES))
def test_who_may_operate_is_written_by_the_api_alone(action: str) -> None:
    """A copy of a key in the status room's table makes an operator of whoever holds that key."""
    key, page = Touch(action, "outages", "KEY#0a1b"), Touch(action, "outages", "PAGE")
    assert {one.name for one in FUNCTIONS if lets(one.name, key)} == {"api_handler"}
    assert {one.name for one in FUNCTIONS if lets(one.name, page)} == {
        "status_handler",
        "publish",
        "probe",
    }


@pytest.mark.parametrize("partition", ["KEYS", "KEY#0a1b", "STAFF#s1"])
def test_keys_and_pins_are_read_by_the_api_alone(partition: str) -> None:
    for action in ("GetItem", "Query"):
        touch = Touch(action, "access", partition)
        assert {one.name for one in FUNCTIONS if lets(one.name, touch)} == {"api_handler"}
    assert lets("sweep", Touch("Query", "access", "STORES"))


def test_a_subscriber_and_a_group_are_out_of_reach_of_what_writes_the_page() -> None:
    for partition in ("GROUPS", "ASK#1", "TOLD#n#00"):
        assert not lets("publish", Touch("PutItem", "subscribers", partition))


def test_only_the_function_that_publishes_writes_the_site() -> None:
    writers = {
        one.name
        for one in FUNCTIONS
        if any("s3:PutObject" in statement["Action"] for statement in statements(one))
    }
    assert writers == {"publish"}
