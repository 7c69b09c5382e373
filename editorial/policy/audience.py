"""Whom an event concerns: the one table behind every notice ("who must hear")."""

from __future__ import annotations

from editorial.policy.access import Action
from editorial.policy.vocabulary import ChoiceEnum


class SystemEvent(ChoiceEnum):
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
    WIRE_ITEM_CHANGE = "story.wire_item_change"
    IMPORT_END = "import.end"
    CORRECTION_OVERDUE = "correction.overdue"
    WEBHOOK_AUTO_DISABLE = "webhook.auto_disable"
    JOB_FAILED = "job.failed"
    JOB_FAILED_SILENTLY = "job.failed_silently"
    JOB_OVERDUE = "job.overdue"
    INTEGRITY_REPAIR = "integrity.repair"
    INTEGRITY_ALERT = "integrity.alert"
    INTEGRITY_RESOLVE = "integrity.resolve"


class Audience(ChoiceEnum):
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
    ASSIGNEE = "holder"  # who holds, or held, the task
    REQUESTER = "requester"  # who sent the reply request
    ADMINS = "admins"  # who looks after the whole house
    OWNER = "owner"  # whose it is: whom a token acts for, who added a webhook


_A = Audience
_CLAIM_AUDIENCE = frozenset({_A.AUTHORS, _A.COLLECTORS})

RECIPIENTS: dict[str, frozenset[Audience]] = {
    Action.STORY_ASSIGN: frozenset({_A.AUTHORS}),
    Action.STORY_SUBMIT: frozenset({_A.EDITORS}),
    Action.STORY_CLEAR: frozenset({_A.AUTHORS, _A.COPY_EDITORS}),
    Action.STORY_SCHEDULE: frozenset({_A.AUTHORS}),
    Action.STORY_PUBLISH: frozenset({_A.AUTHORS, _A.EDITORS}),
    Action.STORY_CORRECT: frozenset({_A.AUTHORS, _A.EDITORS}),
    Action.STORY_WITHHOLD: frozenset({_A.AUTHORS, _A.EDITORS, _A.STANDARDS}),
    Action.STORY_RETRACT: frozenset({_A.AUTHORS, _A.EDITORS, _A.STANDARDS}),
    Action.STORY_SPIKE: frozenset({_A.AUTHORS}),
    Action.STORY_OVERRIDE: frozenset({_A.AUTHORS, _A.EDITORS, _A.STANDARDS}),
    Action.CLAIM_MERGE: _CLAIM_AUDIENCE,
    Action.CLAIM_DROP: _CLAIM_AUDIENCE,
    Action.STATEMENT_WITHDRAW: _CLAIM_AUDIENCE | {_A.EDITORS},
    Action.STATEMENT_RETRACT: _CLAIM_AUDIENCE | {_A.EDITORS},
    Action.SOURCE_UNMASK: frozenset({_A.CUSTODIANS}),
    Action.SOURCE_MERGE: frozenset({_A.EDITORS}),
    Action.REPLY_ANSWER: frozenset({_A.AUTHORS, _A.REQUESTER}),
    Action.SIGNOFF_PROPOSE: frozenset({_A.EDITORS}),
    Action.SIGNOFF_APPROVE: frozenset({_A.AUTHORS, _A.PROPOSER}),
    Action.SIGNOFF_REJECT: frozenset({_A.PROPOSER, _A.AUTHORS}),
    SystemEvent.CLAIM_ASSESS: _CLAIM_AUDIENCE,
    SystemEvent.SIGNOFF_VOID: frozenset({_A.PROPOSER, _A.EDITORS, _A.AUTHORS}),
    SystemEvent.REVIEW_EXPIRE: frozenset({_A.ASSIGNEE}),
    SystemEvent.REVIEW_OVERDUE: frozenset({_A.EDITORS, _A.ASSIGNEE}),
    SystemEvent.REPLY_EXPIRE: frozenset({_A.REQUESTER, _A.AUTHORS}),
    SystemEvent.EMBARGO_LIFT: _CLAIM_AUDIENCE,
    SystemEvent.STORY_FLAG: frozenset({_A.AUTHORS, _A.EDITORS, _A.STANDARDS}),
    SystemEvent.STORY_CLEAR_FLAG: frozenset({_A.AUTHORS, _A.EDITORS}),
    SystemEvent.STORY_REFUSE: frozenset({_A.AUTHORS, _A.EDITORS}),
    SystemEvent.WIRE_ITEM_CHANGE: frozenset({_A.AUTHORS}),
    SystemEvent.CORRECTION_OVERDUE: frozenset({_A.AUTHORS, _A.EDITORS, _A.STANDARDS}),
    Action.TOKEN_ISSUE: frozenset({_A.OWNER}),
    SystemEvent.WEBHOOK_AUTO_DISABLE: frozenset({_A.OWNER, _A.ADMINS}),
    Action.JOB_ASSIGN: frozenset({_A.ASSIGNEE}),
    SystemEvent.JOB_FAILED: frozenset({_A.ADMINS}),
    SystemEvent.JOB_OVERDUE: frozenset({_A.ADMINS}),
    SystemEvent.INTEGRITY_ALERT: frozenset({_A.ADMINS}),
}

OPERATIONAL_EVENTS = frozenset(verb for verb in RECIPIENTS if verb.startswith(("job.", "integrity.")))
"""What is told of the newsroom's own workings. That such a notice could not be told is told nobody: it would breed."""


def recipients_for(event: str) -> frozenset[Audience]:
    """The circles that must hear of such an event; empty if nobody must."""
    return RECIPIENTS.get(event, frozenset())
