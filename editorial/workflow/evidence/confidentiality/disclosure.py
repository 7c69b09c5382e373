"""Disclosure: the only module from which interfaces take a source's name, description or id.

Every function takes the reader. `policy.disclosure` has the rules; an architecture test keeps other modules from
reading names by themselves.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import TypedDict
from uuid import UUID

from django.db.models import Exists, F, OuterRef, Q, QuerySet
from django.utils.crypto import salted_hmac

from editorial.models import Assessment, ReplyRequestClaim, Source, Statement
from editorial.models.evidence import concerned_sources
from editorial.models.evidence.statements import STANDING
from editorial.models.unions import keys_of_any
from editorial.policy import disclosure
from editorial.policy.access import ActorFacts
from editorial.policy.disclosure import PROTECTED_JOIN, PROTECTED_SOURCE, UNNAMED_SOURCE
from editorial.policy.roles import Role
from editorial.policy.vocabulary import Stance, TaskKind

__all__ = ["PROTECTED_JOIN", "PROTECTED_SOURCE", "UNNAMED_SOURCE"]


class SourceReference(TypedDict):
    """A source by id and name, as far as the reader may see it."""

    id: str | None
    name: str


def can_see(source: Source, reader: ActorFacts) -> bool:
    """Whether the reader may see this source."""
    return disclosure.may_see(reader, source.access_facts())


def label(source: Source, reader: ActorFacts) -> str:
    """The public name; of an unnamed source its description, for those who may see it."""
    return source.name if can_see(source, reader) else PROTECTED_SOURCE


def description(source: Source, reader: ActorFacts) -> str:
    """How the source knows; empty if the reader may not see it."""
    return source.description if can_see(source, reader) else ""


def reference(source: Source, reader: ActorFacts) -> SourceReference:
    """The source by id and name, or neither."""
    visible = can_see(source, reader)
    return {"id": str(source.pk) if visible else None, "name": label(source, reader)}


def has_identity(source: Source) -> bool:
    """Whether the vault holds the identity of this unnamed source."""
    return source.unnamed and bool(source.key)


def published_name(source: Source) -> str:
    """The name for readers of the published copy. Raises ValueError for an unnamed source."""
    if source.unnamed:
        raise ValueError("An unnamed source has no published name.")
    return source.name


def named_like(text: str, reader: ActorFacts) -> QuerySet[Source]:
    """The sources with this text in their name, among those that the reader may see."""
    sources: QuerySet[Source] = Source.objects.visible_to(reader).filter(name__iregex=re.escape(text)).order_by()
    return sources


def merged_into(source: Source, reader: ActorFacts) -> Source | None:
    """The record that this one was merged into, if the reader may know that both are one person."""
    into = source.merged_into
    if into is None or not can_see(into, reader):
        return None
    unnamed = [each.desk_id for each in (source, into) if each.unnamed]
    return into if not unnamed or disclosure.is_custodian(reader, unnamed) else None


def merge_notice(source: Source, reader: ActorFacts) -> str:
    """That a source was merged, and into which, if the reader may know."""
    into = merged_into(source, reader)
    return (
        f"This source was merged into {into.pk}. Continue there."
        if into
        else ("This source was merged into another. Ask a custodian where to continue.")
    )


CHAIN_FIELDS = ("number", "previous", "hash")
"""The fields that place an event in its chain."""


def may_verify_chains(reader: ActorFacts) -> bool:
    """Whether the reader may see an event's number and hashes: only if no event and no id is hidden from them.

    Numbers tell of hidden events by their gaps. A hash covers the ids that were left out, and so confirms a guess.
    """
    return disclosure.is_custodian_of_all(reader)


def facts_fingerprint(assessment: Assessment) -> str:
    """A keyed hash of the facts behind an assessment, by which readers notice that these have changed.

    Nobody can compute it from guesses. The stored digest covers merges, which readers could confirm by hashing them.
    """
    return salted_hmac("editorial.assessment.facts", assessment.digest, algorithm="sha256").hexdigest()


def unexplained_sources(ids: Iterable[str], reader: ActorFacts) -> frozenset[str]:
    """Those of these ids that belong to unnamed sources of which the reader is not a custodian."""
    rows = Source.objects.filter(pk__in=list(ids), unnamed=True).values_list("pk", "desk_id")
    return frozenset(str(key) for key, desk in rows if not disclosure.is_custodian(reader, [desk]))


def is_custodian_of_speakers(claim_id: str, reader: ActorFacts) -> bool:
    """Whether the reader is a custodian of all unnamed sources that speak on the claim or its parts."""
    speaking = keys_of_any(
        Source.objects.filter(unnamed=True),
        Q(statements__claim=claim_id),
        Q(statements__claim__compound_links__compound=claim_id),
    )
    desks = Source.objects.filter(pk__in=speaking).values_list("desk_id", flat=True)
    return disclosure.is_custodian(reader, set(desks))


def words_put(links: Iterable[ReplyRequestClaim], reader: ActorFacts) -> dict[UUID, str | None]:
    """Link → the words in which its claim was put to a party; None if only custodians may see them.

    A claim loses a name by rewording; the words that were put keep it. So they are withheld if an unnamed source is or
    was concerned, or replied. The words are not examined: to withhold only those with a name would confirm guesses.
    """
    links = list(links)
    reworded = {link.claim_id for link in links if link.text != link.claim.text}
    desks = concerned_sources.desks_of_claims(reworded) if reworded else {}
    withheld = {key for key, kept_at in desks.items() if kept_at and not disclosure.is_custodian(reader, kept_at)}
    return {
        link.pk: None if link.text != link.claim.text and link.claim_id in withheld else link.text for link in links
    }


def shown_replacements(reader: ActorFacts) -> QuerySet[Statement]:
    """The statements whose replacement the reader may know.

    They see both, and both are of one source or of named ones; other pairs are explained to custodians only.
    """
    named, successor_named = Q(source__unnamed=False), Q(ended_by__source__unnamed=False)
    if None in (desks := _kept_desks(reader)):
        shown = Q()
    else:
        explained = (named | Q(source__desk__in=desks)) & (successor_named | Q(ended_by__source__desk__in=desks))
        shown = Q(source=F("ended_by__source")) | explained
    visible = Statement.objects.visible_to(reader)
    return visible.filter(shown, Exists(visible.filter(pk=OuterRef("ended_by"))))


def joined_subjects(reader: ActorFacts) -> QuerySet[Source]:
    """For annotated tasks (`subject_id`): the unnamed source that said only one of two things that contradict.

    The other was said under another name, so that the task would tell who the source is to all but custodians.
    """
    desks = _kept_desks(reader)
    if None in desks:
        return Source.objects.none()
    statements = Statement.objects.filter(STANDING, source=OuterRef("pk"), claim=OuterRef(OuterRef("claim_id")))
    both = Exists(statements.filter(stance=Stance.AFFIRMS.value)) & Exists(
        statements.filter(stance=Stance.DENIES.value)
    )
    return Source.objects.filter(~both, pk=OuterRef("subject_id"), unnamed=True).exclude(desk__in=desks)


def may_name_subject(kind: TaskKind, claim_id: UUID, source: Source, reader: ActorFacts) -> bool:
    """Whether the source may be named as the subject of a task. The rule of `joined_subjects` for one task."""
    if not can_see(source, reader):
        return False
    if kind is not TaskKind.RESOLVE_BOTH_WAYS or not source.unnamed:
        return True
    if disclosure.is_custodian(reader, [source.desk_id]):
        return True
    statements = Statement.objects.filter(STANDING, source=source, claim=claim_id)
    return {Stance.AFFIRMS.value, Stance.DENIES.value} <= set(statements.values_list("stance", flat=True))


def _kept_desks(reader: ActorFacts) -> set[str | None]:
    return {desk for role, desk in reader.memberships if role is Role.CUSTODIAN}
