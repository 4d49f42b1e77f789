"""Start the stand-in upstreams, in this process: for tests, and for the local stack's own process."""

import threading
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from infra.upstreams import sms_pusher, wechat_pusher
from infra.upstreams.pushing import Pushing
from infra.upstreams.server import HOST, Server
from infra.upstreams.smtp import Sink
from infra.upstreams.world import World


@dataclass
class Running:
    """Stand-ins that answer; `stop()` ends them and every silence they keep."""

    world: World
    server: Server
    sink: Sink
    thread: threading.Thread
    pushing: Pushing

    @property
    def url(self) -> str:
        return f"http://{HOST}:{self.server.server_port}"

    @property
    def smtp_port(self) -> int:
        return int(self.sink.port)

    def stop(self) -> None:
        self.pushing.stop()
        self.server.stop()
        self.thread.join()
        self.sink.stop()
        self.world.store.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        _type: type[BaseException] | None,
        _error: BaseException | None,
        _trace: TracebackType | None,
    ) -> None:
        self.stop()


def start(
    port: int = 0,
    smtp_port: int = 0,
    state_dir: Path | None = None,
    settings: dict[str, Any] | None = None,
) -> Running:
    """Serve on 127.0.0.1; port 0 takes a free one. `settings` are fields of `world.Settings`."""
    world = World(state_dir, settings)
    server = Server(world, port)
    sink = Sink(world, HOST, smtp_port)
    sink.start()
    thread = threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True)
    thread.start()
    pushing = Pushing(
        [lambda: wechat_pusher.push_all_due(world), lambda: sms_pusher.push_all_due(world)]
    )
    pushing.start()
    return Running(world, server, sink, thread, pushing)
