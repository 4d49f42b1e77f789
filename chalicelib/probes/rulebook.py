"""The chain's probe rules."""

from chalicelib.adapters.tables.rulebook import RulesRow, read_rules, save_rules
from chalicelib.kernel.stamp import Stamp
from chalicelib.probes.model.rules import ProbeRules


class ProbeRulesRow(RulesRow):
    table = "probes"


def rules() -> tuple[ProbeRules, int]:
    """With their version; those of a chain that has set none, and 0."""
    return read_rules(ProbeRulesRow, ProbeRules, consistent=True)


def save(rules_now: ProbeRules, known: int | None, by: Stamp) -> int:
    """The version that they are now. Raises Gone where another than `known` (None: any) holds, or came meanwhile."""
    return save_rules(ProbeRulesRow, rules_now, known, by)
