"""Our signature against the document's example and against the official SDK."""

from datetime import UTC, datetime
from types import SimpleNamespace

from hypothesis import given
from hypothesis import strategies as st
from tencentcloud.common import credential
from tencentcloud.sms.v20210111.sms_client import SmsClient

from chalicelib.adapters.sms_tencent import tc3

SECRET_ID, SECRET_KEY = "AKIDz8krbsJ5yKBZQpn74WFkmLPx3EXAMPLE", "Gu5t9xGARNpq86cd98joQYCN3EXAMPLE"


def test_the_documents_request_has_the_documents_signature() -> None:
    # cloud.tencent.com/document/api/213/30654
    made = tc3.authorization(
        SECRET_ID,
        SECRET_KEY,
        service="cvm",
        host="cvm.tencentcloudapi.com",
        at=datetime.fromtimestamp(1551113065, UTC),
        body=rb'{"Limit": 1, "Filters": [{"Values": ["\u672a\u547d\u540d"], "Name": "instance-name"}]}',
        content_type="application/json; charset=utf-8",
    )
    assert made == (
        f"TC3-HMAC-SHA256 Credential={SECRET_ID}/2019-02-25/cvm/tc3_request, "
        "SignedHeaders=content-type;host, "
        "Signature=72e494ea809ad7a8c8f7a4507b9bddcbaa8e581f516e8da2f66e2c5a96525168"
    )


@given(
    body=st.text().map(str.encode),
    at=st.datetimes(datetime(2020, 1, 1), datetime(2040, 1, 1), timezones=st.just(UTC)),  # noqa: DTZ001
    host=st.sampled_from(["sms.tencentcloudapi.com", "127.0.0.1:8080"]),
)
def test_the_official_sdk_signs_alike(body: bytes, at: datetime, host: str) -> None:
    made = tc3.authorization(SECRET_ID, SECRET_KEY, service="sms", host=host, at=at, body=body)
    headers = {"Content-Type": tc3.CONTENT_TYPE, "Host": host}
    headers["X-TC-Timestamp"] = str(int(at.timestamp()))
    request = SimpleNamespace(uri="/", data=body, method="POST", header=headers)
    sdk = SmsClient(credential.Credential(SECRET_ID, SECRET_KEY), "ap-guangzhou")
    day = f"{at:%Y-%m-%d}"
    theirs = sdk._get_tc3_signature({}, request, day, "sms", SECRET_KEY)  # noqa: SLF001
    assert made.endswith(f"Signature={theirs}")
