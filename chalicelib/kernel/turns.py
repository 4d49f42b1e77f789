"""Work that goes on in turns: whether a part of it is to be taken up, and for how long who took it up holds it."""

from datetime import timedelta
from typing import Literal

# ready: its write in the stream starts a turn · held: somebody has it, or it rests, until it is due · done
Turn = Literal["ready", "held", "done"]
HELD_FOR = timedelta(seconds=180)  # longer than the function that holds it may run
UNHEARD_AFTER = timedelta(minutes=2)  # a stream that has not brought it by then has lost it
