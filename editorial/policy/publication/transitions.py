"""The states of stories and sign-offs, and which verb leads from where to where."""

from __future__ import annotations

from editorial.policy.access import Decision, Verb
from editorial.policy.vocabulary import Term


class StoryStatus(Term):
    """Where a story stands."""

    PITCHED = "pitched"
    DRAFT = "draft"
    SUBMITTED = "submitted"
    CLEARED = "cleared"
    SCHEDULED = "scheduled"
    PUBLISHED = "published"
    WITHHELD = "withheld"
    RETRACTED = "retracted"
    SPIKED = "spiked"


class SignoffKind(Term):
    """What a signature stands under."""

    FINDING = "finding"
    STANDARDS = "standards"
    LEGAL = "legal"


class SignoffState(Term):
    """Where a sign-off stands. Only `approved` has effect."""

    PROPOSED = "proposed"
    APPROVED = "approved"
    REJECTED = "rejected"
    VOIDED = "voided"


_S = StoryStatus

# verb → (states it may start from, state it leads to; None: the state stays)
STORY: dict[Verb, tuple[frozenset[StoryStatus], StoryStatus | None]] = {
    Verb.STORY_ASSIGN: (frozenset({_S.PITCHED, _S.DRAFT}), _S.DRAFT),
    Verb.STORY_REVISE: (
        frozenset({_S.PITCHED, _S.DRAFT, _S.SUBMITTED, _S.CLEARED, _S.PUBLISHED, _S.WITHHELD}),
        None,
    ),
    Verb.STORY_SUBMIT: (frozenset({_S.DRAFT}), _S.SUBMITTED),
    Verb.STORY_CLEAR: (frozenset({_S.SUBMITTED}), _S.CLEARED),
    Verb.STORY_SCHEDULE: (frozenset({_S.CLEARED, _S.SCHEDULED}), _S.SCHEDULED),
    Verb.STORY_PUBLISH: (frozenset({_S.CLEARED, _S.SCHEDULED}), _S.PUBLISHED),
    Verb.STORY_CORRECT: (frozenset({_S.PUBLISHED, _S.WITHHELD}), _S.PUBLISHED),
    Verb.STORY_WITHHOLD: (frozenset({_S.PUBLISHED}), _S.WITHHELD),
    Verb.STORY_RETRACT: (frozenset({_S.PUBLISHED, _S.WITHHELD}), _S.RETRACTED),
    Verb.STORY_SPIKE: (frozenset({_S.PITCHED, _S.DRAFT, _S.SUBMITTED, _S.CLEARED, _S.SCHEDULED}), _S.SPIKED),
    Verb.STORY_TICK: (
        frozenset({_S.DRAFT, _S.SUBMITTED, _S.CLEARED, _S.SCHEDULED, _S.PUBLISHED, _S.WITHHELD}),
        None,
    ),
    Verb.STORY_OVERRIDE: (
        frozenset({_S.SUBMITTED, _S.CLEARED, _S.SCHEDULED, _S.PUBLISHED, _S.WITHHELD}),
        None,
    ),
}

# What a change of the copy does to where a story stands: what was read must be read again.
AFTER_A_REVISION = {_S.PITCHED: _S.DRAFT, _S.CLEARED: _S.SUBMITTED}


def story(verb: Verb, status: StoryStatus) -> Decision:
    """Whether a story in this state can be brought further by this verb."""
    starts, _ = STORY[verb]
    if status in starts:
        return Decision(True)
    wanted = ", ".join(sorted(starts))
    return Decision(False, (f"The story is {status}; this needs it to be: {wanted}.",))


def leads_to(verb: Verb, status: StoryStatus) -> StoryStatus:
    """The state after the verb."""
    if verb is Verb.STORY_REVISE:
        return AFTER_A_REVISION.get(status, status)
    return STORY[verb][1] or status
