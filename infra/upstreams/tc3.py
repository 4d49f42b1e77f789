"""TC3-HMAC-SHA256, the signature of Tencent Cloud's API 3.0, from the receiving side.

Source: the document "签名方法 v3" (cloud.tencent.com/document/api/213/30654).
"""

import hashlib
import hmac
import re
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime

from infra.upstreams.wire import No

ALGORITHM = "TC3-HMAC-SHA256"
MAX_SKEW_S = 300
_AUTHORIZATION = re.compile(
    rf"{ALGORITHM} Credential=(?P<secret_id>[^/]+)/(?P<date>\d{{4}}-\d\d-\d\d)/(?P<service>[a-z]+)"
    r"/tc3_request, ?SignedHeaders=(?P<signed>[a-z0-9;-]+), ?Signature=(?P<signature>[0-9a-f]{64})"
)


class AuthFailure(No):
    """Why a signed request is not believed; `code` as the cloud names it."""

    def __init__(self, reason: str, message: str) -> None:
        super().__init__(f"AuthFailure.{reason}", message)


def signature(
    secret_key: str,
    timestamp_s: int,
    service: str,
    *,
    headers: Mapping[str, str],
    signed: Sequence[str],
    body: bytes,
) -> str:
    """Sign a POST to `/` without a query; `headers` by lower-case name, `signed` in order."""
    date = datetime.fromtimestamp(timestamp_s, UTC).strftime("%Y-%m-%d")
    lines = "".join(f"{name}:{headers[name].strip().lower()}\n" for name in signed)
    parts = ("POST", "/", "", lines, ";".join(signed), hashlib.sha256(body).hexdigest())
    digest = hashlib.sha256("\n".join(parts).encode()).hexdigest()
    to_sign = f"{ALGORITHM}\n{timestamp_s}\n{date}/{service}/tc3_request\n{digest}"
    key = f"TC3{secret_key}".encode()
    for step in (date, service, "tc3_request"):
        key = hmac.digest(key, step.encode(), "sha256")
    return hmac.digest(key, to_sign.encode(), "sha256").hex()


def verify(
    secrets_by_id: Mapping[str, str],
    service: str,
    now_s: float,
    headers: Mapping[str, str],
    body: bytes,
) -> None:
    """Believe the request, or raise AuthFailure."""
    found = _AUTHORIZATION.fullmatch(headers.get("authorization", ""))
    stamp = headers.get("x-tc-timestamp", "")
    if found is None or found["service"] != service or not re.fullmatch("[0-9]{1,11}", stamp):
        raise AuthFailure("InvalidAuthorization", "Authorization or X-TC-Timestamp is malformed.")
    if abs(now_s - int(stamp)) > MAX_SKEW_S:
        raise AuthFailure("SignatureExpire", "The provided credentials have expired.")
    signed = found["signed"].split(";")
    if not {"content-type", "host"} <= set(signed) or any(name not in headers for name in signed):
        raise AuthFailure("InvalidAuthorization", "content-type and host must be signed.")
    secret_key = secrets_by_id.get(found["secret_id"])
    if secret_key is None:
        raise AuthFailure("SecretIdNotFound", "The SecretId is not found.")
    right = signature(secret_key, int(stamp), service, headers=headers, signed=signed, body=body)
    same_day = found["date"] == datetime.fromtimestamp(int(stamp), UTC).strftime("%Y-%m-%d")
    if not same_day or not hmac.compare_digest(right, found["signature"]):
        raise AuthFailure("SignatureFailure", "The provided credentials could not be validated.")
