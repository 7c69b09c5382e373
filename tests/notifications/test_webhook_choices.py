"""Webhooks: the choice of events, pings, three days of retries, pauses, every attempt on record, sending again."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from typing import Any

import pytest
from standardwebhooks import Webhook

from editorial import outbox
from editorial.models import Delivery, DeliveryAttempt, MessageKind, OutboxMessage, User, WebhookEndpoint
from editorial.notifications import deliveries
from editorial.notifications import webhooks as webhook_sender
from editorial.retries import MAX_WEBHOOK_ATTEMPTS
from editorial.workflow.core.errors import Conflict, Forbidden, NotFound, ValidationFailed
from editorial.workflow.evidence import claims
from editorial.workflow.ops import resending, webhooks
from tests.notifications.conftest import NotifyingRoom
from tests.support.cast import assert_refused, events
from tests.support.receivers import WebhookReceiver


@pytest.fixture
def endpoint(room: NotifyingRoom, receiver: WebhookReceiver, ada: User) -> WebhookEndpoint:
    """A webhook of the politics desk at the receiver."""
    url = f"http://127.0.0.1:{receiver.server_address[1]}/hook"
    added, _ = webhooks.add(desk_id=room.desk.pk, url=url, actor=ada, now=room.now)
    return added


def drop(room: NotifyingRoom) -> Delivery | None:
    """Something that webhooks report: a dropped claim. Returns its delivery."""
    claim = room.claim("The gate was open.")
    claims.drop(claim_id=claim.pk, reason="Nobody cares.", actor=room.people["edith"], now=room.now)
    room.settle()
    return Delivery.objects.filter(channel="webhook", event__stream=f"claim:{claim.pk}").first()


def fail_for_days(room: NotifyingRoom) -> None:
    """Wait until every attempt was made."""
    for seconds in (20, 100, 600, *(3600 * hours for hours in (1, 6, 11, 21, 37))):
        room.later(seconds=seconds)
        room.settle()


def test_a_webhook_receives_the_chosen_types_only(
    room: NotifyingRoom, receiver: WebhookReceiver, endpoint: WebhookEndpoint, ada: User
) -> None:
    webhooks.revise(endpoint_id=endpoint.pk, event_types=["story.publish"], actor=ada, now=room.now)
    assert drop(room) is None
    webhooks.revise(
        endpoint_id=endpoint.pk, event_types=["story.publish", "claim.drop", "claim.drop"], actor=ada, now=room.now
    )
    assert drop(room) is not None
    assert [json.loads(request.body)["type"] for request in receiver.requests] == ["claim.drop"]
    endpoint.refresh_from_db()
    assert (endpoint.event_types, endpoint.version) == (["claim.drop", "story.publish"], 3)
    webhooks.revise(endpoint_id=endpoint.pk, event_types=[], actor=ada, now=room.now)
    assert drop(room) is not None, "none chosen means all"


@pytest.mark.parametrize(
    "unknown", ["story.nothing", "source.unmask", "story.name_in_copy", "webhook.ping", "review.open"]
)
def test_a_type_that_webhooks_do_not_carry_is_refused(
    room: NotifyingRoom, endpoint: WebhookEndpoint, ada: User, unknown: str
) -> None:
    with assert_refused(ValidationFailed, "UNKNOWN_EVENT_TYPE"):
        webhooks.revise(endpoint_id=endpoint.pk, event_types=[unknown], actor=ada, now=room.now)
    with assert_refused(ValidationFailed, "UNKNOWN_EVENT_TYPE"):
        webhooks.add(desk_id=room.desk.pk, url="https://1.1.1.1/", event_types=[unknown], actor=ada, now=room.now)


def test_a_ping_is_signed_and_reaches_the_receiver_whatever_types_it_chose(
    room: NotifyingRoom, receiver: WebhookReceiver, ada: User, edith: User
) -> None:
    room.now = datetime.now(UTC)
    url = f"http://127.0.0.1:{receiver.server_address[1]}/hook"
    endpoint, secret = webhooks.add(
        desk_id=room.desk.pk, url=url, event_types=["story.publish"], actor=ada, now=room.now
    )
    with pytest.raises(Forbidden):
        webhooks.ping(endpoint_id=endpoint.pk, actor=edith, now=room.now)
    webhooks.ping(endpoint_id=endpoint.pk, actor=ada, now=room.now)
    room.settle()
    (request,) = receiver.requests
    payload = Webhook(secret).verify(request.body, request.headers)
    assert payload["type"] == "webhook.ping"
    assert payload["data"]["id"] == str(endpoint.pk)
    assert url not in request.body.decode()
    assert events(endpoint)[-1] == "webhook.ping"
    webhooks.disable(endpoint_id=endpoint.pk, actor=ada, now=room.now)
    with assert_refused(Conflict, "ALREADY_DISABLED"):
        webhooks.ping(endpoint_id=endpoint.pk, actor=ada, now=room.now)


def test_every_attempt_is_on_record(room: NotifyingRoom, receiver: WebhookReceiver, endpoint: WebhookEndpoint) -> None:
    receiver.status = 503
    delivery = drop(room)
    assert delivery is not None
    began = room.now
    receiver.status = 204
    room.later(seconds=15)
    room.settle()
    first, second = delivery.history.all()
    assert (first.number, first.outcome, first.error, first.status) == (1, "failed", "HTTP_503", 503)
    assert (second.number, second.outcome, second.error, second.status) == (2, "accepted", "", 204)
    assert (first.started_at, second.started_at) == (began, room.now)
    assert all(0 <= attempt.milliseconds < 20_000 for attempt in (first, second))


def test_an_attempt_whose_worker_died_is_on_record_as_unknown(
    room: NotifyingRoom, receiver: WebhookReceiver, endpoint: WebhookEndpoint, monkeypatch: pytest.MonkeyPatch
) -> None:
    room.delivering = False
    delivery = drop(room)
    assert delivery is not None
    message = OutboxMessage.objects.get(kind=MessageKind.DELIVER.value, reference=str(delivery.pk))

    def die(*_: Any, **__: Any) -> None:
        raise KeyboardInterrupt

    monkeypatch.setitem(deliveries._SENDERS, "webhook", die)
    outbox.claim_batch(now=room.now)
    with pytest.raises(KeyboardInterrupt):
        deliveries.deliver(message_id=message.pk, clock=lambda: room.now)
    monkeypatch.setitem(deliveries._SENDERS, "webhook", webhook_sender.send)
    room.delivering = True
    room.later(minutes=10)
    room.settle()
    assert [(each.number, each.outcome, each.milliseconds is None) for each in delivery.history.all()] == [
        (1, "unknown", True),
        (2, "accepted", False),
    ]


def test_a_delivery_is_tried_for_three_days_then_the_webhook_is_paused(
    room: NotifyingRoom, receiver: WebhookReceiver, endpoint: WebhookEndpoint, ada: User
) -> None:
    receiver.status = 500
    delivery = drop(room)
    began = room.now
    assert delivery is not None
    fail_for_days(room)
    attempts = list(delivery.history.values_list("started_at", flat=True))
    assert len(attempts) == MAX_WEBHOOK_ATTEMPTS == 9
    assert timedelta(days=3) <= attempts[-1] - began <= timedelta(days=4)
    endpoint.refresh_from_db()
    assert (endpoint.active, endpoint.paused_at is not None) == (True, True)
    assert events(endpoint)[-1] == "webhook.auto_pause"
    assert room.notified_usernames("webhook.auto_pause") == {"ada"}
    (notice,) = room.notifications_of("ada", "webhook.auto_pause")
    assert "127.0.0.1" not in notice.subject + notice.body, "some addresses carry a password"
    sent = len(receiver.requests)
    assert drop(room) is None, "it receives nothing while it is paused"
    assert len(receiver.requests) == sent
    receiver.status = 200
    webhooks.ping(endpoint_id=endpoint.pk, actor=ada, now=room.now)
    room.settle()
    assert len(receiver.requests) == sent + 1, "a ping tells whether the receiver works again"
    webhooks.resume(endpoint_id=endpoint.pk, actor=ada, now=room.now)
    assert drop(room) is not None
    with assert_refused(Conflict, "NOT_PAUSED"):
        webhooks.resume(endpoint_id=endpoint.pk, actor=ada, now=room.now)


def test_a_webhook_whose_receiver_accepted_something_meanwhile_is_not_paused(
    room: NotifyingRoom, receiver: WebhookReceiver, endpoint: WebhookEndpoint
) -> None:
    receiver.status = 400
    first = drop(room)
    assert first is not None
    receiver.status = 200
    other = drop(room)
    assert other is not None
    receiver.status = 400
    fail_for_days(room)
    first.refresh_from_db()
    assert first.attempts == MAX_WEBHOOK_ATTEMPTS
    endpoint.refresh_from_db()
    assert endpoint.paused_at is None, "one event it cannot take is no reason"


def test_what_waits_for_a_paused_webhook_fails_and_can_be_sent_again(
    room: NotifyingRoom, receiver: WebhookReceiver, endpoint: WebhookEndpoint, ada: User
) -> None:
    receiver.status = 503
    delivery = drop(room)
    assert delivery is not None
    WebhookEndpoint.objects.filter(pk=endpoint.pk).update(paused_at=room.now)
    room.later(minutes=10)
    room.settle()
    delivery.refresh_from_db()
    assert (delivery.state, delivery.error) == ("failed", "ENDPOINT_PAUSED")
    with assert_refused(Conflict, "PAUSED"):
        resending.resend_to_webhook(delivery_id=delivery.pk, actor=ada, now=room.now)
    receiver.status = 200
    webhooks.resume(endpoint_id=endpoint.pk, actor=ada, now=room.now)
    resending.resend_to_webhook(delivery_id=delivery.pk, actor=ada, now=room.now)
    room.settle()
    delivery.refresh_from_db()
    assert (delivery.state, delivery.error) == ("delivered", "")
    assert {request.headers["webhook-id"] for request in receiver.requests} == {str(delivery.pk)}


def test_a_delivery_is_sent_again_under_its_id_and_that_is_on_record(
    room: NotifyingRoom, receiver: WebhookReceiver, endpoint: WebhookEndpoint, ada: User, edith: User
) -> None:
    delivery = drop(room)
    assert delivery is not None
    with pytest.raises(NotFound):
        resending.resend_to_webhook(delivery_id=delivery.pk, actor=edith, now=room.now)
    resending.resend_to_webhook(delivery_id=delivery.pk, actor=ada, now=room.now)
    with assert_refused(Conflict, "BEING_SENT"):
        resending.resend_to_webhook(delivery_id=delivery.pk, actor=ada, now=room.now)
    room.settle()
    first, second = receiver.requests
    assert first.headers["webhook-id"] == second.headers["webhook-id"] == str(delivery.pk)
    assert first.body == second.body
    assert events(endpoint)[-1] == "webhook.resend"
    assert [attempt.number for attempt in delivery.history.all()] == [1, 2]


def test_a_dead_letter_is_sent_again_by_its_own_message(
    room: NotifyingRoom, receiver: WebhookReceiver, endpoint: WebhookEndpoint, ada: User
) -> None:
    receiver.status = 400
    delivery = drop(room)
    assert delivery is not None
    fail_for_days(room)
    message = OutboxMessage.objects.get(kind=MessageKind.DELIVER.value, reference=str(delivery.pk))
    assert message.state == "dead"
    receiver.status = 200
    if WebhookEndpoint.objects.get().paused_at:
        webhooks.resume(endpoint_id=endpoint.pk, actor=ada, now=room.now)
    resending.resend_to_webhook(delivery_id=delivery.pk, actor=ada, now=room.now)
    room.settle()
    message.refresh_from_db()
    assert message.state == "done"
    assert DeliveryAttempt.objects.filter(delivery=delivery).latest("number").outcome == "accepted"


@pytest.mark.parametrize(
    ("asked", "pause"),
    [
        ("600", timedelta(minutes=10)),
        ("1", timedelta(seconds=15)),
        ("99999999", timedelta(days=1)),
        ("soon", timedelta(seconds=15)),
    ],
)
def test_a_receiver_says_when_to_try_again(
    room: NotifyingRoom, receiver: WebhookReceiver, endpoint: WebhookEndpoint, asked: str, pause: timedelta
) -> None:
    receiver.status, receiver.retry_after = 429, asked
    delivery = drop(room)
    assert delivery is not None
    message = OutboxMessage.objects.get(kind=MessageKind.DELIVER.value, reference=str(delivery.pk))
    assert message.available_at - room.now == pause
    if pause > timedelta(minutes=1):
        drop(room)
        assert len(receiver.requests) == 1, "the other deliveries wait, too"


def test_a_receiver_may_name_a_date(room: NotifyingRoom, receiver: WebhookReceiver, endpoint: WebhookEndpoint) -> None:
    receiver.status = 503
    receiver.retry_after = format_datetime(datetime.now(UTC) + timedelta(hours=2), usegmt=True)
    delivery = drop(room)
    assert delivery is not None
    message = OutboxMessage.objects.get(kind=MessageKind.DELIVER.value, reference=str(delivery.pk))
    assert timedelta(hours=1, minutes=59) < message.available_at - room.now <= timedelta(hours=2)
