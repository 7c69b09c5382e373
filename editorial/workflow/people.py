"""Desks and the people who work at them: open a desk, hire somebody."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from django.contrib.auth.password_validation import validate_password
from django.utils.text import slugify

from editorial.models import Desk, Membership, User
from editorial.policy.access import Role
from editorial.workflow import record
from editorial.workflow.acts import Forbidden, Invalid, Reason, act, find, save


@act
def open_desk(*, name: str, actor: User | None, now: datetime) -> Desk:
    """Open a desk. The system may, and an administrator of the whole house."""
    _administrators_only(actor)
    desk = Desk(name=name.strip(), slug=slugify(name))
    save(desk)
    record.event(desk, "desk.open", actor=actor, now=now, desk=desk)
    return desk


@act
def hire(
    *,
    username: str,
    password: str,
    email: str,
    memberships: Iterable[tuple[str, UUID | str | None]],
    first_name: str = "",
    last_name: str = "",
    time_zone: str = "UTC",
    actor: User | None,
    now: datetime,
) -> User:
    """Give somebody an account, with each role they hold and the desk where (None: in the whole house)."""
    _administrators_only(actor)
    person = User(
        username=username,
        email=email,
        first_name=first_name,
        last_name=last_name,
        time_zone=time_zone,
        # Lets the admin's own pages in; what somebody may do there follows from memberships alone.
        is_staff=True,
    )
    validate_password(password, person)
    person.set_password(password)
    save(person)
    held = [_join(person, role, desk) for role, desk in memberships]
    if not held:
        raise Invalid(Reason("NO_ROLE", "Give at least one role; without one, nothing can be seen.", "memberships"))
    record.event(person, "person.hire", actor=actor, now=now, roles=[[link.role, _key(link.desk_id)] for link in held])
    return person


def _join(person: User, role: str, desk: UUID | str | None) -> Membership:
    if role not in set(Role):
        raise Invalid(Reason("UNKNOWN_ROLE", f"The roles are {', '.join(Role)}.", "memberships"))
    link = Membership(
        user=person, role=role, desk=find(Desk, desk, None, field="memberships") if desk is not None else None
    )
    save(link)
    return link


def _administrators_only(actor: User | None) -> None:
    if actor is None:
        return
    facts = actor.facts()
    if not facts.active or (Role.ADMIN, None) not in facts.memberships:
        raise Forbidden("This is for: admin, of the whole house.", code="FORBIDDEN")


def _key(desk_id: UUID | None) -> str | None:
    return str(desk_id) if desk_id else None
