"""Name guard: refuses texts that contain the name of a confidential source, before anything is written.

It compares with the identities of the sources that an action concerns, such as the speakers of its claim, and only at
the desks of its actor: at other desks a refusal would tell who their sources are. Each refusal counts as an attempt at
matching, because it confirms a guess.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from uuid import UUID

import structlog
from django.db.models import Q, QuerySet

from editorial.models import Claim, IdentityRecord, Source, User
from editorial.policy import name_matching
from editorial.policy.matching_quota import MatchingKind
from editorial.policy.name_matching import NamePart
from editorial.workflow.core.errors import Reason, ValidationFailed
from editorial.workflow.evidence import matching, vault

log = structlog.get_logger(__name__)

_WORDS = {
    NamePart.WHOLE_NAME: "the name",
    NamePart.INITIALS: "the initials and surname",
    NamePart.SURNAME: "the surname",
    NamePart.GIVEN_NAME: "a given name",
}
_MAX_RECORDS_AT_DESK = 200


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
    """The same with the newest identities of a desk, for a text that concerns no claim yet."""
    written = {field: text for field, text in texts.items() if isinstance(text, str) and text.strip()}
    records = IdentityRecord.objects.filter(replaced_at=None, source__desk=desk_id, source__unnamed=True)
    if written:
        _check(written, records.order_by("-encrypted_at")[:_MAX_RECORDS_AT_DESK], actor, now)


def warnings(texts: Mapping[str, str], *, claims: Iterable[Claim], actor: User) -> list[Reason]:
    """What `check` would refuse, for a text that is not refused: a story's copy may name a namesake."""
    return _reasons(texts, _names(_records(claims, (), actor)))


def check_own(texts: Mapping[str, str], identity: vault.Identity) -> None:
    """Raise if a text contains the name that the actor has just typed. It confirms nothing, so it does not count."""
    reasons = _reasons(texts, [identity.name])
    if reasons:
        raise ValidationFailed(
            *(
                Reason("NAME_IN_DESCRIPTION", "This text contains the confidential name. Remove it.", reason.field)
                for reason in reasons
            )
        )


def _check(texts: Mapping[str, str], records: QuerySet[IdentityRecord], actor: User, now: datetime) -> None:
    compared = list(records)
    if not compared:
        return
    matching.require_text_quota(actor=actor, now=now)
    reasons = _reasons(texts, _names(compared))
    if reasons:
        desk_id = compared[0].source.desk_id
        matching.count_attempt(actor=actor, desk_id=desk_id, now=now, kind=MatchingKind.TEXT)
        raise ValidationFailed(*reasons)


def _records(claims: Iterable[Claim], sources: Iterable[Source], actor: User) -> QuerySet[IdentityRecord]:
    claim_ids = {claim.pk for claim in claims}
    speaks = (
        Q(statements__claim__in=claim_ids)
        | Q(informed_statements__claim__in=claim_ids)
        | Q(accused_by__in=claim_ids)
        | Q(reply_requests__covers__in=claim_ids)
    )
    concerned = Source.objects.visible_to(actor.facts()).filter(
        Q(pk__in=[source.pk for source in sources]) | speaks, unnamed=True
    )
    ids = concerned.order_by().values("pk")
    return IdentityRecord.objects.filter(replaced_at=None, source__in=ids).select_related("source").order_by("pk")


def _names(records: Iterable[IdentityRecord]) -> list[str]:
    names = []
    for record in records:
        try:
            names.append(vault.decrypt(bytes(record.encrypted_identity)).name)
        except vault.KeyMissing:
            # A lost key must not stop the desk's work; the integrity checks and `unmask` report it.
            log.error("name guard cannot decrypt an identity", record=str(record.pk))
    return names


def _reasons(texts: Mapping[str, str], names: list[str]) -> list[Reason]:
    order = list(NamePart)
    reasons = []
    for field, text in texts.items():
        parts = [part for part in name_matching.parts_in(names, text) if part is not None]
        if parts:
            part = _WORDS[min(parts, key=order.index)]
            reasons.append(
                Reason("NAME_IN_TEXT", f"This text contains {part} of a confidential source. Remove it.", field)
            )
    return reasons
