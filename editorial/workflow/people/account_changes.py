"""Changes to protected accounts: two administrators and a delay, or one administrator immediately, with an alert."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.conf import settings

from editorial.models import AccountChange, Membership, Passkey, SecondFactor, User
from editorial.policy import access
from editorial.policy.access import SubjectFacts
from editorial.policy.actions import Action
from editorial.policy.people import account_changes as policy
from editorial.policy.people.account_changes import OPEN_STATES, AccountChangeKind, AccountChangeState
from editorial.policy.system_events import SystemEvent
from editorial.workflow.core.actions import atomic_action, require_permission, require_reason
from editorial.workflow.core.errors import Conflict, Reason, ValidationFailed, refuse
from editorial.workflow.core.locking import get_visible, lock
from editorial.workflow.people import (
    account_control,
    earlier_access,
    passwords,
    protected_accounts,
    reauthentication,
    tokens,
)


@atomic_action
def request(
    *,
    user_id: UUID | str,
    kind: str,
    reason: str,
    role: str = "",
    desk_id: UUID | str | None = None,
    email: str = "",
    password: str = "",
    actor: User,
    now: datetime,
) -> AccountChange:
    """Request a change to an account that can open the vault, sign or publish.

    It takes effect after a second administrator approves it and a delay passes. The account's owner, custodians,
    standards editors and administrators are notified, and the owner can cancel it.
    """
    require_permission(actor, Action.ACCOUNT_REQUEST_CHANGE, SubjectFacts())
    if kind not in set(AccountChangeKind):
        raise ValidationFailed(Reason("UNKNOWN_KIND", f"Choose one of these: {', '.join(AccountChangeKind)}.", "kind"))
    user = lock(User, user_id, None, field="user")
    if not protected_accounts.is_protected(user, now, granted=[role]):
        raise Conflict(
            "This account can neither open the vault nor sign or publish, so the change needs no second "
            "administrator. Make it on the user's page.",
            code="NOT_PROTECTED",
        )
    return protected_accounts.submit(
        user,
        AccountChangeKind(kind),
        reason=reason,
        role=role,
        desk_id=desk_id,
        email=email,
        password=password,
        actor=actor,
        now=now,
    )


def approve(*, change_id: UUID | str, code: str = "", assertion: str = "", actor: User, now: datetime) -> AccountChange:
    """Approve another administrator's request. The change takes effect after the delay.

    First confirm it with the account's owner, by telephone or in person. Your second factor is required if you have one
    or your role requires one.
    """
    _require_permission(change_id, actor, Action.ACCOUNT_APPROVE_CHANGE)
    reauthentication.require(code=code, assertion=assertion, actor=actor, now=now)
    return _approve(change_id=change_id, actor=actor, now=now)


@atomic_action
def _approve(*, change_id: UUID | str, actor: User, now: datetime) -> AccountChange:
    change = _lock(change_id, actor, Action.ACCOUNT_APPROVE_CHANGE)
    refuse(policy.denial_of_approval(change.facts(), str(actor.pk), now), policy.DENIALS)
    pair = (actor, change.requested_by)
    if account_control.knows_password(*pair) or account_control.knows_password(*reversed(pair)):
        refuse("PASSWORD_KNOWN", policy.DENIALS)
    change.state = AccountChangeState.APPROVED.value
    change.approved_by, change.approved_at = actor, now
    change.effective_at = now + settings.ACCOUNT_CHANGE_DELAY
    change.save(update_fields=["state", "approved_by", "approved_at", "effective_at"])
    protected_accounts.log(
        change,
        Action.ACCOUNT_APPROVE_CHANGE,
        actor=actor,
        now=now,
        requested_by=str(change.requested_by_id),
        effective_at=change.effective_at.isoformat(),
    )
    return change


@atomic_action
def cancel(*, change_id: UUID | str, reason: str = "", actor: User, now: datetime) -> AccountChange:
    """Cancel a change before it takes effect. Any administrator and the account's owner can."""
    change = _lock(change_id, actor, Action.ACCOUNT_CANCEL_CHANGE)
    if change.state not in OPEN_STATES:
        refuse("ENDED", policy.DENIALS)
    protected_accounts.end(change, AccountChangeState.CANCELLED, now=now)
    protected_accounts.log(change, Action.ACCOUNT_CANCEL_CHANGE, actor=actor, now=now, reason=reason.strip())
    return change


def break_glass(
    *, change_id: UUID | str, reason: str, code: str = "", assertion: str = "", actor: User, now: datetime
) -> AccountChange:
    """Make a requested change immediately, without a second administrator, in an emergency.

    This alerts the account's owner and all custodians, standards editors and administrators. A code from your second
    factor is required if you have one or your role requires one.
    """
    _require_permission(change_id, actor, Action.ACCOUNT_BREAK_GLASS)
    reason = require_reason(reason, "Say why this cannot wait for a second administrator.")
    reauthentication.require(code=code, assertion=assertion, actor=actor, now=now)
    return _break_glass(change_id=change_id, reason=reason, actor=actor, now=now)


