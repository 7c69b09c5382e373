"""Claims: file, revise, split, merge, drop, and set what an utterance carries."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any
from uuid import UUID

from editorial import outbox
from editorial.models import (
    AdverseParty,
    Claim,
    CompoundMember,
    Desk,
    DispositiveEvidence,
    MessageKind,
    Source,
    Statement,
    Story,
    User,
)
from editorial.models.evidence import containment
from editorial.models.evidence.claims import JUDGEMENTS
from editorial.models.stories.stories import stories_using
from editorial.policy import text_cleaning
from editorial.policy.actions import Action
from editorial.policy.vocabulary import ClaimKind, FindingValue
from editorial.workflow.core import audit, locking
from editorial.workflow.core.actions import (
    apply_changes,
    atomic_action,
    require_desk,
    require_permission,
    require_reason,
    validate,
    validate_and_save,
)
from editorial.workflow.core.errors import Conflict, Reason, ValidationFailed
from editorial.workflow.core.locking import ExpectedVersion, check_version, get_visible, lock, lock_many
from editorial.workflow.evidence import carried_claims, claim_distinctions, merged_claims, rewording, signatures
from editorial.workflow.evidence.confidentiality import name_guard


@atomic_action
def file(
    *,
    desk_id: UUID | str,
    text: str,
    kind: str = ClaimKind.CONTENT.value,
    risk: str | None = None,
    needs_context: bool = False,
    adverse_to: Iterable[UUID | str] = (),
    carries: Iterable[UUID | str] = (),
    actor: User,
    now: datetime,
) -> Claim:
    """File a claim. Its risk defaults to serious."""
    desk = require_desk(desk_id, actor, Action.CLAIM_FILE)
    party_rows = locking.get_all_visible(Source, adverse_to, actor, field="adverse_to")
    claim = _build(desk, text, kind, risk, actor, now, needs_context=needs_context)
    name_guard.check_with_desk({"text": text}, sources=party_rows, desk_id=desk.pk, actor=actor, now=now)
    carried = lock_many(Claim, carried_claims.visible_ids(carries, actor), actor, field="carries")
    claim.save()
    parties = _set_adverse(claim, party_rows)
    data: dict[str, Any] = {"kind": claim.kind, "risk": claim.risk, "adverse_to": parties}
    if carried:
        carried_claims.replace(claim, carried, actor)
        data["carries"] = [str(each.pk) for each in carried]
    audit.log(claim, Action.CLAIM_FILE, actor=actor, now=now, **data)
    outbox.send(MessageKind.ASSESS_CLAIM, claim.pk, now=now)
    return claim


@atomic_action
def revise(
    *,
    claim_id: UUID | str,
    adverse_to: Iterable[UUID | str] | None = None,
    expected_version: ExpectedVersion = None,
    actor: User,
    now: datetime,
    **changes: Any,
) -> Claim:
    """Change `text`, `kind`, `risk`, `needs_context` or the adverse parties.

    Voids every signature, unless only `needs_context` changes. New words must be put to the parties again.
    """
    claim = _lock(claim_id, actor, Action.CLAIM_REVISE, expected_version)
    if "text" in changes:
        changes["text"] = text_cleaning.plain_blanks(changes["text"] or "")
    changed = apply_changes(claim, changes, allowed=("text", "kind", "risk", "needs_context"))
    if "kind" in changed:
        _validate_kind(claim)
        carried_claims.require_kind_fits(claim)
        claim.status = "" if claim.kind in JUDGEMENTS else FindingValue.UNVERIFIED.value
    party_rows = locking.get_all_visible(Source, adverse_to or (), actor, field="adverse_to")
    if "text" in changes:
        validate(claim)
        name_guard.check_with_desk(
            {"text": changes["text"]}, claims=[claim], sources=party_rows, desk_id=claim.desk_id, actor=actor, now=now
        )
    if adverse_to is not None:
        before = sorted(str(key) for key in claim.adverse_links.values_list("source_id", flat=True))
        after = _set_adverse(claim, party_rows)
        if before != after:
            parties = Source.objects.filter(pk__in=set(after) - set(before))
            name_guard.check({"text": claim.text}, sources=parties, actor=actor, now=now)
            changed["adverse_to"] = [before, after]
    if not changed:
        return claim
    validate_and_save(claim)
    if "text" in changed:
        rewording.ask_again(claim, now)
    if changed.keys() != {"needs_context"}:
        signatures.void_all(claim, now=now)
    audit.log(claim, Action.CLAIM_REVISE, actor=actor, now=now, changed=changed)
    enqueue_assessments(claim, now)
    return claim


@atomic_action
def carry(
    *,
    claim_id: UUID | str,
    carries: Iterable[UUID | str],
    expected_version: ExpectedVersion = None,
    actor: User,
    now: datetime,
) -> Claim:
    """Set the complete list of claims that an utterance carries. A story that uses it then uses these, too.

    Voids no signature: the claims are as true as before.
    """
    claim, carried_ids = get_visible(Claim, claim_id, actor), carried_claims.visible_ids(carries, actor)
    locked = {each.pk: each for each in lock_many(Claim, {claim.pk, *carried_ids}, actor, field="carries")}
    claim = locked[claim.pk]
    check_version(claim, expected_version)
    require_permission(actor, Action.CLAIM_CARRY, claim.access_facts())
    require_live(claim)
    before, after = carried_claims.replace(claim, [locked[key] for key in sorted(carried_ids)], actor)
    if before == after:
        return claim
    validate_and_save(claim)
    change = [sorted(map(str, before)), sorted(map(str, after))]
    audit.log(claim, Action.CLAIM_CARRY, actor=actor, now=now, carries=change)
    for key in sorted({claim.pk, *containment.contained_ids(before ^ after)}):
        outbox.send(MessageKind.ASSESS_CLAIM, key, now=now)
    return claim


@atomic_action
def split(
    *, claim_id: UUID | str, texts: Iterable[str], expected_version: ExpectedVersion = None, actor: User, now: datetime
) -> list[Claim]:
    """Split a claim into its propositions. It becomes their compound.

    Statements attach to parts only, so the first part takes over the existing ones. Move each to the part that it is
    about: `POST /statements/{id}/move`.
    """
    claim = _lock(claim_id, actor, Action.CLAIM_SPLIT, expected_version)
    texts = [text.strip() for text in texts if text and text.strip()]
    if len(texts) < 2:
        raise ValidationFailed(Reason("TOO_FEW", "Give at least two propositions.", "texts"))
    if claim.kind in JUDGEMENTS:
        raise Conflict("An opinion or a forecast cannot be split.", code="JUDGEMENT")
    if claim.compound_links.exists() or claim.member_links.exists():
        raise Conflict(
            "This claim is a compound or a part of one, so it cannot be split. Revise the text of its parts instead.",
            code="COMPOUND",
        )
    members = [_build(claim.desk, text, claim.kind, claim.risk, actor, now) for text in texts]
    numbered_texts = {f"texts/{number}": text for number, text in enumerate(texts)}
    name_guard.check_with_desk(numbered_texts, claims=[claim], desk_id=claim.desk_id, actor=actor, now=now)
    for member in members:
        member.save()
    party_ids = list(claim.adverse_links.values_list("source_id", flat=True))
    existing = Statement.objects.filter(claim=claim)
    for statement in existing.select_for_update():
        statement.claim = members[0]
        validate_and_save(statement)
    DispositiveEvidence.objects.filter(claim=claim).update(claim=members[0])
    for member in members:
        CompoundMember.objects.create(compound=claim, member=member)
        # Each part may accuse the compound's adverse parties: they are owed a reply on it, and their denials must
        # not help to refute it.
        AdverseParty.objects.bulk_create(AdverseParty(claim=member, source_id=key) for key in party_ids)
        audit.log(
            member,
            Action.CLAIM_FILE,
            actor=actor,
            now=now,
            kind=member.kind,
            risk=member.risk,
            split_from=str(claim.pk),
        )
        outbox.send(MessageKind.ASSESS_CLAIM, member.pk, now=now)
    carried_claims.copy_to_members(claim, members)
    signatures.void_all(claim, now=now)
    audit.log(claim, Action.CLAIM_SPLIT, actor=actor, now=now, parts=[str(member.pk) for member in members])
    enqueue_assessments(claim, now)
    return members


@atomic_action
def merge(
    *, claim_id: UUID | str, into_id: UUID | str, expected_version: ExpectedVersion = None, actor: User, now: datetime
) -> Claim:
    """Merge a claim into another that states the same. The first is closed; its evidence and uses move to the other."""
    claim, into = get_visible(Claim, claim_id, actor), get_visible(Claim, into_id, actor, field="into")
    stories = set(stories_using([claim.pk]).values_list("pk", flat=True))
    lock_many(Story, stories, None, field="stories")  # stories before claims, as publishing does
    locked = {each.pk: each for each in lock_many(Claim, [claim.pk, into.pk], actor, field="into")}
    claim, into = locked[claim.pk], locked[into.pk]
    check_version(claim, expected_version)
    if claim.pk == into.pk:
        raise ValidationFailed(Reason("SAME_OBJECT", "A claim cannot be merged into itself.", "into"))
    if set(stories_using([claim.pk]).values_list("pk", flat=True)) != stories:
        raise Conflict("A story started to use this claim in the meantime. Merge it again.", code="IN_USE")
    for each in (claim, into):
        require_permission(actor, Action.CLAIM_MERGE, each.access_facts())
        require_live(each)
        if each.member_links.exists() or each.compound_links.exists():
            raise Conflict("A compound or a part of one cannot be merged.", code="COMPOUND")
    if claim.kind != into.kind:
        raise Conflict(
            "The two claims are of different kinds, such as what somebody said and whether it is true. Only claims of "
            "the same kind can be merged.",
            code="KIND_MISMATCH",
        )
    if claim_distinctions.between(claim, into).exists():
        raise Conflict("These two claims are marked as not the same. Undo that first.", code="DISTINCT")
    _check_names_across(claim, into, actor, now)
    merged_claims.move_all(claim, into)
    for story in sorted(stories):
        outbox.send(MessageKind.REEVALUATE_STORY, story, now=now)
    if claim.needs_context and not into.needs_context:
        into.needs_context = True
        validate_and_save(into)
    claim.merged_into = into
    validate_and_save(claim)
    for each in (claim, into):
        signatures.void_all(each, now=now)
        audit.log(each, Action.CLAIM_MERGE, actor=actor, now=now, claim=str(claim.pk), into=str(into.pk))
        enqueue_assessments(each, now)
    for key in sorted(containment.contained_ids([into.pk])):  # other stories use now what it carries
        outbox.send(MessageKind.ASSESS_CLAIM, key, now=now)
    return into


@atomic_action
def drop(
    *, claim_id: UUID | str, reason: str, expected_version: ExpectedVersion = None, actor: User, now: datetime
) -> Claim:
    """Drop a claim that no story uses or has published."""
    claim = _lock(claim_id, actor, Action.CLAIM_DROP, expected_version)
    reason = require_reason(reason, "Tell its reporter why.")
    name_guard.check({"reason": reason}, claims=[claim], actor=actor, now=now)
    if claim.uses.exclude(mode="omitted").exists() or claim.published_uses.exists():
        raise Conflict("A story uses or has published this claim, so it cannot be dropped.", code="IN_USE")
    if claim.compound_links.exists():
        raise Conflict("This claim is a part of a compound. Drop the compound instead.", code="PART")
    carried_claims.require_not_carried(claim)
    carried_claims.clear(claim, actor, now)
    claim.dropped_at = now
    validate_and_save(claim)
    signatures.void_all(claim, now=now)
    audit.log(claim, Action.CLAIM_DROP, actor=actor, now=now, reason=reason)
    enqueue_assessments(claim, now)
    return claim


def _lock(claim_id: UUID | str, actor: User, action: Action, expected_version: ExpectedVersion) -> Claim:
    claim = lock(Claim, claim_id, actor, expected_version=expected_version)
    require_permission(actor, action, claim.access_facts())
    require_live(claim)
    return claim


def _check_names_across(claim: Claim, into: Claim, actor: User, now: datetime) -> None:
    """Refuse a merger if one claim's text or quotes name a source of the other: they get the same readers."""
    for each, other in ((claim, into), (into, claim)):
        quotes = Statement.objects.filter(claim=each).values_list("quote", flat=True)
        texts = {"text": each.text, "quote": "\n".join(quotes)}
        name_guard.check(texts, claims=[other], actor=actor, now=now)


