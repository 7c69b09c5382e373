"""Objects, actions and deliveries that exist twice and should exist once."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from django.db.models import Count

from editorial.models import Channel, Claim, Delivery, DeliveryState, Event, Notification, Source, Statement, Story
from tests.proofs.chaos.history import History

_MARKED = ((Claim, "text"), (Source, "name"), (Statement, "quote"), (Story, "headline"))


def duplicate_objects(history: History) -> Iterator[str]:
    """No object that a client requested once exists twice, however often the request was sent."""
    for marker, existing in _existing(history).items():
        if existing > 1:
            yield f"{marker} exists {existing} times and was requested once."


def duplicate_actions(history: History) -> Iterator[str]:
    """No action was executed more often than requested: one event per action."""
    requested = Counter((line["by"], line["verb"]) for line in history.lines("acknowledged", "gave up"))
    before = Counter({(by, action): times for line in history.lines("before") for by, action, times in line["deeds"]})
    for (by, action), times in (action_counts() - before).items():
        if requested[by, action] and times > requested[by, action]:
            yield f"{by}: {times} events of {action} for {requested[by, action]} requests."


def action_counts() -> Counter[tuple[str, str]]:
    """How often each user has executed each action so far."""
    counted = Event.objects.filter(actor__isnull=False).values_list("actor__username", "action")
    return Counter({(by, action): times for by, action, times in counted.annotate(times=Count("pk")).order_by()})


def duplicate_notifications() -> Iterator[str]:
    """One notification per event and user, one delivery per notification and channel."""
    for model, once in ((Notification, ("event", "user")), (Delivery, ("notification", "channel"))):
        for row in (
            model.objects.values(*once).annotate(times=Count("pk")).filter(times__gt=1, **{f"{once[0]}__isnull": False})
        ):
            yield f"{model.__name__} {row} exists {row['times']} times."


def duplicate_emails(history: History) -> Iterator[str]:
    """A repeated email has the same Message-ID, and its delivery is marked as uncertain."""
    deliveries = {str(delivery.pk): delivery for delivery in Delivery.objects.filter(channel=Channel.MAIL.value)}
    for name, times in _emails(history).items():
        if name not in deliveries:
            yield f"An email arrived under the Message-ID {name}, which belongs to no delivery."
        elif times > 1 and deliveries[name].state != DeliveryState.UNCERTAIN:
            yield f"Email {name} arrived {times} times, and its delivery is stored as {deliveries[name].state}."


def duplicate_webhook_requests(history: History) -> Iterator[str]:
    """A webhook request was repeated only under its id and with a reason: not accepted, or a process was killed."""
    known = {str(key) for key in Delivery.objects.filter(channel=Channel.WEBHOOK.value).values_list("pk", flat=True)}
    bodies: dict[str, str] = {}
    times: Counter[str] = Counter()
    for line in history.lines("call"):
        times[line["id"]] += 1
        if not line["signed"]:
            yield f"Webhook {line['id']} arrived without a valid signature."
        if line["id"] not in known:
            yield f"A webhook arrived under the id {line['id']}, which belongs to no delivery."
        if bodies.setdefault(line["id"], line["event"]) != line["event"]:
            yield f"Webhook {line['id']} reported two events under one id."
    reasons = _undelivered(history) + sum(line["happened"] for line in history.lines("fault"))
    if (repeats := times.total() - len(times)) > reasons:
        yield f"Webhooks were repeated {repeats} times, for {reasons} reasons."


def figures(history: History) -> dict[str, object]:
    """Counts that are not violations."""
    requests = [line["id"] for line in history.lines("call")]
    return {
        "writes answered from a kept answer": sum(line["again"] for line in history.lines("acknowledged")),
        "emails": sum(_emails(history).values()),
        "emails repeated under the same Message-ID": sum(times - 1 for times in _emails(history).values()),
        "uncertain deliveries": Delivery.objects.filter(state=DeliveryState.UNCERTAIN.value).count(),
        "webhooks": len(set(requests)),
        "webhooks that were not taken at first": _undelivered(history),
        "webhooks repeated under the same id": len(requests) - len(set(requests)),
    }


def _undelivered(history: History) -> int:
    return sum(line["way"] in ("refused", "cut off") for line in history.lines("call"))


def _existing(history: History) -> Counter[str]:
    wanted = {line["marker"] for line in history.lines("acknowledged", "unknown", "shut") if line["marker"]}
    return Counter(
        text
        for model, name in _MARKED
        for text in model._default_manager.values_list(name, flat=True)
        if text in wanted
    )


def _emails(history: History) -> Counter[str]:
    return Counter(line["id"] for line in history.lines("email"))
