"""The chain's message rules."""

from functools import cache

from chalicelib.adapters.tables.rulebook import RulesRow, read_rules, save_rules
from chalicelib.kernel.remembered import Remembered
from chalicelib.kernel.stamp import Stamp
from chalicelib.messages.model.rules import MessageRules


class MessageRulesRow(RulesRow):
    table = "messages"


def rules(*, consistent: bool = False) -> tuple[MessageRules, int]:
    """With their version; those of a chain that has set none, and 0."""
    return read_rules(MessageRulesRow, MessageRules, consistent=consistent)


def of_the_minute() -> MessageRules:
    """As they were a minute ago at the most: a message does not read them each time."""
    return _remembered().get("rules", lambda: rules()[0])


def forget() -> None:
    """For who changed the rules in this container, and for tests."""
    _remembered.cache_clear()


@cache
def _remembered() -> Remembered:
    return Remembered()


def save(rules_now: MessageRules, known: int | None, by: Stamp) -> int:
    """The version that they are now. Raises Gone where another than `known` (None: any) holds, or came meanwhile."""
    return save_rules(MessageRulesRow, rules_now, known, by)
