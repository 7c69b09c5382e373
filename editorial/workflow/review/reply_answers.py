"""The response of a party: who replied, and what they said about each claim, as statements."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from editorial.models import Claim, ReplyRequest, Source, Statement, User
from editorial.policy.access import ActorFacts
from editorial.policy.vocabulary import ReplyOutcome
from editorial.workflow.core.errors import Forbidden, Reason, ValidationFailed, error_path
from editorial.workflow.core.locking import get_visible, lock_many
from editorial.workflow.evidence import statements
from editorial.workflow.evidence.confidentiality import disclosure, matching, name_guard
from editorial.workflow.evidence.confidentiality.vault import Identity

Answers = Iterable[Mapping[str, Any]]


def lock_claims(request: ReplyRequest) -> list[Claim]:
    """Lock the claims that the request covers, and their parts, on which the answers may be recorded.

    A merger adds a claim under the lock of the merged one: once everything found is locked, nothing is missing.
    """
    locked: dict[UUID, Claim] = {}
    while missing := _answerable_ids(request) - locked.keys():
        locked |= {claim.pk: claim for claim in lock_many(Claim, missing, None, field="covers")}
    covered = request.covers.order_by("pk").values_list("pk", flat=True)
    return [locked[key] for key in covered]


def _answerable_ids(request: ReplyRequest) -> set[UUID]:
    covered = set(request.covers.values_list("pk", flat=True))
    return covered.union(Claim.objects.filter(compounds__in=covered).values_list("pk", flat=True))


def answerable(request: ReplyRequest, reader: ActorFacts) -> list[tuple[Claim, str | None]]:
    """The claims on which an answer can be recorded, and the words that were put, as far as the reader may see them.

    Answers to a compound are recorded on its parts.
    """
    rows: dict[UUID, tuple[Claim, str | None]] = {}
    visible = request.request_claim_links.filter(claim__in=Claim.objects.visible_to(reader))
    links = list(visible.select_related("claim").order_by("claim"))
    words = disclosure.words_put(links, reader)
    for link in links:
        if link.claim.live:
            members = Claim.objects.visible_to(reader).filter(compounds=link.claim).order_by("pk")
            rows |= {claim.pk: (claim, words[link.pk]) for claim in members or [link.claim] if claim.pk not in rows}
    return list(rows.values())


def record(
    request: ReplyRequest,
    claims: list[Claim],
    answers: Answers,
    *,
    source: Source,
    no_statement_reason: str,
    actor: User,
    now: datetime,
) -> list[Statement]:
    """Record what the source said about the claims. A claim without a statement needs a reason, unless it was reworded.

    Each answer has the fields of `POST /statements`; on a compound, it is about a part.
    """
    answers, places = list(answers), _places(claims)
    if request.outcome != ReplyOutcome.REPLIED:
        if answers or no_statement_reason.strip():
            raise ValidationFailed(
                Reason("NOT_REPLIED", "Only a reply has answers. Choose “replied”, or remove them.", "outcome")
            )
        return []
    texts = [text for text in (*(fields.get("quote") for fields in answers), no_statement_reason) if text]
    with name_guard.one_request(texts):
        recorded = _record_all(request, answers, places, source, actor, now)
        name_guard.check(
            {"no_statement_reason": no_statement_reason}, claims=claims, sources=[source], actor=actor, now=now
        )
    answered = {covered for statement in recorded for covered in places[str(statement.claim_id)]}
    current = request.request_claim_links.filter(reworded_at=None).values_list("claim_id", flat=True)
    if set().union(*places.values()).intersection(current) - answered and not no_statement_reason.strip():
        raise ValidationFailed(
            Reason(
                "NO_STATEMENT",
                "Record what they said about each claim as a statement, or say why there is none.",
                "no_statement_reason",
            )
        )
    request.no_statement_reason = no_statement_reason.strip()
    return recorded


def check_names(
    answers: Iterable[Mapping[str, Any]],
    reason: str,
    respondent_id: UUID | str | None,
    named: tuple[str, str] | None,
    *,
    actor: User,
    now: datetime,
) -> None:
    """Refuse texts with the name of the respondent: of a confidential source, or typed for its token only."""
    quotes = {f"answers/{number}/quote": str(fields.get("quote") or "") for number, fields in enumerate(answers)}
    if named:
        name_guard.check_own({"no_statement_reason": reason}, Identity.of(*named))
    if respondent_id:
        source = get_visible(Source, respondent_id, actor, field="respondent")
        records = [source, source.merged_into or source]
        name_guard.check({"no_statement_reason": reason} | quotes, sources=records, actor=actor, now=now)


def _record_all(
    request: ReplyRequest,
    answers: list[Mapping[str, Any]],
    places: Mapping[str, set[UUID]],
    source: Source,
    actor: User,
    now: datetime,
) -> list[Statement]:
    recorded = []
    for number, fields in enumerate(answers):
        with error_path(f"answers/{number}"):
            if str(fields["claim_id"]) not in places:
                raise ValidationFailed(
                    Reason("NOT_COVERED", "The request does not cover this claim. Record a statement instead.", "claim")
                )
            recorded.append(
                statements.record(**fields, source_id=source.pk, reply_request=request.pk, actor=actor, now=now)
            )
    return recorded


def speaker(request: ReplyRequest, respondent: Source | None) -> Source:
    """Whose statements the answers are: a named respondent's, otherwise the recipient's.

    A confidential respondent replied for the party; a statement of theirs would say for whom they work.
    """
    source = respondent if respondent is not None and not respondent.unnamed else request.to
    return source.merged_into or source


def respondent(
    request: ReplyRequest,
    claims: list[Claim],
    source_id: UUID | str | None,
    name: str,
    known_by: str,
    actor: User,
    now: datetime,
) -> tuple[Source | None, str, bool]:
    """The respondent's record and identity, empty if none is given, and whether the vault can match the identity."""
    if not source_id and not name:
        return None, "", False
    if request.sent_by_id != actor.pk:
        raise Forbidden(
            "Only the person who recorded the request may say who responded. Leave the respondent empty.",
            code="NOT_THE_REQUESTER",
        )
    if source_id:
        source = get_visible(Source, source_id, actor, field="respondent")
        canonical = source.merged_into or source
        if not canonical.key:
            return canonical, str(canonical.pk), False
        matching.count_attempt(actor=actor, desk_id=claims[0].desk_id, now=now)
        # A named one by the record, which means the same person: by a token the database would take them for unnamed.
        return canonical, canonical.key if canonical.unnamed else str(canonical.pk), True
    identity = Identity.of(name, known_by)
    matching.count_attempt(actor=actor, desk_id=claims[0].desk_id, now=now)
    return None, identity.token(), True


def _places(claims: list[Claim]) -> dict[str, set[UUID]]:
    """Each claim on which an answer can be recorded, with the covered claims that it answers."""
    places: dict[str, set[UUID]] = defaultdict(set)
    for claim in claims:
        if claim.live:
            for key in claim.member_links.values_list("member_id", flat=True) or [claim.pk]:
                places[str(key)].add(claim.pk)
    return places
