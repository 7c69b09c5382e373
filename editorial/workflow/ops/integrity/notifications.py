"""Checks of notifications: every event reached its recipients once, and every delivery is settled or pending."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from django.db.models import Count, F, OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce

from editorial.models import Delivery, DeliveryState, Event, MessageKind, Notification, NotificationFanout, User
from editorial.policy.events import NOTIFIED_EVENTS
from editorial.workflow.ops.integrity.checks import MAX_ROWS, CheckContext, integrity_check
from editorial.workflow.ops.integrity.table_scan import EVENTS


@integrity_check("events.notified", Event, scan=EVENTS, requeue=MessageKind.NOTIFY)
def _not_notified(context: CheckContext) -> Iterable[UUID]:
    """Every event with recipients has been fanned out, or is about to be."""
    events = Event.objects.filter(pk__in=context.keys, action__in=NOTIFIED_EVENTS, fanout=None)
    return events.values_list("pk", flat=True)


def _with_missing_rows(rows: type[Notification] | type[Delivery], column: str) -> QuerySet[NotificationFanout]:
    """Fan-outs that have fewer of these rows than they produced."""
    existing = rows._default_manager.filter(event=OuterRef("event")).order_by().values("event").annotate(n=Count("pk"))
    return NotificationFanout.objects.annotate(row_count=Coalesce(Subquery(existing.values("n")), 0)).filter(
        row_count__lt=F(column)
    )


@integrity_check("notifications.complete", Event, scan=EVENTS, requeue=MessageKind.NOTIFY)
def _missing_notifications(context: CheckContext) -> Iterable[UUID]:
    """Every recipient of an event has exactly one notification."""
    return (
        _with_missing_rows(Notification, "notification_count").filter(pk__in=context.keys).values_list("pk", flat=True)
    )


@integrity_check("deliveries.complete", Event, scan=EVENTS)
def _missing_deliveries(context: CheckContext) -> Iterable[UUID]:
    """Every webhook delivery of an event is still on record."""
    return _with_missing_rows(Delivery, "delivery_count").filter(pk__in=context.keys).values_list("pk", flat=True)


@integrity_check("deliveries.settled", Delivery, requeue=MessageKind.DELIVER)
def _unsettled(context: CheckContext) -> Iterable[UUID]:
    """Every email and webhook delivery is settled, or about to be sent."""
    unsettled = Delivery.objects.filter(settled_at=None).exclude(state=DeliveryState.DELIVERED.value)
    return unsettled.order_by("pk").values_list("pk", flat=True)[: 5 * MAX_ROWS]


@integrity_check("emails.composed", User, requeue=MessageKind.COMPOSE_EMAILS)
def _not_composed(context: CheckContext) -> Iterable[UUID]:
    """Every notification that is due to be emailed has been, or is about to be."""
    due = Notification.objects.filter(email_after__lte=context.now)
    return due.order_by("user").values_list("user", flat=True).distinct()[:MAX_ROWS]


def _settle(delivery: UUID, now: datetime) -> None:
    """Set the time of a delivery that was sent; sending it twice would be worse than an inexact time."""
    Delivery.objects.filter(pk=delivery, settled_at=None).update(settled_at=now)


@integrity_check("deliveries.timed", Delivery, repair=_settle)
def _delivered_without_time(context: CheckContext) -> Iterable[UUID]:
    """Every delivery that was sent has a time."""
    unsettled = Delivery.objects.filter(settled_at=None, state=DeliveryState.DELIVERED.value)
    return unsettled.order_by("pk").values_list("pk", flat=True)[:MAX_ROWS]


CHECKS = (
    _not_notified,
    _missing_notifications,
    _missing_deliveries,
    _unsettled,
    _not_composed,
    _delivered_without_time,
)
