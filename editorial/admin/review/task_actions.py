"""Maps each kind of review task to the actions that resolve it."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import cast
from uuid import UUID

from django.contrib import admin
from django.db.models import Model

from editorial.admin.framework.action_buttons import ActionButton, BoundButton, bind_buttons
from editorial.admin.framework.action_views import ActionAdminMixin
from editorial.admin.review import replies, signoffs
from editorial.models import Claim, ReplyRequest, ReviewTask, Signoff, Source, Statement
from editorial.models.review.signoffs import LIVE_STATES
from editorial.policy.access import ActorFacts, SubjectFacts
from editorial.policy.actions import Action
from editorial.policy.publication.transitions import SignoffKind
from editorial.policy.vocabulary import TaskKind
from editorial.workflow.evidence.confidentiality import disclosure

# The actions that resolve a task, by their row: the claim, statement or source of the task.
_ON_CLAIM: dict[TaskKind, tuple[Action, ...]] = {
    TaskKind.TRACE_ROOT: (Action.STATEMENT_RECORD,),
    TaskKind.SEEK_FIRST_HAND: (Action.STATEMENT_RECORD,),
    TaskKind.RETAKE_STATEMENT: (Action.STATEMENT_RECORD,),
    TaskKind.SPLIT_CLAIM: (Action.CLAIM_SPLIT,),
    TaskKind.SEEK_INDEPENDENT: (Action.STATEMENT_RECORD,),
    TaskKind.SEEK_NAMED: (Action.STATEMENT_RECORD,),
    TaskKind.SEEK_DISINTERESTED: (Action.STATEMENT_RECORD,),
    TaskKind.SEND_REPLY_REQUEST: (Action.REPLY_SEND, Action.REPLY_WAIVE),
    TaskKind.RESOLVE_DENIAL: (Action.STATEMENT_RECORD,),
    TaskKind.SECOND_REVIEW: (Action.SIGNOFF_PROPOSE,),
    TaskKind.STANDARDS_READ: (Action.SIGNOFF_READ_STANDARDS,),
    TaskKind.LEGAL_READ: (Action.SIGNOFF_READ_LEGAL,),
}
_ON_STATEMENT: dict[TaskKind, tuple[Action, ...]] = {
    TaskKind.TRACE_ROOT: (Action.STATEMENT_RELAY,),
    TaskKind.ARCHIVE: (Action.EXHIBIT_ATTACH,),
    TaskKind.RESOLVE_BOTH_WAYS: (Action.STATEMENT_END, Action.STATEMENT_REVISE),
    TaskKind.RESOLVE_DENIAL: (Action.STATEMENT_END,),
    TaskKind.SPLIT_CLAIM: (Action.STATEMENT_REVISE,),
    TaskKind.CHECK_TRANSLATION: (Action.STATEMENT_REVISE,),
    TaskKind.RETAKE_STATEMENT: (Action.STATEMENT_REVISE, Action.STATEMENT_END),
    TaskKind.SEEK_FIRST_HAND: (Action.STATEMENT_REVISE,),
}
_ON_SOURCE: dict[TaskKind, tuple[Action, ...]] = {
    TaskKind.AUTHENTICATE: (Action.SOURCE_AUTHENTICATE,),
    TaskKind.ASSESS_SOURCE: (Action.SOURCE_RATE,),
    TaskKind.IDENTIFY_SOURCE: (Action.SOURCE_VOUCH, Action.SOURCE_PROTECT),
}


def subject_of(task: ReviewTask, actor: ActorFacts) -> Statement | Source | None:
    """The statement, source or party that the task is about, if the user may see it."""
    try:
        key = UUID(task.subject)
    except ValueError:
        return None
    statement = Statement.objects.filter(pk=key, claim=task.claim_id).select_related("source").first()
    if statement is not None:
        return statement
    source: Source | None = Source.objects.all().visible_to(actor).filter(pk=key).first()
    if source is None or not disclosure.may_name_subject(TaskKind(task.kind), task.claim_id, source, actor):
        return None
    return source


def proposal_of(task: ReviewTask) -> Signoff | None:
    """The finding that a second review has to decide on, if one is proposed or signed."""
    if task.kind != TaskKind.SECOND_REVIEW:
        return None
    signoffs_of_claim = Signoff.objects.filter(claim=task.claim_id, kind=SignoffKind.FINDING.value)
    live = signoffs_of_claim.filter(state__in=LIVE_STATES)
    return live.select_related("claim", "assessment", "proposed_by").first()


def buttons_for(
    task: ReviewTask,
    subject: Statement | Source | None,
    proposal: Signoff | None,
    actor: ActorFacts,
    *,
    facts: SubjectFacts,
    back: str,
) -> list[BoundButton]:
    """The buttons that resolve the task, with those that decide on the proposal; they lead back to it.

    `facts`: those of the claim.
    """
    kind, bind = TaskKind(task.kind), partial(_bind_matching, actor=actor, query={"next": back})
    buttons: list[BoundButton] = []
    if isinstance(subject, Statement):
        buttons += bind(_page_buttons(Statement), _ON_STATEMENT.get(kind, ()), subject)
    if subject is not None:
        source = subject.source if isinstance(subject, Statement) else subject
        buttons += bind(_page_buttons(Source), _ON_SOURCE.get(kind, ()), source)
    party = {"to_id": str(subject.pk)} if isinstance(subject, Source) and kind is TaskKind.SEND_REPLY_REQUEST else {}
    buttons += bind(
        _page_buttons(Claim), _ON_CLAIM.get(kind, ()), task.claim, query={"next": back, **party}, facts=facts
    )
    if proposal is not None:
        buttons += bind(
            signoffs.DECISION_ACTIONS, (Action.SIGNOFF_APPROVE, Action.SIGNOFF_REJECT), proposal, facts=facts
        )
    if kind is TaskKind.AWAIT_REPLY:
        for request in ReplyRequest.objects.filter(covers=task.claim_id).prefetch_related("covers"):
            buttons += bind((replies.RECORD_RESPONSE,), (Action.REPLY_ANSWER,), request)
    return buttons


def _page_buttons(model: type[Model]) -> Sequence[ActionButton]:
    """The buttons of the model's page, by the registry: the pages of evidence import those of review."""
    return cast(ActionAdminMixin, admin.site.get_model_admin(model)).buttons


def _bind_matching(
    buttons: Sequence[ActionButton],
    actions: tuple[Action, ...],
    row: Model,
    actor: ActorFacts,
    query: dict[str, str],
    facts: SubjectFacts | None = None,
) -> list[BoundButton]:
    matching = [button for button in buttons if button.action in actions]
    return bind_buttons(matching, row, actor, query=query, subject=facts)
