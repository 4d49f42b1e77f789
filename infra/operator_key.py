"""Issue head office's first key, from the deployer's own credentials: `make operator-key STAGE=prod NAME="till admin"`.

python -m infra.operator_key --stage prod --name NAME [--role owner]

The key is printed this once; only its hash is kept. Further keys are issued the same way.
"""

import argparse
import os
import sys

import boto3
from rich.console import Console

from chalicelib.access import service
from chalicelib.access.model import OPERATOR_ROLES
from chalicelib.kernel import clock, stamp
from infra import deploy
from infra.deployment.cloud import Cloud
from infra.deployment.stack import Stack


def main() -> int:
    """Write the key's hash into the stage's table and print the key."""
    parser = argparse.ArgumentParser(description="Issue an operator key")
    parser.add_argument("--stage", required=True)
    parser.add_argument(
        "--name", required=True, help="whose key it is, as the audit trail will say"
    )
    parser.add_argument("--role", default="owner", choices=OPERATOR_ROLES)
    asked = parser.parse_args()
    console = Console()
    cloud = Cloud(boto3.Session(), os.environ.get("AWS_ENDPOINT_URL"))
    stack = Stack(cloud, deploy.stack_name(asked.stage), console)
    os.environ.update(cloud.function_environment(stack.outputs()["APIHandler"]))
    by = stamp.system("operator_key")
    _, key = service.issue_operator_key(asked.name, (asked.role,), clock.now(), by)
    console.print(f"{key}\n[dim]Told this once: keep it as you keep the keys of the safe.[/dim]")
    return 0


if __name__ == "__main__":
    sys.exit(main())
