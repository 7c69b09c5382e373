"""Telling: every event that concerns somebody was told, once a person, and what leaves the house has left or waits."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from django.db.models import Count, F, OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce

from editorial.models import Delivery, DeliveryState, Event, MessageKind, Notification, Telling
from editorial.policy.audience import WHO_MUST_HEAR
from editorial.workflow.ops.integrity.checks import MOST, Invariant, Seen
from editorial.workflow.ops.integrity.table_scan import EVENTS


def _untold(seen: Seen) -> Iterable[UUID]:
    events = Event.objects.filter(pk__in=seen.keys, verb__in=list(WHO_MUST_HEAR), telling=None)
    return events.values_list("pk", flat=True)


def _fewer(rows: type[Notification] | type[Delivery], counted: str) -> QuerySet[Telling]:
    """Tellings of which fewer of these rows are left than there were."""
    there = rows._default_manager.filter(event=OuterRef("event")).order_by().values("event").annotate(n=Count("pk"))
    return Telling.objects.annotate(there=Coalesce(Subquery(there.values("n")), 0)).filter(there__lt=F(counted))


def _notice_lost(seen: Seen) -> Iterable[UUID]:
    return _fewer(Notification, "notices").filter(pk__in=seen.keys).values_list("pk", flat=True)


def _delivery_lost(seen: Seen) -> Iterable[UUID]:
    return _fewer(Delivery, "deliveries").filter(pk__in=seen.keys).values_list("pk", flat=True)


def _unsettled(seen: Seen) -> Iterable[UUID]:
    left = Delivery.objects.filter(settled_at=None).exclude(state=DeliveryState.DELIVERED.value)
    return left.order_by("pk").values_list("pk", flat=True)[: 5 * MOST]


def _delivered_and_unsettled(seen: Seen) -> Iterable[UUID]:
    left = Delivery.objects.filter(settled_at=None, state=DeliveryState.DELIVERED.value)
    return left.order_by("pk").values_list("pk", flat=True)[:MOST]


def _settle(delivery: UUID, now: datetime) -> None:
    """It went out: to send it again would be worse than to say so."""
    Delivery.objects.filter(pk=delivery, settled_at=None).update(settled_at=now)


INVARIANTS = (
    Invariant(
        name="events.told",
        noun=Event,
        says="Every event that concerns somebody has been told, or is about to be.",
        broken=_untold,
        turn=EVENTS,
        work=MessageKind.TELL,
    ),
    Invariant(
        name="notices.kept",
        noun=Event,
        says="Everybody who was told of an event still has the notice, one a person.",
        broken=_notice_lost,
        turn=EVENTS,
        work=MessageKind.TELL,
    ),
    Invariant(
        name="deliveries.kept",
        noun=Event,
        says="Every letter and call that was to go out for an event is still on record.",
        broken=_delivery_lost,
        turn=EVENTS,
    ),
    Invariant(
        name="deliveries.settled",
        noun=Delivery,
        says="Every letter and call has been settled, or is about to be sent.",
        broken=_unsettled,
        work=MessageKind.DELIVER,
    ),
    Invariant(
        name="deliveries.dated",
        noun=Delivery,
        says="What has been delivered says when.",
        broken=_delivered_and_unsettled,
        mend=_settle,
    ),
)
