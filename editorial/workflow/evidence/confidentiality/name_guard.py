"""Name guard: refuses texts that contain the name of a confidential source, before anything is written.

It compares texts with the identities of the sources that an action concerns, such as the speakers of its claim, or with
a desk's newest identities. It compares only with sources at the actor's desks: a refusal would reveal the sources of
other desks. A refusal confirms a guess, so it counts as an attempt at matching – a list of names as many – custodians
are notified, and where a request has several texts it does not say which of them contains the name.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from uuid import UUID

import structlog
from django.db.models import Q, QuerySet

from editorial.models import (
    Claim,
    IdentityRecord,
    MatchingAttempt,
    Source,
    Story,
    User,
    encryption,
)
from editorial.models.evidence import concerned_sources, containment
from editorial.policy import matching_quota, name_matching
from editorial.policy.name_matching import NamePart
from editorial.policy.verification.graphs import group_by
from editorial.workflow.core.errors import NAME_IN_TEXT, Reason, ValidationFailed
from editorial.workflow.evidence.confidentiality import matching, vault

log = structlog.get_logger(__name__)

_ONE_OF_SEVERAL = "One of these texts contains the name of a confidential source, or part of it."
_WORDS = {
    NamePart.WHOLE_NAME: "the name",
    NamePart.INITIALS: "the initials and surname",
    NamePart.SURNAME: "the surname",
    NamePart.GIVEN_NAME: "a given name",
}
_MAX_RECORDS_AT_DESK = 200
_LONGEST_ACTION = timedelta(minutes=1)  # times are those at which actions begin, not commit
_MAX_PUBLIC_NAMES = 10_000
_REMOVE = "Remove it."
_NAMESAKE = "Remove it. If you mean somebody who is not confidential, first register that person as a named source."


@dataclass(slots=True)
class _Request:
    """A request with many parts: how many texts and names it holds, and whether a part of it has passed."""

    texts: int
    candidates: int
    passed: bool = False


_request: ContextVar[_Request | None] = ContextVar("request", default=None)


def check(
    texts: Mapping[str, object],
    *,
    actor: User | None,
    now: datetime,
    claims: Iterable[Claim] = (),
    sources: Iterable[Source] = (),
) -> None:
    """Raise `ValidationFailed` if a text contains a name of the sources or of the claims' speakers.

    `texts`: by input field. The reasons name the field and the part of a name, never the name.
    """
    written = {field: text for field, text in texts.items() if isinstance(text, str) and text.strip()}
    if actor is None or not written:
        return
    _check(written, _records(claims, sources, actor), actor, now)


def check_at_desk(texts: Mapping[str, object], *, desk_id: UUID, actor: User, now: datetime) -> None:
    """The same with the newest identities of a desk, for a text that may concern any of its sources.

    A name that a named source also has passes: many people in the news share a name with a confidential source, or are
    that source. Workers have no key and check nothing: what they store was checked when it was submitted.
    """
    written = {field: text for field, text in texts.items() if isinstance(text, str) and text.strip()}
    if not written or not actor.facts().roles_at(frozenset({str(desk_id)})) or not _can_decrypt():
        return
    records = IdentityRecord.objects.filter(replaced_at=None, source__desk=desk_id, source__unnamed=True)
    newest = records.select_related("source").order_by("-encrypted_at")[:_MAX_RECORDS_AT_DESK]
    _check(written, newest, actor, now, namesakes=True)


def check_with_desk(
    texts: Mapping[str, object],
    *,
    claims: Iterable[Claim] = (),
    sources: Iterable[Source] = (),
    desk_id: UUID,
    actor: User,
    now: datetime,
) -> None:
    """`check` and `check_at_desk`, which count as one comparison."""
    with one_request(text for text in texts.values() if isinstance(text, str)):
        check(texts, claims=claims, sources=sources, actor=actor, now=now)
        check_at_desk(texts, desk_id=desk_id, actor=actor, now=now)


def check_story(texts: Mapping[str, object], *, story: Story, actor: User, now: datetime) -> None:
    """`check` for the claims of a story, and `check_at_desk`, because a story may use no claims."""
    check_with_desk(texts, claims=claims_of(story), desk_id=story.desk_id, actor=actor, now=now)


def names_in_copy(
    texts: Mapping[str, str], *, claims: Iterable[Claim], actor: User, now: datetime
) -> dict[UUID, dict[str, str]]:
    """The fields that `check` would refuse, each with the part of a name in it, for a text that is not refused.

    By the desk of the source: its custodians have to know, even if the story belongs to another desk.
    """
    records = group_by(_records(claims, (), actor), lambda record: record.source.desk_id)
    if not records:
        return {}
    with matching.comparison_of_text(actor=actor, desk_id=next(iter(records)), now=now) as count:
        parts = {desk: _parts(texts, _names(of_desk)) for desk, of_desk in records.items()}
        candidates = name_matching.count_candidates(texts.values())
        if weight := matching_quota.weight_of_copy(candidates, matching.limits(), matched=any(parts.values())):
            count(weight)
    return {desk: {field: part.value for field, part in found.items()} for desk, found in parts.items() if found}


def sealed_since(story: Story, moment: datetime) -> bool:
    """Whether a source that the story concerns, or one at its desk, has had another identity since this moment.

    Nothing is decrypted: workers ask this of a text that was compared at that moment, as they have no key to compare.
    """
    records = IdentityRecord.objects.filter(encrypted_at__gte=moment - _LONGEST_ACTION)
    return records.filter(Q(source__in=concerned_by(story)) | Q(source__desk=story.desk_id)).exists()


def concerned_by(story: Story) -> set[UUID]:
    """The unnamed sources that the story's claims concern now."""
    concerned = concerned_sources.of_claims(claims_of(story).values_list("pk", flat=True))
    return {each.source_id for each in concerned}


