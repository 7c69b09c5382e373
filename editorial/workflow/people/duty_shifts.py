"""Duty shifts: who is the editor on duty at a desk. Assign and cancel them."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from editorial.models import DutyShift, User
from editorial.policy.actions import Action
from editorial.policy.roles import Role
from editorial.workflow.core import audit
from editorial.workflow.core.actions import (
    atomic_action,
    require_desk,
    require_permission,
    require_valid_times,
    validate_and_save,
)
from editorial.workflow.core.errors import Conflict, Reason, ValidationFailed
from editorial.workflow.core.locking import get_visible, lock

_EDITORS = (Role.EDITOR.value, Role.SENIOR_EDITOR.value)


@atomic_action
def assign(
    *, desk_id: UUID | str, editor_id: UUID | str, starts_at: datetime, ends_at: datetime, actor: User, now: datetime
) -> DutyShift:
    """Put an editor of the desk on duty, from one time to another. The shifts of a desk may not overlap."""
    desk = require_desk(desk_id, actor, Action.DUTY_SHIFT_ASSIGN)
    require_valid_times(starts_at=starts_at, ends_at=ends_at)
    editor = get_visible(User, editor_id, None, field="editor")
    at_desk = editor.memberships.filter(role__in=_EDITORS, desk=desk) | editor.memberships.filter(
        role__in=_EDITORS, desk=None
    )
    if not (editor.is_active and at_desk.exists()):
        raise ValidationFailed(Reason("NOT_AN_EDITOR", "Choose an editor of this desk.", "editor"))
    if ends_at <= max(starts_at, now):
        raise ValidationFailed(
            Reason("ENDS_TOO_EARLY", "The shift must end after it starts, and in the future.", "ends_at")
        )
    shift = DutyShift(
        desk=desk, editor=editor, starts_at=starts_at, ends_at=ends_at, assigned_by=actor, assigned_at=now
    )
    validate_and_save(shift)
    audit.log(shift, Action.DUTY_SHIFT_ASSIGN, actor=actor, now=now, holder=str(editor.pk))
    return shift


@atomic_action
def cancel(*, shift_id: UUID | str, actor: User, now: datetime) -> DutyShift:
    """Cancel a shift that is not over, so that somebody else can be put on duty. It stays on record."""
    shift = lock(DutyShift, shift_id, actor)
    require_permission(actor, Action.DUTY_SHIFT_CANCEL, shift.access_facts())
    if shift.cancelled_at or shift.ends_at <= now:
        raise Conflict("This shift is already over.", code="SHIFT_OVER")
    shift.cancelled_at, shift.cancelled_by = now, actor
    shift.save(update_fields=["cancelled_at", "cancelled_by"])
    audit.log(shift, Action.DUTY_SHIFT_CANCEL, actor=actor, now=now, holder=str(shift.editor_id))
    return shift
