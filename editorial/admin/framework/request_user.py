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

_KEPT = "_newsroom_facts"
_NOBODY = ActorFacts(id="", active=False, memberships=frozenset())


def person(request: HttpRequest) -> User:
    """The person who is logged in. Only for views behind the door."""
    return cast(User, request.user)


def facts(request: HttpRequest) -> ActorFacts:
    """What access needs to know of them, read once a request: a role taken away stops with the next one."""
    kept: ActorFacts | None = getattr(request, _KEPT, None)
    if kept is None:
        kept = person(request).facts() if request.user.is_authenticated else _NOBODY
        setattr(request, _KEPT, kept)
    return kept


def belongs(user: User) -> bool:
    """Whether somebody works here: an active account with a role at some desk, or in the whole house."""
    known = user.facts()
    return known.active and bool(known.memberships)


def must_enrol(request: HttpRequest) -> bool:
    """Whether they are logged in, and a role of theirs asks for a second factor that they do not have."""
    return facts(request).active and second_factors.due(person(request))


@contextmanager
def wall_clock(request: HttpRequest) -> Iterator[None]:
    """Within this, times are shown and read in the person's own time zone."""
    name = getattr(request.user, "time_zone", "") or "UTC"
    try:
        zone = ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        zone = ZoneInfo("UTC")
    with timezone.override(zone):
        yield
