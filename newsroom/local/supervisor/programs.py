"""What a supervised program is."""

import signal
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field


def _nothing() -> None:
    return None


@dataclass(frozen=True)
class Program:
    """A program that is kept running until the supervisor stops it."""

    name: str
    """What people call it; shown before each of its log lines."""
    command: Sequence[str]
    environment: Mapping[str, str] = field(default_factory=dict)
    """Variables on top of the supervisor's own."""
    stop_signal: signal.Signals = signal.SIGTERM
    """Asks it to finish what it does and end."""
    stop_timeout: float = 10
    """Seconds that it may take to end before it is killed."""
    before_start: Callable[[], None] = _nothing
    """Run before every start, the restart after a crash included."""
    is_noise: Callable[[str], bool] = lambda line: False
    """Log lines that nobody needs to read while all is well: they go to the log file only."""
    is_ready: Callable[[], bool] = lambda: True
    """Whether it has begun to do its work. Asked of a successor, before the one that it follows ends."""
    sockets: Sequence[int] = ()
    """Open sockets of the supervisor's that it inherits, by number."""
    allows_overlap: bool = True
    """Whether its successor may begin while it still works; if not, it ends first."""