@contextmanager
def one_request(texts: Iterable[str]) -> Iterator[None]:
    """Weigh and answer the checks of a request with many parts as one, whichever part is checked."""
    if _request.get():  # part of a larger request
        yield
        return
    texts = [text for text in texts if text.strip()]
    token = _request.set(_Request(len(texts), name_matching.count_candidates(texts)))
    try:
        yield
    finally:
        _request.reset(token)


def claims_of(story: Story) -> QuerySet[Claim]:
    """The claims that the story uses, and what they contain."""
    used = containment.contained_ids(story.uses.values_list("claim_id", flat=True))
    return Claim.objects.filter(pk__in=used).order_by("pk")


def check_case(texts: Mapping[str, object], names: Iterable[str]) -> None:
    """Raise if a text of a case contains a name that is given in the same case. Nothing of the case is written yet."""
    written = {field: text for field, text in texts.items() if isinstance(text, str)}
    if reasons := _reasons(written, list(names)):
        raise ValidationFailed(*reasons)


def check_own(texts: Mapping[str, str], identity: vault.Identity) -> None:
    """Raise if a text contains the name that the actor has just typed. Not counted: it confirms nothing."""
    reasons = _reasons(texts, [identity.name])
    if reasons:
        raise ValidationFailed(
            *(
                Reason("NAME_IN_DESCRIPTION", "This text contains the confidential name. Remove it.", reason.field)
                for reason in reasons
            )
        )


def _check(
    texts: Mapping[str, str],
    records: QuerySet[IdentityRecord],
    actor: User,
    now: datetime,
    *,
    namesakes: bool = False,
) -> None:
    """Raise if a text contains one of these names. `namesakes`: not if a named source also has the name."""
    compared = list(records)
    if not compared:
        return
    with matching.comparison_of_text(actor=actor, desk_id=compared[0].source.desk_id, now=now) as count:
        names, advice = _names(compared), _REMOVE
        reasons = _reasons(texts, names)
        if reasons and namesakes:
            advice = _NAMESAKE
            reasons = _reasons(texts, _without_public(names, texts, actor), advice=advice)
        weight = _weight(texts, matched=bool(reasons))
        attempt = count(weight) if weight else None
    if reasons and attempt:
        raise _refusal(reasons, texts, advice, attempt, actor, now)


