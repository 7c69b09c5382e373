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


# action → (states it may start from, state it leads to; None: unchanged)
STORY_TRANSITIONS: dict[Action, tuple[frozenset[StoryStatus], StoryStatus | None]] = {
    Action.STORY_ASSIGN: (frozenset({StoryStatus.PITCHED, StoryStatus.DRAFT}), StoryStatus.DRAFT),
    Action.STORY_REVISE: (
        frozenset(
            {
                StoryStatus.PITCHED,
                StoryStatus.DRAFT,
                StoryStatus.SUBMITTED,
                StoryStatus.CLEARED,
                StoryStatus.PUBLISHED,
                StoryStatus.WITHHELD,
            }
        ),
        None,
    ),
    Action.STORY_SUBMIT: (frozenset({StoryStatus.DRAFT}), StoryStatus.SUBMITTED),
    Action.STORY_CLEAR: (frozenset({StoryStatus.SUBMITTED}), StoryStatus.CLEARED),
    Action.STORY_SCHEDULE: (frozenset({StoryStatus.CLEARED, StoryStatus.SCHEDULED}), StoryStatus.SCHEDULED),
    Action.STORY_PUBLISH: (frozenset({StoryStatus.CLEARED, StoryStatus.SCHEDULED}), StoryStatus.PUBLISHED),
    Action.STORY_CORRECT: (frozenset({StoryStatus.PUBLISHED, StoryStatus.WITHHELD}), StoryStatus.PUBLISHED),
    Action.STORY_WITHHOLD: (frozenset({StoryStatus.PUBLISHED}), StoryStatus.WITHHELD),
    Action.STORY_RETRACT: (frozenset({StoryStatus.PUBLISHED, StoryStatus.WITHHELD}), StoryStatus.RETRACTED),
    Action.STORY_SPIKE: (
        frozenset(
            {StoryStatus.PITCHED, StoryStatus.DRAFT, StoryStatus.SUBMITTED, StoryStatus.CLEARED, StoryStatus.SCHEDULED}
        ),
        StoryStatus.SPIKED,
    ),
    Action.STORY_CONFIRM_CONDITION: (
        frozenset(
            {
                StoryStatus.DRAFT,
                StoryStatus.SUBMITTED,
                StoryStatus.CLEARED,
                StoryStatus.SCHEDULED,
                StoryStatus.PUBLISHED,
                StoryStatus.WITHHELD,
            }
        ),
        None,
    ),
    Action.STORY_OVERRIDE: (
        frozenset(
            {
                StoryStatus.SUBMITTED,
                StoryStatus.CLEARED,
                StoryStatus.SCHEDULED,
                StoryStatus.PUBLISHED,
                StoryStatus.WITHHELD,
            }
        ),
        None,
    ),
}

# A revision changes these states: a cleared story must be cleared again.
STATUS_AFTER_REVISION = {StoryStatus.PITCHED: StoryStatus.DRAFT, StoryStatus.CLEARED: StoryStatus.SUBMITTED}


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
