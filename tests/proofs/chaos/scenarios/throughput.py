"""How many jobs a second one, two and four workers do of a backlog of claims to review, and what limits them."""

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
from tests.proofs.chaos.scenarios.scenario import Trial
from tests.proofs.chaos.system import House, wait_until

COUNTS = (1, 2, 4)  # workers
HANDS = 2  # of each
CLAIMS = int(os.environ.get("CLAIMS") or 600)  # a round
_RELAY = "relay1"
_LONGEST = 1200.0  # seconds for one round


def carry_out(on: Trial) -> None:
    """For each number of workers: file the claims, then let the relay ring, and measure until all is done."""
    from tests.proofs.chaos.scenarios import outbox_stats

    desk = _desk()
    rates: dict[int, float] = {}
    for workers in COUNTS:
        on.say(f"filing {CLAIMS} claims …")
        _file(desk, workers)
        names = [f"worker{number}" for number in range(1, workers + 1)]
        on.house.keeper.keep(*(scenario.program(name, on.house.folder) for name in names))
        scenario.wait_for_pools(on.house, names)
        time.sleep(3)  # until they listen
        backlog = outbox_stats.left()
        on.say(f"{workers} workers …")
        with Watch(on.house, [*names, _RELAY, "postgres", "redis"]) as watch:
            on.house.keeper.keep(scenario.program(_RELAY, on.house.folder))
            wait_until(lambda: outbox_stats.left() == 0, "all is done", within=_LONGEST)
        on.house.keeper.end(_RELAY, *names)
        rates[workers] = _rate()
        on.figure(f"{workers} × {HANDS} hands", f"{rates[workers]:.0f} jobs a second, {backlog} waited; {watch.told()}")
    for workers in COUNTS[1:]:
        on.figure(f"{workers} workers against one", f"{rates[workers] / rates[1]:.2f} times")
    on.goal("more workers do not do less", reached=min(rates.values()) >= 0.8 * rates[1])


@dataclass
class Watch:
    """Where time goes while it watches: processors by program, and what PostgreSQL's sessions wait for."""

    house: House
    names: Sequence[str]
    cpu: dict[str, float] = field(default_factory=dict)
    waits: Counter[str] = field(default_factory=Counter)

    def __enter__(self) -> Watch:
        self._began, self._before = time.monotonic(), self._spent()
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._sample, daemon=True)
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
        self._thread.join()
        seconds = time.monotonic() - self._began
        for name, spent in self._spent().items():
            kind = name.rstrip("0123456789")
            self.cpu[kind] = self.cpu.get(kind, 0.0) + (spent - self._before.get(name, 0.0)) / seconds

    def told(self) -> str:
        """Both, for people."""
        cpu = ", ".join(f"{name} {used:.2f}" for name, used in sorted(self.cpu.items(), key=lambda one: -one[1]))
        total = sum(self.waits.values()) or 1
        waits = ", ".join(f"{name} {100 * times / total:.0f} %" for name, times in self.waits.most_common(4))
        return f"cores used: {cpu} (machine {psutil.cpu_percent():.0f} %); working sessions: {waits or 'none seen'}"

    def _spent(self) -> dict[str, float]:
        """Seconds of processor time by program, its children and those that have ended included."""
        spent = {}
        for name in self.names:
            times = [one.cpu_times() for one in self._family(name)]
            spent[name] = sum(t.user + t.system for t in times)
        return spent

    def _family(self, name: str) -> list[psutil.Process]:
        try:
            return self.house.keeper[name].family()
        except (KeyError, psutil.NoSuchProcess):
            return []

    def _sample(self) -> None:
        """What each session that works at a statement waits for, five times a second; it waits for nobody mostly."""
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
    """Jobs a second of the last round, between its first and its last end."""
    from django.db.models import Count, Max, Min

    from editorial.models import OutboxMessage

    last = OutboxMessage.objects.aggregate(Max("done_at"))["done_at__max"]
    gap = OutboxMessage.objects.filter(kind="review_claim").order_by("-created_at")[CLAIMS - 1].created_at
    done = OutboxMessage.objects.filter(done_at__gte=gap, done_at__lte=last)
    found = done.aggregate(first=Min("done_at"), jobs=Count("pk"))
    return found["jobs"] / max((last - found["first"]) / timedelta(seconds=1), 0.1)


if __name__ == "__main__":
    sys.exit(scenario.main(carry_out, minutes=5, crew=()))
