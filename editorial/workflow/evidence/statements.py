"""Statements: record, revise, end, relay, move."""

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
    ReplyRequest,
    Source,
    Statement,
    UseEvidence,
    User,
)
from editorial.policy.actions import Action
from editorial.policy.system_events import SystemEvent
from editorial.policy.vocabulary import Directness, default_terms
from editorial.workflow.core.actions import (
    apply_changes,
    atomic_action,
    require_permission,
    require_reason,
    require_valid_times,
    validate_and_save,
)
from editorial.workflow.core.audit import log
from editorial.workflow.core.errors import Conflict, NotFound, Reason, ValidationFailed
from editorial.workflow.core.locking import ExpectedVersion, get_visible, lock, lock_many
from editorial.workflow.evidence import endings
from editorial.workflow.evidence.confidentiality import disclosure, name_guard

_VALUE_FIELDS = (
    "stance",
    "directness",
    "terms",
    "obtained_by",
    "benefits_if",
    "embargo_until",
    "inducement",
    "collector_conflict",
    "translation",
    "quote",
    "said_at",
    "credibility",
)
_REFERENCE_FIELDS: dict[str, type[Any]] = {
    "informant": Source,
    "briefing": Briefing,
    "exhibit": Exhibit,
    "reply_request": ReplyRequest,
}


@atomic_action
def record(
    *,
    claim_id: UUID | str,
    source_id: UUID | str,
    stance: str,
    directness: str,
    actor: User,
    now: datetime,
    **fields: Any,
) -> Statement:
    """Record what a source said about a claim. Terms default to background for an unnamed source."""
    claim = _lock_claim(claim_id, actor, Action.STATEMENT_RECORD)
    source = get_visible(Source, source_id, actor, field="source")
    if source.merged_into_id:
        raise Conflict(Reason("MERGED", disclosure.merge_notice(source, actor.facts()), "source"))
    statement = Statement(
        claim=claim,
        source=source,
        stance=stance,
        directness=directness,
        terms=default_terms(unnamed=source.unnamed).value,
        collected_by=actor,
        recorded_at=now,
    )
    apply_changes(statement, _resolve_references(fields, actor), allowed=(*_VALUE_FIELDS, *_REFERENCE_FIELDS))
    _validate(statement, now)
    _check_names(statement, actor, now, quote=statement.quote)
    return _save(statement, Action.STATEMENT_RECORD, actor, now, stance=statement.stance, source=str(source.pk))


@atomic_action
def revise(
    *, statement_id: UUID | str, expected_version: ExpectedVersion = None, actor: User, now: datetime, **stated: Any
) -> Statement:
    """Correct a recorded statement. Its history keeps the earlier version."""
    statement = lock_unstruck(statement_id, actor, Action.STATEMENT_REVISE, expected_version)
    changed = apply_changes(statement, _resolve_references(stated, actor), allowed=(*_VALUE_FIELDS, *_REFERENCE_FIELDS))
    if not changed:
        return statement
    if "embargo_until" in changed:
        statement.embargo_lifted_at = None
    _validate(statement, now)
    if not changed.keys().isdisjoint(("quote", "informant")):
        _check_names(statement, actor, now, quote=statement.quote)
    return _save(statement, Action.STATEMENT_REVISE, actor, now, changed=changed)


@atomic_action
def end(
    *,
    statement_id: UUID | str,
    ended: str,
    reason: str,
    ended_by: UUID | str | None = None,
    expected_version: ExpectedVersion = None,
    actor: User,
    now: datetime,
) -> Statement:
    """Record how a statement ended: withdrawn, retracted, corrected, or superseded by a newer statement.

    `ended_by`: the statement that replaced a corrected or superseded one; it may be on another claim. To correct the
    record, end the statement again.
    """
    if ended_by:
        endings.lock_pair(statement_id, ended_by)
    statement = lock_unstruck(statement_id, actor, Action.STATEMENT_END, expected_version)
    ending = endings.parse(ended)
    successor = endings.successor(statement, ending, ended_by, actor)
    reason = require_reason(reason, "Say when and how it ended: a call, or where the correction was published.")
    for each in filter(None, (statement, successor)):
        _check_names(each, actor, now, reason=reason)
    before, known = statement.ended, endings.known_successor(statement, actor)
    if before is ending and known == successor:
        raise Conflict(f"This statement is already recorded as {ending.value}.", code="ALREADY_ENDED")
    statement.end(ending, statement.ended_at or now)
    if successor or known or ending not in endings.REPLACEABLE:
        statement.ended_by = successor  # one that the actor does not know of stays
    change = [before.value if before else None, ending.value]
    return _save(statement, Action.STATEMENT_END, actor, now, ended=change, reason=reason)