@atomic_action
def _break_glass(*, change_id: UUID | str, reason: str, actor: User, now: datetime) -> AccountChange:
    change = _lock(change_id, actor, Action.ACCOUNT_BREAK_GLASS)
    refuse(policy.denial_of_break_glass(change.facts(), now), policy.DENIALS)
    _apply(change, actor=actor, now=now)
    change.forced_by = actor
    protected_accounts.end(change, AccountChangeState.CARRIED_OUT, now=now)
    protected_accounts.log(change, Action.ACCOUNT_BREAK_GLASS, actor=actor, now=now, reason=reason)
    return change


@atomic_action
def carry_out(*, change_id: UUID | str, now: datetime) -> AccountChange | None:
    """Make an approved change whose delay has passed. Returns None if it is not due.

    It expires if its requester or approver may no longer manage accounts, because their own account may be compromised.
    """
    change = _lock(change_id, None, None)
    if not policy.is_due(change.facts(), now):
        return None
    if not _both_still_permitted(change):
        return _expire(change, now, "NO_ADMINISTRATOR")
    _apply(change, actor=None, now=now)
    protected_accounts.end(change, AccountChangeState.CARRIED_OUT, now=now)
    protected_accounts.log(
        change,
        SystemEvent.ACCOUNT_CARRY_OUT_CHANGE,
        actor=None,
        now=now,
        requested_by=str(change.requested_by_id),
        approved_by=str(change.approved_by_id),
    )
    return change


@atomic_action
def expire(*, change_id: UUID | str, now: datetime) -> AccountChange | None:
    """End a request that nobody approved in time. Returns None if it is not yet due or has ended."""
    change = _lock(change_id, None, None)
    return _expire(change, now, "NOT_APPROVED") if policy.has_expired(change.facts(), now) else None


def _require_permission(change_id: UUID | str, actor: User, action: Action) -> None:
    """Check the permission before the code, outside the action's transaction, so that a wrong code counts."""
    require_permission(actor, action, get_visible(AccountChange, change_id, actor).access_facts())


def _lock(change_id: UUID | str, actor: User | None, action: Action | None) -> AccountChange:
    """Lock the account, then the change: in this order everywhere, so that two actions cannot deadlock."""
    user = lock(User, get_visible(AccountChange, change_id, actor).user_id, None)
    change = lock(AccountChange, change_id, actor)
    change.user = user
    if action is not None:
        require_permission(actor, action, change.access_facts())
    return change


def _both_still_permitted(change: AccountChange) -> bool:
    subject = change.access_facts()
    return bool(
        change.approved_by
        and access.may(change.requested_by.facts(), Action.ACCOUNT_REQUEST_CHANGE, subject)
        and access.may(change.approved_by.facts(), Action.ACCOUNT_APPROVE_CHANGE, subject)
    )


def _apply(change: AccountChange, *, actor: User | None, now: datetime) -> None:
    """Make the change. It has no effect if the account is already in the requested state."""
    user: User = change.user
    match AccountChangeKind(change.kind):
        case AccountChangeKind.PASSWORD:
            user.password, user.password_expires_at = change.password, None
            if change.requested_by_id != user.pk:
                passwords.make_temporary(user, now=now)
            user.save(update_fields=["password", "password_expires_at"])
            tokens.revoke_all_of(user, actor=actor, now=now)
        case AccountChangeKind.EMAIL:
            user.email = change.email
            user.save(update_fields=["email"])
        case AccountChangeKind.REACTIVATION:
            user.is_active = True
            user.save(update_fields=["is_active"])
            _renew_temporary_password(user, now)
        case AccountChangeKind.ROLE:
            Membership.objects.get_or_create(user=user, role=change.role, desk=change.desk)
            _renew_temporary_password(user, now)
            # Somebody else may hold a session or a token, and could use the new role through it.
            earlier_access.end(user, actor=actor, now=now)
        case AccountChangeKind.SECOND_FACTOR:
            # A factor set up after the request is not the one that was reported lost.
            SecondFactor.objects.filter(user=user, enrolled_at__lte=change.requested_at).delete()
            Passkey.objects.filter(user=user, registered_at__lte=change.requested_at).delete()


def _renew_temporary_password(user: User, now: datetime) -> None:
    """Start its time again: without a role, or deactivated, its owner could not sign in and replace it."""
    if user.password_expires_at is not None:
        passwords.make_temporary(user, now=now)
        user.save(update_fields=["password_expires_at"])


def _expire(change: AccountChange, now: datetime, code: str) -> AccountChange:
    protected_accounts.end(change, AccountChangeState.EXPIRED, now=now)
    protected_accounts.log(change, SystemEvent.ACCOUNT_EXPIRE_CHANGE, actor=None, now=now, code=code)
    return change
