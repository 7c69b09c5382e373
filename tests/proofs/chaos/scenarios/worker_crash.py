"""A worker is killed in the middle of its job: the job begins again within its lease and five seconds more."""

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
from tests.proofs.chaos.scenarios.scenario import Trial
from tests.proofs.chaos.system import wait_until

LEASE = float(os.environ.get("LEASE") or 60)  # seconds
GRACE = 5.0
LONG = 4.0  # seconds that a job takes; less than a first attempt may
WORKERS = ("worker1", "worker2")
AT_ONCE = 4  # jobs: both hands of both workers


def carry_out(on: Trial) -> None:
    """Round by round: fill all hands, kill each job's child or both workers whole, and wait for the second begin."""
    from tests.proofs.chaos.scenarios import outbox_stats
    from tests.proofs.chaos.scenarios.load import Load

    dice = random.Random(on.seed)  # noqa: S311
    load = Load(on.house, pace=1)
    outbox_stats.settle()
    load.log_in()
    took: dict[str, list[float]] = {"a child of the pool": [], "the whole worker": []}
    limit = time.monotonic() + on.seconds
    number = 0
    while number < 2 or time.monotonic() < limit:
        how = list(took)[number % 2]
        number += 1
        killed = _round(on, load, how, dice)
        wait_until(lambda killed=killed: _begun_again(on, killed), "they begin again", within=4 * LEASE + 60)
        begun = _begun(on)
        took[how] += [begun[claim][1].at - at for claim, at in killed.items()]
        scenario.wait_for_pools(on.house, WORKERS)
        wait_until(_done, "they are done", within=4 * LEASE + 60)
    for how, seconds in took.items():
        on.figure(f"{how} was killed", f"{len(seconds)} times; its job began again after {_told(seconds)}")
    slowest = max(max(seconds) for seconds in took.values())
    on.goal(f"a job begins again within {LEASE:g} + {GRACE:g} s", reached=slowest <= LEASE + GRACE)


class _Begin:
    """One begin of a long job, as the job noted it."""

    def __init__(self, line: str) -> None:
        claim, child, worker, at = line.split()
        self.claim, self.child, self.worker, self.at = claim, int(child), int(worker), float(at)


def _round(on: Trial, load: object, how: str, dice: random.Random) -> dict[str, float]:
    """Fill all hands and kill; the claims, with the time at which each one's worker died."""
    before = set(_begun(on))
    claims = {load.file(f"takes long {time.time()} {which}") for which in range(AT_ONCE)}  # type: ignore[attr-defined]
    wait_until(lambda: claims <= set(_begun(on)) - before, "all hands work", within=LEASE + 60)
    time.sleep(dice.uniform(0, LONG / 8))
    killed = {}
    for claim in claims:
        begin = _begun(on)[claim][0]
        victims = [begin.child] if how.startswith("a child") else _family(begin.worker)
        killed[claim] = time.time()
        for victim in victims:
            with suppress(ProcessLookupError):
                os.kill(victim, signal.SIGKILL)
    on.say(f"{how} was killed, {len(killed)} jobs …")
    return killed


def _family(worker: int) -> list[int]:
    with suppress(psutil.NoSuchProcess):
        return [worker, *(child.pid for child in psutil.Process(worker).children())]
    return []


def _begun(on: Trial) -> dict[str, list[_Begin]]:
    """Every begin of each long job, in order."""
    path, begun = Path(on.house.folder) / "begun", {}
    for begin in map(_Begin, path.read_text().splitlines() if path.exists() else []):
        begun.setdefault(begin.claim, []).append(begin)
    return begun


def _begun_again(on: Trial, killed: dict[str, float]) -> bool:
    begun = _begun(on)
    return all(len(begun[claim]) > 1 for claim in killed)


def _done() -> bool:
    from tests.proofs.chaos.scenarios import outbox_stats

    return outbox_stats.left() == 0


def _told(seconds: list[float]) -> str:
    return f"{min(seconds):.1f} to {max(seconds):.1f} s"


if __name__ == "__main__":
    sys.exit(
        scenario.main(
            carry_out,
            minutes=2,
            variables={"OUTBOX_LEASE_SECONDS": f"{LEASE:.0f}", "CHAOS_LONG": str(LONG)},
            plants=["long_jobs"],
        )
    )
