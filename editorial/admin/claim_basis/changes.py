"""What changed on a claim since its finding was proposed: the finding, the statements, the record of events."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Model

from editorial.admin.claim_basis.view import EvidenceView
from editorial.admin.framework import history
from editorial.admin.framework.history import AuditLogEntry
from editorial.models import Assessment, Signoff


@dataclass(frozen=True, slots=True)
class ChangesSince:
    """The state then and now, and what was done in between, oldest first. Each event has its statement's label."""

    proposal: Signoff
    since: datetime
    before: Assessment
    after: Assessment
    events: list[tuple[str, AuditLogEntry]]

    @property
    def finding_changed(self) -> bool:
        """Whether the finding, what it rests on or a count differs."""
        names = ("finding", "basis", "contested", "independent", "against", "origins")
        return any(getattr(self.before, name) != getattr(self.after, name) for name in names)


def since(
    proposal: Signoff, evidence: EvidenceView, latest: Assessment | None, *, also: Iterable[Model]
) -> ChangesSince:
    """What changed since the proposal; of an approved finding since the approval, which assessed the claim again.

    `also`: rows beside the claim and its statements whose events count.
    """
    at = proposal.decided_at or proposal.proposed_at
    labels = {f"statement:{key}": row.label for key, row in evidence.statement_rows.items()}
    statements = [row.statement for row in evidence.statement_rows.values()]
    reader = evidence.speakers.reader
    entries = history.entries_for(evidence.claim, reader, also=[*statements, *also], since=at)
    return ChangesSince(
        proposal=proposal,
        since=at,
        before=proposal.assessment,
        after=latest or proposal.assessment,
        events=[(labels.get(entry.stream, ""), entry) for entry in reversed(entries)],
    )
