"""Desks and users: open a desk; create, revise and deactivate users; grant and revoke roles.

Accounts belong to no desk, so only administrators of the whole organisation manage them. One of them always remains.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any, cast
from uuid import UUID
from zoneinfo import available_timezones

from django.utils.text import slugify

from editorial.models import AccountChange, Desk, Membership, User
from editorial.policy.access import SubjectFacts
from editorial.policy.actions import Action
from editorial.policy.people import account_changes
from editorial.policy.people.account_changes import AccountChangeKind
from editorial.policy.roles import Role
from editorial.workflow.core import audit
from editorial.workflow.core.actions import apply_changes, atomic_action, require_permission, validate_and_save
from editorial.workflow.core.errors import Conflict, Reason, ValidationFailed
from editorial.workflow.core.locking import get_visible, lock
from editorial.workflow.people import earlier_access, login_throttle, passwords, protected_accounts, tokens

ORGANISATION = SubjectFacts()
"""The subject of actions that belong to no desk: only roles in the whole organisation allow them."""

_WRONG_PASSWORD = Reason("WRONG_PASSWORD", "This is not your current password.", "old")
_UNCHANGED = Reason("PASSWORD_UNCHANGED", "This is your current password. Choose another one.", "new")
_EDITABLE_FIELDS = ("email", "first_name", "last_name", "time_zone")


@atomic_action
def open_desk(*, name: str, actor: User | None, now: datetime) -> Desk:
    """Open a desk, as the system or as an administrator of the whole organisation."""
    require_permission(actor, Action.DESK_OPEN, ORGANISATION)
    desk = Desk(name=name.strip(), slug=slugify(name))
    validate_and_save(desk)
    audit.log(desk, Action.DESK_OPEN, actor=actor, now=now, desk_id=desk.pk)
    return desk


@atomic_action
def create(
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
    """Create a user with roles, each at a desk (None: in the whole organisation).

    A role that can open the vault, sign or publish is only requested: a second administrator must approve it. The
    system itself (`actor=None`) needs no approval. A password that an administrator chooses is temporary.
    """
    require_permission(actor, Action.USER_CREATE, ORGANISATION)
    user = User(
        username=username,
        email=email,
        first_name=first_name,
        last_name=last_name,
        time_zone=_validate_time_zone(time_zone),
        # Django requires this for the admin. Permissions follow from memberships alone.
        is_staff=True,
    )
    _set_password(user, password)
    if actor is not None:
        passwords.make_temporary(user, now=now)
    validate_and_save(user)
    wanted = list(memberships)
    if not wanted:
        raise ValidationFailed(
            Reason("NO_ROLE", "Give at least one role; a user without a role sees nothing.", "memberships")
        )
    to_approve = [link for link in wanted if actor is not None and account_changes.is_protected([link[0]])]
    links = [_add_membership(user, role, desk) for role, desk in wanted if (role, desk) not in to_approve]
    roles = [[link.role, _key(link.desk_id)] for link in links]
    audit.log(user, Action.USER_CREATE, actor=actor, now=now, roles=roles)
    for role, desk in to_approve:
        _request_role(user, role, desk, "This is a new account.", cast(User, actor), now)
    return user


@atomic_action
def revise(
    *, user_id: UUID | str, password: str = "", reason: str = "", actor: User, now: datetime, **changes: Any
) -> User | AccountChange:
    """Change a user's name, email address, time zone or password. The password appears in no event.

    A new password ends all their sessions and revokes all their tokens; the user must replace it at sign-in. If the
    account can open the vault, sign or publish, a second administrator must approve a new password or email address;
    then the request is returned.
    """
    user = _lock(user_id, actor, Action.USER_REVISE)
    request: AccountChange | None = None
    if protected_accounts.is_protected(user, now):
        request = protected_accounts.submit_credentials(user, password, changes, reason=reason, actor=actor, now=now)
        password = ""
    if "time_zone" in changes:
        _validate_time_zone(changes["time_zone"])
    changed = sorted(apply_changes(user, changes, allowed=_EDITABLE_FIELDS))
    if password:
        _set_password(user, password)
        if actor != user:
            passwords.make_temporary(user, now=now)
        tokens.revoke_all_of(user, actor=actor, now=now)
        changed.append("password")
    if changed:
        validate_and_save(user)
        audit.log(user, Action.USER_REVISE, actor=actor, now=now, changed=dict.fromkeys(changed))
    return request or user


def change_password(*, old: str, new: str, actor: User, now: datetime) -> User:
    """Change your own password. This ends your sessions, the current one included, and revokes your tokens."""
    require_permission(actor, Action.USER_CHANGE_PASSWORD, SubjectFacts(owners=frozenset({str(actor.pk)})))
    login_throttle.reauthenticate(lambda: actor.check_password(old), _WRONG_PASSWORD, actor=actor, now=now)
    return _change_password(new=new, actor=actor, now=now)


@atomic_action
def _change_password(*, new: str, actor: User, now: datetime) -> User:
    user = lock(User, actor.pk, None)
    if user.check_password(new):
        raise ValidationFailed(_UNCHANGED)
    _set_password(user, new, field="new")
    user.save(update_fields=["password", "password_expires_at"])
    tokens.revoke_all_of(user, actor=actor, now=now)
    # The owner has set a password, so a pending reset is obsolete.
    protected_accounts.cancel_open(user, AccountChangeKind.PASSWORD, actor=actor, now=now)
    audit.log(user, Action.USER_CHANGE_PASSWORD, actor=actor, now=now)
    return user


@atomic_action
def grant_role(
    *,
    user_id: UUID | str,
    role: str,
    desk_id: UUID | str | None = None,
    reason: str = "",
    actor: User,
    now: datetime,
) -> User | AccountChange:
    """Grant a user a role at a desk or, without a desk, in the whole organisation.

    If the account can open the vault, sign or publish, or could with this role, a second administrator must approve it;
    then the request is returned.
    """
    user = _lock(user_id, actor, Action.USER_GRANT_ROLE)
    if protected_accounts.is_protected(user, now, granted=[role]):
        return _request_role(user, role, desk_id, reason, actor, now)
    link = _add_membership(user, role, desk_id or None)
    audit.log(user, Action.USER_GRANT_ROLE, actor=actor, now=now, role=link.role, at=_key(link.desk_id))
    return user


@atomic_action
def revoke_role(*, membership_id: UUID | str, actor: User, now: datetime) -> User:
    """Revoke a role. This takes effect with the user's next request."""
    link = get_visible(Membership, membership_id, None)
    user = _lock(link.user_id, actor, Action.USER_REVOKE_ROLE)
    require_remaining_administrator(Membership.objects.exclude(pk=link.pk))
    link.delete()
    audit.log(user, Action.USER_REVOKE_ROLE, actor=actor, now=now, role=link.role, at=_key(link.desk_id))
    return user


