"""Statements: record, revise, withdraw, retract, relay."""

from __future__ import annotations

from collections.abc import Container
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import Q

from editorial import outbox
from editorial.models import (
    Briefing,
    Claim,
    Exhibit,
    MessageKind,
    Relay,
    Reliance,
    ReplyRequest,
    Source,
    Statement,
    User,
)
from editorial.policy.access import Verb
from editorial.policy.audience import Occasion
from editorial.policy.facts import default_level
from editorial.policy.vocabulary import Directness
from editorial.workflow.core.actions import (
    Conflict,
    Invalid,
    Reason,
    act,
    find,
    given,
    lock,
    lock_all,
    permit,
    reason_given,
    save,
)
from editorial.workflow.core.audit import event

_PLAIN = ("stance", "direct", "level", "got", "gains", "embargo_until", "quote", "said_at", "credibility")
_NAMED: dict[str, type[Any]] = {
    "informant": Source,
    "briefing": Briefing,
    "exhibit": Exhibit,
    "reply_request": ReplyRequest,
}


@act
def record(
    *, claim_id: UUID | str, source_id: UUID | str, stance: str, direct: str, actor: User, now: datetime, **stated: Any
) -> Statement:
    """Record what a source said about a claim. Its level is background for an unnamed source, unless stated."""
    claim = _lock_claim(claim_id, actor, Verb.STATEMENT_RECORD)
    source = find(Source, source_id, actor, field="source")
    if source.merged_into_id:
        raise Conflict(Reason("MERGED", f"This source was merged into {source.merged_into_id}.", "source"))
    statement = Statement(
        claim=claim,
        source=source,
        stance=stance,
        direct=direct,
        level=default_level(unnamed=source.unnamed).value,
        collected_by=actor,
        recorded_at=now,
    )
    given(statement, _looked_up(stated, actor), allowed=(*_PLAIN, *_NAMED))
    _check(statement, now)
    save(statement)
    _note(statement, Verb.STATEMENT_RECORD, actor, now, stance=statement.stance, source=str(source.pk))
    return statement


@act
def revise(
    *, statement_id: UUID | str, version: int | None = None, actor: User, now: datetime, **stated: Any
) -> Statement:
    """Correct what was recorded. What it said before stays in its history."""
    statement = _lock(statement_id, actor, Verb.STATEMENT_REVISE, version=version)
    changed = given(statement, _looked_up(stated, actor), allowed=(*_PLAIN, *_NAMED))
    if not changed:
        return statement
    if "embargo_until" in changed:
        statement.embargo_lifted_at = None
    _check(statement, now)
    save(statement)
    _note(statement, Verb.STATEMENT_REVISE, actor, now, changed=changed)
    return statement


@act
def withdraw(*, statement_id: UUID | str, reason: str, actor: User, now: datetime) -> Statement:
    """Note that its source took it back."""
    statement = _lock(statement_id, actor, Verb.STATEMENT_WITHDRAW)
    reason = reason_given(reason, "say when and how it was taken back.")
    if statement.withdrawn_at:
        raise Conflict("It was withdrawn already.", code="WITHDRAWN")
    statement.withdrawn_at = now
    save(statement)
    _note(statement, Verb.STATEMENT_WITHDRAW, actor, now, reason=reason)
    return statement


@act
def retract(*, statement_id: UUID | str, reason: str, actor: User, now: datetime) -> Statement:
    """Note that whoever published it retracted it."""
    statement = _lock(statement_id, actor, Verb.STATEMENT_RETRACT)
    reason = reason_given(reason, "say where the retraction stands.")
    if statement.retracted_at:
        raise Conflict("It was retracted already.", code="RETRACTED")
    statement.retracted_at = now
    save(statement)
    _note(statement, Verb.STATEMENT_RETRACT, actor, now, reason=reason)
    return statement


@act
def relay(*, derived_id: UUID | str, origin_id: UUID | str, actor: User, now: datetime) -> Relay:
    """Trace a statement to the one it repeats: same claim, same stance, and not first-hand."""
    derived = _lock(derived_id, actor, Verb.STATEMENT_RELAY)
    origin = find(Statement, origin_id, actor, field="origin")
    if derived.pk == origin.pk:
        raise Invalid(Reason("ITSELF", "A statement does not repeat itself.", "origin"))
    if derived.claim_id != origin.claim_id:
        raise Invalid(Reason("OTHER_CLAIM", "Nobody repeats one thing by saying another.", "origin"))
    if derived.stance != origin.stance:
        raise Invalid(Reason("OTHER_STANCE", "The two statements do not take the same stance.", "origin"))
    if derived.direct == Directness.FIRST_HAND:
        raise Invalid(Reason("FIRST_HAND", "Who was there repeats nobody.", "derived"))
    link, made = Relay.objects.get_or_create(
        derived=derived, origin=origin, defaults={"recorded_by": actor, "recorded_at": now}
    )
    if made:
        _note(derived, Verb.STATEMENT_RELAY, actor, now, origin=str(origin.pk))
    return link


@act
def unrelay(*, relay_id: UUID | str, reason: str, actor: User, now: datetime) -> None:
    """Take back a relay that was recorded in error. It stays in the history."""
    link = find(Relay, relay_id, None)
    derived = _lock(link.derived_id, actor, Verb.STATEMENT_RELAY)
    reason = reason_given(reason, "the repeat will be traced again.")
    Relay.objects.filter(pk=link.pk).delete()
    _note(derived, Verb.STATEMENT_RELAY, actor, now, taken_back=str(link.origin_id), reason=reason)


