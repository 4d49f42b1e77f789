"""The settings of a deployed stage, so that its services can be called from here."""

import os

import boto3
from rich.console import Console

from infra import deploy
from infra.deployment.cloud import Cloud
from infra.deployment.stack import Stack
from infra.local import ports, standins
from infra.local.places import Places
from infra.local.up import LocalStack


def enter(stage: str, console: Console) -> None:
    """Put them into this process's environment; those of `local` are of the stack that `make up` brought up."""
    if stage == standins.STAGE:
        places = Places.from_environment()
        os.environ.update(LocalStack(places, ports.choose(places), console).function_environment())
        return
    cloud = Cloud(boto3.Session(), os.environ.get("AWS_ENDPOINT_URL"))
    outputs = Stack(cloud, deploy.stack_name(stage), console).outputs()
    os.environ.update(cloud.function_environment(outputs["APIHandler"]))