def _weight(texts: Mapping[str, str], *, matched: bool) -> int:
    request = _request.get()
    candidates = request.candidates if request else name_matching.count_candidates(texts.values())
    weight = matching_quota.weight_of_text(candidates, matching.limits(), matched=matched)
    if request and not matched:
        weight, request.passed = 0 if request.passed else weight, True
    return weight


def _refusal(
    reasons: list[Reason],
    texts: Mapping[str, str],
    advice: str,
    attempt: MatchingAttempt,
    actor: User,
    now: datetime,
) -> ValidationFailed:
    """The error, which custodians are notified of. Of several texts it does not say which one, or which part."""
    request = _request.get()
    if max(len(texts), request.texts if request else 0) > 1:
        reasons = [Reason(NAME_IN_TEXT, f"{_ONE_OF_SEVERAL} {advice}", _common_field(texts))]
    refusal = ValidationFailed(*reasons)
    refusal.log_refusal = partial(matching.log_comparison, attempt, actor=actor, now=now)
    return refusal


def _common_field(fields: Iterable[str]) -> str:
    """The list that all these fields are items of; empty if there is none."""
    lists = {field.rpartition("/")[0] for field in fields}
    return lists.pop() if len(lists) == 1 else ""


def _records(claims: Iterable[Claim], sources: Iterable[Source], actor: User) -> QuerySet[IdentityRecord]:
    concerned = concerned_sources.of_claims(claim.pk for claim in claims)
    keys = {source.pk for source in sources} | {each.source_id for each in concerned}
    ids = Source.objects.visible_to(actor.facts()).filter(unnamed=True, pk__in=keys).order_by()
    return (
        IdentityRecord.objects.filter(replaced_at=None, source__in=ids.values("pk"))
        .select_related("source")
        .order_by("pk")
    )


def _names(records: Iterable[IdentityRecord]) -> list[str]:
    names = []
    for record in records:
        try:
            names.append(vault.decrypt(record).name)
        except (encryption.KeyUnavailable, encryption.InvalidCiphertext):
            # A lost key must not stop the desk's work; the integrity checks and `unmask` report it.
            log.error("name guard cannot decrypt an identity", record=str(record.pk))
    return names


def _can_decrypt() -> bool:
    try:
        encryption.provider(encryption.Purpose.IDENTITY)
    except encryption.KeyUnavailable:
        return False
    return True


def _without_public(names: list[str], texts: Mapping[str, str], actor: User) -> list[str]:
    """The names that a text contains, without those of which a named source has at least the same part."""
    order = list(NamePart)
    matcher = name_matching.Matcher(names)
    in_texts = [_most_telling(column) for column in zip(*map(matcher.parts_in, texts.values()), strict=True)]
    matched = {name: part for name, part in zip(names, in_texts, strict=True) if part is not None}
    named = Source.objects.visible_to(actor.facts()).filter(unnamed=False).order_by("-pk")
    matcher = name_matching.Matcher(matched)
    for public in named.values_list("name", flat=True)[:_MAX_PUBLIC_NAMES]:
        for name, part in zip(list(matched), matcher.parts_in(public), strict=True):
            if part is not None and order.index(part) <= order.index(matched[name]):
                del matched[name]
                matcher = name_matching.Matcher(matched)
        if not matched:
            break
    return list(matched)


def _most_telling(parts: Iterable[NamePart | None]) -> NamePart | None:
    return min((part for part in parts if part is not None), key=list(NamePart).index, default=None)


def _reasons(texts: Mapping[str, str], names: list[str], *, advice: str = _REMOVE) -> list[Reason]:
    return [
        Reason(NAME_IN_TEXT, f"This text contains {_WORDS[part]} of a confidential source. {advice}", field)
        for field, part in _parts(texts, names).items()
    ]


def _parts(texts: Mapping[str, str], names: list[str]) -> dict[str, NamePart]:
    """The most telling part of a name in each text that contains one."""
    matcher = name_matching.Matcher(names)
    parts = {field: _most_telling(matcher.parts_in(text)) for field, text in texts.items()}
    return {field: part for field, part in parts.items() if part is not None}
