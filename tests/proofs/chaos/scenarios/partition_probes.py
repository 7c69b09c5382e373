"""How soon a cut link is noticed at either end, one question at a time."""

from __future__ import annotations

import subprocess
import sys
import time
from contextlib import suppress

import httpx

from tests.proofs.chaos import system
from tests.proofs.chaos.scenarios.network import Network
from tests.proofs.chaos.scenarios.scenario import Scenario
from tests.proofs.chaos.system import wait_until

DETECTED_WITHIN = 30.0  # seconds
RECOVERED_WITHIN = 20.0  # seconds after healing
_LOCK_SECONDS = """
import django, time
django.setup()
from django.db import transaction
from editorial.models import Desk
with transaction.atomic():
    Desk.objects.select_for_update().get(slug="politics")
    print("held", flush=True)
    time.sleep(300)
"""


def run(on: Scenario, streets: Network) -> None:
    """Run each probe, with every link healed in between."""
    freed = _lock_of_vanished_holder(streets)
    on.report("a lock whose holder was cut off in mid-transaction is free after", f"{freed:.1f} s")
    on.goal(f"such a lock is free within {DETECTED_WITHIN:g} s", reached=freed <= DETECTED_WITHIN)
    detected, back = _web_without_its_database(on, streets)
    on.report(
        "web cut off from the database", f"says so after {detected:.1f} s, serves again {back:.1f} s after healing"
    )
    on.goal(f"it says so within {DETECTED_WITHIN:g} s", reached=detected <= DETECTED_WITHIN)
    on.goal(f"it serves again within {RECOVERED_WITHIN:g} s", reached=back <= RECOVERED_WITHIN)
    deaf = _workers_without_redis(on, streets)
    on.report("workers and dispatchers cut off from Redis take jobs again", f"{deaf:.1f} s after healing")
    on.goal(f"they do within {RECOVERED_WITHIN:g} s", reached=deaf <= RECOVERED_WITHIN)


def _lock_of_vanished_holder(streets: Network) -> float:
    """Seconds from the cut until another client gets the row lock."""
    from django.db import OperationalError, transaction

    from editorial.models import Desk

    holder = subprocess.Popen(  # noqa: S603
        streets.on("worker1", [sys.executable, "-c", _LOCK_SECONDS]), cwd=system.ROOT, stdout=subprocess.PIPE
    )
    try:
        assert holder.stdout is not None
        assert holder.stdout.readline() == b"held\n"
        streets.cut("worker1", "db")
        began = time.monotonic()
        while time.monotonic() - began < 120:
            with suppress(OperationalError), transaction.atomic():
                Desk.objects.select_for_update(nowait=True).get(slug="politics")
                break
            time.sleep(0.2)
        return time.monotonic() - began
    finally:
        holder.kill()
        holder.wait()
        streets.heal("worker1", "db")


def _web_without_its_database(on: Scenario, streets: Network) -> tuple[float, float]:
    """Seconds until the web service reports that it is unavailable, and seconds after healing until it recovers."""
    assert _status(on) == 200
    streets.cut("web", "db")
    began = time.monotonic()
    try:
        wait_until(lambda: _status(on) == 503, "web says that its database is away", within=120)
        detected = time.monotonic() - began
    finally:
        streets.heal("web", "db")
    began = time.monotonic()
    wait_until(lambda: _status(on) == 200, "web serves again", within=120)
    return detected, time.monotonic() - began


def _workers_without_redis(on: Scenario, streets: Network) -> float:
    """Seconds after healing until a job enqueued during the cut is done."""
    from django.db import transaction
    from django.utils import timezone

    from editorial import outbox
    from editorial.models import Claim, MessageKind, MessageState, OutboxMessage

    for worker in ("worker1", "worker2"):
        streets.cut(worker, "redis")
    try:
        time.sleep(20)
        claim = Claim.objects.earliest("pk")
        with transaction.atomic():
            outbox.send(MessageKind.ASSESS_CLAIM, claim.pk, now=timezone.now())
        time.sleep(5)
    finally:
        for worker in ("worker1", "worker2"):
            streets.heal(worker, "redis")
    began = time.monotonic()
    unfinished = OutboxMessage.objects.filter(reference=str(claim.pk)).exclude(state=MessageState.DONE.value)
    wait_until(lambda: not unfinished.exists(), "the job is done", within=120)
    return time.monotonic() - began


def _status(on: Scenario) -> int:
    try:
        return httpx.get(f"{on.system.address}/health/ready", timeout=60, trust_env=False).status_code
    except httpx.HTTPError:
        return 0
