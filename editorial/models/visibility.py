"""Row filters that apply the rule of `policy.access.may(…, Action.SEE, …)`.

`tests/models` proves that the two never disagree.
"""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.db import models
from django.db.models import Exists, OuterRef, Q, Subquery
from django.db.models.lookups import IsNull

from editorial.models.claim_visibility import ClaimVisibility
from editorial.policy.access import ActorFacts


class VisibleQuerySet(models.QuerySet[Any]):
    """Rows that belong to one desk; `desk` is the lookup path to it."""

    desk = "desk"
    # Rows that everybody may see, whatever their desk.
    shared: Q | None = None

    def visible_to(self, actor: ActorFacts) -> VisibleQuerySet:
        """Rows the actor may see; none if the account is inactive or the token lacks the read scope."""
        if not actor.sees_anything():
            return self.none()
        return self if _sees_every_desk(actor) else self.filter(self._visible(actor))

    def hidden_from(self, actor: ActorFacts) -> VisibleQuerySet:
        if not actor.sees_anything():
            return self
        return self.none() if _sees_every_desk(actor) else self.exclude(self._visible(actor))

    def _visible(self, actor: ActorFacts) -> Q:
        visible = self._at_desks({UUID(desk) for _, desk in actor.memberships if desk})
        return visible | self.shared if self.shared else visible

    def _at_desks(self, desks: set[UUID]) -> Q:
        return Q(**{f"{self.desk}__in": desks})


def exists_by_row(related_rows: models.QuerySet[Any]) -> IsNull:
    """Whether the outer row has one, looked up row by row. For EXISTS, PostgreSQL may read every related row first."""
    return IsNull(Subquery(related_rows.order_by().values("pk")[:1]), False)


def _sees_every_desk(actor: ActorFacts) -> bool:
    return any(desk is None for _, desk in actor.memberships)


class VisibleClaimQuerySet(VisibleQuerySet):
    """Claims are visible to their own desk, and wherever a claim that contains them is seen or a story uses them."""

    claim = "pk"

    def _at_desks(self, desks: set[UUID]) -> Q:
        # As a subquery, so that a row that two desks see is returned once.
        return Q(Exists(ClaimVisibility.objects.filter(claim=OuterRef(self.claim), desk__in=desks)))


class VisibleThroughClaimQuerySet(VisibleClaimQuerySet):
    """Rows such as statements and tasks are visible to everyone who sees their claim."""

    claim = "claim"


class VisibleSourceQuerySet(VisibleQuerySet):
    """Named sources are visible to everybody; unnamed ones only at the desk that registered them."""

    shared = Q(unnamed=False)


class VisibleReplyRequestQuerySet(VisibleQuerySet):
    """Reply requests are visible to everyone who sees a claim they cover."""

    def _at_desks(self, desks: set[UUID]) -> Q:
        covered: Any = self.model.covers.through._default_manager
        return Q(Exists(covered.filter(request=OuterRef("pk"), claim__visibility__desk__in=desks)))


class VisibleThroughStoryQuerySet(VisibleQuerySet):
    """Corrections and revisions are visible to everyone who sees their story."""

    desk = "story__desk"
