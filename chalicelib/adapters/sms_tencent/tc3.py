"""TC3-HMAC-SHA256, the signature of Tencent Cloud's API 3.0, by hand: the SDK would cost a cold start 240 ms.

Source: 签名方法 v3, cloud.tencent.com/document/api/213/30654. Checked against its example and the official SDK.
"""

import hashlib
import hmac
from datetime import UTC, datetime

CONTENT_TYPE = "application/json"
_ALGORITHM = "TC3-HMAC-SHA256"
_SIGNED = "content-type;host"


def authorization(
    secret_id: str,
    secret_key: str,
    *,
    service: str,
    host: str,
    at: datetime,
    body: bytes,
    content_type: str = CONTENT_TYPE,
) -> str:
    """The `Authorization` of a POST to `/`; `host` as it is sent, `at` as in `X-TC-Timestamp`."""
    day = at.astimezone(UTC).strftime("%Y-%m-%d")
    scope = f"{day}/{service}/tc3_request"
    headers = f"content-type:{content_type}\nhost:{host}\n"
    request = f"POST\n/\n\n{headers}\n{_SIGNED}\n{hashlib.sha256(body).hexdigest()}"
    digest = hashlib.sha256(request.encode()).hexdigest()
    key = f"TC3{secret_key}".encode()
    for step in (day, service, "tc3_request"):
        key = hmac.digest(key, step.encode(), "sha256")
    to_sign = f"{_ALGORITHM}\n{int(at.timestamp())}\n{scope}\n{digest}"
    signature = hmac.digest(key, to_sign.encode(), "sha256").hex()
    return f"{_ALGORITHM} Credential={secret_id}/{scope}, SignedHeaders={_SIGNED}, Signature={signature}"
