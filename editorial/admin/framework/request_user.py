"""Who is at the door: the person of a request, as access sees them, and the clock on their wall."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import cast
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from django.http import HttpRequest
from django.utils import timezone

from editorial.models import User
from editorial.policy.access import ActorFacts
from editorial.workflow.people import second_factors

_CACHE_ATTRIBUTE = "_newsroom_facts"
_ANONYMOUS = ActorFacts(id="", active=False, memberships=frozenset())


def current_user(request: HttpRequest) -> User:
    """The person who is logged in. Only for views behind the door."""
    return cast(User, request.user)


def actor_facts(request: HttpRequest) -> ActorFacts:
    """What access needs to know of them, read once a request: a role taken away stops with the next one."""
    kept: ActorFacts | None = getattr(request, _CACHE_ATTRIBUTE, None)
    if kept is None:
        kept = current_user(request).facts() if request.user.is_authenticated else _ANONYMOUS
        setattr(request, _CACHE_ATTRIBUTE, kept)
    return kept


def has_role(user: User) -> bool:
    """Whether somebody works here: an active account with a role at some desk, or in the whole house."""
    known = user.facts()
    return known.active and bool(known.memberships)


def must_enroll_second_factor(request: HttpRequest) -> bool:
    """Whether they are logged in, and a role of theirs asks for a second factor that they do not have."""
    return actor_facts(request).active and second_factors.is_required(current_user(request))


@contextmanager
def user_time_zone(request: HttpRequest) -> Iterator[None]:
    """Within this, times are shown and read in the person's own time zone."""
    name = getattr(request.user, "time_zone", "") or "UTC"
    try:
        zone = ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        zone = ZoneInfo("UTC")
    with timezone.override(zone):
        yield
