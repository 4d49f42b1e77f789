"""Deploy a stage through CloudFormation, then check that it lives.

python -m infra.deploy --stage dev

Settings are taken from the environment under their own names (WECHAT_APP_ID=… and so on); what
is not given keeps the value of the last deploy.
"""

import argparse
import os
import sys
from collections.abc import Mapping

import boto3
from botocore.exceptions import BotoCoreError, ClientError
from rich.console import Console

from infra import package
from infra.deployment import artifacts, copies, keyring, smoke
from infra.deployment.cloud import Cloud, DeployError
from infra.deployment.stack import Stack
from infra.settings import SETTINGS, parameter_of
from infra.template.parameters import STAGES


def deploy(
    cloud: Cloud, stage: str, settings: Mapping[str, str], console: Console
) -> dict[str, str]:
    """Upload, change the stack, make the keyring, check; answers the outputs with `ApiUrl`."""
    built = package.current()
    uploaded = artifacts.upload(cloud, built.archive, built.template)
    stack = Stack(cloud, stack_name(stage), console)
    given = parameter_values(stage, settings)
    first = {parameter_of("KEYRING_PARAM"): f"/{stack.name}/keyring"}
    place = {"ArtifactBucket": uploaded.bucket, "ArtifactKey": uploaded.package_key}
    outputs = stack.deploy(uploaded.template_url, given | place, first)
    keyring_name = stack.parameters()[parameter_of("KEYRING_PARAM")]
    if keyring.ensure(cloud, keyring_name, outputs["DataKeyArn"]):
        console.print(f"Made the master key; it is kept sealed in {keyring_name}.")
    api_url = cloud.api_url(outputs["RestAPIId"], outputs["EndpointURL"])
    smoke.check(cloud, outputs, api_url)
    copies.make(cloud, outputs["APIHandler"])
    return outputs | {"ApiUrl": api_url}


def stack_name(stage: str) -> str:
    """The stack of a stage."""
    return f"dengta-{stage}"


def parameter_values(stage: str, settings: Mapping[str, str]) -> dict[str, str]:
    """The template's parameters from the settings that are given."""
    given = {one.parameter: settings[one.env] for one in SETTINGS if one.env in settings}
    return given | {parameter_of("DENGTA_STAGE"): stage}


def main() -> int:
    """Deploy as asked on the command line."""
    parser = argparse.ArgumentParser(description="Deploy a stage of Dengta")
    parser.add_argument("--stage", required=True, choices=STAGES)
    stage = parser.parse_args().stage
    console = Console()
    cloud = Cloud(boto3.Session(), os.environ.get("AWS_ENDPOINT_URL"))
    try:
        outputs = deploy(cloud, stage, os.environ, console)
    except (DeployError, BotoCoreError, ClientError) as error:
        console.print(f"[red]{error}[/red]", soft_wrap=True)
        return 1
    for name, value in sorted(outputs.items()):
        console.print(f"{name:16} {value}", soft_wrap=True, highlight=False)
    console.print("[green]Deployed, and the smoke check passed.[/green]")
    return 0


if __name__ == "__main__":
    sys.exit(main())
