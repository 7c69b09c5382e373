"""Sessions in PostgreSQL, under a digest of their key: reading the table or a backup is not enough to take one over.

A session ends `SESSION_COOKIE_AGE` after it began, and `SESSION_IDLE` after the last request.
"""

from __future__ import annotations

import base64
import hashlib
from datetime import UTC, datetime, timedelta
from typing import Any

from django.conf import settings
from django.contrib.sessions.backends import db
from django.utils import timezone

_STARTED_AT = "_started_at"
_TOUCH_INTERVAL = timedelta(minutes=1)


class SessionStore(db.SessionStore):
    """Django's database sessions. The cookie holds the key, the table its SHA-256."""

    _expires_at: datetime | None = None  # as stored

    def load(self) -> dict[str, Any]:
        """The data; none if they were signed with another `SECRET_KEY`."""
        data: dict[str, Any] = super().load()
        if _STARTED_AT not in data:
            self._session_key = self._expires_at = None
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
        data.setdefault(_STARTED_AT, timezone.now().timestamp())
        row = super().create_model_instance(data)
        row.session_key = digest(row.session_key)
        row.expire_date = self._expires_at = _expiry(data[_STARTED_AT])
        return row

    def cycle_key(self) -> None:
        """Change the key at sign-in, when the session's lifetime begins."""
        super().cycle_key()
        self[_STARTED_AT] = timezone.now().timestamp()

    def touch(self) -> None:
        """Extend the session because it is in use. Writes at most once a minute."""
        if self._expires_at is None or self.session_key is None:
            return
        expires_at = _expiry(self[_STARTED_AT])
        if expires_at - self._expires_at >= _TOUCH_INTERVAL:
            current = self.model.objects.filter(session_key=digest(self.session_key), expire_date__gt=timezone.now())
            current.update(expire_date=expires_at)

    def _get_session_from_db(self) -> Any:
        """The row of this session, unless it has expired."""
        current = self.model.objects.filter(expire_date__gt=timezone.now())
        row = current.filter(session_key=digest(self.session_key or "")).first()
        if row is None:
            self._session_key = None
        self._expires_at = row.expire_date if row else None
        return row


def _expiry(started_at: float) -> datetime:
    """When a session that began at this Unix time ends, if it is in use now."""
    latest = datetime.fromtimestamp(started_at, UTC) + timedelta(seconds=settings.SESSION_COOKIE_AGE)
    return min(latest, timezone.now() + settings.SESSION_IDLE)


def digest(session_key: str) -> str:
    """SHA-256 of a session key, shortened to the 40 characters (240 bits) of the column."""
    return base64.urlsafe_b64encode(hashlib.sha256(session_key.encode()).digest()[:30]).decode()
