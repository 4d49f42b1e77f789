"""Making pushes: a thread that looks several times a second for what is due, and the request itself."""

import http.client
import threading
from collections.abc import Callable, Mapping, Sequence
from urllib.parse import urlencode, urlsplit

ANSWER_WITHIN_S = 5
_EVERY_S = 0.1
_OK = 200


class Pushing(threading.Thread):
    """Each round makes what is due then, and bears to be called again."""

    def __init__(self, rounds: Sequence[Callable[[], object]]) -> None:
        super().__init__(daemon=True)
        self._rounds = rounds
        self._stopping = threading.Event()

    def run(self) -> None:
        while not self._stopping.wait(_EVERY_S):
            for each in self._rounds:
                each()

    def stop(self) -> None:
        self._stopping.set()
        self.join()


def post(
    url: str, body: bytes, content_type: str, query: Mapping[str, str] | None = None
) -> bytes | None:
    """The body of a 200 that came in time; None for anything else."""
    where = urlsplit(url)
    line = http.client.HTTPConnection(where.netloc, timeout=ANSWER_WITHIN_S)
    path = f"{where.path}?{urlencode(query)}" if query else where.path
    try:
        line.request("POST", path, body, {"Content-Type": content_type})
        answer = line.getresponse()
        said = answer.read()
    except (OSError, http.client.HTTPException):
        return None
    finally:
        line.close()
    return said if answer.status == _OK else None
