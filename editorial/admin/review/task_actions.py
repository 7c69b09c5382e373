"""From a task to the verb that resolves it: which buttons to show beside which question."""

from __future__ import annotations

from uuid import UUID

from django.db.models import Model

from editorial.admin.evidence import sources, statements
from editorial.admin.evidence.claim_buttons import CLAIM_ACTIONS
from editorial.admin.framework.action_buttons import ActionButton, BoundButton, bind_buttons
from editorial.admin.review import replies, signoffs
from editorial.models import ReplyRequest, ReviewTask, Signoff, Source, Statement
from editorial.models.review.signoffs import LIVE_STATES
from editorial.policy.access import Action, ActorFacts
from editorial.policy.publication.transitions import SignoffKind
from editorial.policy.vocabulary import TaskKind

_K, _V = TaskKind, Action

# What resolves it, by the row that the verb is for: the claim, the statement or the source that the task is about.
_ON_CLAIM: dict[TaskKind, tuple[Action, ...]] = {
    _K.TRACE_ROOT: (_V.STATEMENT_RECORD,),
    _K.SEEK_FIRST_HAND: (_V.STATEMENT_RECORD,),
    _K.SPLIT_CLAIM: (_V.CLAIM_SPLIT,),
    _K.SEEK_INDEPENDENT: (_V.STATEMENT_RECORD,),
    _K.SEEK_NAMED: (_V.STATEMENT_RECORD,),
    _K.SEEK_DISINTERESTED: (_V.STATEMENT_RECORD,),
    _K.SEND_REPLY_REQUEST: (_V.REPLY_SEND, _V.REPLY_WAIVE),
    _K.RESOLVE_DENIAL: (_V.STATEMENT_RECORD,),
    _K.SECOND_REVIEW: (_V.SIGNOFF_PROPOSE,),
    _K.STANDARDS_READ: (_V.SIGNOFF_READ_STANDARDS,),
    _K.LEGAL_READ: (_V.SIGNOFF_READ_LEGAL,),
}
_ON_STATEMENT: dict[TaskKind, tuple[Action, ...]] = {
    _K.TRACE_ROOT: (_V.STATEMENT_RELAY,),
    _K.ARCHIVE: (_V.EXHIBIT_ATTACH,),
    _K.RESOLVE_BOTH_WAYS: (_V.STATEMENT_WITHDRAW, _V.STATEMENT_REVISE),
    _K.RESOLVE_DENIAL: (_V.STATEMENT_WITHDRAW,),
    _K.SPLIT_CLAIM: (_V.STATEMENT_REVISE,),
    _K.SEEK_FIRST_HAND: (_V.STATEMENT_REVISE,),
}
_ON_SOURCE: dict[TaskKind, tuple[Action, ...]] = {
    _K.AUTHENTICATE: (_V.SOURCE_AUTHENTICATE,),
    _K.ASSESS_SOURCE: (_V.SOURCE_RATE,),
    _K.IDENTIFY_SOURCE: (_V.SOURCE_VOUCH, _V.SOURCE_PROTECT),
}


def subject_of(task: ReviewTask, actor: ActorFacts) -> Statement | Source | None:
    """The statement, source or party that the task is about, if there is one and this person may see it."""
    try:
        key = UUID(task.subject)
    except ValueError:
        return None
    statement = Statement.objects.filter(pk=key, claim=task.claim_id).select_related("source").first()
    if statement is not None:
        return statement
    seen = Source.objects.all().visible_to(actor)
    found: Source | None = seen.filter(pk=key).first()
    return found


def buttons_for(task: ReviewTask, actor: ActorFacts, *, back: str) -> list[BoundButton]:
    """The buttons of the verbs that resolve the task; they lead back to it."""
    kind, about = TaskKind(task.kind), subject_of(task, actor)
    found: list[BoundButton] = []
    party = {"to_id": str(about.pk)} if isinstance(about, Source) and kind is TaskKind.SEND_REPLY_REQUEST else {}
    if isinstance(about, Statement):
        found += _matching_buttons(statements.STATEMENT_ACTIONS, _ON_STATEMENT.get(kind, ()), about, actor, back)
        found += _matching_buttons(sources.SOURCE_ACTIONS, _ON_SOURCE.get(kind, ()), about.source, actor, back)
    if isinstance(about, Source):
        found += _matching_buttons(sources.SOURCE_ACTIONS, _ON_SOURCE.get(kind, ()), about, actor, back)
    found += _matching_buttons(CLAIM_ACTIONS, _ON_CLAIM.get(kind, ()), task.claim, actor, back, party)
    if kind is TaskKind.SECOND_REVIEW:
        proposed = Signoff.objects.filter(claim=task.claim_id, kind=SignoffKind.FINDING.value, state__in=LIVE_STATES)
        for signoff in proposed.select_related("claim"):
            found += _matching_buttons(
                signoffs.DECISION_ACTIONS, (_V.SIGNOFF_APPROVE, _V.SIGNOFF_REJECT), signoff, actor, back
            )
    if kind is TaskKind.AWAIT_REPLY:
        for request in ReplyRequest.objects.filter(covers=task.claim_id).prefetch_related("covers"):
            found += _matching_buttons((replies.RECORD_RESPONSE,), (_V.REPLY_ANSWER,), request, actor, back)
    return found


def _matching_buttons(
    buttons: tuple[ActionButton, ...],
    actions: tuple[Action, ...],
    row: Model,
    actor: ActorFacts,
    back: str,
    initial: dict[str, str] | None = None,
) -> list[BoundButton]:
    wanted = [button for button in buttons if button.action in actions]
    return bind_buttons(wanted, row, actor, query={"next": back, **(initial or {})})
