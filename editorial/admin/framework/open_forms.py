"""Who has a form of a row open: a hint to others, never a lock.

Kept in Redis for little more than a minute, by ids, and nowhere else. Without Redis nobody is shown.
"""

from __future__ import annotations

from datetime import datetime

import structlog
from django.core.cache import cache
from django.db.models import Model
from django.utils.text import get_text_list
from redis.exceptions import RedisError

from editorial.models import User

log = structlog.get_logger(__name__)

_SECONDS = 75  # longer than two visits of static/editorial/open_forms.js


def announce(row: Model, user: User, now: datetime) -> None:
    """The user has a form of the row open. Of two who open it together, one may be missing for 30 seconds."""
    _write(row, _editors(row, now) | {str(user.pk): now.timestamp()})


def leave(row: Model, user: User, now: datetime) -> None:
    """The user is done."""
    editors = _editors(row, now)
    if editors.pop(str(user.pk), None):
        _write(row, editors)


def others(row: Model, user: User, now: datetime) -> list[User]:
    """Who else has a form of the row open."""
    ids = _editors(row, now).keys() - {str(user.pk)}
    return list(User.objects.filter(pk__in=ids).order_by("username")) if ids else []


def sentence(users: list[User]) -> str:
    """For the page; empty if nobody else has a form open."""
    names = [user.get_full_name() or user.get_username() for user in users]
    return f"{get_text_list(names, 'and')} {'is' if len(names) == 1 else 'are'} editing this now." if names else ""


def _editors(row: Model, now: datetime) -> dict[str, float]:
    """When each editor last had a form open."""
    try:
        editors: dict[str, float] = cache.get(_key(row), {})
    except RedisError:
        return {}
    return {user: seen for user, seen in editors.items() if now.timestamp() - seen < _SECONDS}


def _write(row: Model, editors: dict[str, float]) -> None:
    try:
        cache.set(_key(row), editors, _SECONDS)
    except RedisError:
        log.warning("Redis does not answer; nobody is shown as editing")


def _key(row: Model) -> str:
    return f"editing:{row._meta.model_name}:{row.pk}"
