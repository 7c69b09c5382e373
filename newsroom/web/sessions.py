"""Sessions in PostgreSQL under a digest of their key: reading the table or a backup is not enough to take one over."""

from __future__ import annotations

import base64
import hashlib
from typing import Any

from django.contrib.sessions.backends import db
from django.utils import timezone


class SessionStore(db.SessionStore):
    """Django's database sessions. The cookie holds the key, the table its SHA-256."""

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
        row = super().create_model_instance(data)
        row.session_key = digest(row.session_key)
        return row

    def _get_session_from_db(self) -> Any:
        """The row of this session, unless it has expired."""
        current = self.model.objects.filter(expire_date__gt=timezone.now())
        row = current.filter(session_key=digest(self.session_key or "")).first()
        if row is None:
            self._session_key = None
        return row


def digest(session_key: str) -> str:
    """SHA-256 of a session key, shortened to the 40 characters (240 bits) of the column."""
    return base64.urlsafe_b64encode(hashlib.sha256(session_key.encode()).digest()[:30]).decode()
