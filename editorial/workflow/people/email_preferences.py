"""Email preferences: when a person gets email about which kind of notification, a desk's defaults, and quiet hours."""

from __future__ import annotations

from datetime import datetime, time
from uuid import UUID

from editorial.models import EmailPreference, EmailTiming, QuietHours, User
from editorial.policy.access import SubjectFacts
from editorial.policy.actions import Action
from editorial.policy.roles import NotificationKind
from editorial.workflow.core.actions import atomic_action, require_desk, require_permission
from editorial.workflow.core.errors import Reason, ValidationFailed


@atomic_action
def set_timing(
    *, kind: str, timing: str, desk_id: UUID | str | None = None, actor: User, now: datetime
) -> EmailPreference:
    """Choose when to get email about one kind of notification; with a desk, what its members get by default.

    Alerts, and what readers are owed, are emailed immediately.
    """
    desk = require_desk(desk_id, actor, Action.EMAIL_PREFERENCE_SET) if desk_id else None
    if desk is None:
        _require_own(actor, Action.EMAIL_PREFERENCE_SET)
    if kind not in set(NotificationKind) or NotificationKind(kind).mandatory:
        raise ValidationFailed(Reason("MANDATORY", "These notifications are always emailed immediately.", "kind"))
    if timing not in set(EmailTiming):
        raise ValidationFailed(Reason("UNKNOWN_TIMING", f"Choose one of: {', '.join(EmailTiming)}.", "timing"))
    preference, _ = EmailPreference.objects.update_or_create(
        user=None if desk else actor, desk=desk, kind=kind, defaults={"timing": timing}
    )
    return preference


@atomic_action
def set_quiet_hours(
    *, starts_at: time | None = None, ends_at: time | None = None, actor: User, now: datetime
) -> QuietHours | None:
    """Set your quiet hours, which hold optional emails back, in your time zone; without hours, end them.

    Alerts, what readers are owed, and everything while you are on duty come anyway.
    """
    _require_own(actor, Action.QUIET_HOURS_SET)
    if starts_at is None or ends_at is None:
        QuietHours.objects.filter(user=actor).delete()
        return None
    if starts_at == ends_at:
        raise ValidationFailed(Reason("NO_HOURS", "Quiet hours must start and end at different times.", "ends_at"))
    hours, _ = QuietHours.objects.update_or_create(user=actor, defaults={"starts_at": starts_at, "ends_at": ends_at})
    return hours


def _require_own(actor: User, action: Action) -> None:
    require_permission(actor, action, SubjectFacts(owners=frozenset({str(actor.pk)})))
