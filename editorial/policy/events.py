"""Every event of the audit log: which of them notify whom, and which reveal something of the vault."""

from __future__ import annotations

import re
from collections.abc import Set

from editorial.policy.action_rules import ActionRule, EventRule
from editorial.policy.actions import ACTIONS, Action
from editorial.policy.roles import Audience, NotificationKind
from editorial.policy.system_events import SYSTEM_EVENTS, SystemEvent

RULES: dict[str, ActionRule | EventRule] = {**ACTIONS, **SYSTEM_EVENTS}
"""Every event of the audit log, by name."""

_REMEDY_NOTICES = frozenset(
    {
        SystemEvent.STORY_FLAG,
        SystemEvent.CORRECTION_REMIND,
        SystemEvent.CORRECTION_OVERDUE,
        SystemEvent.CORRECTION_WARN,
        SystemEvent.CORRECTION_REFUSE,
    }
)
_ESCALATIONS = frozenset({SystemEvent.REVIEW_ESCALATE, SystemEvent.REVIEW_ESCALATE_TO_DUTY})
_TASK_NOTICES = _ESCALATIONS | {SystemEvent.REVIEW_REMIND, SystemEvent.REVIEW_OVERDUE, SystemEvent.REVIEW_EXPIRE}
_CORRECTION_WARNING = frozenset({SystemEvent.CORRECTION_WARN})
_EMAIL_RECEIVED = frozenset({SystemEvent.EMAILED_COMMENT_RECEIVE})
_SCHEDULE_NOTICES = frozenset({SystemEvent.STORY_WARN, SystemEvent.STORY_REFUSE})

