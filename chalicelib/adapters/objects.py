"""Objects in S3: a bucket is a small store of named bytes, over one client per container.

It is built when the first bucket is asked for, in a session of its own: that of the tables reads
nothing but DynamoDB's answers.
"""

import hashlib
from collections.abc import Iterator
from functools import cache
from typing import Any

import botocore.session
import msgspec
from botocore.config import Config
from botocore.exceptions import ClientError

from chalicelib import config

_ABSENT = {"404", "NoSuchKey", "NoSuchBucket"}


class Bucket(msgspec.Struct, frozen=True):
    """What is refused, or finds nobody, is raised as botocore says it."""

    name: str

    def put(self, key: str, body: bytes, content_type: str, cache_control: str) -> None:
        """Under S3's own key, whatever the bucket's default is: under another one, `marks` would tell nothing."""
        _client().put_object(
            Bucket=self.name,
            Key=key,
            Body=body,
            ContentType=content_type,
            CacheControl=cache_control,
            ServerSideEncryption="AES256",
        )

    def get(self, key: str) -> bytes | None:
        """None where there is no such object."""
        try:
            answer = _client().get_object(Bucket=self.name, Key=key)
        except ClientError as error:
            if error.response["Error"]["Code"] in _ABSENT:
                return None
            raise
        body: bytes = answer["Body"].read()
        return body

    def keys(self, prefix: str) -> Iterator[str]:
        """In the order of their names."""
        return iter(self.marks(prefix))

    def marks(self, prefix: str) -> dict[str, str]:
        """What lies there, in the order of the keys: by key the `mark_of` its bytes; one request for a thousand."""
        pages = _client().get_paginator("list_objects_v2").paginate(Bucket=self.name, Prefix=prefix)
        found = (each for page in pages for each in page.get("Contents", ()))
        return {each["Key"]: each["ETag"].strip('"') for each in found}

    def delete(self, key: str) -> None:
        """Also where it is gone already."""
        _client().delete_object(Bucket=self.name, Key=key)


def mark_of(body: bytes) -> str:
    """As S3 marks an object that was put in one piece and sealed under its own key."""
    return hashlib.md5(body, usedforsecurity=False).hexdigest()


def forget() -> None:
    """Drop the client: for tests that change the settings."""
    _client.cache_clear()


@cache
def _client() -> Any:  # noqa: ANN401 - botocore makes its clients at run time
    settings = config.settings()
    return botocore.session.get_session().create_client(
        "s3",
        region_name=settings.aws_region or None,
        endpoint_url=settings.aws_endpoint_url or None,
        config=Config(
            connect_timeout=2,
            read_timeout=5,
            retries={"total_max_attempts": 3, "mode": "standard"},
            s3={"addressing_style": "path"} if settings.aws_endpoint_url else {},
        ),
    )
