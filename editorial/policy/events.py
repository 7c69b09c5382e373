"""Every event of the audit log: which of them notify whom, and which reveal something of the vault."""

from __future__ import annotations

import re
from collections.abc import Set

from editorial.policy.action_rules import ActionRule, EventRule
from editorial.policy.actions import ACTIONS, Action
from editorial.policy.roles import Audience
from editorial.policy.system_events import SYSTEM_EVENTS, SystemEvent

RULES: dict[str, ActionRule | EventRule] = {**ACTIONS, **SYSTEM_EVENTS}
"""Every event of the audit log, by name."""

NOTIFIED_EVENTS = frozenset(str(name) for name, rule in RULES.items() if rule.notify)
CONFIDENTIAL_EVENTS = frozenset({SystemEvent.NAME_IN_COPY, SystemEvent.IDENTITY_COMPARE, Action.SOURCE_MATCH_IDENTITY})
"""Events that reveal something of the vault. Their notices quote nothing and reach neither followers nor webhooks."""
_PUBLIC_OBJECTS = ("story", "claim", "statement", "signoff", "review", "reply", "restriction", "correction")
WEBHOOK_EVENTS = frozenset(
    name for name in NOTIFIED_EVENTS - CONFIDENTIAL_EVENTS if name.partition(".")[0] in _PUBLIC_OBJECTS
)
"""Events that a desk's webhooks may carry: of its stories, claims and the work on them, and of nothing private."""
MERGE_EVENTS = frozenset({Action.SOURCE_MERGE, Action.SOURCE_UNMERGE})
"""Events that name two sources held to be one person. Of unnamed ones only their custodians see them."""
FAREWELL_EVENTS = frozenset({Action.STORY_MOVE, SystemEvent.CORRECTION_LAPSE})
"""Events that a desk is notified of although the story may have left it."""
ALERT_EVENTS = frozenset({Action.ACCOUNT_BREAK_GLASS})
"""Events that also notify people without access. Otherwise deactivating them first would silence the alert."""
OPERATIONAL_EVENTS = frozenset(name for name in NOTIFIED_EVENTS if name.startswith(("job.", "integrity.")))
"""Notifications about the newsroom's own jobs. A failure to send one sends no other, or failures would multiply."""


def recipients_for(event: str) -> Set[Audience]:
    """The audiences that such an event notifies; may be empty."""
    return RULES[event].notify if event in RULES else frozenset()


_ID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")


def ids_in(data: object) -> list[str]:
    """The ids of objects in an event's data."""
    return _ID.findall(str(data))
