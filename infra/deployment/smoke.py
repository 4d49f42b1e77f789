"""The smoke check after a deploy: settings fit, every function starts, the API answers."""

import json
import time
from collections.abc import Mapping
from typing import Any

import urllib3

from chalicelib import config
from infra.deployment.cloud import Cloud, DeployError
from infra.function import Function, Trigger
from infra.functions import FUNCTIONS

HEALTH, STATUS = "/healthz", "/v2/status.json"
NO_PAGE_YET = (
    "status_unknown"  # a new stage has no components: said by our code, which is what is asked
)
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
    check_answer(f"{api_url}{HEALTH}")
    check_answer(f"{api_url}{STATUS}", NO_PAGE_YET)
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


def check_answer(url: str, also_fine: str | None = None) -> None:
    """GET answers 200, or a problem of this code, in JSON; at the latest after a cold start or two."""
    deadline = time.monotonic() + DEADLINE_SECONDS
    while not is_fine(answer := get(url), also_fine):
        if time.monotonic() > deadline:
            raise DeployError(f"{url} answered {answer[0]}: {answer[1][:300]}")
        time.sleep(1)


def is_fine(answer: tuple[int, str], also_fine: str | None) -> bool:
    """Whether this is the answer of a living function."""
    try:
        body = json.loads(answer[1])
    except json.JSONDecodeError:
        return False
    return answer[0] == OK or (also_fine is not None and body.get("code") == also_fine)


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
