"""The companion in a process of its own that pulls its own plug: SIGKILL when so many lines of it have run.

python -m tests.clients.till.plugged LINES argument…     0 lines: it lives
"""

import os
import signal
import sys
from pathlib import Path
from types import FrameType
from typing import Any

import dengta_till
from dengta_till.cli import main

HOME = str(Path(dengta_till.__file__).parent)


def pull_after(lines: int) -> None:
    """Any line of the companion's own code may be the last."""
    left = lines

    def count(_frame: FrameType, event: str, _arg: object) -> Any:  # noqa: ANN401
        nonlocal left
        if event == "line":
            left -= 1
            if not left:
                os.kill(os.getpid(), signal.SIGKILL)
        return count

    def enter(frame: FrameType, _event: str, _arg: object) -> Any:  # noqa: ANN401
        return count if frame.f_code.co_filename.startswith(HOME) else None

    sys.settrace(enter)


if __name__ == "__main__":
    if int(sys.argv[1]):
        pull_after(int(sys.argv[1]))
    sys.exit(main(sys.argv[2:]))
