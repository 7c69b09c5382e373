"""Briefings: record a press conference, call or release, so that everyone who spoke at it counts as one voice."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from editorial.models import Briefing, User
from editorial.policy.actions import Action
from editorial.workflow.core import audit
from editorial.workflow.core.actions import atomic_action, require_desk, require_valid_times, validate_and_save
from editorial.workflow.evidence.confidentiality import name_guard


@atomic_action
def record(*, desk_id: UUID | str, name: str, held_at: datetime | None = None, actor: User, now: datetime) -> Briefing:
    """Record a briefing. Statements made at it refer to it and count as one voice."""
    desk = require_desk(desk_id, actor, Action.BRIEFING_RECORD)
    require_valid_times(held_at=held_at)
    name_guard.check_at_desk({"name": name}, desk_id=desk.pk, actor=actor, now=now)
    briefing = Briefing(desk=desk, name=name.strip(), held_at=held_at)
    validate_and_save(briefing)
    audit.log(briefing, Action.BRIEFING_RECORD, actor=actor, now=now)
    return briefing
