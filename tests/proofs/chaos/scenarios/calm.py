"""An hour of normal work without faults: the integrity checks run again and again, and raise no false alert."""

from __future__ import annotations

import sys
import time

from tests.proofs.chaos.scenarios import scenario
from tests.proofs.chaos.scenarios.scenario import Scenario
from tests.proofs.chaos.system import wait_until
from tests.proofs.chaos.workload import Workload

CLAIMS_PER_SECOND = 0.5  # claims per second, each with its statements
PROCESS_NAMES = ("web", "worker1", "external1", "dispatcher1", "beat1")


def run(on: Scenario) -> None:
    """Work, and count the integrity alerts."""
    from django.utils import timezone

    from editorial.models import Claim, Event, IntegrityFinding, ScanCursor, Story
    from editorial.workflow.ops import integrity
    from tests.proofs.chaos.scenarios import outbox_stats

    outbox_stats.wait_until_drained()
    workload = Workload(
        on.system, on.history, seed=on.seed, claims=round(on.seconds * CLAIMS_PER_SECOND), seconds=on.seconds
    )
    workload.start()
    for minute in range(1, round(on.seconds / 60) + 1):
        time.sleep(60)
        if minute % 10 == 0:
            acted = IntegrityFinding.objects.filter(last_action_at__isnull=False).count()
            on.log(f"{minute} minutes, {Claim.objects.count()} claims, {acted} alerts …")
    workload.wait_until_filed()
    workload.stop()
    wait_until(lambda: outbox_stats.remaining() == 0, "what followed is done", within=600)
    time.sleep(60)  # four more runs of the checks

    acted = list(IntegrityFinding.objects.filter(last_action_at__isnull=False).values_list("check_name", "subject"))
    alerts = Event.objects.filter(action__startswith="integrity.").count()
    still = [str(finding) for finding in integrity.check_all(now=timezone.now())]
    on.report("claims, stories, events", (Claim.objects.count(), Story.objects.count(), Event.objects.count()))
    on.report("stories in print", Story.objects.filter(status="published").count())
    on.report(
        "noted by one look and gone before the next, as work in flight", IntegrityFinding.objects.count() - len(acted)
    )
    turned = ScanCursor.objects.filter(completed_at__isnull=False).values_list("name", flat=True)
    on.report("tables that were walked through to their end", ", ".join(sorted(turned)))
    on.goal(f"no alert was raised {acted}", reached=not acted and not alerts)
    on.goal(f"a look at everything finds nothing {still}", reached=not still)


if __name__ == "__main__":
    sys.exit(scenario.main(run, minutes=60, crew=PROCESS_NAMES))
