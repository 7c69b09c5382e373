"""Definition of a supervised program."""

import signal
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Program:
    """A program that the supervisor keeps running."""

    name: str
    """Its name, shown before each of its log lines."""
    command: Sequence[str]
    environment: Mapping[str, str] = field(default_factory=dict)
    """Environment variables added to the supervisor's own."""
    stop_signal: signal.Signals = signal.SIGTERM
    """Signal for a graceful shutdown."""
    stop_timeout: float = 10
    """Seconds until a stopping program is killed."""
    before_start: Callable[[], None] = lambda: None
    """Called before every start, including restarts after a crash."""
    is_noise: Callable[[str], bool] = lambda line: False
    """Routine log lines, which go to the log file only."""
    is_ready: Callable[[], bool] = lambda: True
    """Whether it is ready. Checked on a successor before the old process ends."""
    sockets: Sequence[int] = ()
    """Open sockets of the supervisor that it inherits, by number."""
    allows_overlap: bool = True
    """Whether its successor may start while it still runs; if not, it ends first."""
