"""Rows, jobs and deliveries that are missing."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime
from itertools import islice
from typing import TypeVar

from django.utils import timezone

from editorial.models import (
    Assessment,
    Channel,
    Claim,
    Delivery,
    DeliveryState,
    Event,
    IntegrityFinding,
    MessageKind,
    MessageState,
    Notification,
    OutboxMessage,
    Statement,
    Story,
    WebhookEndpoint,
)
from editorial.notifications import recipients, subjects
from editorial.notifications.email_times import COLLECTING
from editorial.policy.events import BATCHED_EVENTS, NOTIFIED_EVENTS, recipients_for
from editorial.policy.publication.transitions import StoryStatus
from editorial.policy.system_events import SystemEvent
from editorial.policy.verification import digest
from editorial.workflow.evidence import facts
from editorial.workflow.stories import gates
from tests.proofs.chaos.history import History

_Row = TypeVar("_Row")

_AT_ONCE = 100  # claims, whose facts are read together
# A reply is a confirmation, whose event is the story's; the parts of a case are recorded one by one.
_NOTIFIED_OTHERWISE = {"story.confirm_condition", "case.file"}
_MODELS = {"review": "reviewtask"}
_POSTED = {"story", "claim", "statement", "reviewtask", "replyrequest"}


def lost_writes(history: History) -> Iterator[str]:
    """Every acknowledged write has its event, and therefore its row: they are one transaction."""
    recorded = set(Event.objects.values_list("stream", "action"))
    for line in history.lines("acknowledged"):
        model = line["verb"].split(".")[0]
        if line["verb"] in _NOTIFIED_OTHERWISE:
            continue
        if (f"{_MODELS.get(model, model)}:{line['id']}", line["verb"]) not in recorded:
            yield f"{line['verb']} of {line['marker'] or line['id']} was acknowledged and left no event."


def missing_assessments() -> Iterator[str]:
    """Every claim was assessed, and no relevant fact is newer than its assessment."""
    open_ones = Claim.objects.filter(dropped_at=None, merged_into=None).values_list("pk", "text")
    last = dict(Assessment.objects.order_by("claim_id", "number").values_list("claim_id", "digest"))
    for some in _by(_AT_ONCE, open_ones):
        case = facts.case([claim for claim, _ in some], now=timezone.now())
        for claim, text in some:
            if claim not in last:
                yield f"{text}: never assessed."
            elif last[claim] != digest.digest(case, str(claim)):
                yield f"{text}: its assessment misses facts."


def stale_gates() -> Iterator[str]:
    """Every story's gate follows from the current state of its claims."""
    finished = [StoryStatus.SPIKED.value, StoryStatus.RETRACTED.value]
    for story in Story.objects.filter(headline__startswith="story ").exclude(status__in=finished):
        gate = gates.evaluate(story, now=timezone.now()).result.gate
        if story.gate != gate:
            yield f"{story.headline}: its gate is stored as {story.gate or 'none'} and should be {gate}."


def missing_notifications() -> Iterator[str]:
    """Every mandatory recipient of an event was notified."""
    jobs = OutboxMessage.objects.filter(kind=MessageKind.NOTIFY.value)
    causers = dict(jobs.values_list("reference", "caused_by"))
    batched = Event.objects.filter(action__in=BATCHED_EVENTS)
    announced = {_batch(event) for event in batched if str(event.pk) in causers}
    notified = set(Notification.objects.values_list("event_id", "user_id"))
    for event in Event.objects.select_related("actor").order_by("pk").iterator(chunk_size=500):
        if not recipients_for(event.action):
            continue
        has_job = str(event.pk) in causers
        if event.action in BATCHED_EVENTS and not has_job and _batch(event) in announced:
            continue  # one of its batch notifies of all; ids of one millisecond have no order
        if not has_job:
            yield f"{event.action} of {event.stream}: it has no fan-out."
        for person in _expected_recipients(event):
            if (event.pk, person) not in notified and person != causers.get(str(event.pk)):
                yield f"{event.action} of {event.stream}: person {person} was not notified."


