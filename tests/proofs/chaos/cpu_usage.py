"""CPU seconds of each process, sampled once a second, because processes end between two samples."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager, suppress

import psutil

from tests.proofs.chaos.history import History
from tests.proofs.chaos.process_manager import ProcessManager

_INTERVAL = 1.0  # seconds


@contextmanager
def cpu_time_recorded(processes: ProcessManager, history: History) -> Iterator[None]:
    """Record at the end of the block the CPU time of each program and of the load generator."""
    ended = threading.Event()
    spent: dict[tuple[str, int], float] = {}

    def look() -> None:
        for name, process in _processes(processes):
            with suppress(psutil.Error):
                used = process.cpu_times()
                spent[name, process.pid] = used.user + used.system

    def look_on() -> None:
        while not ended.wait(_INTERVAL):
            look()

    look()
    before = dict(spent)
    thread = threading.Thread(target=look_on, daemon=True)
    thread.start()
    try:
        yield
    finally:
        ended.set()
        thread.join()
        look()
        cost: Counter[str] = Counter()
        for (name, pid), seconds in spent.items():
            cost[name.rstrip("12")] += seconds - before.get((name, pid), 0.0)  # type: ignore[assignment]
        history.record("cost", seconds={name: round(seconds, 1) for name, seconds in cost.most_common()})


def _processes(processes: ProcessManager) -> Iterator[tuple[str, psutil.Process]]:
    for name in processes.names:
        yield from ((name, process) for process in processes[name].process_tree())
    yield "callers", psutil.Process()
