"""Recipients of an event: the audiences that policy names, followers, webhooks, and the rooms of desks."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from uuid import UUID

from django.db.models import Q, QuerySet

from editorial.models import ChatChannel, Subscription, User, WebhookEndpoint
from editorial.models.unions import keys_of_any
from editorial.notifications import audiences
from editorial.notifications.subjects import EventContext
from editorial.policy.events import REMEDY_EVENTS, WEBHOOK_EVENTS, kind_of, recipients_for
from editorial.policy.roles import Audience, NotificationKind

# Notifications to these audiences also go to followers; all others are personal.
_SHARED_WITH_FOLLOWERS = {Audience.AUTHORS, Audience.EDITORS}


def mandatory_recipients(context: EventContext) -> set[UUID]:
    """Users who are notified whether or not they follow the subject."""
    return audiences.members(recipients_for(context.event.action), context)


def followers(context: EventContext) -> dict[UUID, bool]:
    """Users who follow the subject, with whether they also want email. Sources cannot be followed."""
    if context.concerns_source or not recipients_for(context.event.action) & _SHARED_WITH_FOLLOWERS:
        return {}
    followed = Q(desk__in=context.desks), Q(claim__in=context.claims), Q(story__in=audiences.stories_of(context))
    subscriptions = Subscription.objects.filter(pk__in=keys_of_any(Subscription.objects.all(), *followed))
    by_mail: dict[UUID, bool] = {}
    for person, mail in subscriptions.values_list("user_id", "by_mail"):
        by_mail[person] = by_mail.get(person, False) or mail
    return by_mail


def readers(
    context: EventContext, user_ids: Iterable[UUID], *, caused_by: UUID | None = None
) -> Iterator[tuple[User, EventContext]]:
    """Those of these users who may see the event and were not notified, by id, each with what they may see of it.

    Without its actor and the person whose action it follows from, because they know. Remedies and alerts are for
    everybody: somebody else may have acted in their name.
    """
    informed = None if _must_reach_everybody(context.event.action) else caused_by
    others = set(user_ids) - {context.event.actor_id, informed}
    people = (
        User.objects.filter(pk__in=others)
        .exclude(notifications__event=context.event.pk)
        .select_related("quiet_hours")
        .prefetch_related("memberships")
    )
    for person in people.order_by("pk"):
        visible_context = context.as_read_by(person)
        if visible_context is not None:
            yield person, visible_context


def _must_reach_everybody(action: str) -> bool:
    return action in REMEDY_EVENTS or kind_of(action) is NotificationKind.ALERT


def webhooks(context: EventContext) -> QuerySet[WebhookEndpoint]:
    """The desks' endpoints that receive the event; none if webhooks carry none of its kind, or it is private."""
    if not _may_leave(context):
        return WebhookEndpoint.objects.none()
    return WebhookEndpoint.objects.receiving(context.event.action).filter(desk__in=context.desks)


def rooms(context: EventContext) -> QuerySet[ChatChannel]:
    """The desks' chat channels that carry the event: of what webhooks may carry, that which editors are notified of."""
    if not _may_leave(context) or Audience.EDITORS not in recipients_for(context.event.action):
        return ChatChannel.objects.none()
    return ChatChannel.objects.carrying(kind_of(context.event.action)).filter(desk__in=context.desks)


def _may_leave(context: EventContext) -> bool:
    """Whether people outside the newsroom may learn that it happened."""
    return context.event.action in WEBHOOK_EVENTS and not context.concerns_source and not context.private
