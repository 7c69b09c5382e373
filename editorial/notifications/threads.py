"""Threads and bundles: what happens to one object in a short time is one notification, headed by the most important."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from datetime import datetime, timedelta
from uuid import UUID

from django.db import connection
from django.db.models import OuterRef, Q, Subquery

from editorial.models import Notification
from editorial.notifications import audiences
from editorial.notifications.subjects import EventContext
from editorial.policy.events import REMEDY_EVENTS, kind_of
from editorial.policy.roles import NotificationKind

BUNDLE_WINDOW = timedelta(minutes=10)
"""How long a notification takes in others about the same object."""

_KINDS = list(NotificationKind)


def rank(action: str) -> int:
    """The importance of a notification of this event; 0 is the most important."""
    return 2 * _KINDS.index(kind_of(action)) + (action not in REMEDY_EVENTS)


def thread_of(context: EventContext) -> str:
    """The key of what notifications and emails are threaded by: the story, or the first that uses the claim."""
    return key_of(_object_of(context))


def key_of(name: str) -> str:
    """An opaque key for an object. Its id would tell the readers of a claim which story of another desk uses it.

    No secret: ids are unguessable, and workers have none.
    """
    return hashlib.sha256(f"newsroom notification thread {name}".encode()).hexdigest()[:32]


def _object_of(context: EventContext) -> str:
    if not context.claims:
        return context.event.stream
    at_desk = audiences.stories_of(context).filter(desk__in=context.desks)
    if story := at_desk.order_by("pk").values_list("pk", flat=True).first():
        return f"story:{story}"
    return f"claim:{context.claims[0].pk}"


def open_heads(thread: str, user_ids: Iterable[UUID], now: datetime) -> dict[UUID, Notification]:
    """Each person's notification that takes in others of this thread. Until the end of the transaction none is added.

    Without the lock, two workers would each begin a bundle.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [f"notifications of {thread}"])
    heads = Notification.objects.unread().filter(
        user__in=list(user_ids), thread=thread, created_at__gt=now - BUNDLE_WINDOW
    )
    return {head.user_id: head for head in heads.select_related("event").order_by("pk")}


def bundle(notices: list[Notification], heads: dict[UUID, Notification]) -> list[Notification]:
    """Put each new notification under its recipient's head, unless it is more important. Returns those that are."""
    outranking = []
    for notice in notices:
        head = heads.get(notice.user_id)
        if head is None:
            continue
        if not notice.retired_at and rank(notice.event.action) < rank(head.event.action):
            outranking.append(notice)
        else:
            notice.bundle = head
    return outranking


def email_time(action: str, head: Notification | None, due: datetime | None) -> datetime | None:
    """When to email a notification under this head: once a bundle has been emailed, the rest follows in one email."""
    if due is None or head is None or head.email_id is None or kind_of(action).mandatory:
        return due
    return max(due, head.created_at + BUNDLE_WINDOW)


def take_over(outranking: list[Notification], heads: dict[UUID, Notification]) -> None:
    """Make these new notifications the heads of the bundles that others headed."""
    if not outranking:
        return
    former = [heads[notice.user_id].pk for notice in outranking]
    successor = Notification.objects.filter(pk__in=[notice.pk for notice in outranking], user=OuterRef("user"))
    bundled = Notification.objects.filter(Q(pk__in=former) | Q(bundle__in=former))
    bundled.update(bundle=Subquery(successor.values("pk")[:1]))
