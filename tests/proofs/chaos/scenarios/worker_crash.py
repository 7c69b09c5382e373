"""A worker is killed during a job: the job starts again within its lease plus five seconds."""

from __future__ import annotations

import os
import random
import signal
import sys
import time
from contextlib import suppress
from pathlib import Path

import psutil

from tests.proofs.chaos.scenarios import scenario
from tests.proofs.chaos.scenarios.scenario import Scenario
from tests.proofs.chaos.system import wait_until

LEASE = float(os.environ.get("LEASE") or 60)  # seconds
GRACE = 5.0
LONG_JOB = 4.0  # seconds per job; less than the timeout of a first attempt
WORKERS = ("worker1", "worker2")
CONCURRENT_JOBS = 4  # jobs: both slots of both workers


def run(on: Scenario) -> None:
    """In rounds: fill all slots, kill each job's pool process or both workers, and wait for the restart."""
    from tests.proofs.chaos.scenarios import outbox_stats
    from tests.proofs.chaos.scenarios.load import LoadGenerator

    dice = random.Random(on.seed)  # noqa: S311
    load = LoadGenerator(on.system, rate=1)
    outbox_stats.wait_until_drained()
    load.log_in()
    took: dict[str, list[float]] = {"a child of the pool": [], "the whole worker": []}
    limit = time.monotonic() + on.seconds
    number = 0
    while number < 2 or time.monotonic() < limit:
        how = list(took)[number % 2]
        number += 1
        killed = _round(on, load, how, dice)
        wait_until(lambda killed=killed: _restarted(on, killed), "they begin again", within=4 * LEASE + 60)
        started = _started(on)
        took[how] += [started[claim][1].at - at for claim, at in killed.items()]
        scenario.wait_for_worker_pools(on.system, WORKERS)
        wait_until(_done, "they are done", within=4 * LEASE + 60)
    for how, seconds in took.items():
        on.report(f"{how} was killed", f"{len(seconds)} times; its job began again after {_format_seconds(seconds)}")
    slowest = max(max(seconds) for seconds in took.values())
    on.goal(f"a job begins again within {LEASE:g} + {GRACE:g} s", reached=slowest <= LEASE + GRACE)


class _StartLine:
    """One start of a long job, as the job recorded it."""

    def __init__(self, line: str) -> None:
        claim, child, worker, at = line.split()
        self.claim, self.child, self.worker, self.at = claim, int(child), int(worker), float(at)


def _round(on: Scenario, load: object, how: str, dice: random.Random) -> dict[str, float]:
    """Fill all slots and kill; the claims, with the time at which each one's worker died."""
    before = set(_started(on))
    claims = {load.file(f"takes long {time.time()} {which}") for which in range(CONCURRENT_JOBS)}  # type: ignore[attr-defined]
    wait_until(lambda: claims <= set(_started(on)) - before, "all hands work", within=LEASE + 60)
    time.sleep(dice.uniform(0, LONG_JOB / 8))
    killed = {}
    for claim in claims:
        begin = _started(on)[claim][0]
        victims = [begin.child] if how.startswith("a child") else _process_tree(begin.worker)
        killed[claim] = time.time()
        for victim in victims:
            with suppress(ProcessLookupError):
                os.kill(victim, signal.SIGKILL)
    on.log(f"{how} was killed, {len(killed)} jobs …")
    return killed


def _process_tree(worker: int) -> list[int]:
    with suppress(psutil.NoSuchProcess):
        return [worker, *(child.pid for child in psutil.Process(worker).children())]
    return []


def _started(on: Scenario) -> dict[str, list[_StartLine]]:
    """Every start of each long job, in order."""
    path, started = Path(on.system.folder) / "begun", {}
    for begin in map(_StartLine, path.read_text().splitlines() if path.exists() else []):
        started.setdefault(begin.claim, []).append(begin)
    return started


def _restarted(on: Scenario, killed: dict[str, float]) -> bool:
    started = _started(on)
    return all(len(started[claim]) > 1 for claim in killed)


def _done() -> bool:
    from tests.proofs.chaos.scenarios import outbox_stats

    return outbox_stats.remaining() == 0


def _format_seconds(seconds: list[float]) -> str:
    return f"{min(seconds):.1f} to {max(seconds):.1f} s"


if __name__ == "__main__":
    sys.exit(
        scenario.main(
            run,
            minutes=2,
            variables={"OUTBOX_LEASE_SECONDS": f"{LEASE:.0f}", "CHAOS_LONG": str(LONG_JOB)},
            faults=["long_jobs"],
        )
    )
