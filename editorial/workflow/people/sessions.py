"""Browser sessions: who they belong to, and their end."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.contrib.sessions.backends.base import SessionBase
from django.db.models import BooleanField, ExpressionWrapper, Q, QuerySet

from editorial.models import Session, User
from editorial.policy.actions import Action
from editorial.policy.people import devices
from editorial.workflow.core import audit
from editorial.workflow.core.actions import atomic_action, require_permission
from editorial.workflow.core.errors import NotFound, Reason
from editorial.workflow.core.locking import lock

CLIENT_KEY = "client"
"""Where a session's data names the browser and the IP address of its sign-in."""


def record_client(session: SessionBase, *, user_agent: str, address: str | None) -> None:
    """Record in a new session from where it was begun."""
    session[CLIENT_KEY] = {"device": devices.describe(user_agent), "address": address}


def of(user: User, *, now: datetime) -> QuerySet[Session]:
    """The sessions in which a user is signed in now: neither expired nor ended by a new password.

    `is_current` marks the one in which the user acts.
    """
    rows: QuerySet[Session] = Session.objects.filter(
        user=user, expire_date__gt=now, auth_hash=user.get_session_auth_hash()
    )
    current = ExpressionWrapper(Q(session_key=user.session_digest), output_field=BooleanField())
    return rows.annotate(is_current=current)


@atomic_action
def end(*, session_id: UUID | str, actor: User, now: datetime) -> None:
    """End one of your sessions. Its browser is signed out immediately."""
    session = lock(Session, session_id, actor)
    if not of(actor, now=now).filter(pk=session.pk).exists():
        raise NotFound(Reason("NOT_FOUND", f"Session {session_id} has ended.", "id"))
    require_permission(actor, Action.SESSION_END, session.access_facts())
    _end(session, actor, now)


@atomic_action
def end_others(*, actor: User, now: datetime) -> int:
    """End all your sessions except this one. Their browsers are signed out immediately. Returns their number."""
    lock(User, actor.pk, None)
    others = of(actor, now=now).exclude(session_key=actor.session_digest)
    sessions = list(others.select_for_update().order_by("pk"))
    for session in sessions:
        require_permission(actor, Action.SESSION_END, session.access_facts())
        _end(session, actor, now)
    return len(sessions)


def _end(session: Session, actor: User, now: datetime) -> None:
    audit.log(session, Action.SESSION_END, actor=actor, now=now, user=str(session.user_id))
    session.delete()
