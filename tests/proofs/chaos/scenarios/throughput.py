"""How many waiting claims per second one, two and four workers reassess, and what limits them.

In the same run they take bare Celery tasks, which do nothing.
"""

from __future__ import annotations

import os
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from statistics import median
from typing import TYPE_CHECKING

import psutil

from tests.proofs.chaos.scenarios import scenario
from tests.proofs.chaos.scenarios.scenario import Scenario
from tests.proofs.chaos.system import SystemUnderTest, wait_until

if TYPE_CHECKING:
    from editorial.models import Source

COUNTS = (1, 2, 4)  # workers
WORKER_SLOTS = 2  # of each
CLAIMS = int(os.environ.get("CLAIMS") or 2000)
ROUNDS = 4  # of claims and of bare tasks, in turn
SHARE = 0.6  # of the rate of bare tasks
_DISPATCHER = "dispatcher1"
_LONGEST = 1200.0  # seconds per round


def run(on: Scenario) -> None:
    """For each number of workers: change a source of all claims, wait until they are reassessed; the same bare."""
    from tests.proofs.chaos.scenarios import outbox_stats

    witness, shares = _file(), {}
    names = ["worker1"]
    on.system.processes.start(scenario.program("worker1", on.system.folder))
    on.system.processes.start(scenario.program(_DISPATCHER, on.system.folder))
    on.log("first assessments, with the tasks and notifications that follow …")
    began = time.monotonic()
    wait_until(lambda: _remaining() == 0, "all is done", within=_LONGEST)
    on.report(
        "first assessments, tasks and notifications", f"{CLAIMS / (time.monotonic() - began):.0f} claims a second"
    )
    ratings = _ratings()
    for workers in COUNTS:
        started = [f"worker{number}" for number in range(len(names) + 1, workers + 1)]
        names += started
        on.system.processes.start(*(scenario.program(name, on.system.folder) for name in started))
        scenario.wait_for_worker_pools(on.system, names)
        time.sleep(3)  # until they listen
        claims, bare = [], []
        with ResourceSampler(on.system, [*names, _DISPATCHER, "postgres", "redis"]) as watch:
            for _ in range(ROUNDS):
                on.log(f"{workers} workers …")
                claims.append(_seconds(lambda: _touch(witness, next(ratings)), _remaining))
                bare.append(_seconds(_publish_bare, _bare_tasks))
        shares[workers] = median(bare) / median(claims)
        on.report(
            f"{workers} × {WORKER_SLOTS} slots",
            f"{CLAIMS / median(claims):.0f} claims a second, {CLAIMS / median(bare):.0f} bare tasks "
            f"({shares[workers]:.2f} times); {watch.report()}",
        )
    on.report("an idle newsroom, from commit to assessment", outbox_stats.format_latencies(_idle_delays(witness)))
    on.goal(f"claims at {SHARE} of the rate of bare tasks {shares}", reached=min(shares.values()) >= SHARE)


@dataclass
class ResourceSampler:
    """CPU time by program, and the wait events of PostgreSQL's sessions."""

    house: SystemUnderTest
    names: Sequence[str]
    cpu: dict[str, float] = field(default_factory=dict)
    waits: Counter[str] = field(default_factory=Counter)

    def __enter__(self) -> ResourceSampler:
        self._began, self._before = time.monotonic(), self._cpu_seconds()
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._sample, daemon=True)
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
        self._thread.join()
        seconds = time.monotonic() - self._began
        for name, spent in self._cpu_seconds().items():
            kind = name.rstrip("0123456789")
            self.cpu[kind] = self.cpu.get(kind, 0.0) + (spent - self._before.get(name, 0.0)) / seconds

    def report(self) -> str:
        """Both, as text."""
        cpu = ", ".join(f"{name} {used:.2f}" for name, used in sorted(self.cpu.items(), key=lambda item: -item[1]))
        total = sum(self.waits.values()) or 1
        waits = ", ".join(f"{name} {100 * times / total:.0f} %" for name, times in self.waits.most_common(4))
        return f"cores used: {cpu} (machine {psutil.cpu_percent():.0f} %); working sessions: {waits or 'none seen'}"

    def _cpu_seconds(self) -> dict[str, float]:
        """CPU seconds by program, including its children and ended processes."""
        spent = {}
        for name in self.names:
            times = [process.cpu_times() for process in self._process_tree(name)]
            spent[name] = sum(t.user + t.system for t in times)
        return spent

    def _process_tree(self, name: str) -> list[psutil.Process]:
        try:
            return self.house.processes[name].process_tree()
        except (KeyError, psutil.NoSuchProcess):
            return []

    def _sample(self) -> None:
        """The wait event of each active session, five times a second."""
        from django.db import connection

        while not self._over.wait(0.2):
            with connection.cursor() as cursor:
                cursor.execute(
                    "SELECT coalesce(wait_event_type || ' ' || wait_event, 'on the processor') FROM pg_stat_activity "
                    "WHERE state = 'active' AND pid <> pg_backend_pid() AND backend_type = 'client backend'"
                )
                self.waits.update(row[0] for row in cursor.fetchall())
        connection.close()


