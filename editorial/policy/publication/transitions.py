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

# action → (states it may start from, state it leads to; None: unchanged)
STORY_TRANSITIONS: dict[Action, tuple[Set[StoryStatus], StoryStatus | None]] = {
    Action.STORY_ASSIGN: ({_PITCHED, _DRAFT}, _DRAFT),
    Action.STORY_REVISE: ({_PITCHED, _DRAFT, _SUBMITTED, _CLEARED, _PUBLISHED, _WITHHELD}, None),
    Action.STORY_SUBMIT: ({_DRAFT}, _SUBMITTED),
    Action.STORY_CLEAR: ({_SUBMITTED}, _CLEARED),
    Action.STORY_SCHEDULE: ({_CLEARED, _SCHEDULED}, _SCHEDULED),
    Action.STORY_PUBLISH: ({_CLEARED, _SCHEDULED}, _PUBLISHED),
    Action.STORY_CORRECT: ({_PUBLISHED, _WITHHELD}, _PUBLISHED),
    Action.STORY_WITHHOLD: ({_PUBLISHED}, _WITHHELD),
    Action.STORY_RETRACT: ({_PUBLISHED, _WITHHELD}, _RETRACTED),
    Action.STORY_SPIKE: ({_PITCHED, _DRAFT, _SUBMITTED, _CLEARED, _SCHEDULED}, _SPIKED),
    Action.STORY_CONFIRM_CONDITION: ({_DRAFT, _SUBMITTED, _CLEARED, _SCHEDULED, _PUBLISHED, _WITHHELD}, None),
    Action.STORY_CONFIRM_NO_CLAIMS: ({_SUBMITTED, _CLEARED, _SCHEDULED, _PUBLISHED, _WITHHELD}, None),
    Action.STORY_OVERRIDE: ({_SUBMITTED, _CLEARED, _SCHEDULED, _PUBLISHED, _WITHHELD}, None),
    Action.STORY_RESTRICT: ({_PITCHED, _DRAFT, _SUBMITTED, _CLEARED, _SCHEDULED, _PUBLISHED, _WITHHELD}, None),
}

# A revision changes these states: a cleared story must be cleared again.
STATUS_AFTER_REVISION = {_PITCHED: _DRAFT, _CLEARED: _SUBMITTED}


def may_transition(action: Action, status: StoryStatus) -> Decision:
    """Whether the action is possible in this state."""
    allowed, _ = STORY_TRANSITIONS[action]
    if status in allowed:
        return Decision(True)
    names = ", ".join(sorted(allowed))
    return Decision(False, (f"The story is {status}. This is possible only in these states: {names}.",))


def next_status(action: Action, status: StoryStatus) -> StoryStatus:
    """The state after the action."""
    if action is Action.STORY_REVISE:
        return STATUS_AFTER_REVISION.get(status, status)
    return STORY_TRANSITIONS[action][1] or status
