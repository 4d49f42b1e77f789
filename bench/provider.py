"""An SMS provider near by that takes everything: what is measured is what lies before it."""

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from itertools import count

PROVIDER = {
    "SMS_PROVIDERS": "tencent",
    "TENCENT_SMS_SECRET_ID_PARAM": "/bench/sms-id",
    "TENCENT_SMS_SECRET_KEY_PARAM": "/bench/sms-key",
    "TENCENT_SMS_APP_ID": "1400000001",
    "TENCENT_SMS_SIGN_NAME": "灯塔",
    "TENCENT_SMS_SPEND_TEMPLATE_ID": "2000001",
}
SECRETS = {"/bench/sms-id": "bench-id", "/bench/sms-key": "bench-key"}


class _Yes(BaseHTTPRequestHandler):
    numbers = count()

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers["Content-Length"]))
        taken = {"Code": "Ok", "SerialNo": f"bench:{next(self.numbers)}", "Fee": 1}
        body = json.dumps({"Response": {"SendStatusSet": [taken], "RequestId": "bench"}}).encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the name is the base's
        del format, args


@contextmanager
def provider() -> Iterator[str]:
    """Its address, while the block runs."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Yes)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}"
    finally:
        server.shutdown()
        server.server_close()
