"""Desks and the people who work at them: open a desk; hire, appoint, relieve, suspend.

Accounts belong to no desk, so all this is for administrators of the whole house; one of them always remains.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any
from uuid import UUID
from zoneinfo import available_timezones

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.utils.text import slugify

from editorial.models import Desk, Membership, User
from editorial.policy.access import Role, SubjectFacts, Verb
from editorial.workflow.core import audit
from editorial.workflow.core.actions import Conflict, Invalid, Reason, act, find, given, lock, permit, save
from editorial.workflow.people import login_throttle, tokens

HOUSE = SubjectFacts()
"""What belongs to no desk: only roles that are held in the whole house reach it."""

_NOT_YOURS = Reason("WRONG_PASSWORD", "This is not your password.", "old")
_MAY_CHANGE = ("email", "first_name", "last_name", "time_zone")


@act
def open_desk(*, name: str, actor: User | None, now: datetime) -> Desk:
    """Open a desk. The system may, and an administrator of the whole house."""
    permit(actor, Verb.DESK_OPEN, HOUSE)
    desk = Desk(name=name.strip(), slug=slugify(name))
    save(desk)
    audit.event(desk, Verb.DESK_OPEN, actor=actor, now=now, desk=desk)
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
    permit(actor, Verb.PERSON_HIRE, HOUSE)
    person = User(
        username=username,
        email=email,
        first_name=first_name,
        last_name=last_name,
        time_zone=_zone(time_zone),
        # Django's own flag. What somebody may do follows from memberships alone.
        is_staff=True,
    )
    _set_password(person, password)
    save(person)
    held = [_join(person, role, desk) for role, desk in memberships]
    if not held:
        raise Invalid(Reason("NO_ROLE", "Give at least one role; without one, nothing can be seen.", "memberships"))
    roles = [[link.role, _key(link.desk_id)] for link in held]
    audit.event(person, Verb.PERSON_HIRE, actor=actor, now=now, roles=roles)
    return person


@act
def revise(*, user_id: UUID | str, password: str = "", actor: User, now: datetime, **changes: Any) -> User:
    """Change somebody's name, address or time zone, or give them a new password, which is in no record.

    A new password ends every session they have and revokes every token.
    """
    person = _lock(user_id, actor, Verb.PERSON_REVISE)
    if "time_zone" in changes:
        _zone(changes["time_zone"])
    changed = sorted(given(person, changes, allowed=_MAY_CHANGE))
    if password:
        _set_password(person, password)
        tokens.revoke_all_of(person, actor=actor, now=now)
        changed.append("password")
    if changed:
        save(person)
        audit.event(person, Verb.PERSON_REVISE, actor=actor, now=now, changed=dict.fromkeys(changed))
    return person


def change_password(*, old: str, new: str, actor: User, now: datetime) -> User:
    """Give yourself a new password. It ends your sessions, this one too, and revokes your tokens."""
    permit(actor, Verb.PERSON_CHANGE_PASSWORD, SubjectFacts(owners=frozenset({str(actor.pk)})))
    login_throttle.prove(lambda: actor.check_password(old), _NOT_YOURS, actor=actor, now=now)
    return _change_password(new=new, actor=actor, now=now)


@act
def _change_password(*, new: str, actor: User, now: datetime) -> User:
    person = lock(User, actor.pk, None)
    _set_password(person, new, field="new")
    person.save(update_fields=["password"])
    tokens.revoke_all_of(person, actor=actor, now=now)
    audit.event(person, Verb.PERSON_CHANGE_PASSWORD, actor=actor, now=now)
    return person


@act
def appoint(*, user_id: UUID | str, role: str, desk_id: UUID | str | None = None, actor: User, now: datetime) -> User:
    """Give somebody one more role, at a desk or, without one, in the whole house."""
    person = _lock(user_id, actor, Verb.PERSON_APPOINT)
    link = _join(person, role, desk_id or None)
    audit.event(person, Verb.PERSON_APPOINT, actor=actor, now=now, role=link.role, at=_key(link.desk_id))
    return person


@act
def relieve(*, membership_id: UUID | str, actor: User, now: datetime) -> User:
    """Take a role from somebody. It stops with their next click."""
    link = find(Membership, membership_id, None)
    person = _lock(link.user_id, actor, Verb.PERSON_RELIEVE)
    _keep_an_administrator(Membership.objects.exclude(pk=link.pk))
    link.delete()
    audit.event(person, Verb.PERSON_RELIEVE, actor=actor, now=now, role=link.role, at=_key(link.desk_id))
    return person


@act
def suspend(*, user_id: UUID | str, actor: User, now: datetime) -> User:
    """Close somebody's account and revoke their tokens. What they did stays theirs."""
    person = _lock(user_id, actor, Verb.PERSON_SUSPEND)
    if not person.is_active:
        raise Conflict("This account is closed already.", code="SUSPENDED")
    _keep_an_administrator(Membership.objects.exclude(user=person))
    tokens.revoke_all_of(person, actor=actor, now=now)
    return _set_active(person, False, Verb.PERSON_SUSPEND, actor, now)


@act
def readmit(*, user_id: UUID | str, actor: User, now: datetime) -> User:
    """Open a closed account again, with the roles it had."""
    person = _lock(user_id, actor, Verb.PERSON_READMIT)
    if person.is_active:
        raise Conflict("This account is open already.", code="ACTIVE")
    return _set_active(person, True, Verb.PERSON_READMIT, actor, now)


def _lock(user_id: UUID | str, actor: User, verb: Verb) -> User:
    permit(actor, verb, HOUSE)
    return lock(User, user_id, None)


def _set_active(person: User, active: bool, verb: Verb, actor: User, now: datetime) -> User:
    person.is_active = active
    person.save(update_fields=["is_active"])
    audit.event(person, verb, actor=actor, now=now)
    return person


def _join(person: User, role: str, desk: UUID | str | None) -> Membership:
    if role not in set(Role):
        raise Invalid(Reason("UNKNOWN_ROLE", f"The roles are {', '.join(Role)}.", "role"))
    link = Membership(user=person, role=role, desk=find(Desk, desk, None, field="desk") if desk is not None else None)
    save(link)
    return link


def _keep_an_administrator(others: Any) -> None:
    """Refuse to leave the house without anybody who could let people in."""
    administrators = others.filter(role=Role.ADMIN.value, desk=None, user__is_active=True)
    # With the account, or two administrators could suspend each other at the same moment.
    if not administrators.select_related("user").select_for_update(of=("self", "user")).first():
        raise Conflict("Nobody would be left to look after accounts. Appoint another admin first.", code="LAST_ADMIN")


def _set_password(person: User, password: str, *, field: str = "password") -> None:
    try:
        validate_password(password, person)
    except ValidationError as problem:
        raise Invalid(*(Reason("WEAK_PASSWORD", text, field) for text in problem.messages)) from problem
    person.set_password(password)


def _zone(name: str) -> str:
    if name not in available_timezones():
        raise Invalid(Reason("UNKNOWN_ZONE", "Give an IANA time zone such as Europe/London.", "time_zone"))
    return name


def _key(desk_id: UUID | None) -> str | None:
    return str(desk_id) if desk_id else None
