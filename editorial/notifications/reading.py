"""Reading: whoever was told has seen it."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from editorial.models import Notification, User


def mark_read(*, notification_id: UUID | str, user: User, now: datetime) -> Notification | None:
    """Note that one's own notification was read; the first time counts. None if one has no such notification."""
    own = Notification.objects.filter(pk=notification_id, user=user)
    own.filter(read_at=None).update(read_at=now)
    return own.first()
