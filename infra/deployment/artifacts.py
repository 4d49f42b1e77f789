"""The bucket that packages and templates are deployed from."""

import hashlib
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from botocore.exceptions import ClientError

from infra.deployment.cloud import Cloud

NO_LOCATION_REGION = "us-east-1"  # the one region that must not be named on creation


@dataclass(frozen=True)
class Artifacts:
    """Where an upload went."""

    bucket: str
    package_key: str
    template_url: str


def upload(cloud: Cloud, package: Path, template: Path) -> Artifacts:
    """Upload both under names made from their content, so that equal content is one object."""
    s3 = cloud.client("s3")
    bucket = f"dengta-artifacts-{cloud.identity['Account']}-{cloud.region}"
    ensure_bucket(cloud, s3, bucket)
    package_key = put(s3, bucket, package)
    template_key = put(s3, bucket, template)
    url = f"{s3.meta.endpoint_url}/{bucket}/{template_key}"
    return Artifacts(bucket, package_key, url)


def put(s3: Any, bucket: str, path: Path) -> str:  # noqa: ANN401 - a boto3 client
    """Upload a file when its content is not there yet; answers its key."""
    body = path.read_bytes()
    key = f"{hashlib.sha256(body).hexdigest()}{path.suffix}"
    if not exists(lambda: s3.head_object(Bucket=bucket, Key=key)):
        s3.put_object(Bucket=bucket, Key=key, Body=body)
    return key


def ensure_bucket(cloud: Cloud, s3: Any, bucket: str) -> None:  # noqa: ANN401 - a boto3 client
    """Create the bucket when it is missing: private, encrypted, over TLS only."""
    if exists(lambda: s3.head_bucket(Bucket=bucket)):
        return
    place = {"CreateBucketConfiguration": {"LocationConstraint": cloud.region}}
    s3.create_bucket(Bucket=bucket, **({} if cloud.region == NO_LOCATION_REGION else place))
    s3.put_public_access_block(
        Bucket=bucket,
        PublicAccessBlockConfiguration={
            "BlockPublicAcls": True,
            "IgnorePublicAcls": True,
            "BlockPublicPolicy": True,
            "RestrictPublicBuckets": True,
        },
    )
    rule = {"ApplyServerSideEncryptionByDefault": {"SSEAlgorithm": "AES256"}}
    s3.put_bucket_encryption(Bucket=bucket, ServerSideEncryptionConfiguration={"Rules": [rule]})
    s3.put_bucket_policy(Bucket=bucket, Policy=json.dumps(tls_only(cloud.partition, bucket)))


def tls_only(partition: str, bucket: str) -> dict[str, Any]:
    """A bucket policy that refuses plain HTTP."""
    arn = f"arn:{partition}:s3:::{bucket}"
    statement = {
        "Sid": "TlsOnly",
        "Effect": "Deny",
        "Principal": "*",
        "Action": "s3:*",
        "Resource": [arn, f"{arn}/*"],
        "Condition": {"Bool": {"aws:SecureTransport": "false"}},
    }
    return {"Version": "2012-10-17", "Statement": [statement]}


def exists(look: Any) -> bool:  # noqa: ANN401 - any call of a boto3 client
    """Whether a look-up finds something; any refusal but "not there" is raised."""
    try:
        look()
    except ClientError as error:
        if error.response["Error"]["Code"] in {"404", "NoSuchBucket", "NoSuchKey", "NotFound"}:
            return False
        raise
    return True
