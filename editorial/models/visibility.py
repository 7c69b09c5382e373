"""Which rows a person sees: the same rule as `policy.access.may(…, Verb.SEE, …)`, as row filters.

`tests/models` holds that the two never disagree.
"""

from __future__ import annotations

from typing import Any

from django.db import models
from django.db.models import Exists, OuterRef, Q

from editorial.policy.access import ActorFacts


class Visible(models.QuerySet[Any]):
    """Rows that belong to desks. `desk_paths` are the lookups that lead from a row to its desks."""

    desk_paths: tuple[str, ...] = ("desk",)
    # Rows everybody in the house sees, whatever their desk.
    shared = Q(pk__in=[])

    def visible_to(self, actor: ActorFacts) -> Visible:
        """The rows this person may see; none for somebody whose account is not active, or whose token cannot read."""
        if not actor.sees_anything():
            return self.none()
        if any(desk is None for _, desk in actor.memberships):
            return self
        mine = {desk for _, desk in actor.memberships}
        seen = self.shared
        for path in self.desk_paths:
            at = Q(**{f"{path}__in": mine})
            # Asked beside, so that a row reached over two desks is still one row; and row by row, so that PostgreSQL
            # is free to look up few rows by their ids instead of gathering all that the desk has to do with.
            beside = self.model._default_manager.filter(at, pk=OuterRef("pk"))
            seen |= Q(Exists(beside)) if "__" in path else at
        return self.filter(seen)


class VisibleClaims(Visible):
    """Claims are seen at their own desk and wherever a story uses them, or the compound they are part of."""

    desk_paths = ("desk", "uses__story__desk", "wholes__uses__story__desk")


class VisibleThroughClaim(Visible):
    """Statements, tasks and the like are seen by whoever sees their claim."""

    desk_paths = ("claim__desk", "claim__uses__story__desk", "claim__wholes__uses__story__desk")


class VisibleSources(Visible):
    """Named sources are known to the whole house; unnamed ones only where they were registered."""

    shared = Q(unnamed=False)


class VisibleRequests(Visible):
    """Reply requests are seen by whoever sees a claim they cover."""

    desk_paths = ("covers__desk", "covers__uses__story__desk", "covers__wholes__uses__story__desk")


class VisibleThroughStory(Visible):
    """Corrections and revisions are seen by whoever sees their story."""

    desk_paths = ("story__desk",)
