"""Briefings: record a press conference, call or release, so that everyone who spoke at it counts as one voice."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from editorial.models import Briefing, Desk, User
from editorial.policy.access import SubjectFacts
from editorial.policy.actions import Action
from editorial.workflow.core import audit
from editorial.workflow.core.actions import atomic_action, require_permission, validate_and_save
from editorial.workflow.core.errors import Reason, ValidationFailed
from editorial.workflow.core.locking import get_visible


@atomic_action
def record(*, desk_id: UUID | str, name: str, held_at: datetime | None = None, actor: User, now: datetime) -> Briefing:
    """Record a briefing. Statements made at it refer to it and count as one voice."""
    desk = get_visible(Desk, desk_id, None, field="desk")
    require_permission(actor, Action.BRIEFING_RECORD, SubjectFacts(desks=frozenset({str(desk.pk)})))
    if held_at is not None and held_at.tzinfo is None:
        raise ValidationFailed(
            Reason("UTC_OFFSET_MISSING", "Give the time with a UTC offset, such as 2026-03-04T12:00:00Z.", "held_at")
        )
    briefing = Briefing(desk=desk, name=name.strip(), held_at=held_at)
    validate_and_save(briefing)
    audit.log(briefing, Action.BRIEFING_RECORD, actor=actor, now=now)
    return briefing
