"""Telling: every event that concerns somebody was told, once a person, and what leaves the house has left or waits."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from django.db.models import Count, F, OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce

from editorial.models import Delivery, DeliveryState, Event, MessageKind, Notification, NotificationFanout
from editorial.policy.actions import NOTIFIED_EVENTS
from editorial.workflow.ops.integrity.checks import MAX_ROWS, CheckContext, IntegrityCheck
from editorial.workflow.ops.integrity.table_scan import EVENTS


def _not_notified(context: CheckContext) -> Iterable[UUID]:
    events = Event.objects.filter(pk__in=context.keys, action__in=NOTIFIED_EVENTS, fanout=None)
    return events.values_list("pk", flat=True)


def _with_missing_rows(rows: type[Notification] | type[Delivery], counted: str) -> QuerySet[NotificationFanout]:
    """Tellings of which fewer of these rows are left than there were."""
    there = rows._default_manager.filter(event=OuterRef("event")).order_by().values("event").annotate(n=Count("pk"))
    return NotificationFanout.objects.annotate(there=Coalesce(Subquery(there.values("n")), 0)).filter(
        there__lt=F(counted)
    )


def _missing_notifications(context: CheckContext) -> Iterable[UUID]:
    return (
        _with_missing_rows(Notification, "notification_count").filter(pk__in=context.keys).values_list("pk", flat=True)
    )


def _missing_deliveries(context: CheckContext) -> Iterable[UUID]:
    return _with_missing_rows(Delivery, "delivery_count").filter(pk__in=context.keys).values_list("pk", flat=True)


def _unsettled(context: CheckContext) -> Iterable[UUID]:
    left = Delivery.objects.filter(settled_at=None).exclude(state=DeliveryState.DELIVERED.value)
    return left.order_by("pk").values_list("pk", flat=True)[: 5 * MAX_ROWS]


def _delivered_without_time(context: CheckContext) -> Iterable[UUID]:
    left = Delivery.objects.filter(settled_at=None, state=DeliveryState.DELIVERED.value)
    return left.order_by("pk").values_list("pk", flat=True)[:MAX_ROWS]


def _settle(delivery: UUID, now: datetime) -> None:
    """It went out: to send it again would be worse than to say so."""
    Delivery.objects.filter(pk=delivery, settled_at=None).update(settled_at=now)


CHECKS = (
    IntegrityCheck(
        name="events.notified",
        model=Event,
        message="Every event that concerns somebody has been told, or is about to be.",
        find_violations=_not_notified,
        scan=EVENTS,
        requeue=MessageKind.NOTIFY,
    ),
    IntegrityCheck(
        name="notifications.complete",
        model=Event,
        message="Everybody who was told of an event still has the notice, one a person.",
        find_violations=_missing_notifications,
        scan=EVENTS,
        requeue=MessageKind.NOTIFY,
    ),
    IntegrityCheck(
        name="deliveries.complete",
        model=Event,
        message="Every letter and call that was to go out for an event is still on record.",
        find_violations=_missing_deliveries,
        scan=EVENTS,
    ),
    IntegrityCheck(
        name="deliveries.settled",
        model=Delivery,
        message="Every letter and call has been settled, or is about to be sent.",
        find_violations=_unsettled,
        requeue=MessageKind.DELIVER,
    ),
    IntegrityCheck(
        name="deliveries.timed",
        model=Delivery,
        message="What has been delivered says when.",
        find_violations=_delivered_without_time,
        repair=_settle,
    ),
)