def _batch(event: Event) -> tuple[object, datetime]:
    """What the events of tasks that one assessment opened have in common."""
    return event.data.get("claim"), event.at


def missing_emails(history: History) -> Iterator[str]:
    """Every notification that was due was emailed, every email delivery was settled, and its email arrived."""
    for notice in Notification.objects.filter(email_after__lte=timezone.now() - COLLECTING):
        yield f"Notification {notice.pk} was to be emailed by {notice.email_after}, and no email was composed."
    arrived = {line["id"] for line in history.lines("email")}
    for delivery in Delivery.objects.filter(channel=Channel.MAIL.value):
        if delivery.settled_at is None or delivery.state == DeliveryState.FAILED:
            yield f"Email {delivery.pk} was never settled: {delivery.state} {delivery.error}."
        elif str(delivery.pk) not in arrived:
            yield f"Email {delivery.pk} is stored as {delivery.state} and never arrived."


def missing_webhook_requests(history: History) -> Iterator[str]:
    """Every event of a desk with a webhook was sent to it, and the webhook accepted it."""
    accepted = {line["id"] for line in history.lines("call") if line["way"] in ("taken", "late")}
    deliveries = Delivery.objects.filter(channel=Channel.WEBHOOK.value)
    written = set(deliveries.values_list("event_id", "endpoint_id"))
    for endpoint in WebhookEndpoint.objects.all():
        for event in Event.objects.filter(desk=endpoint.desk_id, at__gte=endpoint.added_at).iterator():
            if _is_posted(event) and (event.pk, endpoint.pk) not in written:
                yield f"{event.action} of {event.stream}: it has no webhook delivery."
    for delivery in deliveries:
        if delivery.state != DeliveryState.DELIVERED:
            yield f"Webhook {delivery.pk} was never settled: {delivery.state} {delivery.error}."
        elif str(delivery.pk) not in accepted:
            yield f"Webhook {delivery.pk} is stored as delivered and was never accepted."


def repairs() -> Iterator[str]:
    """Work that the integrity checks had to repair was lost, though it was caught up with. Nothing may depend on that.

    Dispatching a message again is the outbox's normal behaviour, and not a loss.
    """
    acted_on = IntegrityFinding.objects.filter(last_action_at__isnull=False).exclude(check_name__startswith="messages.")
    for name, subject in acted_on.order_by("id").values_list("check_name", "subject"):
        yield f"{name} did not hold for {subject}, and had to be repaired."


def dead_letters() -> Iterator[str]:
    """No job became a dead letter."""
    for message in OutboxMessage.objects.filter(state=MessageState.DEAD.value):
        job = f"{message.kind} {message.reference}"
        yield f"Job failed permanently: {job} after {message.attempts} starts. {message.error}"


def _by(number: int, rows: Iterable[_Row]) -> Iterator[list[_Row]]:
    """The rows, in batches."""
    rows = iter(rows)
    while some := list(islice(rows, number)):
        yield some


def _is_posted(event: Event) -> bool:
    """Whether webhooks receive it: it notifies, is not about a source, and is not the second event of a merger."""
    model, _, key = event.stream.partition(":")
    return event.action in NOTIFIED_EVENTS - BATCHED_EVENTS and model in _POSTED and event.data.get("into", key) == key


def _expected_recipients(event: Event) -> set[object]:
    """The certain recipients at the time. Users added to a claim at that moment may or may not be notified."""
    if event.action == SystemEvent.CLAIM_ASSESS:
        groups = Assessment.objects.values_list("groups", flat=True).get(pk=event.data["assessment"])
        weighed = {statement for side in groups.values() for group in side for statement in group["statements"]}
        return set(Statement.objects.filter(pk__in=weighed).values_list("collected_by_id", flat=True))
    if event.action in set(SystemEvent):
        return set()
    matter = subjects.context_of(event)
    if matter is None or matter.is_duplicate_of_merge:
        return set()
    return set(recipients.mandatory_recipients(matter)) - {event.actor_id}
