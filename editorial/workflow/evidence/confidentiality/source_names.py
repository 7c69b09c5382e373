"""Names of confidential sources in the texts and reasons about a source.

A named source, such as a document, is on record for every desk, and so are the reasons of actions on it.
"""

from __future__ import annotations

from collections.abc import Container
from datetime import datetime

from django.db.models import Q, QuerySet

from editorial.models import Claim, Source, User
from editorial.models.unions import keys_of_any
from editorial.workflow.evidence.affected_claims import RELATION_FIELDS
from editorial.workflow.evidence.confidentiality import name_guard, sealing


def check_texts(
    source: Source, written: Container[str], actor: User, now: datetime, *, newly_related: bool = False
) -> None:
    """Refuse written texts with the name of the source, of a related one, or of another source of its desk.

    `newly_related`: the source has a new related source, so all its texts are compared.
    """
    texts = {field: getattr(source, field) for field in sealing.TEXT_FIELDS}
    new = {field: text for field, text in texts.items() if field in written}
    name_guard.check(texts if newly_related else new, sources=_with_related(source), actor=actor, now=now)
    # A named source may be a namesake, or the same person.
    checked = {field: text for field, text in new.items() if source.unnamed or field != "name"}
    name_guard.check_at_desk(checked, desk_id=source.desk_id, actor=actor, now=now)


def check_reason(reason: str, sources: list[Source], actor: User, now: datetime) -> None:
    """Refuse a reason with the name of a source that it may be about, or of another source of the desk."""
    texts, related = {"reason": reason}, [row for source in sources for row in _with_related(source)]
    claims = [claim for source in sources for claim in _claims_of(source)]
    with name_guard.one_request([reason]):
        name_guard.check(texts, claims=claims, sources=related, actor=actor, now=now)
        for desk_id in sorted({source.desk_id for source in sources}):
            name_guard.check_at_desk(texts, desk_id=desk_id, actor=actor, now=now)


def _with_related(source: Source) -> list[Source]:
    return [source, *filter(None, (getattr(source, field) for field in RELATION_FIELDS))]


def _claims_of(source: Source) -> QuerySet[Claim]:
    """The claims on which the source speaks, or which it settles."""
    concerned = Q(statements__source=source), Q(dispositive_evidence__source=source)
    return Claim.objects.filter(pk__in=keys_of_any(Claim.objects.all(), *concerned)).order_by("pk")
