"""The checker: compares the history with the database once all work is done."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field

from tests.proofs.chaos import duplicates, losses, ordering, stuck
from tests.proofs.chaos.history import History


@dataclass(slots=True)
class CheckResult:
    """The violations by kind, and figures that are not violations."""

    violations: dict[str, list[str]] = field(default_factory=dict)
    figures: dict[str, object] = field(default_factory=dict)

    @property
    def passed(self) -> bool:
        """Whether nothing was lost, duplicated, out of order, stuck or broken."""
        return not any(self.violations.values())


def check(history: History) -> CheckResult:
    """Compare. No process may write any more."""
    verdict = CheckResult(
        violations={
            "lost": [
                *losses.lost_writes(history),
                *losses.missing_assessments(),
                *losses.stale_gates(),
                *losses.missing_notifications(),
                *losses.missing_emails(history),
                *losses.missing_webhook_requests(history),
                *losses.dead_letters(),
                *losses.repairs(),
            ],
            "doubled": [
                *duplicates.duplicate_objects(history),
                *duplicates.duplicate_actions(history),
                *duplicates.duplicate_notifications(),
                *duplicates.duplicate_emails(history),
                *duplicates.duplicate_webhook_requests(history),
            ],
            "out of order": [*ordering.assessment_order(), *ordering.story_order(), *ordering.task_order()],
            "stuck": [*stuck.stuck_messages(), *stuck.stuck_tasks(), *stuck.stuck_workers(history)],
            "broken": list(ordering.broken_chains()),
        }
    )
    verdict.figures = _figures(history) | duplicates.figures(history)
    return verdict


def _figures(history: History) -> dict[str, object]:
    acknowledged = Counter(line["verb"] for line in history.lines("acknowledged"))
    faults = Counter(line["kind"] for line in history.lines("fault") if line["happened"])
    unanswered = Counter(f"{line['status']} {line['told']}" for line in history.lines("shut"))
    return {
        "acknowledged": dict(acknowledged.most_common()),
        "faults": dict(faults.most_common()),
        "faults, total": faults.total(),
        "requests without response": sum(1 for _ in history.lines("unknown")),
        "unavailable": dict(unanswered.most_common()),
        "abandoned requests": sum(1 for _ in history.lines("gave up")),
        "refused": dict(Counter("+".join(line["codes"]) for line in history.lines("refused")).most_common(8)),
        "ended by themselves": dict(Counter(f"{line['name']} ({line['code']})" for line in history.lines("crash"))),
        "seconds of processor time": {
            name: cost for line in history.lines("cost") for name, cost in line["seconds"].items()
        },
        "seconds": {line["name"]: line["seconds"] for line in history.lines("phase")},
    }
