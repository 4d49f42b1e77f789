"""The smoke check after a deploy: settings fit, every function starts, the API answers."""

import json
import time
from collections.abc import Mapping
from typing import Any

import urllib3

from chalicelib import config
from infra.deployment.cloud import Cloud, DeployError
from infra.functions import FUNCTIONS, Function, Trigger

PATHS = ("/healthz", "/v2/status.json")
DEADLINE_SECONDS = 60
TIMEOUT_SECONDS = 25
OK = 200
TICK = {
    "version": "0",
    "account": "",
    "region": "",
    "detail": {},
    "detail-type": "Scheduled Event",
    "source": "aws.events",
    "time": "1970-01-01T00:00:00Z",
    "id": "smoke-check",
    "resources": [],
}


def check(cloud: Cloud, outputs: Mapping[str, str], api_url: str) -> None:
    """Raise DeployError with one sentence about the first thing that is wrong."""
    functions = cloud.client("lambda")
    for function in FUNCTIONS:
        check_settings(functions, function, outputs[function.logical_id])
    for path in PATHS:
        check_answer(f"{api_url}{path}")
    for function in FUNCTIONS:
        if function.trigger is not Trigger.HTTP:
            check_start(functions, function, outputs[function.logical_id])


def check_settings(functions: Any, function: Function, name: str) -> None:  # noqa: ANN401 - boto3
    """The environment that the function has is read as the function itself will read it."""
    functions.get_waiter("function_updated_v2").wait(FunctionName=name)
    deployed = functions.get_function_configuration(FunctionName=name)
    try:
        config.read(deployed.get("Environment", {}).get("Variables", {}))
    except config.BadSettingError as error:
        raise DeployError(f"{function.name} cannot start: {error}") from error


def check_answer(url: str) -> None:
    """GET answers 200 with JSON, at the latest after a cold start or two."""
    deadline = time.monotonic() + DEADLINE_SECONDS
    answer = get(url)
    while answer[0] != OK and time.monotonic() < deadline:
        time.sleep(1)
        answer = get(url)
    status, body = answer
    if status != OK:
        raise DeployError(f"{url} answered {status}: {body[:300]}")
    json.loads(body)


def get(url: str) -> tuple[int, str]:
    """Status and body; status 0 with the reason when nobody answered."""
    try:
        answer = urllib3.request("GET", url, timeout=TIMEOUT_SECONDS, retries=False)
    except urllib3.exceptions.HTTPError as error:
        return 0, str(error)
    return answer.status, answer.data.decode(errors="replace")


def check_start(functions: Any, function: Function, name: str) -> None:  # noqa: ANN401 - boto3
    """The function runs with nothing to do."""
    event = {"Records": []} if function.trigger is Trigger.STREAM else TICK
    answer = functions.invoke(FunctionName=name, Payload=json.dumps(event).encode())
    if "FunctionError" not in answer:
        return
    failure = json.loads(answer["Payload"].read())
    said = failure.get("errorMessage", failure) if isinstance(failure, dict) else failure
    raise DeployError(f"{function.name} cannot start: {said}")
