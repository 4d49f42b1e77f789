"""The command `dengta-till`: 0 done, 1 refused, 2 wrongly asked, 3 not known yet, 4 no line."""

import sys
from collections.abc import Sequence

from dengta_till import config
from dengta_till.cli import commands, show
from dengta_till.cli.parser import parser
from dengta_till.errors import NoAnswer, Refused, TillError, Undecided, Unreachable
from dengta_till.till import Till

EXITS: tuple[tuple[type[TillError], int], ...] = (
    (Refused, 1),
    (Undecided, 3),
    (Unreachable, 4),
    (NoAnswer, 4),
    (TillError, 2),
)


def run() -> None:
    sys.exit(main(sys.argv[1:]))


def main(arguments: Sequence[str]) -> int:
    asked = parser().parse_args(arguments)
    try:
        settings = config.load(asked.config)
        with Till(settings, token=commands.staff_token(settings, asked.staff_no)) as till:
            commands.COMMANDS[asked.command](till, asked)
    except TillError as error:
        show.error(error, as_json=asked.json)
        return next(code for kind, code in EXITS if isinstance(error, kind))
    except KeyboardInterrupt:
        return 130
    return 0
