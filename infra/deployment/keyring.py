"""The keyring: one master key, made at the first deploy and never replaced by a later one."""

import base64
import json
import secrets

from botocore.exceptions import ClientError

from infra.deployment.cloud import Cloud

MASTER_KEY_BYTES = 32
FIRST = "v1"


def ensure(cloud: Cloud, name: str, key_arn: str) -> bool:
    """Create the parameter, sealed under our KMS key, when it is missing; answers whether it was made just now."""
    ssm = cloud.client("ssm")
    try:
        ssm.get_parameter(Name=name)
    except ClientError as error:
        if error.response["Error"]["Code"] != "ParameterNotFound":
            raise
        ssm.put_parameter(
            Name=name, Value=new_keyring(), Type="SecureString", KeyId=key_arn, Overwrite=False
        )
        return True
    return False


def new_keyring() -> str:
    """A keyring with one new master key."""
    master = base64.b64encode(secrets.token_bytes(MASTER_KEY_BYTES)).decode()
    return json.dumps({"current": FIRST, "finds": FIRST, "keys": {FIRST: master}})
