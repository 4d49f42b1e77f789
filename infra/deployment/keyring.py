"""The keyring: one master key, made and wrapped by KMS, and never replaced by a deploy."""

import base64
import json

from botocore.exceptions import ClientError

from infra.deployment.cloud import Cloud

CONTEXT = {"purpose": "dengta-keyring"}
MASTER_KEY_BYTES = 32
FIRST = "v1"


def ensure(cloud: Cloud, name: str, key_arn: str) -> bool:
    """Create the parameter when it is missing; answers whether it was made just now."""
    ssm = cloud.client("ssm")
    try:
        ssm.get_parameter(Name=name)
    except ClientError as error:
        if error.response["Error"]["Code"] != "ParameterNotFound":
            raise
        value = json.dumps({"current": FIRST, "keys": {FIRST: wrapped_key(cloud, key_arn)}})
        ssm.put_parameter(
            Name=name, Value=value, Type="SecureString", KeyId=key_arn, Overwrite=False
        )
        return True
    return False


def wrapped_key(cloud: Cloud, key_arn: str) -> str:
    """A new master key as KMS wraps it; its plain form is never seen here."""
    made = cloud.client("kms").generate_data_key_without_plaintext(
        KeyId=key_arn, NumberOfBytes=MASTER_KEY_BYTES, EncryptionContext=CONTEXT
    )
    return base64.b64encode(made["CiphertextBlob"]).decode()
