"""What `dengta` does on an operator's laptop: each command by its name.

dengta status --bucket NAME show
"""

import sys
from collections.abc import Callable, Mapping, Sequence

from infra import status

COMMANDS: Mapping[str, Callable[[Sequence[str]], int]] = {"status": status.main}


def main(arguments: Sequence[str]) -> int:
    """As the command says; 2 where there is none of that name."""
    name, *rest = arguments or [""]
    if name not in COMMANDS:
        print(f"dengta {{{','.join(COMMANDS)}}} …  (--help says more of each)", file=sys.stderr)
        return 2
    return COMMANDS[name](rest)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
