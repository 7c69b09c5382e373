"""What changed on a claim since its finding was proposed: the finding, the statements, the record of events."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.apps import apps
from django.db.models import Model, Q

from editorial.admin.claim_basis.view import EvidenceView
from editorial.admin.framework import history
from editorial.admin.framework.history import AuditLogEntry
from editorial.models import Assessment, Event, Signoff, Statement
from editorial.models.ops.events import EventQuerySet
from editorial.policy.actions import Action
from editorial.policy.publication.transitions import SignoffState
from editorial.workflow.core.audit import stream_of

_MAX_EVENTS = 60  # between two assessments


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
    start = _start(proposal)
    # By id: an action that began before the proposal may have waited for it.
    events = _events(evidence, also).filter(pk__gt=start.pk).order_by("pk")
    return ChangesSince(
        proposal=proposal,
        since=start.at,
        before=proposal.assessment,
        after=latest or proposal.assessment,
        events=_labelled(history.entries_of(events, evidence.speakers.reader), evidence),
    )


def between(start: datetime, end: datetime, evidence: EvidenceView) -> list[tuple[str, AuditLogEntry]]:
    """What was done in this time on the claim, its statements, their sources and its requests, oldest first."""
    sources = {row.statement.source for row in evidence.statement_rows.values() if row.source_visible}
    events = _events(evidence, [*evidence.reply_requests, *sources]).filter(at__gt=start, at__lte=end)
    events = events.exclude(action=Action.SOURCE_REGISTER.value).order_by("pk")
    return _labelled(history.entries_of(events, evidence.speakers.reader, limit=_MAX_EVENTS), evidence)


def _events(evidence: EvidenceView, also: Iterable[Model]) -> EventQuerySet:
    """The events of the claim, its statements, those that were moved away, and these rows."""
    rows = [evidence.claim, *(row.statement for row in evidence.statement_rows.values()), *also]
    return Event.objects.filter(stream__in=[stream_of(row) for row in rows]) | _departures(evidence)


def _labelled(entries: Iterable[AuditLogEntry], evidence: EvidenceView) -> list[tuple[str, AuditLogEntry]]:
    """The entries, each with the label of its statement."""
    labels = {f"statement:{key}": row.label for key, row in evidence.statement_rows.items()}
    return [(labels.get(entry.stream, ""), entry) for entry in entries]


def _start(proposal: Signoff) -> Event:
    """The event of the proposal or, once it is approved, of its approval."""
    action = Action.SIGNOFF_APPROVE if proposal.state == SignoffState.APPROVED else Action.SIGNOFF_PROPOSE
    events = Event.objects.filter(stream=stream_of(proposal.claim), action=action.value)
    return events.filter(data__signoff=str(proposal.pk)).latest("pk")


def _departures(evidence: EvidenceView) -> EventQuerySet:
    """The events that moved statements to other claims."""
    members = [UUID(member) for member in evidence.evidence]
    history_rows = apps.get_model("editorial", "StatementEvent").objects.filter(claim__in=members)
    moved = Statement.objects.filter(pk__in=history_rows.values("pgh_obj_id")).exclude(claim__in=members)
    streams = [stream_of(statement) for statement in moved]
    origin = Q(data__changed__claim__0__in=[str(member) for member in members])
    return Event.objects.filter(origin, stream__in=streams, action=Action.STATEMENT_REVISE.value)
