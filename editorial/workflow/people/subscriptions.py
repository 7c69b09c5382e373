"""Subscriptions: follow or unfollow a claim, a story or a whole desk."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import models

from editorial.models import Claim, Desk, Story, Subscription, User
from editorial.policy.access import SubjectFacts
from editorial.policy.actions import Action
from editorial.workflow.core.actions import atomic_action, require_permission
from editorial.workflow.core.errors import Reason, ValidationFailed
from editorial.workflow.core.locking import get_visible

_FOLLOWABLE: dict[str, type[models.Model]] = {"desk": Desk, "claim": Claim, "story": Story}


@atomic_action
def follow(
    *,
    desk_id: UUID | str | None = None,
    claim_id: UUID | str | None = None,
    story_id: UUID | str | None = None,
    by_mail: bool = True,
    actor: User,
    now: datetime,
) -> Subscription:
    """Follow one object; `by_mail`: also by email. Following it again only changes `by_mail`."""
    require_permission(actor, Action.SUBSCRIPTION_FOLLOW, SubjectFacts(owners=frozenset({str(actor.pk)})))
    what = _resolve_target(actor, desk=desk_id, claim=claim_id, story=story_id)
    subscription, _ = Subscription.objects.update_or_create(user=actor, **what, defaults={"by_mail": by_mail})
    return subscription


@atomic_action
def unfollow(
    *,
    desk_id: UUID | str | None = None,
    claim_id: UUID | str | None = None,
    story_id: UUID | str | None = None,
    actor: User,
    now: datetime,
) -> None:
    """Unfollow an object. Mandatory notifications still come."""
    require_permission(actor, Action.SUBSCRIPTION_UNFOLLOW, SubjectFacts(owners=frozenset({str(actor.pk)})))
    what: dict[str, Any] = {"desk": desk_id, "claim": claim_id, "story": story_id}
    Subscription.objects.filter(user=actor, **what).delete()


def _resolve_target(actor: User, **given: UUID | str | None) -> dict[str, Any]:
    """Return the row to follow, if the actor may see it, and None for the other two fields."""
    named = {name: key for name, key in given.items() if key}
    if len(named) != 1:
        raise ValidationFailed(Reason("EXACTLY_ONE_TARGET", "Name one thing to follow: a desk, a claim or a story."))
    ((name, key),) = named.items()
    row = get_visible(_FOLLOWABLE[name], key, actor, field=name)
    if isinstance(row, Desk):
        require_permission(actor, Action.SEE, SubjectFacts(desks=frozenset({str(row.pk)})))
    return {other: row if other == name else None for other in _FOLLOWABLE}
