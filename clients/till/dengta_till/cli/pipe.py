"""For a store's program in any language: JSON commands in, one a line; JSON answers out, one a line, in order."""

import json
from collections.abc import Callable, Mapping
from typing import IO, Any

from dengta_till.errors import BadOrder, TillError
from dengta_till.till import Till
from dengta_till.values import Line, Payment, plain

Said = Mapping[str, Any]


def answer_all(till: Till, commands: IO[str], answers: IO[str]) -> None:
    """An answer is written only when what it says is on disk."""
    for line in commands:
        answers.write(json.dumps(answer(till, line), ensure_ascii=False, default=str) + "\n")
        answers.flush()


def answer(till: Till, line: str) -> dict[str, Any]:
    """`{"ok": true, …}`, or `{"ok": false, "error": …}` with what the till needs to go on."""
    try:
        said = json.loads(line)
        done = _DOES[said.pop("do")](till, said)
    except TillError as error:
        return problem(error)
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        return problem(BadOrder(why=f"{type(error).__name__}: {error}"))
    return {"ok": True, **done}


def problem(error: TillError) -> dict[str, Any]:
    known = {name: getattr(error, name, None) for name in ("reason", "name", "hint", "status")}
    given = {name: value for name, value in known.items() if value}
    return {"ok": False, "error": error.code, **given, "text": str(error)}


def _spend(till: Till, said: Said) -> dict[str, Any]:
    given = dict(said)
    given["payments"] = [Payment(**each) for each in given["payments"]]
    given["lines"] = [Line(**each) for each in given.get("lines", ())]
    return plain(till.spend(**given))


def _order(till: Till, said: Said) -> dict[str, Any]:
    sale = till.order(said["name"])
    return {"known": sale is not None, **(plain(sale) if sale else {})}


def _abandon(till: Till, said: Said) -> dict[str, Any]:
    sale = till.abandon(said["name"], said["reason"])
    return {"known": sale is not None}


_DOES: Mapping[str, Callable[[Till, Said], dict[str, Any]]] = {
    "lookup": lambda till, said: plain(till.lookup(**said)),
    "card": lambda till, said: plain(till.card(said["card"])),
    "spend": _spend,
    "refund": lambda till, said: plain(till.refund(**said)),
    "top_up": lambda till, said: plain(till.top_up(**said)),
    "order": _order,
    "abandon": _abandon,
    "replay": lambda till, said: plain(till.replay(held=bool(said.get("held")))),
    "status": lambda till, _said: plain(till.status()),
    "verify": lambda till, _said: {"count": till.verify()},
}
