"""Jobs that kill, block or exhaust their worker: five attempts at most, and other jobs are hardly affected."""

from __future__ import annotations

import itertools
import os
import random
import sys
import time
from contextlib import suppress
from datetime import UTC, datetime

from tests.proofs.chaos.scenarios import scenario
from tests.proofs.chaos.scenarios.scenario import Scenario
from tests.proofs.chaos.system import wait_until

POISONS = ("kills", "hangs", "stays", "eats")
CLAIMS_PER_SECOND = 0.5  # other jobs: claims per second, each with a statement
WINDOW = 60.0  # seconds without poison; with it, until the last poison job is dead
SPREAD = 30.0  # seconds in which each poison is filed once
WORKER_SLOTS = os.environ.get("WORKER_CONCURRENCY") or "4"  # of the one worker
LEASE = 10  # seconds: short, so that every poison uses up its attempts in the run
MOST_ATTEMPTS = 5
MAX_LATENCY = 1.10  # times the p95 of other jobs without poison
LONGEST_DEATH = 600.0  # seconds
LONGEST_ORPHANED = 60.0


def run(on: Scenario) -> None:
    """Run windows with the same load, then wait for the last poison job to die."""
    from tests.proofs.chaos.scenarios import outbox_stats
    from tests.proofs.chaos.scenarios.load import LoadGenerator

    dice = random.Random(on.seed)  # noqa: S311
    load = LoadGenerator(on.system, rate=CLAIMS_PER_SECOND)
    outbox_stats.wait_until_drained()
    load.log_in()
    load.start()
    time.sleep(10)  # until every process has run a job
    before = _mains(on)
    windows: dict[bool, list[tuple[datetime, datetime]]] = {False: [], True: []}
    poisoned: list[str] = []
    ended = time.monotonic() + on.seconds
    for poison in itertools.cycle((False, True)):
        if time.monotonic() > ended and not poison:
            break
        on.log("with poison …" if poison else "without …")
        began = datetime.now(UTC)
        if poison:
            claims = _file_poisoned_claims(load, dice)
            wait_until(lambda claims=claims: _alive(claims) == 0, "all poison is dead", within=LONGEST_DEATH)
            poisoned += claims
        else:
            time.sleep(WINDOW)
        windows[poison].append((began, datetime.now(UTC)))
    load.stop()

    on.report("hands of the worker", WORKER_SLOTS)
    without, with_poison = (outbox_stats.delays(_neighbours(windows[poison], poisoned)) for poison in (False, True))
    on.report("the slowest neighbours with poison", outbox_stats.slowest(_neighbours(windows[True], poisoned)))
    ratio = outbox_stats.percentile(with_poison, 95) / outbox_stats.percentile(without, 95)
    on.report("neighbours' delay without poison", outbox_stats.format_latencies(without))
    on.report(
        "neighbours' delay with poison", f"{outbox_stats.format_latencies(with_poison)}; p95 is {ratio:.2f} times"
    )
    _report_deaths(on, poisoned)
    on.goal("no worker died as a whole", reached=_mains(on) == before)
    on.goal(f"neighbours' p95 is at most {MAX_LATENCY:g} times", reached=ratio <= MAX_LATENCY)


def _file_poisoned_claims(load: object, dice: random.Random) -> list[str]:
    """One claim of each poison, in random order at random times."""
    began, claims = time.monotonic(), []
    for at, poison in sorted((dice.uniform(0, SPREAD), poison) for poison in POISONS):
        time.sleep(max(0.0, began + at - time.monotonic()))
        claims.append(load.file(f"{poison} for any reviewer {time.time()}"))  # type: ignore[attr-defined]
    return claims


def _mains(on: Scenario) -> list[int]:
    """The main processes of worker and quarantine: a job may kill its pool process, never them."""
    return [main.pid for name in ("worker1", "quarantine") for main in on.system.processes[name].process_tree()[:1]]


def _alive(poisoned: list[str]) -> int:
    from editorial.models import MessageKind, MessageState, OutboxMessage

    reviews = OutboxMessage.objects.filter(reference__in=poisoned, kind=MessageKind.ASSESS_CLAIM.value)
    return reviews.exclude(state=MessageState.DEAD.value).count()


def _neighbours(windows: list[tuple[datetime, datetime]], poisoned: list[str]) -> object:
    from django.db.models import Q

    from editorial.models import OutboxMessage

    during = Q()
    for began, ended in windows:
        during |= Q(created_at__gte=began, created_at__lt=ended)
    return OutboxMessage.objects.filter(during).exclude(reference__in=poisoned)


def _report_deaths(on: Scenario, poisoned: list[str]) -> None:
    from editorial.models import Claim, MessageKind, MessageState, OutboxMessage

    reviews = OutboxMessage.objects.filter(reference__in=poisoned, kind=MessageKind.ASSESS_CLAIM.value)
    texts = {str(claim.pk): claim.text.split()[0] for claim in Claim.objects.filter(pk__in=poisoned)}
    for poison in POISONS:
        ends = [message for message in reviews if texts[message.reference] == poison]
        attempts = sorted({message.attempts for message in ends})
        errors = sorted({message.error for message in ends})
        on.report(f"a job that {poison}", f"{len(ends)} times; attempts {attempts}; told as {', '.join(errors)}")
    dead = reviews.filter(state=MessageState.DEAD.value, attempts__lte=MOST_ATTEMPTS).count()
    on.goal(f"all {len(poisoned)} are dead letters after {MOST_ATTEMPTS} attempts", reached=dead == len(poisoned))
    ownerless = reviews.filter(owner=None)
    with suppress(TimeoutError):
        wait_until(lambda: not ownerless.exists(), "each has an owner", within=LONGEST_ORPHANED)
    on.goal("each dead letter has an owner", reached=not ownerless.exists())
    others = OutboxMessage.objects.filter(state=MessageState.DEAD.value).exclude(reference__in=poisoned).count()
    on.goal("no neighbour died", reached=others == 0)


if __name__ == "__main__":
    sys.exit(
        scenario.main(
            run,
            minutes=4.5,
            crew=("web", "worker1", "quarantine", "external1", "dispatcher1", "dispatcher2", "beat1"),
            variables={"OUTBOX_LEASE_SECONDS": str(LEASE), "WORKER_CONCURRENCY": WORKER_SLOTS},
            faults=["poisoned"],
        )
    )
