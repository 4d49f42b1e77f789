"""Where a deploy goes: an account and region of AWS, or the emulator at an address."""

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import boto3


class DeployError(Exception):
    """A deploy that cannot go on; the text says what to do."""


@dataclass(frozen=True)
class Cloud:
    """Clients for one account and region; `endpoint_url` is the emulator's."""

    session: boto3.Session
    endpoint_url: str | None = None

    @property
    def region(self) -> str:
        """The region's name. Raises DeployError when none is configured."""
        if not self.session.region_name:
            raise DeployError("No region is set: say AWS_REGION=… or configure a profile.")
        return str(self.session.region_name)

    def client(self, service: str) -> Any:  # noqa: ANN401 - boto3 makes its clients at run time
        """A client for one service."""
        return self.session.client(service, region_name=self.region, endpoint_url=self.endpoint_url)

    @cached_property
    def identity(self) -> dict[str, str]:
        """Who deploys: `Account`, and `Arn` with the partition."""
        answer: dict[str, str] = self.client("sts").get_caller_identity()
        return answer

    @property
    def partition(self) -> str:
        """`aws`, or `aws-cn` in China."""
        return self.identity["Arn"].split(":")[1]

    def credentials(self) -> dict[str, str]:
        """Of who deploys, as a child process reads them."""
        held = self.session.get_credentials().get_frozen_credentials()
        found = {"AWS_ACCESS_KEY_ID": held.access_key, "AWS_SECRET_ACCESS_KEY": held.secret_key}
        return found | ({"AWS_SESSION_TOKEN": held.token} if held.token else {})

    def api_url(self, api_id: str, endpoint: str) -> str:
        """The deployed API's base without a slash; the emulator serves it under its own address."""
        if self.endpoint_url is None:
            return endpoint.rstrip("/")
        return f"{self.endpoint_url}/_aws/execute-api/{api_id}/api"

    def function_environment(self, function: str) -> dict[str, str]:
        """What a function of the stack has in its environment, for calling its services from here."""
        client = self.client("lambda")
        deployed = client.get_function_configuration(FunctionName=function)
        variables: dict[str, str] = deployed.get("Environment", {}).get("Variables", {})
        here = {"AWS_REGION": self.region, "AWS_DEFAULT_REGION": self.region}
        return (
            variables
            | here
            | ({"AWS_ENDPOINT_URL": self.endpoint_url} if self.endpoint_url else {})
        )
