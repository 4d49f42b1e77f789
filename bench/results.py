"""What was measured."""

from dataclasses import dataclass, field

from bench.books import Proved
from bench.cold import Start
from bench.fanout import Told
from bench.growth import Grown
from bench.packages import Size
from bench.replay import Replayed
from bench.warm import Measured


@dataclass
class Results:
    """What was measured; what was not asked for stays empty."""

    warm: dict[str, dict[str, Measured]] = field(default_factory=dict)
    titles: dict[str, str] = field(default_factory=dict)
    growth: dict[str, Grown] = field(default_factory=dict)
    replay: dict[str, Replayed] = field(default_factory=dict)
    books: Proved | None = None
    fanout: Told | None = None
    cold: dict[str, Start] = field(default_factory=dict)
    packages: dict[str, Size] = field(default_factory=dict)
    missing: list[str] = field(default_factory=list)
