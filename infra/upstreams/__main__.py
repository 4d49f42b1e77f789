"""Run the stand-in upstreams until told to stop: `python -m infra.upstreams --port 8700`."""

import argparse
import json
import signal
import threading
from pathlib import Path

from infra.upstreams.launch import start


def main() -> None:
    options = _options()
    given = json.loads(options.settings.read_text("utf-8")) if options.settings else None
    stop = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: stop.set())
    with start(options.port, options.smtp_port, options.state_dir, given) as running:
        print(json.dumps({"url": running.url, "smtp_port": running.smtp_port}), flush=True)
        stop.wait()


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m infra.upstreams", description=__doc__)
    parser.add_argument("--port", type=int, default=0, help="HTTP; 0 takes a free one")
    parser.add_argument("--smtp-port", type=int, default=0, help="SMTP; 0 takes a free one")
    parser.add_argument("--state-dir", type=Path, help="where to remember; left out: memory only")
    parser.add_argument("--settings", type=Path, help="JSON file with fields of world.Settings")
    return parser.parse_args()


main()
