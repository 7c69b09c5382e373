"""Whom an event concerns: the one table behind every notice ("who must hear")."""

from __future__ import annotations

from editorial.policy.access import Verb
from editorial.policy.vocabulary import Term


class Occasion(Term):
    """What happens without a person's hand: found by the engine or brought about by the clock."""

    CLAIM_ASSESS = "claim.assess"
    SIGNOFF_VOID = "signoff.void"
    REVIEW_OPEN = "review.open"
    REVIEW_REOPEN = "review.reopen"
    REVIEW_CLOSE = "review.close"
    REVIEW_EXPIRE = "review.expire"
    REVIEW_OVERDUE = "review.overdue"
    REPLY_EXPIRE = "reply.expire"
    EMBARGO_LIFT = "statement.embargo_lift"
    STORY_GATE = "story.gate"
    STORY_FLAG = "story.flag"
    STORY_CLEAR_FLAG = "story.clear_flag"
    STORY_REFUSE = "story.refuse"
    ORIGINAL_CHANGE = "story.original_change"
    IMPORT_END = "import.end"
    CORRECTION_OVERDUE = "correction.overdue"
    WEBHOOK_GIVE_UP = "webhook.give_up"
    MESSAGE_DIE = "message.die"
    MESSAGE_DIE_QUIETLY = "message.die_quietly"
    MESSAGE_OVERDUE = "message.overdue"
    DISCREPANCY_REPAIR = "discrepancy.repair"
    DISCREPANCY_PAGE = "discrepancy.page"
    DISCREPANCY_CLOSE = "discrepancy.close"


class Audience(Term):
    """A circle of people, found from the object the event is about."""

    AUTHORS = "authors"  # who writes the story, or a story that uses the claim
    COLLECTORS = "collectors"  # who recorded statements on the claim
    EDITORS = "editors"  # editors of the desks concerned
    STANDARDS = "standards"  # standards editors of the desks concerned
    FACT_CHECKERS = "fact_checkers"  # fact-checkers of the desks concerned
    COPY_EDITORS = "copy_editors"  # copy editors of the desks concerned
    LAWYERS = "lawyers"  # lawyers of the desks concerned
    CUSTODIANS = "custodians"  # keepers of the vault
    PROPOSER = "proposer"  # who proposed the sign-off
    HOLDER = "holder"  # who holds, or held, the task
    ASKER = "asker"  # who sent the reply request
    ADMINS = "admins"  # who looks after the whole house
    OWNERS = "owners"  # whose it is: whom a token acts for, who added a webhook


_A = Audience
_CLAIM = frozenset({_A.AUTHORS, _A.COLLECTORS})

WHO_MUST_HEAR: dict[str, frozenset[Audience]] = {
    Verb.STORY_ASSIGN: frozenset({_A.AUTHORS}),
    Verb.STORY_SUBMIT: frozenset({_A.EDITORS}),
    Verb.STORY_CLEAR: frozenset({_A.AUTHORS, _A.COPY_EDITORS}),
    Verb.STORY_SCHEDULE: frozenset({_A.AUTHORS}),
    Verb.STORY_PUBLISH: frozenset({_A.AUTHORS, _A.EDITORS}),
    Verb.STORY_CORRECT: frozenset({_A.AUTHORS, _A.EDITORS}),
    Verb.STORY_WITHHOLD: frozenset({_A.AUTHORS, _A.EDITORS, _A.STANDARDS}),
    Verb.STORY_RETRACT: frozenset({_A.AUTHORS, _A.EDITORS, _A.STANDARDS}),
    Verb.STORY_SPIKE: frozenset({_A.AUTHORS}),
    Verb.STORY_OVERRIDE: frozenset({_A.AUTHORS, _A.EDITORS, _A.STANDARDS}),
    Verb.CLAIM_MERGE: _CLAIM,
    Verb.CLAIM_DROP: _CLAIM,
    Verb.STATEMENT_WITHDRAW: _CLAIM | {_A.EDITORS},
    Verb.STATEMENT_RETRACT: _CLAIM | {_A.EDITORS},
    Verb.SOURCE_UNMASK: frozenset({_A.CUSTODIANS}),
    Verb.SOURCE_MERGE: frozenset({_A.EDITORS}),
    Verb.REPLY_ANSWER: frozenset({_A.AUTHORS, _A.ASKER}),
    Verb.SIGNOFF_PROPOSE: frozenset({_A.EDITORS}),
    Verb.SIGNOFF_APPROVE: frozenset({_A.AUTHORS, _A.PROPOSER}),
    Verb.SIGNOFF_REJECT: frozenset({_A.PROPOSER, _A.AUTHORS}),
    Occasion.CLAIM_ASSESS: _CLAIM,
    Occasion.SIGNOFF_VOID: frozenset({_A.PROPOSER, _A.EDITORS, _A.AUTHORS}),
    Occasion.REVIEW_EXPIRE: frozenset({_A.HOLDER}),
    Occasion.REVIEW_OVERDUE: frozenset({_A.EDITORS, _A.HOLDER}),
    Occasion.REPLY_EXPIRE: frozenset({_A.ASKER, _A.AUTHORS}),
    Occasion.EMBARGO_LIFT: _CLAIM,
    Occasion.STORY_FLAG: frozenset({_A.AUTHORS, _A.EDITORS, _A.STANDARDS}),
    Occasion.STORY_CLEAR_FLAG: frozenset({_A.AUTHORS, _A.EDITORS}),
    Occasion.STORY_REFUSE: frozenset({_A.AUTHORS, _A.EDITORS}),
    Occasion.ORIGINAL_CHANGE: frozenset({_A.AUTHORS}),
    Occasion.CORRECTION_OVERDUE: frozenset({_A.AUTHORS, _A.EDITORS, _A.STANDARDS}),
    Verb.TOKEN_ISSUE: frozenset({_A.OWNERS}),
    Occasion.WEBHOOK_GIVE_UP: frozenset({_A.OWNERS, _A.ADMINS}),
    Verb.MESSAGE_ASSIGN: frozenset({_A.HOLDER}),
    Occasion.MESSAGE_DIE: frozenset({_A.ADMINS}),
    Occasion.MESSAGE_OVERDUE: frozenset({_A.ADMINS}),
    Occasion.DISCREPANCY_PAGE: frozenset({_A.ADMINS}),
}

ABOUT_THE_MACHINERY = frozenset(verb for verb in WHO_MUST_HEAR if verb.startswith(("message.", "discrepancy.")))
"""What is told of the newsroom's own workings. That such a notice could not be told is told nobody: it would breed."""


def concerned(verb: str) -> frozenset[Audience]:
    """The circles that must hear of such an event; empty if nobody must."""
    return WHO_MUST_HEAR.get(verb, frozenset())
