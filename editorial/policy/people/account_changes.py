"""Protected accounts, which can open the vault, sign or publish: a change takes two administrators and a delay.

An administrator who sets a custodian's password and removes their second factor can act as the custodian.
So one administrator requests the change, a second approves it, and the owner can cancel it during a delay. In an
emergency one administrator can make it immediately, which alerts everyone concerned.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta

from editorial.policy.actions import ACTIONS, Action
from editorial.policy.roles import Role
from editorial.policy.vocabulary import ChoiceEnum


class AccountChangeKind(ChoiceEnum):
    """The kind of change. Each one could let somebody else use the account or divert its alerts."""

    PASSWORD = "password", "New password"
    SECOND_FACTOR = "second_factor", "Removal of the second factor"
    ROLE = "role", "New role"
    REACTIVATION = "reactivation", "Reactivation"
    EMAIL = "email", "New email address"


class AccountChangeState(ChoiceEnum):
    """The state of a change. Only a requested or approved one can still take effect."""

    REQUESTED = "requested"
    APPROVED = "approved"
    CARRIED_OUT = "carried_out"
    CANCELLED = "cancelled"
    EXPIRED = "expired"


OPEN_STATES = frozenset({AccountChangeState.REQUESTED, AccountChangeState.APPROVED})
REQUEST_LIFETIME = timedelta(days=7)
"""How long a second administrator can approve a request."""
REVOKED_ROLE_GRACE = timedelta(days=30)
"""How long a revoked role still protects the account. Otherwise revoking it first would bypass the approval."""
ALERT_GRACE = timedelta(days=7)
"""How long people are still alerted after they lose the role or the account that entitles them."""
OVERSIGHT_ROLES = frozenset({Role.CUSTODIAN, Role.STANDARDS_EDITOR})
"""Roles at any desk that see every change, besides administrators and the account's owner."""

_SENSITIVE_ACTIONS = (
    Action.SOURCE_REPLACE_IDENTITY,
    Action.SOURCE_APPROVE_UNMASK,
    Action.SOURCE_UNMASK,
    Action.SOURCE_BREAK_GLASS,
    Action.SIGNOFF_APPROVE,
    Action.SIGNOFF_READ_STANDARDS,
    Action.SIGNOFF_READ_LEGAL,
    Action.STORY_PUBLISH,
    Action.STORY_RETRACT,
    Action.ACCOUNT_APPROVE_CHANGE,
)
PROTECTED_ROLES = frozenset(role for action in _SENSITIVE_ACTIONS for role in ACTIONS[action].by)
"""Roles that can open the vault, sign, publish, or manage accounts."""


DENIALS = {
    "FOUR_EYES": "Another administrator must approve your request.",
    "OWN_ACCOUNT": "Another administrator must approve a change to your own account.",
    "APPROVED": "This change has already been approved.",
    "ENDED": "This change has ended. Request a new one.",
    "PASSWORD_KNOWN": "One of you set the other's password and could act as both. Its owner must set a new one first.",
    "EMAIL_CAN_WAIT": "Break glass cannot change an email address: the alert would go to the new one. "
    "A second administrator must approve it.",
}
"""The codes of denials, and what people read."""


@dataclass(frozen=True, slots=True)
class AccountChangeFacts:
    """A change: its kind, owner, requester and state, the deadline for approval, and when it takes effect."""

    kind: AccountChangeKind
    user: str
    requested_by: str
    state: AccountChangeState
    expires_at: datetime
    effective_at: datetime | None = None


def is_protected(roles: Collection[str]) -> bool:
    """Whether an account with these roles – held, requested or recently revoked – takes two administrators."""
    return not PROTECTED_ROLES.isdisjoint(roles)


def denial_of_approval(change: AccountChangeFacts, actor: str, now: datetime) -> str | None:
    """Why the actor cannot approve the change; None if they can."""
    if change.requested_by == actor:
        return "FOUR_EYES"
    if change.user == actor:
        return "OWN_ACCOUNT"
    if change.state is AccountChangeState.APPROVED:
        return "APPROVED"
    return "ENDED" if change.state not in OPEN_STATES or has_expired(change, now) else None


def denial_of_break_glass(change: AccountChangeFacts, now: datetime) -> str | None:
    """Why the change cannot be made immediately; None if it can."""
    if change.state not in OPEN_STATES or has_expired(change, now):
        return "ENDED"
    # The alert goes to the owner's address, so nobody may replace that address first.
    return "EMAIL_CAN_WAIT" if change.kind is AccountChangeKind.EMAIL else None


def is_due(change: AccountChangeFacts, now: datetime) -> bool:
    """Whether the change takes effect now."""
    return (
        change.state is AccountChangeState.APPROVED and change.effective_at is not None and change.effective_at <= now
    )


def has_expired(change: AccountChangeFacts, now: datetime) -> bool:
    """Whether nobody approved the change in time."""
    return change.state is AccountChangeState.REQUESTED and change.expires_at <= now