@atomic_action
def relay(*, derived_id: UUID | str, origin_id: UUID | str, actor: User, now: datetime) -> Relay:
    """Record that a statement repeats another: same claim, same stance, and not first-hand."""
    derived = lock_unstruck(derived_id, actor, Action.STATEMENT_RELAY, field="derived")
    origin = get_visible(Statement, origin_id, actor, field="origin")
    endings.require_not_struck(origin, "origin")
    if derived.pk == origin.pk:
        raise ValidationFailed(Reason("SAME_OBJECT", "A statement cannot repeat itself.", "origin"))
    if derived.claim_id != origin.claim_id:
        raise ValidationFailed(Reason("OTHER_CLAIM", "The two statements are about different claims.", "origin"))
    if derived.stance != origin.stance:
        raise ValidationFailed(Reason("OTHER_STANCE", "The two statements take different stances.", "origin"))
    if derived.directness == Directness.FIRST_HAND:
        raise ValidationFailed(Reason("FIRST_HAND", "A first-hand statement does not repeat another.", "derived"))
    link, created = Relay.objects.get_or_create(
        derived=derived, origin=origin, defaults={"recorded_by": actor, "recorded_at": now}
    )
    if created:
        log_and_reassess(derived, Action.STATEMENT_RELAY, actor, now, origin=str(origin.pk))
    return link


@atomic_action
def undo_relay(*, relay_id: UUID | str, reason: str, actor: User, now: datetime) -> None:
    """Remove a relay that was recorded in error. The history keeps it."""
    link = Relay.objects.filter(pk=relay_id, derived__in=Statement.objects.visible_to(actor.facts())).first()
    if link is None:
        raise NotFound(Reason("NOT_FOUND", f"No relay {relay_id} exists, or you may not see it.", "id"))
    derived = lock_unstruck(link.derived_id, actor, Action.STATEMENT_UNDO_RELAY)
    reason = require_reason(reason, "Say why it is not a repeat.")
    _check_names(derived, actor, now, reason=reason)
    removed, _ = Relay.objects.filter(pk=link.pk).delete()
    if not removed:
        raise Conflict("This link has already been removed.", code="REMOVED")
    log_and_reassess(derived, Action.STATEMENT_UNDO_RELAY, actor, now, origin=str(link.origin_id), reason=reason)


@atomic_action
def move(
    *,
    statement_id: UUID | str,
    claim_id: UUID | str,
    expected_version: ExpectedVersion = None,
    actor: User,
    now: datetime,
) -> Statement:
    """Move a statement to another claim, or to another part after a split.

    Its whole relay chain moves along, as a relay stays within one claim.
    """
    unlocked = get_visible(Statement, statement_id, actor)
    target = get_visible(Claim, claim_id, actor, field="claim")
    claims = {claim.pk: claim for claim in lock_many(Claim, [unlocked.claim_id, target.pk], actor, field="claim")}
    for claim in claims.values():
        require_permission(actor, Action.STATEMENT_REVISE, claim.access_facts())
    _require_recordable(claims[target.pk])
    statement = lock(Statement, statement_id, actor, expected_version=expected_version)
    _require_not_moved(statement, claims)
    endings.require_not_struck(statement)
    if statement.claim_id == target.pk:
        return statement
    chain = _lock_relay_chain(statement)
    _require_not_relied_on(chain, target)
    quotes = "\n".join(linked.quote for linked in chain)  # as one text, so that each is not another guess
    name_guard.check({"quote": quotes}, claims=[target], actor=actor, now=now)
    before = statement.claim_id
    for linked in chain:
        linked.claim = target
        validate_and_save(linked)
        log_and_reassess(linked, Action.STATEMENT_REVISE, actor, now, changed={"claim": [str(before), str(target.pk)]})
    outbox.send(MessageKind.ASSESS_CLAIM, before, now=now)
    statement.refresh_from_db()
    return statement


@atomic_action
def lift_embargo(*, statement_id: UUID | str, now: datetime) -> None:
    """Record that an embargo has ended, so that every gate it closed is re-evaluated. A system action."""
    lock(Claim, get_visible(Statement, statement_id, None).claim_id, None)
    statement = lock(Statement, statement_id, None)
    if statement.embargo_until is None or statement.embargo_until > now or statement.embargo_lifted_at:
        return
    statement.embargo_lifted_at = now
    statement.save(update_fields=["embargo_lifted_at"])
    log_and_reassess(statement, SystemEvent.EMBARGO_LIFT, None, now)


