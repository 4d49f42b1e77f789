"""How a peer sends an SMS: what it keeps of the attempt, and Tencent Cloud's API 3.0 signed by hand."""

import hashlib
import hmac
import json
import os
from datetime import datetime
from http.client import HTTPConnection
from urllib.parse import urlsplit

from bench.peers.common import Item, now, text


def attempt(message: Item, phone: str) -> Item:
    return {
        "n": 1, "channel": "sms", "provider": "tencent", "state": "calling",
        "reference": f"{message['message_id']}-1", "to": f"{phone[:3]}****{phone[-4:]}",
        "started_at": text(now()),
    }  # fmt: skip


def counters(phone_hash: str, message: Item) -> list[tuple[Item, dict[str, int]]]:
    """What is counted against a flood: of the phone by day and hour, of the store by ten minutes."""
    moment, store_id = now(), json.loads(message["facts"])["store_id"]
    day, ten = f"{moment:%Y-%m-%d}", f"{moment:%H}{moment.minute // 10}0"
    of_phone = {"day": 50, f"h{moment:%H}": 20, f"{store_id}_{ten}": 10}
    return [
        ({"pk": f"LIMIT#PHONE#{phone_hash}", "sk": f"DAY#{day}"}, of_phone),
        ({"pk": f"LIMIT#STORE#{store_id}", "sk": f"TEN#{day}T{ten}"}, {"sent": 100_000}),
    ]


def send(phone: str, facts: Item, reference: str) -> str:
    """Send by Tencent Cloud's API 3.0 on a line of its own, signed; its serial number."""
    url = urlsplit(os.environ["TENCENT_SMS_ENDPOINT"])
    moment = now()
    key_id, key = json.loads(os.environ["BENCH_SECRETS"]).values()
    body = json.dumps({
        "PhoneNumberSet": [f"+86{phone}"], "SmsSdkAppId": os.environ["TENCENT_SMS_APP_ID"],
        "SignName": os.environ["TENCENT_SMS_SIGN_NAME"],
        "TemplateId": os.environ["TENCENT_SMS_SPEND_TEMPLATE_ID"],
        "TemplateParamSet": [
            facts["store_name"], f"{facts['amount_fen'] / 100:.2f}",
            f"{facts['balance_after_fen'] / 100:.2f}", f"{moment:%m月%d日%H:%M}",
        ],
        "SessionContext": reference,
    }, ensure_ascii=False).encode()  # fmt: skip
    signed = {"content-type": "application/json", "host": url.netloc}
    headers = signed | {
        "X-TC-Action": "SendSms", "X-TC-Version": "2021-01-11", "X-TC-Region": "ap-guangzhou",
        "X-TC-Timestamp": str(int(moment.timestamp())), "Connection": "close",
        "Authorization": _tc3(key_id, key, signed, moment, body),
    }  # fmt: skip
    line = HTTPConnection(url.hostname or "", url.port, timeout=6)
    try:
        line.request("POST", "/", body, headers)
        answer = json.loads(line.getresponse().read())
    finally:
        line.close()
    serial: str = answer["Response"]["SendStatusSet"][0]["SerialNo"]
    return serial


def _tc3(key_id: str, key: str, signed: Item, moment: datetime, body: bytes) -> str:
    day = f"{moment:%Y-%m-%d}"
    scope, names = f"{day}/sms/tc3_request", ";".join(signed)
    lines = "".join(f"{name}:{value}\n" for name, value in signed.items())
    asked = f"POST\n/\n\n{lines}\n{names}\n{hashlib.sha256(body).hexdigest()}"
    to_sign = "\n".join((
        "TC3-HMAC-SHA256", str(int(moment.timestamp())), scope,
        hashlib.sha256(asked.encode()).hexdigest(),
    ))  # fmt: skip
    secret = f"TC3{key}".encode()
    for step in (day, "sms", "tc3_request"):
        secret = hmac.digest(secret, step.encode(), "sha256")
    signature = hmac.digest(secret, to_sign.encode(), "sha256").hex()
    return (
        f"TC3-HMAC-SHA256 Credential={key_id}/{scope}, SignedHeaders={names}, Signature={signature}"
    )