NOTIFIED_EVENTS = frozenset(str(name) for name, rule in RULES.items() if rule.notify)
CONFIDENTIAL_EVENTS = frozenset({SystemEvent.NAME_IN_COPY, SystemEvent.IDENTITY_COMPARE, Action.SOURCE_MATCH_IDENTITY})
"""Events that reveal something of the vault. Their notices quote nothing and reach neither followers nor webhooks."""
_PUBLIC_OBJECTS = ("story", "claim", "statement", "signoff", "review", "reply", "restriction", "correction")
BATCHED_EVENTS = frozenset({SystemEvent.REVIEW_OPEN, SystemEvent.REVIEW_REOPEN})
"""Events of which those logged together notify once, by the first of them."""
WEBHOOK_EVENTS = frozenset(
    name for name in NOTIFIED_EVENTS - CONFIDENTIAL_EVENTS - BATCHED_EVENTS if name.partition(".")[0] in _PUBLIC_OBJECTS
)
"""Events that a desk's webhooks may carry: of its stories, claims and the work on them, and of nothing private."""
DESK_EVENTS = WEBHOOK_EVENTS | BATCHED_EVENTS
"""Events of a desk's stories, claims and the work on them. Its editors may see who was notified of them."""
MERGE_EVENTS = frozenset({Action.SOURCE_MERGE, Action.SOURCE_UNMERGE})
"""Events that name two sources held to be one person. Of unnamed ones only their custodians see them."""
FAREWELL_EVENTS = frozenset({Action.STORY_MOVE, SystemEvent.CORRECTION_LAPSE})
"""Events that a desk is notified of although the story may have left it."""
ALERT_EVENTS = frozenset({Action.ACCOUNT_BREAK_GLASS})
"""Events that also notify people without access. Otherwise deactivating them first would silence the alert."""
RETIREMENTS: dict[str, frozenset[str]] = {
    Action.STORY_SEND_BACK: frozenset({Action.STORY_SUBMIT}),
    Action.STORY_CLEAR: frozenset({Action.STORY_SUBMIT, SystemEvent.STORY_VOID_CLEARANCE}),
    Action.STORY_SPIKE: frozenset({Action.STORY_SUBMIT, SystemEvent.STORY_VOID_CLEARANCE, SystemEvent.STORY_WARN}),
    Action.STORY_SCHEDULE: _SCHEDULE_NOTICES,
    Action.STORY_UNSCHEDULE: frozenset({SystemEvent.STORY_WARN}),
    Action.STORY_PUBLISH: _SCHEDULE_NOTICES,
    SystemEvent.STORY_REFUSE: frozenset({SystemEvent.STORY_WARN}),
    Action.STORY_CORRECT: _REMEDY_NOTICES,
    Action.STORY_RETRACT: _REMEDY_NOTICES,
    SystemEvent.STORY_CLEAR_FLAG: _REMEDY_NOTICES,
    Action.SIGNOFF_APPROVE: frozenset({Action.SIGNOFF_PROPOSE}),
    Action.SIGNOFF_REJECT: frozenset({Action.SIGNOFF_PROPOSE}),
    SystemEvent.SIGNOFF_VOID: frozenset({Action.SIGNOFF_PROPOSE}),
    Action.STORY_SCHEDULE_CORRECTION: _CORRECTION_WARNING,
    Action.STORY_CANCEL_CORRECTION: _CORRECTION_WARNING,
    SystemEvent.CORRECTION_LAPSE: _CORRECTION_WARNING,
    SystemEvent.CORRECTION_REFUSE: _CORRECTION_WARNING,
    SystemEvent.CORRECTION_OVERDUE: frozenset({SystemEvent.CORRECTION_REMIND}),
    Action.REPLY_ANSWER: frozenset({SystemEvent.REPLY_REMIND, SystemEvent.REPLY_EXPIRE}),
    SystemEvent.REPLY_EXPIRE: frozenset({SystemEvent.REPLY_REMIND}),
    SystemEvent.RECEIVED_ANSWER_RECORD: frozenset({SystemEvent.RECEIVED_ANSWER_RECEIVE}),
    Action.RECEIVED_ANSWER_DISMISS: frozenset({SystemEvent.RECEIVED_ANSWER_RECEIVE}),
    Action.EMAILED_COMMENT_CONFIRM: _EMAIL_RECEIVED,
    Action.EMAILED_COMMENT_DISMISS: _EMAIL_RECEIVED,
    SystemEvent.EMAILED_COMMENT_EXPIRE: _EMAIL_RECEIVED,
    SystemEvent.REVIEW_OVERDUE: frozenset({SystemEvent.REVIEW_REMIND}),
    Action.REVIEW_ASSIGN: _ESCALATIONS,
    Action.REVIEW_SNOOZE: _TASK_NOTICES,
    Action.COMMENT_RESOLVE: frozenset({Action.COMMENT_ADD, Action.COMMENT_EDIT, Action.COMMENT_REOPEN}),
    Action.COMMENT_REOPEN: frozenset({Action.COMMENT_RESOLVE}),
    Action.REVIEW_TAKE: _TASK_NOTICES,
    Action.REVIEW_FINISH: _TASK_NOTICES,
    SystemEvent.REVIEW_CLOSE: _TASK_NOTICES,
}
"""Events that do what earlier notifications about the same object ask for: these are retired."""
REMEDY_EVENTS = frozenset(
    {
        SystemEvent.STORY_FLAG,
        SystemEvent.CORRECTION_REMIND,
        SystemEvent.CORRECTION_OVERDUE,
        SystemEvent.WIRE_ITEM_WITHDRAW,
    }
)
"""Events that say what a published story owes its readers: the most important of their kind."""
OPERATIONAL_EVENTS = frozenset(name for name in NOTIFIED_EVENTS if name.startswith(("job.", "integrity.")))
"""Notifications about the newsroom's own jobs. A failure to send one sends no other, or failures would multiply."""


def recipients_for(event: str) -> Set[Audience]:
    """The audiences that such an event notifies; may be empty."""
    return RULES[event].notify if event in RULES else frozenset()


def kind_of(event: str) -> NotificationKind:
    """The kind of notification that such an event causes."""
    return RULES[event].kind if event in RULES else NotificationKind.CHANGE


_ID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")


def ids_in(data: object) -> list[str]:
    """The ids of objects in an event's data."""
    return _ID.findall(str(data))
