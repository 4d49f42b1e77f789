"""What was measured, part by part: a run puts what it measured in the place of that, and the rest stays."""

from collections.abc import Iterable
from dataclasses import fields

import msgspec

from bench.results import Results
from infra.paths import ROOT

FILE = ROOT / "docs" / "bench.json"


class Kept(msgspec.Struct):
    """`days`: when each part was measured."""

    results: Results = msgspec.field(default_factory=Results)
    days: dict[str, str] = {}


def merged(results: Results, parts: Iterable[str], day: str) -> tuple[Results, dict[str, str]]:
    """What is in the file, with these parts as they were measured now, and the day of each; kept there."""
    kept = msgspec.json.decode(FILE.read_bytes(), type=Kept) if FILE.exists() else Kept()
    for name in (one.name for one in fields(Results)):
        was, new = getattr(kept.results, name), getattr(results, name)
        setattr(kept.results, name, {**was, **new} if isinstance(new, dict) else new or was)
    kept.results.missing = results.missing
    kept.days |= dict.fromkeys(parts, day)
    FILE.write_bytes(msgspec.json.format(msgspec.json.encode(kept), indent=1) + b"\n")
    return kept.results, kept.days
