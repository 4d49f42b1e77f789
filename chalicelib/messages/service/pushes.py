"""What providers pushed: read as the stream brings it, and read again where nothing came of that."""

from collections.abc import Callable
from dataclasses import dataclass

from chalicelib.adapters import log
from chalicelib.adapters.tables import Image
from chalicelib.kernel.clock import Clock
from chalicelib.messages import raw
from chalicelib.messages.raw import Pushed

_PAGE = 25
_log = log.logger("pushes")


@dataclass(frozen=True)
class Pushes:
    """`take` must bear to see a push again. Who pushed has our answer and does not come back with it."""

    take: Callable[[Pushed], None]
    clock: Clock

    def take_in(self, image: Image) -> None:
        """One that breaks something holds nothing up behind it: it is read again later."""
        self._read(image)

    def take_up_due(self, has_time: Callable[[], bool]) -> None:
        """Bounded, and to be called again."""
        for image in raw.due(self.clock(), _PAGE):
            if not has_time():
                return
            if not self._read(image) and not raw.put_off(image, self.clock()):
                _log.error("push given up", extra={"place": image["pk"]["S"]})

    def _read(self, image: Image) -> bool:
        try:
            self.take(raw.pushed_of(image))
            raw.done(image)
        except Exception:  # noqa: BLE001 - whatever it is, it is read again later
            _log.exception("push not read", extra={"place": image["pk"]["S"]})
            return False
        return True
