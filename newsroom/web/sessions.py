"""Sessions in PostgreSQL, under a digest of their key: reading the table or a backup is not enough to take one over.

A session ends `SESSION_COOKIE_AGE` after it began, and `SESSION_IDLE` after the last request.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from django.conf import settings
from django.contrib.auth import HASH_SESSION_KEY, SESSION_KEY
from django.contrib.sessions.backends import db
from django.utils import timezone
from uuid_utils.compat import uuid7

from editorial.models import Session
from editorial.models.people.sessions import digest
from editorial.workflow.people.sessions import CLIENT_KEY

_ID = "_id"
_STARTED_AT = "_started_at"
_TOUCH_INTERVAL = timedelta(minutes=1)


class SessionStore(db.SessionStore):
    """Django's database sessions. The cookie holds the key, the table its SHA-256, and whose session it is."""

    model: Any
    _last_used_at: datetime | None = None  # as stored

    @classmethod
    def get_model_class(cls) -> type[Session]:  # type: ignore[override]
        return Session

    def load(self) -> dict[str, Any]:
        """The data; none if they were signed with another `SECRET_KEY`."""
        data: dict[str, Any] = super().load()
        if _STARTED_AT not in data:
            self._session_key = self._last_used_at = None
            return {}
        return data

    def exists(self, session_key: str) -> bool:
        """Whether there is a session with this key."""
        return super().exists(digest(session_key))

    def delete(self, session_key: str | None = None) -> None:
        """Delete the session with this key; by default this one."""
        key = session_key or self.session_key
        if key is not None:
            super().delete(digest(key))

    def create_model_instance(self, data: dict[str, Any]) -> Any:
        """The row to save."""
        now = timezone.now()
        key: Any = super().create_model_instance(data).session_key
        started_at = data.setdefault(_STARTED_AT, now.timestamp())
        self._last_used_at = now
        return self.model(
            id=data.setdefault(_ID, str(uuid7())),
            session_key=digest(key),
            session_data=self.encode(data),
            expire_date=_expiry(started_at),
            user_id=data.get(SESSION_KEY),
            auth_hash=data.get(HASH_SESSION_KEY, ""),
            signed_in_at=datetime.fromtimestamp(started_at, UTC),
            last_used_at=now,
            **data.get(CLIENT_KEY, {}),
        )

    def cycle_key(self) -> None:
        """Change the key at sign-in, when the session's lifetime begins."""
        self.pop(_ID, None)  # until the former row is deleted, there are two
        super().cycle_key()
        self[_STARTED_AT] = timezone.now().timestamp()

    def touch(self) -> None:
        """Extend the session because it is in use. Writes at most once a minute."""
        now = timezone.now()
        if self._last_used_at is None or self.session_key is None or now - self._last_used_at < _TOUCH_INTERVAL:
            return
        current = self.model.objects.filter(session_key=digest(self.session_key), expire_date__gt=now)
        current.update(expire_date=_expiry(self[_STARTED_AT]), last_used_at=now)

    def _get_session_from_db(self) -> Any:
        """The row of this session, unless it has expired."""
        current = self.model.objects.filter(expire_date__gt=timezone.now())
        row = current.filter(session_key=digest(self.session_key or "")).first()
        if row is None:
            self._session_key = None
        self._last_used_at = row.last_used_at if row else None
        return row


def _expiry(started_at: float) -> datetime:
    """When a session that began at this Unix time ends, if it is in use now."""
    latest = datetime.fromtimestamp(started_at, UTC) + timedelta(seconds=settings.SESSION_COOKIE_AGE)
    return min(latest, timezone.now() + settings.SESSION_IDLE)