def require_live(claim: Claim) -> None:
    """Raise `Conflict` if the claim was merged or dropped."""
    if claim.merged_into_id:
        raise Conflict(f"This claim was merged into {claim.merged_into_id}. Continue there.", code="MERGED")
    if claim.dropped_at:
        raise Conflict("This claim was dropped.", code="DROPPED")


def _validate_kind(claim: Claim) -> None:
    if claim.kind in JUDGEMENTS and (claim.member_links.exists() or claim.compound_links.exists()):
        raise Conflict(Reason("JUDGEMENT", "A compound or a part of one cannot be an opinion or a forecast.", "kind"))


def _build(
    desk: Desk, text: str, kind: str, risk: str | None, actor: User, now: datetime, *, needs_context: bool = False
) -> Claim:
    """A valid claim, not saved yet: its text is to be checked for names first."""
    text = text_cleaning.plain_blanks(text or "")
    claim = Claim(text=text, kind=kind, needs_context=needs_context, desk=desk, filed_by=actor, filed_at=now)
    if risk is not None:
        claim.risk = risk
    if kind in JUDGEMENTS:
        claim.status = ""
    validate(claim)
    return claim


def _set_adverse(claim: Claim, parties: Iterable[Source]) -> list[str]:
    party_ids = {party.pk for party in parties}
    claim.adverse_links.exclude(source__in=party_ids).delete()
    existing = set(claim.adverse_links.values_list("source_id", flat=True))
    for key in sorted(party_ids - existing):
        AdverseParty.objects.create(claim=claim, source_id=key)
    return sorted(map(str, party_ids))


def enqueue_assessments(claim: Claim, now: datetime) -> None:
    """Reassess the claim, its parts and its compounds; each then re-evaluates the stories that use it."""
    members = claim.member_links.values_list("member_id", flat=True)
    compounds = claim.compound_links.values_list("compound_id", flat=True)
    for key in (claim.pk, *members, *compounds):
        outbox.send(MessageKind.ASSESS_CLAIM, key, now=now)
