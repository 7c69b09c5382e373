"""One run: start a newsroom, work while faults are injected, wait until all work is done, and check the result."""

from __future__ import annotations

import math
import signal
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime

import psutil

from tests.proofs.chaos.cpu_usage import cpu_time_recorded
from tests.proofs.chaos.history import History
from tests.proofs.chaos.system import (
    BEATS,
    DISPATCHERS,
    EXTERNAL,
    LEASE,
    QUARANTINE,
    REDISPATCH_AFTER,
    WORKERS,
    SystemUnderTest,
    wait_until,
)

_DRAIN_TIMEOUT = 3 * (LEASE + REDISPATCH_AFTER) + 45  # seconds
_BACKLOG = 500  # messages; a backlog has this many, fewer may be stuck
_PROBE_TIMEOUT = 30  # seconds in which one worker and one dispatcher alone have to assess a claim


@dataclass(frozen=True, slots=True)
class RunPlan:
    """The options of a run."""

    seed: int
    seconds: float
    claims: int
    fault: str = ""
    faults: bool = True


def run(plan: RunPlan, history: History, system: SystemUnderTest, log: Callable[[str], None]) -> None:
    """Work and inject faults for the plan's time, until all claims are filed; then wait for all jobs."""
    from tests.proofs.chaos import duplicates
    from tests.proofs.chaos.nemesis import Nemesis
    from tests.proofs.chaos.workload import Workload

    workload = Workload(system, history, seed=plan.seed, claims=plan.claims, seconds=plan.seconds)
    nemesis = Nemesis(system, history, plan.seed)
    history.record("before", deeds=[[*counted, times] for counted, times in duplicates.action_counts().items()])
    with cpu_time_recorded(system.processes, history), _phase("at work", history, log):
        workload.start()
        if plan.faults:
            nemesis.start()
        workload.wait_until_filed()
        if plan.faults:
            nemesis.stop()
    with _phase("the last of them finish", history, log):
        workload.stop()
    with _phase("coming to rest", history, log):
        at_rest = _drain(log)
    if at_rest:
        with _phase("roll call", history, log):
            for number in (0, 1):
                _probe_worker(number, system, workload, history)
            _drain(log)
    system.processes.stop("web", *WORKERS, QUARANTINE, *EXTERNAL, *DISPATCHERS, *BEATS)


def _drain(log: Callable[[str], None]) -> bool:
    """Wait until every message is done or dead, while there is progress. Returns whether all are."""
    fewest, most, limit = math.inf, 0, time.monotonic() + _DRAIN_TIMEOUT
    while remaining := _remaining():
        waiting, ended = remaining
        # During a backlog, progress is the number of done jobs: each may enqueue another.
        if 0 < waiting < fewest or (waiting > _BACKLOG and ended > most):
            fewest, most, limit = min(waiting, fewest), ended, time.monotonic() + _DRAIN_TIMEOUT
        if time.monotonic() > limit:
            log(f"{waiting} messages are left, and it has not gone on for {_DRAIN_TIMEOUT} seconds.")
            return False
        time.sleep(0.5)
    return True


def _remaining() -> tuple[int, int] | None:
    """How many messages are unfinished, and how many are done; None once none is left."""
    from django.db import DatabaseError, connection

    from editorial.models import MessageState, OutboxMessage
    from tests.proofs.chaos.stuck import unfinished_messages

    try:
        waiting = unfinished_messages().count()
        done = OutboxMessage.objects.filter(state=MessageState.DONE.value)
        return (waiting, done.count()) if waiting else None
    except DatabaseError:  # it still recovers from the last crash
        connection.close()
        return 0, 0


def _probe_worker(number: int, system: SystemUnderTest, workload: object, history: History) -> None:
    """Whether this worker still runs jobs with one dispatcher and no other worker."""
    from editorial.models import Assessment

    names = WORKERS[number], DISPATCHERS[number]
    others = [name for name in (*WORKERS, QUARANTINE, *EXTERNAL, *DISPATCHERS, *BEATS) if name not in names]
    stopped = [process for name in others for process in system.processes[name].process_tree()]
    for process in stopped:
        process.send_signal(signal.SIGSTOP)
    try:
        claim = workload.file_one(number)  # type: ignore[attr-defined]
        wait_until(Assessment.objects.filter(claim=claim).exists, "it is assessed", within=_PROBE_TIMEOUT)
        answered = True
    except TimeoutError:
        answered = False
    finally:
        for process in stopped:
            if psutil.pid_exists(process.pid):
                process.send_signal(signal.SIGCONT)
    history.record("roll call", names=" and ".join(names), answered=answered)


@contextmanager
def _phase(name: str, history: History, log: Callable[[str], None]) -> Iterator[None]:
    log(f"{datetime.now(UTC):%H:%M:%S}  {name} …")
    began = time.monotonic()
    yield
    history.record("phase", name=name, seconds=round(time.monotonic() - began, 1))
