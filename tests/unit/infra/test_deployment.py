"""What a deploy decides before it asks AWS for anything."""

import base64
import json

import pytest

from infra.deploy import parameter_values
from infra.deployment import keyring
from infra.deployment.artifacts import tls_only
from infra.deployment.stack import chosen
from infra.local import standins
from infra.local.frontdoor import gateway_answer
from infra.local.ports import Ports

PORTS = Ports(front=1001, emulator=1002, upstreams=1003, smtp=1004)


def test_only_settings_that_are_given_become_parameters() -> None:
    values = parameter_values("prod", {"CHAIN_NAME": "海灯", "PATH": "/bin"})
    assert values == {"ChainName": "海灯", "DengtaStage": "prod"}


def test_the_stage_of_the_command_wins_over_the_environments() -> None:
    assert parameter_values("prod", {"DENGTA_STAGE": "dev"}) == {"DengtaStage": "prod"}


def test_a_setting_that_is_not_given_keeps_the_value_of_the_last_deploy() -> None:
    known = {"ChainName": "old", "KeyringParam": "/own/keyring", "ParameterOfThePast": "x"}
    assert chosen({"ChainName": "new"}, known) == [
        {"ParameterKey": "ChainName", "ParameterValue": "new"},
        {"ParameterKey": "KeyringParam", "UsePreviousValue": True},
    ]


def test_a_new_keyring_holds_32_bytes_that_are_new_each_time() -> None:
    first, second = json.loads(keyring.new_keyring()), json.loads(keyring.new_keyring())
    assert first["current"] == "v1"
    assert len(base64.b64decode(first["keys"]["v1"])) == 32
    assert first != second


@pytest.mark.parametrize("partition", ["aws", "aws-cn"])
def test_the_artifact_bucket_refuses_plain_http_in_every_partition(partition: str) -> None:
    (only,) = tls_only(partition, "b")["Statement"]
    assert only["Effect"] == "Deny"
    assert only["Resource"] == [f"arn:{partition}:s3:::b", f"arn:{partition}:s3:::b/*"]


def test_a_setting_in_the_environment_wins_over_the_stand_in() -> None:
    given = {"WECHAT_API_BASE": "https://elsewhere.invalid", "WECHAT_APP_SECRET": "given"}
    assert standins.settings(PORTS, given)["WECHAT_API_BASE"] == "https://elsewhere.invalid"
    assert standins.settings(PORTS, {})["WECHAT_API_BASE"] == "http://127.0.0.1:1003"
    assert standins.secrets(PORTS, given)["WECHAT_APP_SECRET_PARAM"] == "given"


def test_every_secret_of_a_local_stack_has_a_place_of_its_own() -> None:
    settings = standins.settings(PORTS, {})
    places = [settings[env] for env in standins.secrets(PORTS, {})]
    assert len(set(places)) == len(places)
    assert all(place.startswith("/dengta-local/") for place in places)


def test_an_unknown_address_is_answered_as_the_deployed_gateway_answers_it() -> None:
    answer = gateway_answer("MISSING_AUTHENTICATION_TOKEN")
    assert answer.status == 404
    assert ("Content-Type", "application/problem+json") in answer.headers
    assert json.loads(answer.body)["code"] == "not_found"
