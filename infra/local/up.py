"""Bring the local stack up: emulator, stand-ins, front door, the package by the template, demo data.

python -m infra.local.up

What is already there and up to date is left alone, so that a second call is quick.
"""

import importlib.util
import os
import subprocess
import sys
from dataclasses import dataclass
from typing import Any

import boto3
import urllib3
from botocore.exceptions import BotoCoreError, ClientError
from rich.console import Console

from infra import deploy, package
from infra.deployment.cloud import Cloud, DeployError
from infra.deployment.stack import Stack
from infra.local import firstspend, services, standins
from infra.local import ports as port_choice
from infra.local.places import Places, read_json, write_json
from infra.local.ports import Ports
from infra.local.processes import DidNotComeUpError
from infra.locks import locked
from infra.paths import ROOT

FAILURES = (
    DidNotComeUpError,
    DeployError,
    firstspend.SpendLostError,
    BotoCoreError,
    ClientError,
    urllib3.exceptions.HTTPError,
)
DEMO = "infra.local.demo"
DEMO_TIMEOUT_SECONDS = 600
CREDENTIALS = {"AWS_ACCESS_KEY_ID": "local", "AWS_SECRET_ACCESS_KEY": "local"}


@dataclass(frozen=True)
class LocalStack:
    """One local stack with its ports chosen."""

    places: Places
    ports: Ports
    console: Console

    @property
    def cloud(self) -> Cloud:
        """The emulator."""
        session = boto3.Session("local", "local", region_name=services.REGION)
        return Cloud(session, self.ports.emulator_url)

    def up(self) -> None:
        """Everything, in order."""
        for service in services.services(self.places, self.ports):
            with self.console.status(f"Starting the {service.name} …"):
                services.ensure(self.places, service)
        self.deploy()
        self.write_stack_file()
        self.load_demo()
        self.take_first_spend()

    def deploy(self) -> None:
        """Deploy when the package, the template or a setting changed, or the emulator forgot."""
        with self.console.status("Building the package …"):
            built = package.current()
        chosen = standins.settings(self.ports)
        standins.seed(self.cloud.client("ssm"), self.ports, chosen)
        wanted = {
            "package": package.sha256(built.archive),
            "template": package.sha256(built.template),
            "settings": chosen,
        }
        stack = Stack(self.cloud, deploy.stack_name(standins.STAGE), self.console)
        if self.is_deployed(stack, wanted):
            self.console.print("The deployed stack is up to date.")
            return
        if not stack.describe():
            self.forget_demo()
        outputs = deploy.deploy(self.cloud, standins.STAGE, chosen, self.console)
        made = stack.describe() or {}
        write_json(
            self.places.deployed_file,
            {"wanted": wanted, "stack": made["StackId"], "outputs": outputs},
        )

    def is_deployed(self, stack: Stack, wanted: dict[str, Any]) -> bool:
        """Whether just this was deployed last, and the emulator still has it.

        One that was killed comes back with the stack of its last orderly end.
        """
        last, found = read_json(self.places.deployed_file), stack.describe()
        return (
            found is not None
            and last.get("wanted") == wanted
            and last.get("stack") == found["StackId"]
            and stack.parameters()["ArtifactKey"].startswith(wanted["package"])
        )

    def forget_demo(self) -> None:
        """The data went with the emulator's state: what was noted of it is stale."""
        self.places.stack_file.unlink(missing_ok=True)

    def write_stack_file(self) -> None:
        """Say where things are; what the demo data put beside it stays."""
        kept = read_json(self.places.stack_file)
        addresses = {
            "api_url": f"{self.ports.front_url}/api",
            "status_url": f"{self.ports.front_url}/status",
            "static_status_url": f"{self.ports.front_url}/",
            "upstreams_url": self.ports.upstreams_url,
            "aws_endpoint_url": self.ports.emulator_url,
            "region": services.REGION,
        }
        write_json(self.places.stack_file, kept | addresses)

    def load_demo(self) -> None:
        """Let the demo data be written once; it completes stack.json with its keys and members."""
        if "operator_key" in read_json(self.places.stack_file):
            return
        if importlib.util.find_spec(DEMO) is None:
            self.console.print("There is no demo data yet.")
            return
        ran = subprocess.run(
            [sys.executable, "-m", DEMO],
            env=os.environ | self.function_environment(),
            cwd=ROOT,
            timeout=DEMO_TIMEOUT_SECONDS,
            check=False,
        )
        if ran.returncode:
            raise DeployError("The demo data could not be written: its own words stand above.")

    def take_first_spend(self) -> None:
        """Show once for each deploy that a spend reaches its member."""
        stack, deployed = read_json(self.places.stack_file), read_json(self.places.deployed_file)
        if "operator_key" not in stack or "spend" in deployed:
            return
        with self.console.status("Taking a spend from the till to the message …"):
            said = firstspend.take(stack)
        self.console.print(said)
        write_json(self.places.deployed_file, deployed | {"spend": said})

    def function_environment(self) -> dict[str, str]:
        """What a function of the stack has, so that its services can be called from here."""
        outputs = read_json(self.places.deployed_file)["outputs"]
        own = {"DENGTA_LOCAL_DIR": str(self.places.home)}
        return self.cloud.function_environment(outputs["APIHandler"]) | own | CREDENTIALS


def main() -> int:
    """Bring it up and say where it is."""
    console = Console()
    places = Places.from_environment()
    with locked(places.home / "up.lock"):
        stack = LocalStack(places, port_choice.choose(places), console)
        try:
            stack.up()
        except FAILURES as error:
            console.print(str(error), style="red", soft_wrap=True, markup=False)
            return 1
    say_where(console, places)
    return 0


def say_where(console: Console, places: Places) -> None:
    """The addresses, in words."""
    found = read_json(places.stack_file)
    console.print("[green]Dengta is up.[/green]")
    console.print(f"  API       {found['api_url']}", soft_wrap=True)
    console.print(f"  status    {found['status_url']}", soft_wrap=True)
    console.print(f"  upstreams {found['upstreams_url']}/_control/outbox", soft_wrap=True)
    console.print(f"  all of it {places.stack_file}", soft_wrap=True)


if __name__ == "__main__":
    sys.exit(main())
