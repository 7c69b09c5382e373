"""An hour of ordinary work in which nothing breaks: reconciliation looks again and again, and raises no false alarm."""

from __future__ import annotations

import sys
import time

from tests.proofs.chaos.scenarios import scenario
from tests.proofs.chaos.scenarios.scenario import Trial
from tests.proofs.chaos.system import wait_until
from tests.proofs.chaos.workload import Shift

PACE = 0.5  # claims a second, each with what belongs to it
CREW = ("web", "worker1", "relay1", "beat1")


def carry_out(on: Trial) -> None:
    """Let people work, and ask what reconciliation made of it."""
    from django.utils import timezone

    from editorial.models import Claim, Discrepancy, Event, Rotation, Story
    from editorial.workflow.ops import integrity
    from tests.proofs.chaos.scenarios import outbox_stats

    outbox_stats.settle()
    shift = Shift(on.house, on.history, seed=on.seed, claims=round(on.seconds * PACE), seconds=on.seconds)
    shift.begin()
    for minute in range(1, round(on.seconds / 60) + 1):
        time.sleep(60)
        if minute % 10 == 0:
            acted = Discrepancy.objects.filter(acted_at__isnull=False).count()
            on.say(f"{minute} minutes, {Claim.objects.count()} claims, {acted} alarms …")
    shift.wait_until_filed()
    shift.end()
    wait_until(lambda: outbox_stats.left() == 0, "what followed is done", within=600)
    time.sleep(60)  # four looks more

    acted = list(Discrepancy.objects.filter(acted_at__isnull=False).values_list("invariant", "subject"))
    told = Event.objects.filter(verb__startswith="discrepancy.").count()
    still = [str(finding) for finding in integrity.findings(now=timezone.now())]
    on.figure("claims, stories, events", (Claim.objects.count(), Story.objects.count(), Event.objects.count()))
    on.figure("stories in print", Story.objects.filter(status="published").count())
    on.figure("noted by one look and gone before the next, as work in flight", Discrepancy.objects.count() - len(acted))
    turned = Rotation.objects.filter(turned_at__isnull=False).values_list("name", flat=True)
    on.figure("tables that were walked through to their end", ", ".join(sorted(turned)))
    on.goal(f"no alarm was raised {acted}", reached=not acted and not told)
    on.goal(f"a look at everything finds nothing {still}", reached=not still)


if __name__ == "__main__":
    sys.exit(scenario.main(carry_out, minutes=60, crew=CREW))
