"""Links that end emails of one kind without signing in (RFC 8058): signed for one account and one kind."""

from __future__ import annotations

from uuid import UUID

from django.conf import settings
from django.core import signing
from django.urls import reverse

from editorial.models import User
from editorial.policy.roles import NotificationKind

_SALT = "newsroom unsubscribe"


def url_for(user: User, kind: NotificationKind) -> str:
    """The link for this person and kind; empty for a mandatory kind, or without a public address."""
    if kind.mandatory or not settings.PUBLIC_URL:
        return ""
    token = signing.dumps([str(user.pk), kind.value], salt=_SALT)
    return settings.PUBLIC_URL.rstrip("/") + reverse("unsubscribe", args=[token])


def read(token: str) -> tuple[UUID, NotificationKind] | None:
    """Whose emails of which kind the token ends; None if we did not sign it."""
    try:
        user_id, kind = signing.loads(token, salt=_SALT)
        return UUID(user_id), NotificationKind(kind)
    except (signing.BadSignature, ValueError):  # or of a kind that no longer exists
        return None
