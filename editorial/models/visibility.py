"""Which rows a person sees: the same rule as `policy.access.may(…, Action.SEE, …)`, as row filters.

`tests/models` holds that the two never disagree.
"""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.db import models
from django.db.models import Exists, OuterRef, Q

from editorial.models.ops.claim_visibility import ClaimVisibility
from editorial.policy.access import ActorFacts


class VisibleQuerySet(models.QuerySet[Any]):
    """Rows that belong to one desk; `desk` is the lookup that leads to it."""

    desk = "desk"
    # Rows everybody in the house sees, whatever their desk.
    shared: Q | None = None

    def visible_to(self, actor: ActorFacts) -> VisibleQuerySet:
        """The rows this person may see; none for somebody whose account is not active, or whose token cannot read."""
        if not actor.sees_anything():
            return self.none()
        return self if _sees_every_desk(actor) else self.filter(self._visible(actor))

    def hidden_from(self, actor: ActorFacts) -> VisibleQuerySet:
        """All other rows."""
        if not actor.sees_anything():
            return self
        return self.none() if _sees_every_desk(actor) else self.exclude(self._visible(actor))

    def _visible(self, actor: ActorFacts) -> Q:
        seen = self._at_desks({UUID(desk) for _, desk in actor.memberships if desk})
        return seen | self.shared if self.shared else seen

    def _at_desks(self, desks: set[UUID]) -> Q:
        return Q(**{f"{self.desk}__in": desks})


def _sees_every_desk(actor: ActorFacts) -> bool:
    return any(desk is None for _, desk in actor.memberships)


class VisibleClaimQuerySet(VisibleQuerySet):
    """Claims are seen at their own desk and wherever a story uses them, or the compound they are part of."""

    claim = "pk"

    def _at_desks(self, desks: set[UUID]) -> Q:
        # Asked beside, so that a row which two desks see is still one row.
        return Q(Exists(ClaimVisibility.objects.filter(claim=OuterRef(self.claim), desk__in=desks)))


class VisibleThroughClaimQuerySet(VisibleClaimQuerySet):
    """Statements, tasks and the like are seen by whoever sees their claim."""

    claim = "claim"


class VisibleSourceQuerySet(VisibleQuerySet):
    """Named sources are known to the whole house; unnamed ones only where they were registered."""

    shared = Q(unnamed=False)


class VisibleReplyRequestQuerySet(VisibleQuerySet):
    """Reply requests are seen by whoever sees a claim they cover."""

    def _at_desks(self, desks: set[UUID]) -> Q:
        covered = self.model._default_manager.filter(pk=OuterRef("pk"), covers__visibility__desk__in=desks)
        return Q(Exists(covered))


class VisibleThroughStoryQuerySet(VisibleQuerySet):
    """Corrections and revisions are seen by whoever sees their story."""

    desk = "story__desk"