@atomic_action
def deactivate(*, user_id: UUID | str, actor: User, now: datetime) -> User:
    """Deactivate an account, end its sessions and revoke its tokens. The user's past work stays attributed to them.

    Open changes to the account are cancelled.
    """
    user = _lock(user_id, actor, Action.USER_DEACTIVATE)
    if not user.is_active:
        raise Conflict("This account is already deactivated.", code="ACCOUNT_DEACTIVATED")
    require_remaining_administrator(Membership.objects.exclude(user=user))
    earlier_access.end(user, actor=actor, now=now)  # or a later reactivation would bring the sessions back
    protected_accounts.cancel_open(user, actor=actor, now=now)
    return _set_active(user, False, Action.USER_DEACTIVATE, actor, now)


@atomic_action
def reactivate(*, user_id: UUID | str, reason: str = "", actor: User, now: datetime) -> User | AccountChange:
    """Reactivate an account, with the roles it had.

    If these can open the vault, sign or publish, a second administrator must approve it; then the request is returned.
    """
    user = _lock(user_id, actor, Action.USER_REACTIVATE)
    if user.is_active:
        raise Conflict("This account is already active.", code="ACCOUNT_ACTIVE")
    if protected_accounts.is_protected(user, now):
        return protected_accounts.submit(user, AccountChangeKind.REACTIVATION, reason=reason, actor=actor, now=now)
    return _set_active(user, True, Action.USER_REACTIVATE, actor, now)


def _lock(user_id: UUID | str, actor: User, action: Action) -> User:
    require_permission(actor, action, ORGANISATION)
    return lock(User, user_id, None)


def _request_role(
    user: User, role: str, desk_id: UUID | str | None, reason: str, actor: User, now: datetime
) -> AccountChange:
    return protected_accounts.submit(
        user, AccountChangeKind.ROLE, role=role, desk_id=desk_id, reason=reason, actor=actor, now=now
    )


def _set_active(user: User, active: bool, action: Action, actor: User, now: datetime) -> User:
    user.is_active = active
    user.save(update_fields=["is_active"])
    audit.log(user, action, actor=actor, now=now)
    return user


def _add_membership(user: User, role: str, desk: UUID | str | None) -> Membership:
    if role not in set(Role):
        raise ValidationFailed(Reason("UNKNOWN_ROLE", f"Choose one of these roles: {', '.join(Role)}.", "role"))
    link = Membership(
        user=user, role=role, desk=get_visible(Desk, desk, None, field="desk") if desk is not None else None
    )
    validate_and_save(link)
    return link


def require_remaining_administrator(others: Any) -> None:
    """Raise `Conflict` if no administrator of the whole organisation would remain."""
    administrators = others.filter(role=Role.ADMIN.value, desk=None, user__is_active=True)
    # Lock the accounts too, or two administrators could deactivate each other concurrently.
    if not administrators.select_related("user").select_for_update(of=("self", "user")).first():
        raise Conflict(
            "No administrator of the whole organisation would remain. Appoint another one first.", code="LAST_ADMIN"
        )


def _set_password(user: User, password: str, *, field: str = "password") -> None:
    passwords.validate(password, user, field=field)
    user.set_password(password)
    user.password_expires_at = None


def _validate_time_zone(name: str) -> str:
    if name not in available_timezones():
        raise ValidationFailed(
            Reason("UNKNOWN_TIME_ZONE", "Give an IANA time zone such as Europe/London.", "time_zone")
        )
    return name


def _key(desk_id: UUID | None) -> str | None:
    return str(desk_id) if desk_id else None
