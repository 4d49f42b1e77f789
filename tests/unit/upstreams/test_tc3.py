"""Tencent Cloud's signature, against the examples of its own document."""

import pytest

from infra.upstreams import tc3

# cloud.tencent.com/document/api/213/30654: the example key pair and request of two editions
SECRET_ID, SECRET_KEY = "AKIDz8krbsJ5yKBZQpn74WFkmLPx3EXAMPLE", "Gu5t9xGARNpq86cd98joQYCN3EXAMPLE"
BODY = rb'{"Limit": 1, "Filters": [{"Values": ["\u672a\u547d\u540d"], "Name": "instance-name"}]}'
STAMP_S = 1551113065
HEADERS = {
    "content-type": "application/json; charset=utf-8",
    "host": "cvm.tencentcloudapi.com",
    "x-tc-action": "DescribeInstances",
    "x-tc-timestamp": str(STAMP_S),
}
SIGNATURE = "72e494ea809ad7a8c8f7a4507b9bddcbaa8e581f516e8da2f66e2c5a96525168"


def authorization(signature: str = SIGNATURE, signed: str = "content-type;host") -> str:
    return (
        f"TC3-HMAC-SHA256 Credential={SECRET_ID}/2019-02-25/cvm/tc3_request, "
        f"SignedHeaders={signed}, Signature={signature}"
    )


def check(
    changed: dict[str, str] | None = None, *, now_s: float = STAMP_S, body: bytes = BODY
) -> None:
    headers = {**HEADERS, "authorization": authorization(), **(changed or {})}
    tc3.verify({SECRET_ID: SECRET_KEY}, "cvm", now_s, headers, body)


def test_the_documents_request_has_the_documents_signature() -> None:
    names = ("content-type", "host")
    made = tc3.signature(SECRET_KEY, STAMP_S, "cvm", headers=HEADERS, signed=names, body=BODY)
    assert made == SIGNATURE


def test_the_later_edition_signs_the_action_in_lower_case() -> None:
    names = ("content-type", "host", "x-tc-action")
    masked = "*" * 32  # the later edition masks its key and signs with the mask
    made = tc3.signature(masked, STAMP_S, "cvm", headers=HEADERS, signed=names, body=BODY)
    assert made == "10b1a37a7301a02ca19a647ad722d5e43b4b3cff309d421d85b46093f6ab6c4f"


def test_the_documents_request_is_believed() -> None:
    check()


@pytest.mark.parametrize("skew_s", [-300, -299, 299, 300])
def test_five_minutes_of_skew_are_forgiven(skew_s: int) -> None:
    check(now_s=STAMP_S + skew_s)


@pytest.mark.parametrize("skew_s", [-301, 301])
def test_more_than_five_minutes_of_skew_are_not(skew_s: int) -> None:
    with pytest.raises(tc3.AuthFailure) as refused:
        check(now_s=STAMP_S + skew_s)
    assert refused.value.code == "AuthFailure.SignatureExpire"


def test_a_changed_body_is_not_believed() -> None:
    with pytest.raises(tc3.AuthFailure) as refused:
        check(body=BODY.replace(b"1", b"2"))
    assert refused.value.code == "AuthFailure.SignatureFailure"


@pytest.mark.parametrize(
    ("changed", "code"),
    [
        ({"host": "sms.tencentcloudapi.com"}, "SignatureFailure"),
        ({"content-type": "application/json"}, "SignatureFailure"),
        ({"authorization": authorization("0" * 64)}, "SignatureFailure"),
        (
            {"authorization": authorization().replace("2019-02-25", "2019-02-26")},
            "SignatureFailure",
        ),
        ({"authorization": authorization().replace("AKID", "AKIE")}, "SecretIdNotFound"),
        ({"authorization": authorization().replace("/cvm/", "/sms/")}, "InvalidAuthorization"),
        ({"authorization": authorization(signed="host")}, "InvalidAuthorization"),
        ({"authorization": authorization(signed="content-type;host;x")}, "InvalidAuthorization"),
        ({"authorization": "Bearer x"}, "InvalidAuthorization"),
        ({"x-tc-timestamp": "soon"}, "InvalidAuthorization"),
    ],
)
def test_a_request_with_something_wrong_is_not_believed(changed: dict[str, str], code: str) -> None:
    with pytest.raises(tc3.AuthFailure) as refused:
        check(changed)
    assert refused.value.code == f"AuthFailure.{code}"
