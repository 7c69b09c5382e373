"""One run: open a newsroom, let people work while fate strikes, let it come to rest, and check what is left."""

from __future__ import annotations

import math
import signal
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime

import psutil

from tests.proofs.chaos.cpu_usage import metered
from tests.proofs.chaos.history import History
from tests.proofs.chaos.system import BEATS, LEASE, QUARANTINE, RELAYS, RING_AGAIN, WORKERS, House, wait_until

_LONGEST_DRAIN = 3 * (LEASE + RING_AGAIN) + 45  # seconds
_MANY = 500  # messages; so many wait their turn in a backlog, fewer may be stuck
_LONGEST_CALL = 30  # seconds in which a worker and a relay that are left alone have to assess a claim


@dataclass(frozen=True, slots=True)
class Plan:
    """What is to be done to whom, for how long."""

    seed: int
    seconds: float
    claims: int
    plant: str = ""
    faults: bool = True


def run(plan: Plan, history: History, house: House, say: Callable[[str], None]) -> None:
    """Work and strike for the plan's time, and on until all is filed; then wait until nothing is left to do."""
    from tests.proofs.chaos import duplicates
    from tests.proofs.chaos.nemesis import Fate
    from tests.proofs.chaos.workload import Shift

    shift = Shift(house, history, seed=plan.seed, claims=plan.claims, seconds=plan.seconds)
    fate = Fate(house, history, plan.seed)
    history.note("before", deeds=[[*deed, times] for deed, times in duplicates.done().items()])
    with metered(house.keeper, history), _phase("at work", history, say):
        shift.begin()
        if plan.faults:
            fate.begin()
        shift.wait_until_filed()
        if plan.faults:
            fate.end()
    with _phase("the last of them finish", history, say):
        shift.end()
    with _phase("coming to rest", history, say):
        at_rest = _drain(say)
    if at_rest:
        with _phase("roll call", history, say):
            for number in (0, 1):
                _call(number, house, shift, history)
            _drain(say)
    house.keeper.end("web", *WORKERS, QUARANTINE, *RELAYS, *BEATS)


def _drain(say: Callable[[str], None]) -> bool:
    """Wait until every message is done or given up, so long as it goes on. Returns whether that came about."""
    fewest, most, limit = math.inf, 0, time.monotonic() + _LONGEST_DRAIN
    while left := _left():
        waiting, ended = left
        # While many wait, by how many are done: a review that is done may leave somebody to be told, one for one.
        if 0 < waiting < fewest or (waiting > _MANY and ended > most):
            fewest, most, limit = min(waiting, fewest), ended, time.monotonic() + _LONGEST_DRAIN
        if time.monotonic() > limit:
            say(f"{waiting} messages are left, and it has not gone on for {_LONGEST_DRAIN} seconds.")
            return False
        time.sleep(0.5)
    return True


def _left() -> tuple[int, int] | None:
    """How many messages wait or are worked on, and how many are done; None once none is left."""
    from django.db import DatabaseError, connection

    from editorial.models import MessageState, OutboxMessage

    done, dead = MessageState.DONE.value, MessageState.DEAD.value
    try:
        waiting = OutboxMessage.objects.exclude(state__in=[done, dead]).count()
        return (waiting, OutboxMessage.objects.filter(state=done).count()) if waiting else None
    except DatabaseError:  # it still recovers from the last crash
        connection.close()
        return 0, 0


def _call(number: int, house: House, shift: object, history: History) -> None:
    """Does this worker still take work when only it and one relay run? Those that consume nothing are found here."""
    from editorial.models import Assessment

    names = WORKERS[number], RELAYS[number]
    others = [name for name in (*WORKERS, QUARANTINE, *RELAYS, *BEATS) if name not in names]
    stopped = [process for name in others for process in house.keeper[name].family()]
    for process in stopped:
        process.send_signal(signal.SIGSTOP)
    try:
        claim = shift.file_one(number)  # type: ignore[attr-defined]
        wait_until(Assessment.objects.filter(claim=claim).exists, "it is assessed", within=_LONGEST_CALL)
        answered = True
    except TimeoutError:
        answered = False
    finally:
        for process in stopped:
            if psutil.pid_exists(process.pid):
                process.send_signal(signal.SIGCONT)
    history.note("roll call", names=" and ".join(names), answered=answered)


@contextmanager
def _phase(name: str, history: History, say: Callable[[str], None]) -> Iterator[None]:
    say(f"{datetime.now(UTC):%H:%M:%S}  {name} …")
    began = time.monotonic()
    yield
    history.note("phase", name=name, seconds=round(time.monotonic() - began, 1))