@act
def move(*, statement_id: UUID | str, claim_id: UUID | str, actor: User, now: datetime) -> Statement:
    """Put a statement where it belongs: on another claim, or on another part after a split.

    What repeats it, and what it repeats, goes along, for a relay stays within one claim.
    """
    seen = find(Statement, statement_id, actor)
    target = find(Claim, claim_id, actor, field="claim")
    claims = {claim.pk: claim for claim in lock_all(Claim, [seen.claim_id, target.pk], actor, field="claim")}
    for claim in claims.values():
        permit(actor, Verb.STATEMENT_REVISE, claim.access_facts())
    _refuse_unfit(claims[target.pk])
    statement = lock(Statement, statement_id, actor)
    _refuse_moved(statement, claims)
    if statement.claim_id == target.pk:
        return statement
    chain = _chain(statement)
    _refuse_relied_on(chain, target)
    before = statement.claim_id
    for one in chain:
        one.claim = target
        save(one)
        _note(one, Verb.STATEMENT_REVISE, actor, now, changed={"claim": [str(before), str(target.pk)]})
    outbox.send(MessageKind.REVIEW_CLAIM, before, now=now)
    statement.refresh_from_db()
    return statement


@act
def lift_embargo(*, statement_id: UUID | str, now: datetime) -> None:
    """Note that an embargo has run out, so that every gate it closed is looked at again."""
    lock(Claim, find(Statement, statement_id, None).claim_id, None)
    statement = lock(Statement, statement_id, None)
    if statement.embargo_until is None or statement.embargo_until > now or statement.embargo_lifted_at:
        return
    statement.embargo_lifted_at = now
    statement.save(update_fields=["embargo_lifted_at"])
    _note(statement, Occasion.EMBARGO_LIFT, None, now)


def _lock_claim(claim_id: UUID | str, actor: User, verb: Verb) -> Claim:
    claim = lock(Claim, claim_id, actor, field="claim")
    permit(actor, verb, claim.access_facts())
    _refuse_unfit(claim)
    return claim


def _refuse_unfit(claim: Claim) -> None:
    if not claim.live:
        raise Conflict(Reason("CLAIM_GONE", "This claim was dropped or merged; nothing is recorded on it.", "claim"))
    if claim.part_links.exists():
        raise Conflict(Reason("COMPOUND", "This claim is a compound; record it on the part it is about.", "claim"))


def _chain(statement: Statement) -> list[Statement]:
    """The statement and all that are linked to it by relays, in either direction, locked."""
    found, reached = {statement.pk}, {statement.pk}
    while reached:
        links = Relay.objects.filter(Q(derived__in=reached) | Q(origin__in=reached)).values_list("derived", "origin")
        reached = {key for link in links for key in link} - found
        found |= reached
    return list(Statement.objects.select_for_update().filter(pk__in=found).order_by("pk"))


def _refuse_relied_on(chain: list[Statement], target: Claim) -> None:
    """A story may lean only on statements about claims it uses."""
    about = [target.pk, *target.whole_links.values_list("whole_id", flat=True)]
    if Reliance.objects.filter(statement__in=chain).exclude(use__claim__in=about).exists():
        raise Conflict(
            "A story leans on this statement and does not use the other claim. Change the story's uses first.",
            code="RELIED_ON",
        )


def _lock(statement_id: UUID | str, actor: User, verb: Verb, *, version: int | None = None) -> Statement:
    """The statement, locked after its claim, so that nothing is reassessed in between."""
    claim_id = find(Statement, statement_id, actor).claim_id
    claim = lock(Claim, claim_id, actor)
    permit(actor, verb, claim.access_facts())
    statement = lock(Statement, statement_id, actor, version=version)
    _refuse_moved(statement, {claim.pk})
    return statement


def _refuse_moved(statement: Statement, locked: Container[UUID]) -> None:
    if statement.claim_id not in locked:
        raise Conflict("It was moved to another claim while you were at it. Look again.", code="MOVED")


def _looked_up(stated: dict[str, Any], actor: User) -> dict[str, Any]:
    named = {
        name: find(_NAMED[name], key, actor, field=name) if key else None
        for name, key in stated.items()
        if name in _NAMED
    }
    blank = {"gains", "quote"}
    plain = {name: "" if value is None and name in blank else value for name, value in stated.items()}
    return plain | named


def _check(statement: Statement, now: datetime) -> None:
    if statement.informant_id and statement.direct != Directness.SECOND_HAND:
        raise Invalid(Reason("INFORMANT", "Only a second-hand statement has an informant.", "informant"))
    if statement.informant_id and statement.informant_id == statement.source_id:
        raise Invalid(Reason("INFORMANT", "Nobody is their own informant.", "informant"))
    for name in ("embargo_until", "said_at"):
        moment = getattr(statement, name)
        if moment is not None and moment.tzinfo is None:
            raise Invalid(Reason("NO_ZONE", "Give the time with its offset, such as 2026-03-04T12:00:00Z.", name))
    if statement.said_at and statement.said_at > now:
        raise Invalid(Reason("IN_THE_FUTURE", "That moment is still to come.", "said_at"))


def _note(statement: Statement, verb: str, actor: User | None, now: datetime, **data: Any) -> None:
    event(statement, verb, actor=actor, now=now, desk=statement.claim.desk, claim=str(statement.claim_id), **data)
    outbox.send(MessageKind.REVIEW_CLAIM, statement.claim_id, now=now)
