"""ACS3-HMAC-SHA256, the signature of Aliyun's API, from the receiving side.

Source: the document "V3版本请求体&签名机制" (help.aliyun.com/document_detail/2593177.html).
"""

import hashlib
import hmac
import re
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from urllib.parse import quote

from infra.upstreams.wire import No

ALGORITHM = "ACS3-HMAC-SHA256"
MAX_SKEW_S = 900
ALWAYS_SIGNED = {
    "host",
    "x-acs-action",
    "x-acs-content-sha256",
    "x-acs-date",
    "x-acs-signature-nonce",
    "x-acs-version",
}
_AUTHORIZATION = re.compile(
    rf"{ALGORITHM} Credential=(?P<key_id>[^,]+),SignedHeaders=(?P<signed>[a-z0-9;-]+),"
    r"Signature=(?P<signature>[0-9a-f]{64})"
)


class NotBelieved(No):
    """Why a signed request is not believed; `code` as the gateway names it."""


def signature(
    key_secret: str,
    query: Mapping[str, str],
    *,
    headers: Mapping[str, str],
    signed: Sequence[str],
    body: bytes,
) -> str:
    """Sign a POST to `/`; `headers` by lower-case name, `signed` in order."""
    pairs = (f"{quote(name, safe='~')}={quote(query[name], safe='~')}" for name in sorted(query))
    lines = "".join(f"{name}:{headers[name].strip()}\n" for name in signed)
    parts = (
        "POST",
        "/",
        "&".join(pairs),
        lines,
        ";".join(signed),
        hashlib.sha256(body).hexdigest(),
    )
    digest = hashlib.sha256("\n".join(parts).encode()).hexdigest()
    to_sign = f"{ALGORITHM}\n{digest}"
    return hmac.digest(key_secret.encode(), to_sign.encode(), "sha256").hex()


def verify(
    secrets_by_id: Mapping[str, str],
    now_s: float,
    query: Mapping[str, str],
    headers: Mapping[str, str],
    body: bytes,
) -> None:
    """Believe the request, or raise NotBelieved. Whether its nonce is new is for the caller to know."""
    found = _AUTHORIZATION.fullmatch(headers.get("authorization", ""))
    if found is None:
        raise NotBelieved("IncompleteSignature", "The request signature does not conform.")
    if abs(now_s - _stamp_s(headers.get("x-acs-date", ""))) > MAX_SKEW_S:
        raise NotBelieved("InvalidTimeStamp.Expired", "Specified time stamp or date is expired.")
    signed = found["signed"].split(";")
    needed = ALWAYS_SIGNED | {name for name in headers if name.startswith("x-acs-")}
    if not needed <= set(signed) or any(name not in headers for name in signed):
        raise NotBelieved("IncompleteSignature", "host and every x-acs- header must be signed.")
    if signed != sorted(signed):
        raise NotBelieved("IncompleteSignature", "SignedHeaders must be sorted.")
    key_secret = secrets_by_id.get(found["key_id"])
    if key_secret is None:
        raise NotBelieved("InvalidAccessKeyId.NotFound", "Specified access key is not found.")
    same_body = headers["x-acs-content-sha256"] == hashlib.sha256(body).hexdigest()
    right = signature(key_secret, query, headers=headers, signed=signed, body=body)
    if not same_body or not hmac.compare_digest(right, found["signature"]):
        raise NotBelieved("SignatureDoesNotMatch", "Specified signature does not match.")


def _stamp_s(text: str) -> float:
    try:
        return datetime.strptime(text, "%Y-%m-%dT%H:%M:%SZ").replace(tzinfo=UTC).timestamp()
    except ValueError:
        raise NotBelieved("InvalidTimeStamp.Format", "x-acs-date is malformed.") from None