def _lock_claim(claim_id: UUID | str, actor: User, action: Action) -> Claim:
    claim = lock(Claim, claim_id, actor, field="claim")
    require_permission(actor, action, claim.access_facts())
    _require_recordable(claim)
    return claim


def _require_recordable(claim: Claim) -> None:
    if not claim.live:
        raise Conflict(Reason("CLAIM_CLOSED", "This claim was dropped or merged, so it takes no statements.", "claim"))
    if claim.member_links.exists():
        raise Conflict(
            Reason("COMPOUND", "This claim is a compound. Record the statement on the part that it is about.", "claim")
        )


def _lock_relay_chain(statement: Statement) -> list[Statement]:
    """Lock the statement and all statements linked to it by relays, in either direction."""
    statement_ids, new = {statement.pk}, {statement.pk}
    while new:
        links = Relay.objects.filter(Q(derived__in=new) | Q(origin__in=new)).values_list("derived", "origin")
        new = {key for link in links for key in link} - statement_ids
        statement_ids |= new
    return list(Statement.objects.select_for_update().filter(pk__in=statement_ids).order_by("pk"))


def _require_not_relied_on(chain: list[Statement], target: Claim) -> None:
    """Raise `Conflict` if a story would then rely on a statement about a claim that it does not use."""
    claim_ids = [target.pk, *target.compound_links.values_list("compound_id", flat=True)]
    if UseEvidence.objects.filter(statement__in=chain).exclude(use__claim__in=claim_ids).exists():
        raise Conflict(
            "A story relies on this statement and does not use the other claim. Change the story's uses first.",
            code="RELIED_ON",
        )


def lock_unstruck(
    statement_id: UUID | str,
    actor: User,
    action: Action,
    expected_version: ExpectedVersion = None,
    *,
    field: str = "id",
) -> Statement:
    """Lock a statement that has not been struck, after its claim, so that no reassessment runs in between."""
    claim_id = get_visible(Statement, statement_id, actor, field=field).claim_id
    claim = lock(Claim, claim_id, actor)
    require_permission(actor, action, claim.access_facts())
    statement = lock(Statement, statement_id, actor, expected_version=expected_version)
    _require_not_moved(statement, {claim.pk})
    endings.require_not_struck(statement)
    return statement


def _require_not_moved(statement: Statement, locked: Container[UUID]) -> None:
    if statement.claim_id not in locked:
        raise Conflict(
            "This statement was moved to another claim in the meantime. Reload it and try again.", code="MOVED"
        )


def _resolve_references(fields: dict[str, Any], actor: User) -> dict[str, Any]:
    references = {
        name: get_visible(_REFERENCE_FIELDS[name], key, actor, field=name) if key else None
        for name, key in fields.items()
        if name in _REFERENCE_FIELDS
    }
    blank = {"benefits_if", "inducement", "translation", "quote"}
    values = {name: "" if value is None and name in blank else value for name, value in fields.items()}
    return values | references


def _check_names(statement: Statement, actor: User, now: datetime, **texts: object) -> None:
    """Refuse a text with the name of the speaker, of the informant or of another source on the claim."""
    speakers = filter(None, (statement.source, statement.informant))
    name_guard.check(texts, claims=[statement.claim], sources=speakers, actor=actor, now=now)


def _validate(statement: Statement, now: datetime) -> None:
    if statement.informant_id and statement.directness != Directness.SECOND_HAND:
        raise ValidationFailed(Reason("INFORMANT", "Only a second-hand statement has an informant.", "informant"))
    if statement.informant_id and statement.informant_id == statement.source_id:
        raise ValidationFailed(Reason("INFORMANT", "A source cannot be its own informant.", "informant"))
    require_valid_times(embargo_until=statement.embargo_until, said_at=statement.said_at)
    if statement.said_at and statement.said_at > now:
        raise ValidationFailed(Reason("IN_THE_FUTURE", "This time is in the future.", "said_at"))


def _save(statement: Statement, action: Action, actor: User, now: datetime, **data: Any) -> Statement:
    validate_and_save(statement)
    log_and_reassess(statement, action, actor, now, **data)
    return statement


def log_and_reassess(statement: Statement, action: str, actor: User | None, now: datetime, **data: Any) -> None:
    """Log an event of a statement, and have its claim reassessed."""
    log(statement, action, actor=actor, now=now, desk_id=statement.claim.desk_id, claim=str(statement.claim_id), **data)
    outbox.send(MessageKind.ASSESS_CLAIM, statement.claim_id, now=now)
