"""What administrators must act on: account changes, failed jobs, records that contradict each other."""

from __future__ import annotations

from collections.abc import Iterator

from django.db.models import Case, When
from django.urls import reverse

from editorial.admin.framework import labels
from editorial.admin.home.panel import Line, Panel, Viewer, panel_of
from editorial.models import AccountChange, IntegrityFinding, MessageState, OutboxMessage
from editorial.policy.people.account_changes import AccountChangeState


def panels(viewer: Viewer) -> Iterator[Panel]:
    """The panels of administrators of the whole organisation."""
    yield _account_changes(viewer)
    yield _dead_letters(viewer)
    yield _integrity_findings(viewer)


def _account_changes(viewer: Viewer) -> Panel:
    rows = AccountChange.objects.filter(state=AccountChangeState.REQUESTED.value).select_related("user")
    rows = rows.exclude(requested_by=viewer.user).exclude(user=viewer.user)

    def line(change: AccountChange) -> Line:
        return Line(row=change, title=str(change), detail=labels.time_since(change.requested_at, viewer.now))

    url = reverse("admin:editorial_accountchange_changelist")
    return panel_of(rows, line, key="account-changes", title="Account changes to approve", url=url, urgent=True)


def _dead_letters(viewer: Viewer) -> Panel:
    rows = OutboxMessage.objects.filter(state=MessageState.DEAD.value)
    own_first = Case(When(owner=viewer.user, then=0), default=1)

    def line(letter: OutboxMessage) -> Line:
        note = "yours" if letter.owner_id == viewer.user.pk else ""
        failed = labels.time_since(letter.dead_at, viewer.now)
        return Line(row=letter, title=letter.get_kind_display(), detail=f"{letter.error} {failed}".strip(), note=note)

    url = f"{reverse('admin:editorial_outboxmessage_changelist')}?dead_letters=open"
    rows = rows.order_by(own_first, "dead_at")
    return panel_of(rows, line, key="dead-letters", title="Dead letters", url=url, urgent=True)


def _integrity_findings(viewer: Viewer) -> Panel:
    rows = IntegrityFinding.objects.filter(resolved_at=None, alerted_at__isnull=False).order_by("alerted_at")

    def line(finding: IntegrityFinding) -> Line:
        return Line(row=finding, title=finding.check_name, detail=labels.time_since(finding.alerted_at, viewer.now))

    url = f"{reverse('admin:editorial_integrityfinding_changelist')}?state=open"
    return panel_of(rows, line, key="integrity", title="Integrity findings", url=url, urgent=True)