def _file() -> Source:
    """File the claims, each with two statements, of which one is by the source that is returned."""
    from django.utils import timezone

    from editorial import outbox
    from editorial.models import Claim, Desk, MessageKind, Source, Statement, User

    now, mina = timezone.now(), User.objects.get(username="mina")
    desk = Desk.objects.get(slug="politics")
    witnesses = [
        Source(desk=desk, type="person", name=f"witness {number}", registered_by=mina, registered_at=now)
        for number in range(2)
    ]
    claims = [Claim(desk=desk, text=f"claim {number}", filed_by=mina, filed_at=now) for number in range(CLAIMS)]
    said = {"stance": "affirms", "directness": "first_hand", "terms": "on_record"}
    Source.objects.bulk_create(witnesses)
    Claim.objects.bulk_create(claims)
    Statement.objects.bulk_create(
        Statement(claim=claim, source=source, collected_by=mina, recorded_at=now, **said)
        for claim in claims
        for source in witnesses
    )
    outbox.send_each(MessageKind.ASSESS_CLAIM, [claim.pk for claim in claims], now=now)
    return witnesses[0]


def _remaining() -> int:
    """The unfinished jobs that call nobody else: no process for the others runs."""
    from editorial.models import OutboxMessage

    return OutboxMessage.objects.filter(receiver="", state__in=["ready", "sent", "running"]).count()


def _ratings() -> Iterator[str]:
    while True:
        yield from "AB"  # which of the two changes no finding


def _touch(witness: Source, rating: str) -> None:
    """Change what counts for every claim, by one action."""
    from django.utils import timezone

    from editorial.models import User
    from editorial.workflow.evidence import sources

    edith = User.objects.get(username="edith")
    sources.rate(source_id=witness.pk, reliability=rating, reason="Checked.", actor=edith, now=timezone.now())


def _publish_bare() -> None:
    from newsroom import celery_app

    app = celery_app.create()
    for _ in range(CLAIMS):
        app.send_task("bare")


def _bare_tasks() -> int:
    """The bare tasks that wait or run."""
    import redis
    from django.conf import settings

    with redis.Redis.from_url(settings.REDIS_URL) as client:
        return client.llen("newsroom") + client.hlen("unacked")


def _seconds(begin: Callable[[], None], remaining: Callable[[], int]) -> float:
    """How long it takes from the beginning until nothing remains."""
    began = time.monotonic()
    begin()
    while remaining():
        if time.monotonic() - began > _LONGEST:
            raise TimeoutError(f"{remaining()} remain.")
        time.sleep(0.02)
    return time.monotonic() - began


def _idle_delays(witness: Source) -> list[float]:
    """Seconds from the commit of a statement on one claim to its assessment, one at a time."""
    from django.utils import timezone

    from editorial.models import Claim, OutboxMessage, User
    from editorial.workflow.evidence import statements
    from tests.proofs.chaos.scenarios import outbox_stats

    mina = User.objects.get(username="mina")
    said = {"source_id": witness.pk, "stance": "affirms", "directness": "first_hand"}
    began = timezone.now()
    for claim in Claim.objects.order_by("-id")[:40]:
        statements.record(claim_id=claim.pk, actor=mina, now=timezone.now(), **said)
        wait_until(lambda: _remaining() == 0, "it is assessed", within=60)
        time.sleep(0.2)
    return outbox_stats.delays(OutboxMessage.objects.filter(kind="assess_claim", created_at__gt=began))


if __name__ == "__main__":
    sys.exit(scenario.main(run, minutes=5, crew=(), faults=["bare_task"]))
