"""The states of stories and sign-offs, and the transitions between them."""

from __future__ import annotations

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


_S = StoryStatus

# action → (states it may start from, state it leads to; None: unchanged)
STORY_TRANSITIONS: dict[Action, tuple[frozenset[StoryStatus], StoryStatus | None]] = {
    Action.STORY_ASSIGN: (frozenset({_S.PITCHED, _S.DRAFT}), _S.DRAFT),
    Action.STORY_REVISE: (
        frozenset({_S.PITCHED, _S.DRAFT, _S.SUBMITTED, _S.CLEARED, _S.PUBLISHED, _S.WITHHELD}),
        None,
    ),
    Action.STORY_SUBMIT: (frozenset({_S.DRAFT}), _S.SUBMITTED),
    Action.STORY_CLEAR: (frozenset({_S.SUBMITTED}), _S.CLEARED),
    Action.STORY_SCHEDULE: (frozenset({_S.CLEARED, _S.SCHEDULED}), _S.SCHEDULED),
    Action.STORY_PUBLISH: (frozenset({_S.CLEARED, _S.SCHEDULED}), _S.PUBLISHED),
    Action.STORY_CORRECT: (frozenset({_S.PUBLISHED, _S.WITHHELD}), _S.PUBLISHED),
    Action.STORY_WITHHOLD: (frozenset({_S.PUBLISHED}), _S.WITHHELD),
    Action.STORY_RETRACT: (frozenset({_S.PUBLISHED, _S.WITHHELD}), _S.RETRACTED),
    Action.STORY_SPIKE: (frozenset({_S.PITCHED, _S.DRAFT, _S.SUBMITTED, _S.CLEARED, _S.SCHEDULED}), _S.SPIKED),
    Action.STORY_CONFIRM_CONDITION: (
        frozenset({_S.DRAFT, _S.SUBMITTED, _S.CLEARED, _S.SCHEDULED, _S.PUBLISHED, _S.WITHHELD}),
        None,
    ),
    Action.STORY_OVERRIDE: (
        frozenset({_S.SUBMITTED, _S.CLEARED, _S.SCHEDULED, _S.PUBLISHED, _S.WITHHELD}),
        None,
    ),
}

# A revision changes these states: a cleared story must be cleared again.
STATUS_AFTER_REVISION = {_S.PITCHED: _S.DRAFT, _S.CLEARED: _S.SUBMITTED}


def may_transition(action: Action, status: StoryStatus) -> Decision:
    """Whether the action is possible in this state."""
    starts, _ = STORY_TRANSITIONS[action]
    if status in starts:
        return Decision(True)
    wanted = ", ".join(sorted(starts))
    return Decision(False, (f"The story is {status}. This is possible only in these states: {wanted}.",))


def next_status(action: Action, status: StoryStatus) -> StoryStatus:
    """The state after the action."""
    if action is Action.STORY_REVISE:
        return STATUS_AFTER_REVISION.get(status, status)
    return STORY_TRANSITIONS[action][1] or status
