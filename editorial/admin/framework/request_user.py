"""The user of a request: access facts, requirements and time zone."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import cast
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from django.http import HttpRequest
from django.utils import timezone

from editorial.models import User
from editorial.policy.access import ActorFacts
from editorial.policy.roles import Role
from editorial.workflow.people import factor_status, sign_in

_CACHE_ATTRIBUTE = "_newsroom_facts"
_ANONYMOUS = ActorFacts(id="", active=False, memberships=frozenset())
# Who reads the page that is being rendered. Columns, titles and form labels get a row but no request.
_reader: ContextVar[ActorFacts] = ContextVar("reader", default=_ANONYMOUS)


def current_user(request: HttpRequest) -> User:
    """The signed-in user. Only for views that require a login."""
    user = cast(User, request.user)
    sign_in.attach_session(user, request.session)
    return user


def actor_facts(request: HttpRequest) -> ActorFacts:
    """The user's access facts, read once per request: a revoked role takes effect with the next request."""
    facts: ActorFacts | None = getattr(request, _CACHE_ATTRIBUTE, None)
    if facts is None:
        facts = current_user(request).facts() if request.user.is_authenticated else _ANONYMOUS
        setattr(request, _CACHE_ATTRIBUTE, facts)
    return facts


def has_role(facts: ActorFacts) -> bool:
    """Whether the account is active and has a role at any desk or for all desks."""
    return facts.active and bool(facts.memberships)


def is_organization_admin(request: HttpRequest) -> bool:
    """Whether the user is an administrator for all desks."""
    return (Role.ADMIN, None) in actor_facts(request).memberships


def must_enroll_second_factor(request: HttpRequest) -> bool:
    """Whether the user is signed in and lacks the second factor that a role requires."""
    return actor_facts(request).active and factor_status.is_required(current_user(request))


def must_change_password(request: HttpRequest) -> bool:
    """Whether the user is signed in with a password that an administrator chose."""
    return actor_facts(request).active and sign_in.must_change_password(current_user(request))


def reader() -> ActorFacts:
    """The user for whom a page is being rendered; outside of a page somebody who may see nothing."""
    return _reader.get()


@contextmanager
def reading(request: HttpRequest) -> Iterator[None]:
    """Render a page for this request's user."""
    token = _reader.set(actor_facts(request))
    try:
        yield
    finally:
        _reader.reset(token)


@contextmanager
def user_time_zone(request: HttpRequest) -> Iterator[None]:
    """Show and parse times in the user's time zone."""
    name = getattr(request.user, "time_zone", "") or "UTC"
    try:
        zone = ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        zone = ZoneInfo("UTC")
    with timezone.override(zone):
        yield
