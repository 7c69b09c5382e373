"""How many jobs per second one, two and four workers take from a backlog of claims to assess, and what limits them."""

from __future__ import annotations

import os
import sys
import threading
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import timedelta

import psutil

from tests.proofs.chaos.scenarios import scenario
from tests.proofs.chaos.scenarios.scenario import Scenario
from tests.proofs.chaos.system import SystemUnderTest, wait_until

COUNTS = (1, 2, 4)  # workers
WORKER_SLOTS = 2  # of each
CLAIMS = int(os.environ.get("CLAIMS") or 600)  # per round
_DISPATCHER = "dispatcher1"
_LONGEST = 1200.0  # seconds per round


def run(on: Scenario) -> None:
    """For each number of workers: file the claims, start the dispatcher, and measure until all jobs are done."""
    from tests.proofs.chaos.scenarios import outbox_stats

    desk = _desk()
    rates: dict[int, float] = {}
    for workers in COUNTS:
        on.log(f"filing {CLAIMS} claims …")
        _file(desk, workers)
        names = [f"worker{number}" for number in range(1, workers + 1)]
        on.system.processes.start(*(scenario.program(name, on.system.folder) for name in names))
        scenario.wait_for_worker_pools(on.system, names)
        time.sleep(3)  # until they listen
        backlog = outbox_stats.remaining()
        on.log(f"{workers} workers …")
        with ResourceSampler(on.system, [*names, _DISPATCHER, "postgres", "redis"]) as watch:
            on.system.processes.start(scenario.program(_DISPATCHER, on.system.folder))
            wait_until(lambda: outbox_stats.remaining() == 0, "all is done", within=_LONGEST)
        on.system.processes.stop(_DISPATCHER, *names)
        rates[workers] = _rate()
        on.report(
            f"{workers} × {WORKER_SLOTS} hands",
            f"{rates[workers]:.0f} jobs a second, {backlog} waited; {watch.report()}",
        )
    for workers in COUNTS[1:]:
        on.report(f"{workers} workers against one", f"{rates[workers] / rates[1]:.2f} times")
    on.goal("more workers do not do less", reached=min(rates.values()) >= 0.8 * rates[1])


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


def _desk() -> object:
    from editorial.models import Desk

    return Desk.objects.get(slug="politics")


def _file(desk: object, round_: int) -> None:
    from django.utils import timezone

    from editorial.models import User
    from editorial.workflow.evidence import claims

    mina = User.objects.get(username="mina")
    for number in range(CLAIMS):
        claims.file(desk_id=desk.pk, text=f"claim {round_}-{number}", actor=mina, now=timezone.now())  # type: ignore[attr-defined]


def _rate() -> float:
    """Jobs per second of the last round, between its first and its last end."""
    from django.db.models import Count, Max, Min

    from editorial.models import OutboxMessage

    last = OutboxMessage.objects.aggregate(Max("done_at"))["done_at__max"]
    gap = OutboxMessage.objects.filter(kind="assess_claim").order_by("-created_at")[CLAIMS - 1].created_at
    jobs = OutboxMessage.objects.filter(done_at__gte=gap, done_at__lte=last)
    totals = jobs.aggregate(first=Min("done_at"), jobs=Count("pk"))
    return totals["jobs"] / max((last - totals["first"]) / timedelta(seconds=1), 0.1)


if __name__ == "__main__":
    sys.exit(scenario.main(run, minutes=5, crew=()))
