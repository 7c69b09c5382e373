"""Right of reply: send a request, note the answer, or waive it with a reason."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from editorial import outbox
from editorial.models import Claim, MessageKind, ReplyCover, ReplyRequest, Source, User
from editorial.policy.access import Verb
from editorial.policy.audience import Occasion
from editorial.policy.vocabulary import Outcome
from editorial.workflow.core import audit
from editorial.workflow.core.actions import (
    Conflict,
    Invalid,
    Reason,
    act,
    find,
    lock,
    lock_all,
    permit,
    reason_given,
    save,
)
from editorial.workflow.evidence import sources
from editorial.workflow.evidence.claims import refuse_gone

_CLOSING = (Outcome.REPLIED, Outcome.DECLINED, Outcome.NO_RESPONSE, Outcome.UNREACHABLE)


@act
def send(
    *,
    to_id: UUID | str,
    covers: Iterable[UUID | str],
    question: str,
    deadline_at: datetime,
    channel: str = "",
    reason: str = "",
    sent_at: datetime | None = None,
    actor: User,
    now: datetime,
) -> ReplyRequest:
    """Note what was put to a party or its agent, about which claims, and by when an answer is asked for."""
    claims = _claims(covers, actor, Verb.REPLY_SEND)
    for name, moment in (("deadline_at", deadline_at), ("sent_at", sent_at)):
        if moment is not None and moment.tzinfo is None:
            raise Invalid(Reason("NO_ZONE", "Give the time with its offset, such as 2026-03-04T12:00:00Z.", name))
    if not question.strip():
        raise Invalid(Reason("NO_QUESTION", "Write down what was put to them.", "question"))
    sent = sent_at or now
    if sent > now:
        raise Invalid(Reason("IN_THE_FUTURE", "A request is noted when it has been sent.", "sent_at"))
    request = ReplyRequest(
        to=find(Source, to_id, actor, field="to"),
        question=question.strip(),
        channel=channel,
        sent_at=sent,
        deadline_at=deadline_at,
        reason=reason.strip(),
        sent_by=actor,
    )
    return _enter(request, claims, Verb.REPLY_SEND, actor, now)


@act
def waive(*, to_id: UUID | str, covers: Iterable[UUID | str], reason: str, actor: User, now: datetime) -> ReplyRequest:
    """Decide not to ask a party, with the reason."""
    claims = _claims(covers, actor, Verb.REPLY_WAIVE)
    request = ReplyRequest(
        to=find(Source, to_id, actor, field="to"),
        outcome=Outcome.WAIVED.value,
        reason=reason_given(reason, "a waived reply is read afterwards."),
        sent_at=now,
        sent_by=actor,
    )
    return _enter(request, claims, Verb.REPLY_WAIVE, actor, now)


@act
def answer(
    *,
    request_id: UUID | str,
    outcome: str,
    respondent_id: UUID | str | None = None,
    respondent_name: str = "",
    respondent_known_by: str = "",
    actor: User,
    now: datetime,
) -> ReplyRequest:
    """Note how the request ended, and who answered.

    Who answered is a recorded source, or a name with what tells it from a namesake: of a name only the token is
    kept, by which the gate sees that our unnamed source "declined to comment".
    """
    if outcome not in _CLOSING:
        raise Invalid(Reason("UNKNOWN_OUTCOME", f"A request ends as: {', '.join(_CLOSING)}.", "outcome"))
    seen = find(ReplyRequest, request_id, actor)
    claims = lock_all(Claim, seen.covers.values_list("pk", flat=True), None, field="covers")
    request = lock(ReplyRequest, request_id, actor)
    for claim in claims:
        permit(actor, Verb.REPLY_ANSWER, claim.access_facts())
    if request.outcome not in (Outcome.PENDING, Outcome.NO_RESPONSE, Outcome.UNREACHABLE):
        raise Conflict(f"This request has ended already ({request.get_outcome_display().lower()}).", code="ANSWERED")
    before, request.outcome = request.outcome, outcome
    request.answered_at = now if outcome in (Outcome.REPLIED, Outcome.DECLINED) else None
    request.respondent_key = _respondent(respondent_id, respondent_name, respondent_known_by, actor)
    save(request)
    _note(request, claims, Verb.REPLY_ANSWER, actor, now, outcome=[before, outcome])
    return request


@act
def expire(*, request_id: UUID | str, now: datetime) -> None:
    """Note that a deadline has passed, and let the claims be looked at again."""
    claims = lock_all(
        Claim, find(ReplyRequest, request_id, None).covers.values_list("pk", flat=True), None, field="covers"
    )
    request = lock(ReplyRequest, request_id, None)
    if request.deadline_passed_at or request.deadline_at is None or request.deadline_at > now:
        return
    request.deadline_passed_at = now
    request.save(update_fields=["deadline_passed_at"])
    waiting = request.outcome in (Outcome.PENDING, Outcome.NO_RESPONSE, Outcome.UNREACHABLE)
    if waiting:
        _note(request, claims, Occasion.REPLY_EXPIRE, None, now, outcome=request.outcome)


def _enter(request: ReplyRequest, claims: list[Claim], verb: Verb, actor: User, now: datetime) -> ReplyRequest:
    save(request)
    ReplyCover.objects.bulk_create([ReplyCover(request=request, claim=claim) for claim in claims])
    _note(request, claims, verb, actor, now, to=str(request.to_id), reason=request.reason)
    return request


def _claims(covers: Iterable[UUID | str], actor: User, verb: Verb) -> list[Claim]:
    claims = lock_all(Claim, covers, actor, field="covers")
    if not claims:
        raise Invalid(
            Reason("NO_CLAIM", "Name the claims that were put to them; what is not named was not asked.", "covers")
        )
    for claim in claims:
        permit(actor, verb, claim.access_facts())
        refuse_gone(claim)
    return claims


def _respondent(source_id: UUID | str | None, name: str, known_by: str, actor: User) -> str:
    if source_id:
        source = find(Source, source_id, actor, field="respondent")
        same = source.merged_into or source
        return same.key or str(same.pk)
    return sources.token(name, known_by) if name else ""


def _note(
    request: ReplyRequest, claims: list[Claim], verb: str, actor: User | None, now: datetime, **data: object
) -> None:
    keys = [str(claim.pk) for claim in claims]
    audit.event(request, verb, actor=actor, now=now, desk=claims[0].desk, claims=keys, **data)
    parts = Claim.objects.filter(whole_links__whole__in=claims).values_list("pk", flat=True)
    wholes = Claim.objects.filter(part_links__part__in=claims).values_list("pk", flat=True)
    for key in sorted({*keys, *map(str, parts), *map(str, wholes)}):
        outbox.send(MessageKind.REVIEW_CLAIM, key, now=now)
