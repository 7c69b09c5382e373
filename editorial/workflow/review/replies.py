"""Right of reply: record a request for comment and its outcome, or waive it with a reason."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from editorial import outbox
from editorial.models import Claim, MessageKind, ReplyRequest, ReplyRequestClaim, Source, User
from editorial.policy.actions import Action
from editorial.policy.system_events import SystemEvent
from editorial.policy.vocabulary import ReplyOutcome
from editorial.workflow.core import audit
from editorial.workflow.core.actions import (
    atomic_action,
    require_permission,
    require_reason,
    require_valid_times,
    validate_and_save,
)
from editorial.workflow.core.errors import Conflict, Reason, ValidationFailed
from editorial.workflow.core.locking import get_all_visible, get_visible, lock, lock_many
from editorial.workflow.evidence.claims import require_live
from editorial.workflow.evidence.confidentiality import matching, name_guard
from editorial.workflow.review import received_answers, reply_addresses, reply_answers, reply_windows

_FINAL_OUTCOMES = (ReplyOutcome.REPLIED, ReplyOutcome.DECLINED, ReplyOutcome.NO_RESPONSE, ReplyOutcome.UNREACHABLE)


@atomic_action
def send(
    *,
    to_id: UUID | str,
    covers: Iterable[UUID | str],
    question: str,
    deadline_at: datetime | None = None,
    specific: bool = True,
    channel: str = "",
    reason: str = "",
    sent_at: datetime | None = None,
    actor: User,
    now: datetime,
) -> ReplyRequest:
    """Record a request for comment: the question, its recipient, the claims it covers and the deadline.

    The deadline defaults to the window that the policy grants; an earlier one needs a reason. A request that is not
    `specific`, because it named only the topic, counts only if the party replies.
    """
    claims = _lock_claims(covers, actor, Action.REPLY_SEND)
    require_valid_times(deadline_at=deadline_at, sent_at=sent_at)
    if not question.strip():
        raise ValidationFailed(Reason("NO_QUESTION", "Give the question that was put to them.", "question"))
    actual_sent_at = sent_at or now
    if actual_sent_at > now:
        raise ValidationFailed(
            Reason("IN_THE_FUTURE", "This time is in the future. Record the request after you have sent it.", "sent_at")
        )
    window = reply_windows.window_of(claims, now)
    deadline_at = reply_windows.require_deadline(deadline_at, sent_at=actual_sent_at, window=window, reason=reason)
    texts = {"question": question, "reason": reason, "channel": channel}
    to = get_visible(Source, to_id, actor, field="to")
    name_guard.check(texts, claims=claims, sources=[to], actor=actor, now=now)
    request = ReplyRequest(
        to=to,
        question=question.strip(),
        specific=specific,
        channel=channel,
        sent_at=actual_sent_at,
        deadline_at=deadline_at,
        reason=reason.strip(),
        sent_by=actor,
    )
    _create(
        request,
        claims,
        Action.REPLY_SEND,
        actor,
        now,
        hours=reply_windows.hours(deadline_at - actual_sent_at),
        window=reply_windows.hours(window) if window else None,
    )
    reply_addresses.open_for(request, now)
    return request


@atomic_action
def waive(*, to_id: UUID | str, covers: Iterable[UUID | str], reason: str, actor: User, now: datetime) -> ReplyRequest:
    """Waive a request for comment, with a reason."""
    claims = _lock_claims(covers, actor, Action.REPLY_WAIVE)
    to = get_visible(Source, to_id, actor, field="to")
    name_guard.check({"reason": reason}, claims=claims, sources=[to], actor=actor, now=now)
    request = ReplyRequest(
        to=to,
        outcome=ReplyOutcome.WAIVED.value,
        reason=require_reason(reason, "Give the reason, so that a reviewer can follow it."),
        sent_at=now,
        sent_by=actor,
    )
    return _create(request, claims, Action.REPLY_WAIVE, actor, now)


@atomic_action
def answer(
    *,
    request_id: UUID | str,
    outcome: str,
    answers: reply_answers.Answers = (),
    no_statement_reason: str = "",
    respondent_id: UUID | str | None = None,
    respondent_name: str = "",
    respondent_known_by: str = "",
    received_answer_id: UUID | str | None = None,
    actor: User,
    now: datetime,
) -> ReplyRequest:
    """Record the outcome of a request, what was said, and the respondent.

    A reply needs `answers`: statements with the fields of `POST /statements`, recorded together with it, by a named
    respondent or otherwise by the recipient. For claims without one, say why there is none.

    The respondent is a registered source, or a name with a detail that distinguishes it from a namesake. Only the
    name's identity token is stored; by it the gate detects that our unnamed source "declined to comment". As that
    would confirm a guess, only the person who recorded the request names the respondent, and a name, or a source whose
    identity is in the vault, counts against the quota of identity matching.

    `received_answer`: the email from which you record it.
    """
    if outcome not in _FINAL_OUTCOMES:
        raise ValidationFailed(
            Reason("UNKNOWN_OUTCOME", f"Choose one of these outcomes: {', '.join(_FINAL_OUTCOMES)}.", "outcome")
        )
    claims = reply_answers.lock_claims(get_visible(ReplyRequest, request_id, actor))
    request = lock(ReplyRequest, request_id, actor)
    for claim in claims:
        require_permission(actor, Action.REPLY_ANSWER, claim.access_facts())
    if request.outcome not in (ReplyOutcome.PENDING, ReplyOutcome.NO_RESPONSE, ReplyOutcome.UNREACHABLE):
        raise Conflict(
            f"This request already has an outcome ({request.get_outcome_display().lower()}).", code="ANSWERED"
        )
    email = received_answers.lock_for(request, received_answer_id, actor) if received_answer_id else None
    respondent, respondent_key, compared = reply_answers.respondent(
        request, claims, respondent_id, respondent_name, respondent_known_by, actor, now
    )
    answers = list(answers)
    named = (respondent_name, respondent_known_by) if respondent_name and respondent is None else None
    reply_answers.check_names(answers, no_statement_reason, respondent_id, named, actor=actor, now=now)
    before, request.outcome = request.outcome, outcome
    request.answered_at = now if outcome in (ReplyOutcome.REPLIED, ReplyOutcome.DECLINED) else None
    request.respondent_key = respondent_key
    source = reply_answers.speaker(request, respondent)
    recorded = reply_answers.record(
        request, claims, answers, source=source, no_statement_reason=no_statement_reason, actor=actor, now=now
    )
    validate_and_save(request)
    if email is not None:
        received_answers.record(email, actor, now)
    _log_and_reassess(
        request,
        claims,
        Action.REPLY_ANSWER,
        actor,
        now,
        outcome=[before, outcome],
        statements=[str(statement.pk) for statement in recorded],
        reason=request.no_statement_reason,
    )
    if compared:
        matching.log_comparison(request, desk_id=claims[0].desk_id, actor=actor, now=now)
    return request


@atomic_action
def expire(*, request_id: UUID | str, now: datetime) -> None:
    """Record that a deadline has passed, and reassess the claims. A system action."""
    claims = reply_answers.lock_claims(get_visible(ReplyRequest, request_id, None))
    request = lock(ReplyRequest, request_id, None)
    if request.deadline_passed_at or request.deadline_at is None or request.deadline_at > now:
        return
    request.deadline_passed_at = now
    request.save(update_fields=["deadline_passed_at"])
    waiting = request.outcome in (ReplyOutcome.PENDING, ReplyOutcome.NO_RESPONSE, ReplyOutcome.UNREACHABLE)
    if waiting:
        _log_and_reassess(request, claims, SystemEvent.REPLY_EXPIRE, None, now, outcome=request.outcome)


def _create(
    request: ReplyRequest, claims: list[Claim], action: Action, actor: User, now: datetime, **data: object
) -> ReplyRequest:
    validate_and_save(request)
    ReplyRequestClaim.objects.bulk_create([ReplyRequestClaim(request=request, claim=claim) for claim in claims])
    _log_and_reassess(request, claims, action, actor, now, to=str(request.to_id), reason=request.reason, **data)
    return request


def _lock_claims(covers: Iterable[UUID | str], actor: User, action: Action) -> list[Claim]:
    visible = get_all_visible(Claim, covers, actor, field="covers")
    claims = lock_many(Claim, [claim.pk for claim in visible], actor, field="covers")
    if not claims:
        raise ValidationFailed(
            Reason("NO_CLAIM", "Name the claims that were put to them; a reply covers only these.", "covers")
        )
    for claim in claims:
        require_permission(actor, action, claim.access_facts())
        require_live(claim)
    return claims


def _log_and_reassess(
    request: ReplyRequest, claims: list[Claim], action: str, actor: User | None, now: datetime, **data: object
) -> None:
    keys = [str(claim.pk) for claim in claims]
    audit.log(request, action, actor=actor, now=now, desk_id=claims[0].desk_id, claims=keys, **data)
    parts = Claim.objects.filter(compound_links__compound__in=claims).values_list("pk", flat=True)
    compounds = Claim.objects.filter(member_links__member__in=claims).values_list("pk", flat=True)
    for key in sorted({*keys, *map(str, parts), *map(str, compounds)}):
        outbox.send(MessageKind.ASSESS_CLAIM, key, now=now)
