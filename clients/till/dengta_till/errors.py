"""What may go wrong at a till; the kind says what the till may do next."""

from collections.abc import Mapping, Sequence
from typing import Any

from dengta_till.texts import say


class TillError(Exception):
    """`code` never changes; the text is for people, in the language of the environment."""

    code = "till_error"

    def __init__(self, **values: Any) -> None:  # noqa: ANN401 - what the text is filled with
        super().__init__(self.code)
        self.values = values

    def __str__(self) -> str:
        return say(self.code, **self.values)


class ConfigError(TillError):
    """The configuration cannot be read, or a value in it is wrong."""

    code = "config"


class JournalError(TillError):
    """The journal or the device's key cannot be used as they are; nothing was sent."""

    code = "journal"


class BadOrder(TillError):
    """The order cannot be right as it stands; nothing was kept and nothing was sent."""

    code = "bad_order"


class NameUsed(TillError):
    """The name was used here with another order; nothing was sent."""

    code = "name_used"


class BadCard(TillError):
    """The off-line card is not good; `reason` is one of malformed, unknown_key, bad_signature, expired, not_yet."""

    code = "bad_card"

    def __init__(self, reason: str) -> None:
        super().__init__(why=say(f"card_{reason}"))
        self.reason = reason


class Refused(TillError):
    """Dengta said no. `problem` is its problem document; decide by its `code`, held in `reason`.

    `doubt`: an earlier try of the same call had no answer and may have had its effect.
    """

    code = "refused"

    def __init__(self, status: int, problem: Mapping[str, Any]) -> None:
        self.status = status
        self.doubt = False
        self.problem = problem
        self.reason = str(problem.get("code", "refused"))
        self.hint = str(problem.get("hint") or problem.get("detail") or "")
        self.errors: Sequence[Any] = problem.get("errors") or ()
        super().__init__(
            title=problem.get("title") or self.reason, code=self.reason, hint=self._hint()
        )

    def _hint(self) -> str:
        wrong = "; ".join(
            f"{each.get('pointer')}: {each.get('detail')}"
            for each in self.errors
            if isinstance(each, dict)
        )
        return f"{self.hint} {wrong}".strip()


class NoAnswer(TillError):
    """No answer of Dengta's came. `sent` says whether a try may have had its effect."""

    code = "unreachable"

    def __init__(self, *, sent: bool, last: str) -> None:
        super().__init__(why=last)
        self.sent = sent
        self.last = last


class Unreachable(TillError):
    """No line, nothing went out, nothing is kept; `reason` is why it could not go on off line."""

    code = "unreachable"

    def __init__(self, reason: str, **values: object) -> None:
        super().__init__(why=say(f"why_{reason}", **values), reason=reason)
        self.reason = reason


class Undecided(TillError):
    """The call may have had its effect. It stays in the journal and is asked again by `replay`, under `name`."""

    code = "undecided"

    def __init__(self, name: str, reason: str, **values: object) -> None:
        super().__init__(name=name, why=say(f"why_{reason}", **values), reason=reason)
        self.name = name
        self.reason = reason
