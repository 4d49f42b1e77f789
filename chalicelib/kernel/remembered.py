"""What was read lately, for a minute: what each call needs is not read by each."""

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, TypeVar

_LIVES_S = 60
_MOST = 1000
T = TypeVar("T")


@dataclass
class Remembered:
    """One container's memory, bounded; what another one changes is seen here within the minute."""

    seconds: Callable[[], float] = time.monotonic
    _kept: dict[str, tuple[float, Any]] = field(default_factory=dict)

    def get(self, name: str, read: Callable[[], T]) -> T:
        kept = self._kept.get(name)
        if kept and kept[0] > self.seconds():
            found: T = kept[1]
            return found
        return self.renew(name, read)

    def renew(self, name: str, read: Callable[[], T]) -> T:
        if len(self._kept) >= _MOST:
            self._kept.clear()
        value = read()
        if value is not None:  # what is not there may be made in the next second
            self._kept[name] = (self.seconds() + _LIVES_S, value)
        return value
