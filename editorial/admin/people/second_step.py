"""The second step of a sign-in: the first factor has been verified, the second is pending.

The session (in PostgreSQL) holds it for five minutes. A new password or deactivation ends it.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import datetime, timedelta

from django.contrib.sessions.backends.base import SessionBase
from django.utils.crypto import constant_time_compare
from django.utils.dateparse import parse_datetime

from editorial.models import User

TTL = timedelta(minutes=5)
_KEY = "second_step"


@dataclass(frozen=True, slots=True)
class SecondStep:
    """A sign-in whose second factor is pending."""

    user_id: str
    auth_hash: str
    started_at: str
    next_url: str


def begin(session: SessionBase, user: User, *, next_url: str, now: datetime) -> None:
    """Start the second step, in a session with a new key."""
    session.cycle_key()
    session[_KEY] = asdict(SecondStep(str(user.pk), user.get_session_auth_hash(), now.isoformat(), next_url))


def pending(session: SessionBase, *, now: datetime) -> tuple[User, str] | None:
    """The user whose second factor is pending, and the page to show afterwards; None if there is none."""
    step = SecondStep(**session[_KEY]) if _KEY in session else None
    started_at = parse_datetime(step.started_at) if step else None
    if step is None or started_at is None or started_at <= now - TTL:
        return None
    user = User.objects.filter(pk=step.user_id, is_active=True).first()
    if user is None or not constant_time_compare(user.get_session_auth_hash(), step.auth_hash):
        return None
    return user, step.next_url


def end(session: SessionBase) -> None:
    """End the second step."""
    session.pop(_KEY, None)
