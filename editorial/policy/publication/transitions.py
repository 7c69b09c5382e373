"""The states of stories and sign-offs, and the transitions between them."""

from __future__ import annotations

from collections.abc import Set

from editorial.policy.access import Decision
from editorial.policy.actions import Action
from editorial.policy.vocabulary import ChoiceEnum


class StoryStatus(ChoiceEnum):
    """The state of a story."""

    PITCHED = "pitched"
    DRAFT = "draft"
    SUBMITTED = "submitted"
    CLEARED = "cleared"
    SCHEDULED = "scheduled"
    PUBLISHED = "published"
    WITHHELD = "withheld"
    RETRACTED = "retracted"
    SPIKED = "spiked"


class SignoffKind(ChoiceEnum):
    """What a sign-off approves."""

    FINDING = "finding"
    STANDARDS = "standards"
    LEGAL = "legal"


class SignoffState(ChoiceEnum):
    """The state of a sign-off. Only `approved` takes effect."""

    PROPOSED = "proposed"
    APPROVED = "approved"
    REJECTED = "rejected"
    VOIDED = "voided"


_PITCHED, _DRAFT, _SUBMITTED, _CLEARED, _SCHEDULED, _PUBLISHED, _WITHHELD, _RETRACTED, _SPIKED = StoryStatus
_BEFORE_PRINT = frozenset({_PITCHED, _DRAFT, _SUBMITTED, _CLEARED, _SCHEDULED})
IN_PRINT = frozenset({_PUBLISHED, _WITHHELD})
"""The states of a story that has run and is not retracted."""
CLEARED = frozenset({_CLEARED, _SCHEDULED})
"""The states in which an editor's clearance is in force."""
READ = IN_PRINT | {_RETRACTED}
"""The states of a story that readers have seen."""

FINAL_STATES: dict[StoryStatus, str] = {
    _RETRACTED: "The retraction has been published. To run the story again, write a new one.",
}
"""The states that a story never leaves, each with the reason."""

# action → (states it may start from, state it leads to; None: unchanged)
STORY_TRANSITIONS: dict[Action, tuple[Set[StoryStatus], StoryStatus | None]] = {
    Action.STORY_ASSIGN: (frozenset(StoryStatus), None),
    Action.STORY_REVISE: (_BEFORE_PRINT | IN_PRINT, None),
    Action.STORY_SUBMIT: ({_PITCHED, _DRAFT}, _SUBMITTED),
    Action.STORY_SEND_BACK: ({_SUBMITTED, _CLEARED}, _DRAFT),
    Action.STORY_CLEAR: ({_SUBMITTED}, _CLEARED),
    Action.STORY_SCHEDULE: ({_CLEARED, _SCHEDULED}, _SCHEDULED),
    Action.STORY_UNSCHEDULE: ({_SCHEDULED}, _CLEARED),
    Action.STORY_PUBLISH: ({_CLEARED, _SCHEDULED}, _PUBLISHED),
    Action.STORY_CORRECT: (IN_PRINT, _PUBLISHED),
    Action.STORY_WITHHOLD: ({_PUBLISHED}, _WITHHELD),
    Action.STORY_RESTORE: ({_WITHHELD}, _PUBLISHED),
    Action.STORY_SCHEDULE_CORRECTION: ({_PUBLISHED}, None),
    Action.STORY_CANCEL_CORRECTION: ({_PUBLISHED}, None),
    Action.STORY_RETRACT: (IN_PRINT, _RETRACTED),
    Action.STORY_SPIKE: (_BEFORE_PRINT, _SPIKED),
    Action.STORY_UNSPIKE: ({_SPIKED}, _DRAFT),
    Action.STORY_MERGE: (_BEFORE_PRINT, _SPIKED),
    Action.STORY_UNMERGE: ({_SPIKED}, _DRAFT),
    Action.STORY_CONFIRM_CONDITION: ({_DRAFT, _SUBMITTED, _CLEARED, _SCHEDULED, _PUBLISHED, _WITHHELD}, None),
    Action.STORY_CONFIRM_NO_CLAIMS: ({_SUBMITTED, _CLEARED, _SCHEDULED, _PUBLISHED, _WITHHELD}, None),
    Action.STORY_OVERRIDE: ({_SUBMITTED, _CLEARED, _SCHEDULED, _PUBLISHED, _WITHHELD}, None),
    Action.STORY_MOVE: (frozenset(StoryStatus), None),
    Action.STORY_RESTRICT: (_BEFORE_PRINT | IN_PRINT, None),
}

# Where an action that otherwise leaves the state unchanged leads from these: a revised story must be cleared again.
_EXCEPTIONS: dict[Action, dict[StoryStatus, StoryStatus]] = {
    Action.STORY_ASSIGN: {_PITCHED: _DRAFT},
    Action.STORY_REVISE: {_PITCHED: _DRAFT, _CLEARED: _SUBMITTED, _SCHEDULED: _SUBMITTED},
}


def may_transition(action: Action, status: StoryStatus) -> Decision:
    """Whether the action is possible in this state."""
    allowed, _ = STORY_TRANSITIONS[action]
    if status in allowed:
        return Decision(True)
    if reason := FINAL_STATES.get(status):
        return Decision(False, (reason,))
    names = ", ".join(sorted(allowed))
    return Decision(False, (f"The story is {status}. This is possible only in these states: {names}.",))


def next_status(action: Action, status: StoryStatus) -> StoryStatus:
    """The state after the action."""
    return STORY_TRANSITIONS[action][1] or _EXCEPTIONS.get(action, {}).get(status, status)
