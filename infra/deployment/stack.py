"""Create or update the stack through a change set, showing each resource as it goes."""

import time
from dataclasses import dataclass
from typing import Any

from botocore.exceptions import ClientError
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from infra.deployment.cloud import Cloud, DeployError
from infra.settings import SETTINGS

CAPABILITIES = ["CAPABILITY_IAM", "CAPABILITY_AUTO_EXPAND"]
POLL_SECONDS = 2.0
POLL_EMULATOR_SECONDS = 0.2
DEADLINE_SECONDS = 1800
NOTHING_TO_DO = ("didn't contain changes", "No updates are to be performed")
DONE = {"CREATE_COMPLETE", "UPDATE_COMPLETE"}
SETTLED = ("_COMPLETE", "_FAILED")


@dataclass(frozen=True)
class Stack:
    """One stack in one cloud."""

    cloud: Cloud
    name: str
    console: Console

    def deploy(
        self, template_url: str, values: dict[str, str], first: dict[str, str]
    ) -> dict[str, str]:
        """Bring the stack to this template; answers its outputs.

        `values` are set now; what they leave out keeps its last value, on creation that in `first`.
        """
        client = self.cloud.client("cloudformation")
        found = self.living(client)
        change_set = f"deploy-{time.time_ns()}"
        client.create_change_set(
            StackName=self.name,
            ChangeSetName=change_set,
            ChangeSetType="UPDATE" if found else "CREATE",
            TemplateURL=template_url,
            Capabilities=CAPABILITIES,
            Parameters=chosen(values, self.parameters()) if found else chosen(first | values, {}),
        )
        changes = self.wait_for_change_set(client, change_set)
        if changes:
            self.execute(client, change_set, changes)
        else:
            self.console.print("The stack is up to date.")
        return self.outputs()

    def living(self, client: Any) -> bool:  # noqa: ANN401 - boto3
        """Whether there is a stack to update; what an earlier failed creation left is removed."""
        found = self.describe()
        if found and found["StackStatus"] == "ROLLBACK_COMPLETE":
            self.console.print("An earlier creation failed and was rolled back; beginning again.")
            client.delete_stack(StackName=self.name)
            client.get_waiter("stack_delete_complete").wait(StackName=self.name)
            return False
        return found is not None and found["StackStatus"] != "REVIEW_IN_PROGRESS"

    def describe(self) -> dict[str, Any] | None:
        """The stack as CloudFormation describes it; None when there is none."""
        try:
            answer = self.cloud.client("cloudformation").describe_stacks(StackName=self.name)
        except ClientError as error:
            if "does not exist" in str(error):
                return None
            raise
        stack: dict[str, Any] = answer["Stacks"][0]
        return None if stack["StackStatus"] == "DELETE_COMPLETE" else stack

    def outputs(self) -> dict[str, str]:
        """The stack's outputs; empty when there is no stack."""
        found = self.describe() or {}
        return {one["OutputKey"]: one["OutputValue"] for one in found.get("Outputs", [])}

    def parameters(self) -> dict[str, str]:
        """The stack's parameters and the values they have."""
        found = self.describe() or {}
        return {one["ParameterKey"]: one["ParameterValue"] for one in found.get("Parameters", [])}

    def wait_for_change_set(self, client: Any, change_set: str) -> int:  # noqa: ANN401 - boto3
        """How many resources it changes; 0 (and it is taken away) when there is nothing to do."""
        deadline = time.monotonic() + DEADLINE_SECONDS
        while time.monotonic() < deadline:
            made = client.describe_change_set(StackName=self.name, ChangeSetName=change_set)
            if made["Status"] == "CREATE_COMPLETE":
                return len(made["Changes"])
            if made["Status"] == "FAILED":
                reason = made.get("StatusReason", "")
                client.delete_change_set(StackName=self.name, ChangeSetName=change_set)
                if any(words in reason for words in NOTHING_TO_DO):
                    return 0
                raise DeployError(f"CloudFormation refused the change set: {reason}")
            self.pause()
        raise DeployError("CloudFormation did not finish the change set in time.")

    def execute(self, client: Any, change_set: str, changes: int) -> None:  # noqa: ANN401 - boto3
        """Execute and follow the events. Raises DeployError with the reasons of what failed."""
        seen = {event["EventId"] for event in self.events(client)}
        client.execute_change_set(StackName=self.name, ChangeSetName=change_set)
        failed: list[str] = []
        deadline = time.monotonic() + DEADLINE_SECONDS
        with progress_bar(self.console) as progress:
            task = progress.add_task("", total=changes)
            while time.monotonic() < deadline:
                status = (self.describe() or {}).get("StackStatus", "")
                for event in reversed(self.events(client)):
                    if event["EventId"] not in seen:
                        seen.add(event["EventId"])
                        failed += show(progress, task, event, self.name)
                if status.endswith(SETTLED) and not status.endswith("IN_PROGRESS"):
                    break
                self.pause()
        if status not in DONE:
            raise DeployError("\n".join([f"The stack ended as {status}.", *failed]))

    def events(self, client: Any) -> list[dict[str, Any]]:  # noqa: ANN401 - boto3
        """The newest events, newest first."""
        events: list[dict[str, Any]] = client.describe_stack_events(StackName=self.name)[
            "StackEvents"
        ]
        return events

    def pause(self) -> None:
        """Between two looks; the emulator may be asked more often than AWS."""
        time.sleep(POLL_EMULATOR_SECONDS if self.cloud.endpoint_url else POLL_SECONDS)


def chosen(values: dict[str, str], known: dict[str, str]) -> list[dict[str, Any]]:
    """What is given, and for what is not: the value of the last deploy."""
    given = [
        {"ParameterKey": name, "ParameterValue": value} for name, value in sorted(values.items())
    ]
    declared = {setting.parameter for setting in SETTINGS}
    kept = sorted((known.keys() & declared) - values.keys())
    return given + [{"ParameterKey": name, "UsePreviousValue": True} for name in kept]


def progress_bar(console: Console) -> Progress:
    """A bar over the resources with the last one named."""
    columns = (BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    return Progress(*columns, TextColumn("{task.description}"), console=console)


def show(progress: Progress, task: Any, event: dict[str, Any], stack: str) -> list[str]:  # noqa: ANN401 - rich's task id
    """Move the bar by one event; answers what failed, as a line to read."""
    status, name = event["ResourceStatus"], event["LogicalResourceId"]
    progress.update(task, description=f"{name} {status.lower().replace('_', ' ')}")
    if status.endswith("_COMPLETE") and name != stack:
        progress.advance(task)
        progress.update(
            task, total=max(progress.tasks[task].total or 0, progress.tasks[task].completed)
        )
    if not status.endswith("_FAILED"):
        return []
    return [f"  {name}: {event.get('ResourceStatusReason', status)}"]
