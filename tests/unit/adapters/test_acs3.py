"""Our signature against the document's example and against the official SDK."""

from datetime import UTC, datetime
from types import SimpleNamespace

from alibabacloud_tea_openapi.utils import Utils
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.adapters.sms_aliyun import acs3

KEY_ID, KEY_SECRET = "YourAccessKeyId", "YourAccessKeySecret"


def test_the_documents_request_has_the_documents_signature() -> None:
    # help.aliyun.com/document_detail/2593177.html
    made = acs3.headers(
        KEY_ID,
        KEY_SECRET,
        action="RunInstances",
        version="2014-05-26",
        host="ecs.cn-shanghai.aliyuncs.com",
        query={
            "RegionId": "cn-shanghai",
            "ImageId": "win2019_1809_x64_dtc_zh-cn_40G_alibase_20230811.vhd",
        },
        at=datetime(2023, 10, 26, 10, 22, 32, tzinfo=UTC),
        nonce="3156853299f313e23d1673dc12e1703d",
    )
    assert made["Authorization"] == (
        f"ACS3-HMAC-SHA256 Credential={KEY_ID},SignedHeaders=host;x-acs-action;"
        "x-acs-content-sha256;x-acs-date;x-acs-signature-nonce;x-acs-version,"
        "Signature=06563a9e1b43f5dfe96b81484da74bceab24a1d853912eee15083a6f0f3283c0"
    )


@given(
    query=st.dictionaries(st.text("AZaz09_", min_size=1), st.text(), max_size=5),
    at=st.datetimes(datetime(2020, 1, 1), datetime(2040, 1, 1), timezones=st.just(UTC)),  # noqa: DTZ001
    host=st.sampled_from(["dysmsapi.aliyuncs.com", "127.0.0.1:8080"]),
)
def test_the_official_sdk_signs_alike(query: dict[str, str], at: datetime, host: str) -> None:
    made = acs3.headers(
        KEY_ID, KEY_SECRET, action="SendSms", version="2017-05-25",
        host=host, query=query, at=at, nonce="n1",
    )  # fmt: skip
    proof = made.pop("Authorization")
    request = SimpleNamespace(method="POST", pathname="/", query=query, headers=made)
    body = made["x-acs-content-sha256"]
    theirs = Utils.get_authorization(request, "ACS3-HMAC-SHA256", body, KEY_ID, KEY_SECRET)
    assert proof == theirs
