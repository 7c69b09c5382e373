"""Claims: file, revise, split, merge, drop."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import Q

from editorial import outbox
from editorial.models import (
    AdverseParty,
    AuthorityOver,
    Claim,
    ClaimPart,
    ClaimUse,
    Desk,
    MessageKind,
    PublishedUse,
    ReplyCover,
    Source,
    Statement,
    Story,
    User,
)
from editorial.policy.access import SubjectFacts, Verb
from editorial.policy.vocabulary import ClaimKind, FindingValue, Mode
from editorial.workflow.core import audit
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
from editorial.workflow.review import signatures

_BOLDNESS = (Mode.OMITTED, Mode.ATTRIBUTED, Mode.DEBUNK, Mode.ASSERTED)


@act
def file(
    *,
    desk_id: UUID | str,
    text: str,
    kind: str = ClaimKind.CONTENT.value,
    risk: str | None = None,
    adverse_to: Iterable[UUID | str] = (),
    actor: User,
    now: datetime,
) -> Claim:
    """Put a proposition on file. Unless its risk is stated it is taken as serious."""
    desk = find(Desk, desk_id, None, field="desk")
    permit(actor, Verb.CLAIM_FILE, SubjectFacts(desks=frozenset({str(desk.pk)})))
    claim = _new(desk, text, kind, risk, actor, now)
    parties = _set_adverse(claim, adverse_to, actor)
    audit.event(claim, Verb.CLAIM_FILE, actor=actor, now=now, kind=claim.kind, risk=claim.risk, adverse_to=parties)
    outbox.send(MessageKind.REVIEW_CLAIM, claim.pk, now=now)
    return claim


@act
def revise(
    *,
    claim_id: UUID | str,
    adverse_to: Iterable[UUID | str] | None = None,
    version: int | None = None,
    actor: User,
    now: datetime,
    **changes: Any,
) -> Claim:
    """Change `text`, `kind`, `risk` or whom it accuses. What people signed was the claim as it read then: void."""
    claim = _lock(claim_id, actor, Verb.CLAIM_REVISE, version=version)
    if "text" in changes:
        changes["text"] = (changes["text"] or "").strip()
    changed = given(claim, changes, allowed=("text", "kind", "risk"))
    if "kind" in changed:
        _refuse_kind(claim)
        claim.status = "" if claim.kind == ClaimKind.OPINION else FindingValue.UNVERIFIED.value
    if adverse_to is not None:
        before = sorted(str(key) for key in claim.adverse_links.values_list("source_id", flat=True))
        after = _set_adverse(claim, adverse_to, actor)
        if before != after:
            changed["adverse_to"] = [before, after]
    if not changed:
        return claim
    save(claim)
    signatures.void_all(claim, now=now)
    audit.event(claim, Verb.CLAIM_REVISE, actor=actor, now=now, changed=changed)
    _review(claim, now)
    return claim


@act
def split(*, claim_id: UUID | str, texts: Iterable[str], actor: User, now: datetime) -> list[Claim]:
    """Take a claim apart into its propositions. It becomes the compound of them.

    Statements attach to parts: the first part takes over those there are, and whoever splits moves each to where it
    belongs (`statements.move`).
    """
    claim = _lock(claim_id, actor, Verb.CLAIM_SPLIT)
    texts = [text.strip() for text in texts if text and text.strip()]
    if len(texts) < 2:
        raise Invalid(Reason("TOO_FEW", "Give at least two propositions to split it into.", "texts"))
    if claim.kind == ClaimKind.OPINION:
        raise Conflict("An opinion is not split: it has no parts.", code="OPINION")
    if claim.whole_links.exists() or claim.part_links.exists():
        raise Conflict("It is a compound already, or a part of one; split its parts' wording instead.", code="COMPOUND")
    parts = [_new(claim.desk, text, claim.kind, claim.risk, actor, now) for text in texts]
    accused = list(claim.adverse_links.values_list("source_id", flat=True))
    moved = Statement.objects.filter(claim=claim)
    for statement in moved.select_for_update():
        statement.claim = parts[0]
        save(statement)
    AuthorityOver.objects.filter(claim=claim).update(claim=parts[0])
    for part in parts:
        ClaimPart.objects.create(whole=claim, part=part)
        # Whom the whole accuses, each part may: they are owed a reply, and their denial helps to refute none of them.
        AdverseParty.objects.bulk_create(AdverseParty(claim=part, source_id=key) for key in accused)
        audit.event(
            part, Verb.CLAIM_FILE, actor=actor, now=now, kind=part.kind, risk=part.risk, split_from=str(claim.pk)
        )
        outbox.send(MessageKind.REVIEW_CLAIM, part.pk, now=now)
    signatures.void_all(claim, now=now)
    audit.event(claim, Verb.CLAIM_SPLIT, actor=actor, now=now, parts=[str(part.pk) for part in parts])
    _review(claim, now)
    return parts


@act
def merge(*, claim_id: UUID | str, into_id: UUID | str, actor: User, now: datetime) -> Claim:
    """Find that two claims are the same proposition. The first is closed; its evidence and uses go to the second."""
    claim, into = find(Claim, claim_id, actor), find(Claim, into_id, actor, field="into")
    if claim.pk == into.pk:
        raise Invalid(Reason("ITSELF", "A claim is not merged into itself.", "into"))
    stories = _stories_using(claim)
    lock_all(Story, stories, None, field="stories")  # stories before claims, as publishing does
    locked = {each.pk: each for each in lock_all(Claim, [claim.pk, into.pk], actor, field="into")}
    claim, into = locked[claim.pk], locked[into.pk]
    if _stories_using(claim) != stories:
        raise Conflict("A story began to use it while you were at it. Merge it again.", code="IN_USE")
    for each in (claim, into):
        permit(actor, Verb.CLAIM_MERGE, each.access_facts())
        refuse_gone(each)
        if each.part_links.exists() or each.whole_links.exists():
            raise Conflict("A compound, or a part of one, is not merged.", code="COMPOUND")
    if claim.kind != into.kind:
        raise Conflict("What somebody said and whether it is so are two claims; they are not merged.", code="KIND")
    for statement in Statement.objects.select_for_update().filter(claim=claim):
        statement.claim = into
        save(statement)
    for link in AdverseParty.objects.filter(claim=claim):
        AdverseParty.objects.get_or_create(claim=into, source_id=link.source_id)
    for cover in ReplyCover.objects.filter(claim=claim):
        ReplyCover.objects.get_or_create(request_id=cover.request_id, claim=into)
    for settled in AuthorityOver.objects.filter(claim=claim):
        AuthorityOver.objects.get_or_create(source_id=settled.source_id, claim=into, effect=settled.effect)
    for model in (ClaimUse, PublishedUse):
        for use in model.objects.select_for_update().filter(claim=claim):
            other = model.objects.select_for_update().filter(story=use.story_id, claim=into).first()
            if other is None:
                use.claim = into
                use.save()
            else:
                _melt(use, other)
    for story in sorted(stories):
        outbox.send(MessageKind.REVIEW_STORY, story, now=now)
    claim.merged_into = into
    save(claim)
    for each in (claim, into):
        signatures.void_all(each, now=now)
        audit.event(each, Verb.CLAIM_MERGE, actor=actor, now=now, claim=str(claim.pk), into=str(into.pk))
        _review(each, now)
    return into


@act
def drop(*, claim_id: UUID | str, reason: str, actor: User, now: datetime) -> Claim:
    """Give up a claim that no story uses or has printed."""
    claim = _lock(claim_id, actor, Verb.CLAIM_DROP)
    reason = reason_given(reason, "somebody filed it.")
    if claim.uses.exclude(mode="omitted").exists() or claim.published_uses.exists():
        raise Conflict("A story uses this claim or has printed it; it cannot be dropped.", code="IN_USE")
    if claim.whole_links.exists():
        raise Conflict("It is a part of a compound; drop the whole instead.", code="PART")
    claim.dropped_at = now
    save(claim)
    signatures.void_all(claim, now=now)
    audit.event(claim, Verb.CLAIM_DROP, actor=actor, now=now, reason=reason)
    _review(claim, now)
    return claim


def _lock(claim_id: UUID | str, actor: User, verb: Verb, *, version: int | None = None) -> Claim:
    claim = lock(Claim, claim_id, actor, version=version)
    permit(actor, verb, claim.access_facts())
    refuse_gone(claim)
    return claim


def _stories_using(claim: Claim) -> set[UUID]:
    using = Q(uses__claim=claim) | Q(published_uses__claim=claim)
    return set(Story.objects.filter(using).values_list("pk", flat=True))


def refuse_gone(claim: Claim) -> None:
    """Nothing more is done to a claim that was merged or dropped; say which."""
    if claim.merged_into_id:
        raise Conflict(f"This claim was merged into {claim.merged_into_id}; go on there.", code="MERGED")
    if claim.dropped_at:
        raise Conflict("This claim was dropped.", code="DROPPED")


def _refuse_kind(claim: Claim) -> None:
    compound = claim.part_links.exists() or claim.whole_links.exists()
    if claim.kind == ClaimKind.OPINION and compound:
        raise Conflict(Reason("OPINION", "A compound, or a part of one, is not an opinion.", "kind"))


def _new(desk: Desk, text: str, kind: str, risk: str | None, actor: User, now: datetime) -> Claim:
    claim = Claim(text=(text or "").strip(), kind=kind, desk=desk, filed_by=actor, filed_at=now)
    if risk is not None:
        claim.risk = risk
    if kind == ClaimKind.OPINION:
        claim.status = ""
    save(claim)
    return claim


def _melt(use: ClaimUse | PublishedUse, other: Any) -> None:
    """Make one of a story's two uses of one proposition: the bolder speaks, and what either leans on is leaned on."""
    bolder = max(use, other, key=lambda each: _BOLDNESS.index(Mode(each.mode)))
    other.mode, other.central = bolder.mode, use.central or other.central
    other.says_sources = max(use.says_sources or 0, other.says_sources or 0) or None
    if isinstance(use, ClaimUse):
        for reliance in use.reliances.all():
            other.reliances.get_or_create(statement_id=reliance.statement_id)
    else:
        other.finding, other.contested, other.text = bolder.finding, bolder.contested, bolder.text
    other.save()
    use.delete()


def _set_adverse(claim: Claim, parties: Iterable[UUID | str], actor: User) -> list[str]:
    wanted = {find(Source, key, actor, field="adverse_to").pk for key in parties}
    claim.adverse_links.exclude(source__in=wanted).delete()
    held = set(claim.adverse_links.values_list("source_id", flat=True))
    for key in sorted(wanted - held):
        AdverseParty.objects.create(claim=claim, source_id=key)
    return sorted(map(str, wanted))


def _review(claim: Claim, now: datetime) -> None:
    parts = claim.part_links.values_list("part_id", flat=True)
    wholes = claim.whole_links.values_list("whole_id", flat=True)
    for key in (claim.pk, *parts, *wholes):
        outbox.send(MessageKind.REVIEW_CLAIM, key, now=now)
