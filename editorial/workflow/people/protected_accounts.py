"""Protected accounts: which accounts need a second administrator, and how a change becomes a request."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any
from uuid import UUID

from django.contrib.auth.hashers import make_password

from editorial.models import AccountChange, Desk, Event, Membership, Passkey, SecondFactor, User
from editorial.policy.actions import Action
from editorial.policy.people import account_changes as policy
from editorial.policy.people.account_changes import AccountChangeKind, AccountChangeState
from editorial.policy.roles import Role
from editorial.policy.system_events import SystemEvent
from editorial.workflow.core import audit
from editorial.workflow.core.actions import require_reason, validate_and_save
from editorial.workflow.core.errors import Conflict, Reason, ValidationFailed
from editorial.workflow.core.locking import get_visible
from editorial.workflow.people import passwords


def is_protected(user: User, now: datetime, *, granted: Iterable[str] = ()) -> bool:
    """Whether a change to this account needs a second administrator. The caller holds the account's lock.

    Pending roles count; otherwise an administrator could set the password before the role is granted. So do recently
    revoked roles; otherwise they could revoke the role first. `granted`: roles that the change itself would add.
    """
    roles = Membership.objects.filter(user=user).values_list("role", flat=True)
    pending = AccountChange.objects.filter(user=user).open().exclude(role="").values_list("role", flat=True)
    events = Event.objects.filter(stream=audit.stream_of(user))
    revoked = (role for _, role in events.revoked_roles(since=now - policy.REVOKED_ROLE_GRACE))
    return policy.is_protected({*roles, *pending, *revoked, *granted})


def submit(
    user: User,
    kind: AccountChangeKind,
    *,
    reason: str,
    role: str = "",
    desk_id: UUID | str | None = None,
    email: str = "",
    password: str = "",
    actor: User,
    now: datetime,
) -> AccountChange:
    """Record a change for a second administrator to approve. The caller holds the account's lock."""
    reason = require_reason(
        reason, "Tell the second administrator why, and say how you verified the requester's identity."
    )
    desk = get_visible(Desk, desk_id, None, field="desk") if desk_id else None
    _require_effect(user, kind, role, desk)
    change = AccountChange(
        user=user,
        kind=kind.value,
        role=role,
        desk=desk,
        email=email,
        password=_hash(user, password) if password else "",
        reason=reason,
        requested_by=actor,
        requested_at=now,
        expires_at=now + policy.REQUEST_LIFETIME,
    )
    validate_and_save(change)
    log(change, Action.ACCOUNT_REQUEST_CHANGE, actor=actor, now=now, reason=reason)
    return change


def submit_credentials(
    user: User, password: str, changes: dict[str, Any], *, reason: str, actor: User, now: datetime
) -> AccountChange | None:
    """Request a new email address, which is removed from `changes`, and a new password.

    Returns the last request; None if neither changes.
    """
    request, email = None, changes.pop("email", user.email)
    if email != user.email:
        request = submit(user, AccountChangeKind.EMAIL, email=email, reason=reason, actor=actor, now=now)
    if password:
        request = submit(user, AccountChangeKind.PASSWORD, password=password, reason=reason, actor=actor, now=now)
    return request


def end(change: AccountChange, state: AccountChangeState, *, now: datetime) -> None:
    """End a locked change, and erase its password hash."""
    change.state, change.ended_at, change.password = state.value, now, ""
    change.save(update_fields=["state", "ended_at", "password", "forced_by"])


def cancel_open(user: User, *kinds: AccountChangeKind, actor: User | None, now: datetime) -> None:
    """Cancel the open changes (of these kinds) of an account whose lock the caller holds."""
    changes = AccountChange.objects.filter(user=user).open()
    if kinds:
        changes = changes.filter(kind__in=[kind.value for kind in kinds])
    for change in changes.select_for_update(of=("self",), no_key=True).order_by("pk"):
        end(change, AccountChangeState.CANCELLED, now=now)
        log(change, Action.ACCOUNT_CANCEL_CHANGE, actor=actor, now=now)


def log(change: AccountChange, action: Action | SystemEvent, *, actor: User | None, now: datetime, **data: Any) -> None:
    """Append to the change's audit chain: the owner and the kind of change. Never a password or an address."""
    what: dict[str, Any] = {"user": str(change.user_id), "kind": change.kind}
    if change.role:
        what |= {"role": change.role, "at": str(change.desk_id) if change.desk_id else ""}
    audit.log(change, action, actor=actor, now=now, **what, **data)


def _require_effect(user: User, kind: AccountChangeKind, role: str, desk: Desk | None) -> None:
    """Raise an error if there is nothing to change."""
    match kind:
        case AccountChangeKind.ROLE:
            if role not in set(Role):
                text = f"Choose one of these roles: {', '.join(Role)}."
                raise ValidationFailed(Reason("UNKNOWN_ROLE", text, "role"))
            if Membership.objects.filter(user=user, role=role, desk=desk).exists():
                raise Conflict("This person already has this role.", code="ROLE_HELD")
        case AccountChangeKind.REACTIVATION:
            if user.is_active:
                raise Conflict("This account is already active.", code="ACCOUNT_ACTIVE")
        case AccountChangeKind.SECOND_FACTOR:
            if not any(model.objects.filter(user=user).exists() for model in (SecondFactor, Passkey)):
                raise Conflict("This account has no second factor.", code="NO_SECOND_FACTOR")


def _hash(user: User, password: str) -> str:
    passwords.validate(password, user)
    return make_password(password)
