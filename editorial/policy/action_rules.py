"""What the table of actions says about an action or a system event."""

from __future__ import annotations

from collections.abc import Set
from dataclasses import dataclass

from editorial.policy.roles import Audience, NotificationKind, Role, Scope


@dataclass(frozen=True, slots=True)
class ActionRule:
    """One action: which scope of a token it needs, who may do it, who is notified, and its line in the audit log.

    `by_owner`: roles that may do it to their own objects only. `self_service`: users may do it to their own account.
    `kind`: of its notifications, for which recipients choose when to get email.
    """

    scope: Scope
    sentence: str
    by: Set[Role] = frozenset()
    by_owner: Set[Role] = frozenset()
    self_service: bool = False
    notify: Set[Audience] = frozenset()
    kind: NotificationKind = NotificationKind.CHANGE


@dataclass(frozen=True, slots=True)
class EventRule:
    """One system event: its line in the audit log, who is notified, and the kind of its notifications."""

    sentence: str
    notify: Set[Audience] = frozenset()
    kind: NotificationKind = NotificationKind.CHANGE


RELIED = frozenset({Audience.SIGNATORIES, Audience.CONFIRMERS})
"""Those who put their name to what a claim says."""
CLAIM_AUDIENCE = RELIED | {Audience.AUTHORS, Audience.COLLECTORS, Audience.HOLDERS}
STORY_AUDIENCE = frozenset({Audience.AUTHORS, Audience.EDITORS})
WHOLE_DESK = STORY_AUDIENCE | {Audience.STANDARDS}
ACCOUNT_AUDIENCE = frozenset({Audience.OWNER, Audience.OVERSEERS, Audience.ADMINS})
ON_DUTY = frozenset({Audience.DUTY_EDITORS})
