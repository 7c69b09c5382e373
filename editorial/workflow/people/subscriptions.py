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
    """Follow a desk, a claim or a story, with `by_mail` also by email. Repeating this changes only `by_mail`."""
    require_permission(actor, Action.SUBSCRIPTION_FOLLOW, SubjectFacts(owners=frozenset({str(actor.pk)})))
    target = _resolve_target(actor, desk=desk_id, claim=claim_id, story=story_id)
    subscription, _ = Subscription.objects.update_or_create(user=actor, **target, defaults={"by_mail": by_mail})
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
    target: dict[str, Any] = {"desk": desk_id, "claim": claim_id, "story": story_id}
    Subscription.objects.filter(user=actor, **target).delete()


def _resolve_target(actor: User, **targets: UUID | str | None) -> dict[str, Any]:
    """Return the row to follow, if the actor may see it, and None for the other two fields."""
    chosen = {name: key for name, key in targets.items() if key}
    if len(chosen) != 1:
        raise ValidationFailed(Reason("EXACTLY_ONE_TARGET", "Name one thing to follow: a desk, a claim or a story."))
    ((name, key),) = chosen.items()
    row = get_visible(_FOLLOWABLE[name], key, actor, field=name)
    if isinstance(row, Desk):
        require_permission(actor, Action.SEE, SubjectFacts.of_desk(row.pk))
    return {field: row if field == name else None for field in _FOLLOWABLE}
