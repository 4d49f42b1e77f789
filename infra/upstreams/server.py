"""The HTTP line in front of the stand-ins: sockets, silence, and an end that waits for nobody."""

import socket
import socketserver
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qsl, urlsplit

from infra.upstreams import app
from infra.upstreams.faults import MAX_SILENCE_S
from infra.upstreams.wire import Reply, Request
from infra.upstreams.world import World

HOST = "127.0.0.1"
MAX_BODY_BYTES = 1_000_000


class Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 128

    def __init__(self, world: World, port: int) -> None:
        self.world = world
        self.stopping = threading.Event()
        self._lines: set[socket.socket] = set()
        super().__init__((HOST, port), _Handler)

    def server_bind(self) -> None:
        """Bind without the reverse look-up of the host's name that HTTPServer makes."""
        socketserver.TCPServer.server_bind(self)
        self.server_name, self.server_port = HOST, int(self.server_address[1])

    def process_request(self, request: object, client_address: object) -> None:
        if isinstance(request, socket.socket):
            self._lines.add(request)
        super().process_request(request, client_address)  # type: ignore[arg-type]

    def shutdown_request(self, request: object) -> None:
        if isinstance(request, socket.socket):
            self._lines.discard(request)
        super().shutdown_request(request)  # type: ignore[arg-type]

    def stop(self) -> None:
        """End every silence and every idle line, then the server."""
        self.stopping.set()
        self.shutdown()
        for line in list(self._lines):
            _hang_up(line)
        self.server_close()


def _hang_up(line: socket.socket) -> None:
    try:
        line.shutdown(socket.SHUT_RDWR)
    except OSError:
        return


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    wbufsize = -1
    timeout = 60
    server: Server

    def answer(self) -> None:
        body = self._read_body()
        if body is None:
            return
        where = urlsplit(self.path)
        pairs = parse_qsl(where.query, keep_blank_values=True)
        headers = {name.lower(): value for name, value in self.headers.items()}
        query = dict(reversed(pairs))
        request = Request(self.command, where.path, query, headers, body)
        self._send(app.handle(self.server.world, request))

    do_GET = do_POST = do_DELETE = do_PUT = answer  # noqa: N815

    def _read_body(self) -> bytes | None:
        length = self.headers.get("Content-Length", "0")
        chunked = "Transfer-Encoding" in self.headers
        if chunked or not length.isdecimal() or int(length) > MAX_BODY_BYTES:
            self.close_connection = True
            self._send(Reply(411 if chunked else 413, b"", "text/plain"))
            return None
        return self.rfile.read(int(length))

    def _send(self, reply: Reply) -> None:
        if reply.silence_s is not None:
            self.server.stopping.wait(min(reply.silence_s, MAX_SILENCE_S))
            self.close_connection = True
            _hang_up(self.connection)
            return
        self.send_response(reply.status)
        self.send_header("Content-Type", reply.content_type)
        self.send_header("Content-Length", str(len(reply.body)))
        self.end_headers()
        self.wfile.write(reply.body)

    def log_message(self, *_parts: object) -> None:
        """Say nothing: query strings carry secrets."""
