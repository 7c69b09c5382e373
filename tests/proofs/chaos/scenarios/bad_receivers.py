"""Receivers that hang, drip, flood, refuse and fail, and a mail server that hangs: assessments take no longer."""

from __future__ import annotations

import itertools
import os
import sys
import time
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from tests.proofs.chaos.bad_receivers import BadReceiver, bad_receivers
from tests.proofs.chaos.scenarios import scenario
from tests.proofs.chaos.scenarios.scenario import Scenario
from tests.proofs.chaos.system import wait_until
from tests.support.receivers import MailServer, serve_in_background

if TYPE_CHECKING:
    from editorial.models import MessageKind

CLAIMS_PER_SECOND = float(os.environ.get("RATE") or 1)  # each with a statement
WINDOW = 15.0  # seconds with receivers that behave, then with receivers that do not
MAX_SLOWDOWN = 1.2  # times the p95 with receivers that behave …
FLOOR = 100.0  # … or of so many milliseconds, below which the machine decides
FOLLOWERS = ("rosa", "edith", "cora")
_LONGEST = 1200.0  # seconds until everything is delivered: a fourth attempt waits nine minutes

Windows = list[tuple[datetime, datetime]]


def run(on: Scenario, receivers: Sequence[BadReceiver], mailbox: MailServer) -> None:
    """Alternate between receivers that behave and receivers that do not, under the same load."""
    from tests.proofs.chaos.scenarios import outbox_stats
    from tests.proofs.chaos.scenarios.load import LoadGenerator

    outbox_stats.wait_until_drained()
    _subscribe(receivers)
    load = LoadGenerator(on.system, rate=CLAIMS_PER_SECOND)
    load.log_in()
    load.start()
    time.sleep(10)  # until every process has run a job
    windows: dict[bool, Windows] = {True: [], False: []}
    ended = time.monotonic() + on.seconds
    for behave in itertools.cycle((True, False)):
        if time.monotonic() > ended and behave:
            break
        on.log("receivers behave …" if behave else "receivers misbehave …")
        _let(receivers, mailbox, behave=behave)
        began = datetime.now(UTC)
        time.sleep(WINDOW)
        windows[behave].append((began, datetime.now(UTC)))
    load.stop()
    _report_delays(on, windows)
    on.log("everything is delivered …")
    _let(receivers, mailbox, behave=True)
    _check_deliveries(on, receivers)


def _let(receivers: Sequence[BadReceiver], mailbox: MailServer, *, behave: bool) -> None:
    mailbox.never_acknowledges = not behave
    (mailbox.released.set if behave else mailbox.released.clear)()
    for receiver in receivers:
        if receiver.behaves != behave:
            (receiver.behave if behave else receiver.misbehave)()


def _report_delays(on: Scenario, windows: dict[bool, Windows]) -> None:
    from editorial.models import MessageKind, OutboxMessage
    from tests.proofs.chaos.scenarios import outbox_stats

    on.report("at the end, messages that wait for receivers", OutboxMessage.objects.filter(state="ready").count())
    for kind in (MessageKind.ASSESS_CLAIM, MessageKind.NOTIFY):
        quiet, disturbed = ([*_delays(kind, windows[behave])] for behave in (True, False))
        on.report(f"{kind.label}, receivers behave", outbox_stats.format_latencies(quiet))
        on.report(f"{kind.label}, receivers misbehave", outbox_stats.format_latencies(disturbed))
        limit = MAX_SLOWDOWN * max(outbox_stats.percentile(quiet, 95), FLOOR)
        reached = outbox_stats.percentile(disturbed, 95) <= limit
        on.goal(f"{kind.label}: p95 is at most {MAX_SLOWDOWN:g} times", reached=reached)


def _delays(kind: MessageKind, windows: Windows) -> Iterator[float]:
    """Seconds from commit to completion of the jobs of these times."""
    from editorial.models import OutboxMessage
    from tests.proofs.chaos.scenarios import outbox_stats

    for window in windows:
        yield from outbox_stats.delays(OutboxMessage.objects.filter(kind=kind.value, created_at__range=window))


def _check_deliveries(on: Scenario, receivers: Sequence[BadReceiver]) -> None:
    from editorial.models import CircuitBreaker, Delivery, OutboxMessage

    unsettled = Delivery.objects.filter(settled_at=None)
    wait_until(lambda: not unsettled.exists(), "every delivery is settled", within=_LONGEST)
    sent = {str(key) for key in Delivery.objects.filter(channel="webhook").values_list("pk", flat=True)}
    acknowledged = set().union(*(receiver.acknowledged for receiver in receivers))
    on.report("webhooks, mails", f"{len(sent)}, {Delivery.objects.filter(channel='mail').count()}")
    on.goal("every webhook was acknowledged by its receiver", reached=bool(sent) and sent == acknowledged)
    failed = Delivery.objects.filter(state="failed").count() + OutboxMessage.objects.filter(state="dead").count()
    on.goal("no delivery failed", reached=not failed)
    on.goal("every breaker is closed", reached=not CircuitBreaker.objects.exists())


def _subscribe(receivers: Sequence[BadReceiver]) -> None:
    from django.utils import timezone

    from editorial.models import Desk, Subscription, User
    from editorial.workflow.ops import webhooks

    desk = Desk.objects.get(slug="politics")
    for receiver in receivers:
        webhooks.add(desk_id=desk.pk, url=receiver.url, actor=User.objects.get(username="alma"), now=timezone.now())
    people = User.objects.filter(username__in=FOLLOWERS)
    Subscription.objects.bulk_create([Subscription(user=person, desk=desk) for person in people], ignore_conflicts=True)


def main() -> int:
    """Start the receivers, and run the scenario with them."""
    mailbox = MailServer()
    with bad_receivers() as receivers, serve_in_background(mailbox):
        return scenario.main(
            lambda on: run(on, receivers, mailbox),
            minutes=3,
            crew=("web", "worker1", "quarantine", "external1", "dispatcher1", "beat1"),
            variables={"EMAIL_URL": f"smtp://127.0.0.1:{mailbox.port}", "WORKER_CONCURRENCY": "4"},
        )


if __name__ == "__main__":
    sys.exit(main())
