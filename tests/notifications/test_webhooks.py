"""Webhooks: signed, without content, retried, and disabled when the receiver has gone."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
from standardwebhooks import Webhook, WebhookVerificationError

from editorial.models import (
    ClaimVisibility,
    Delivery,
    Event,
    Membership,
    MessageKind,
    OutboxMessage,
    User,
    WebhookEndpoint,
)
from editorial.notifications import deliveries, webhooks
from editorial.workflow.core.errors import Conflict, Forbidden
from editorial.workflow.evidence import claims, sources
from editorial.workflow.ops import scheduler
from editorial.workflow.ops import webhooks as workflow_webhooks
from editorial.workflow.review import replies
from tests.notifications.conftest import NotifyingRoom
from tests.support.cast import HOUR, events
from tests.support.keys import new_key
from tests.support.receivers import WebhookReceiver, serve_in_background


def add(room: NotifyingRoom, receiver: WebhookReceiver, url: str = "http://127.0.0.1:{port}/hook") -> tuple[Any, str]:
    """An endpoint of the politics desk at the receiver."""
    url = url.format(port=receiver.server_address[1])
    return workflow_webhooks.add(desk_id=room.desk.pk, url=url, actor=room.people["ada"], now=room.now)


def drop(room: NotifyingRoom, text: str = "The gate was open.") -> Event:
    """An event that webhooks receive."""
    claim = room.claim(text)
    claims.drop(claim_id=claim.pk, reason="Nobody cares.", actor=room.people["edith"], now=room.now)
    room.settle()
    return Event.objects.filter(action="claim.drop").latest("id")


def test_a_webhook_request_is_signed_and_carries_ids_and_codes_but_no_content(
    room: NotifyingRoom, receiver: WebhookReceiver
) -> None:
    room.now = datetime.now(UTC)
    _, secret = add(room, receiver)
    event = drop(room)
    (request,) = receiver.requests
    payload = Webhook(secret).verify(request.body, request.headers)
    claim = event.stream.removeprefix("claim:")
    assert payload["type"] == "claim.drop"
    assert payload["data"] == {"event": str(event.pk), "desk": str(room.desk.pk), "object": "claim", "id": claim}
    assert datetime.fromisoformat(payload["timestamp"]) == event.at
    assert request.headers["webhook-id"] == str(Delivery.objects.get(event=event).pk)
    with pytest.raises(WebhookVerificationError):
        Webhook("whsec_c29tZWJvZHkgZWxzZQ==").verify(request.body, request.headers)


def test_findings_are_sent_as_codes(room: NotifyingRoom, receiver: WebhookReceiver) -> None:
    add(room, receiver)
    room.corroborated()
    (payload_of_finding,) = (
        payload for request in receiver.requests if (payload := json.loads(request.body))["data"].get("finding")
    )
    assert payload_of_finding["type"] == "claim.assess"
    assert payload_of_finding["data"]["finding"] == [None, "verified"]
    assert payload_of_finding["data"]["contested"] == [None, False]


def test_free_text_and_source_details_are_left_out_of_a_webhook_request() -> None:
    event = Event(
        stream="story:1", action="story.refuse", at=datetime(2031, 3, 4, tzinfo=UTC),
        data={
            "codes": ["E_FALSE_DECLINE", "ASK_CUSTODIAN", "E_LEGAL"], "reason": "He told me.", "kind": "He told me.",
            "changed": {"name": ["a", "b"]}, "code": "E_FALSE_DECLINE", "withheld": True, "source": "1",
            "at": "2031-03-04T10:00:00+00:00",
        },
    )  # fmt: skip
    data = webhooks.payload(event, uuid4())["data"]
    assert data.keys() == {"event", "desk", "object", "id", "codes", "withheld", "at"}
    assert data["codes"] == ["E_LEGAL"]


def test_a_webhook_names_only_claims_that_its_desk_sees(
    room: NotifyingRoom, receiver: WebhookReceiver, city: Any
) -> None:
    rosa, shared, hidden, party = room.people["rosa"], room.claim(), room.claim("Signed."), room.person()
    ClaimVisibility.objects.create(claim=shared, desk=city)  # as if a story of theirs used it
    claims.revise(claim_id=shared.pk, adverse_to=[party.pk], actor=rosa, now=room.now)
    for desk in (room.desk, city):
        url = f"http://127.0.0.1:{receiver.server_address[1]}/{desk.slug}"
        workflow_webhooks.add(desk_id=desk.pk, url=url, actor=room.people["ada"], now=room.now)
    asked = replies.send(
        to_id=party.pk, covers=[shared.pk, hidden.pk], question="Is it so?", deadline_at=room.now + HOUR * 5,
        actor=rosa, now=room.now,
    )  # fmt: skip
    replies.answer(request_id=asked.pk, outcome="declined", actor=rosa, now=room.now)
    room.settle()
    sent = {request.path: json.loads(request.body) for request in receiver.requests if b"reply.answer" in request.body}
    assert sorted(sent["/politics"]["data"]["claims"]) == sorted([str(shared.pk), str(hidden.pk)])
    assert sent["/city"]["data"]["claims"] == [str(shared.pk)]


def test_webhooks_never_receive_source_events(room: NotifyingRoom, receiver: WebhookReceiver) -> None:
    add(room, receiver)
    source, other = room.person(), room.person()
    sources.merge(source_id=source.pk, into_id=other.pk, reason="Same man.", actor=room.people["edith"], now=room.now)
    room.settle()
    assert room.notified_usernames("source.merge") == {"edgar", "sena"}
    assert receiver.requests == []


def test_a_webhook_receives_events_of_its_own_desk_only(
    room: NotifyingRoom, receiver: WebhookReceiver, city: Any
) -> None:
    url = f"http://127.0.0.1:{receiver.server_address[1]}/"
    workflow_webhooks.add(desk_id=city.pk, url=url, actor=room.people["ada"], now=room.now)
    drop(room)
    assert receiver.requests == []


def test_a_failed_delivery_is_retried_under_the_same_id(room: NotifyingRoom, receiver: WebhookReceiver) -> None:
    add(room, receiver)
    receiver.status = 503
    drop(room)
    delivery = Delivery.objects.get()
    assert (delivery.state, delivery.error) == ("waiting", "HTTP_503")
    receiver.status = 204
    room.later(seconds=15)
    room.settle()
    first, second = receiver.requests
    assert first.headers["webhook-id"] == second.headers["webhook-id"]
    assert first.body == second.body
    assert Delivery.objects.get().state == "delivered"


def test_a_redirect_is_not_followed(room: NotifyingRoom, receiver: WebhookReceiver) -> None:
    add(room, receiver)
    receiver.status = 307
    drop(room)
    assert [request.path for request in receiver.requests] == ["/hook"]
    assert Delivery.objects.get().error == "HTTP_307"


def test_a_webhook_that_answers_410_three_times_is_disabled(room: NotifyingRoom, receiver: WebhookReceiver) -> None:
    endpoint, _ = add(room, receiver)
    receiver.status = 410
    drop(room)
    receiver.status = 200
    drop(room)
    receiver.status = 410
    for _ in range(2):
        drop(room)
    assert WebhookEndpoint.objects.get().active, "it was there in between"
    drop(room)
    assert not WebhookEndpoint.objects.get().active
    drop(room)
    assert len(receiver.requests) == 5
    assert Delivery.objects.filter(endpoint=endpoint, error="HTTP_410").count() == 4


def test_a_crash_right_after_the_third_410_does_not_lose_the_disabling(
    room: NotifyingRoom, receiver: WebhookReceiver
) -> None:
    endpoint, _ = add(room, receiver)
    receiver.status = 410
    drop(room)
    drop(room)
    room.delivering = False
    drop(room)
    (message,) = OutboxMessage.objects.filter(kind=MessageKind.DELIVER.value).exclude(state="done")
    deliveries.deliver(message_id=message.pk, clock=lambda: room.now)
    assert WebhookEndpoint.objects.get().active, "the worker died here"
    (check,) = OutboxMessage.objects.filter(kind=MessageKind.DISABLE_WEBHOOK.value).exclude(state="done")
    assert check.reference == str(endpoint.pk)
    room.settle()
    assert not WebhookEndpoint.objects.get().active


def test_disabling_a_webhook_is_logged_and_notifies_its_owner_only(
    room: NotifyingRoom, receiver: WebhookReceiver
) -> None:
    endpoint, _ = add(room, receiver)
    other = WebhookReceiver()
    with serve_in_background(other):
        add(room, other)
        receiver.status = 410
        for _ in range(3):
            drop(room)
        assert events(endpoint) == ["webhook.add", "webhook.auto_disable"]
        assert Event.objects.get(action="webhook.auto_disable").actor is None
        assert room.notified_usernames("webhook.auto_disable") == {"ada"}
        (notice,) = room.notifications_of("ada", "webhook.auto_disable")
        assert "Politics" in notice.body
        assert "127.0.0.1" not in notice.subject + notice.body, "some addresses carry a password"
        assert not any(b"webhook" in request.body for request in other.requests)
    workflow_webhooks.stop_failing(endpoint_id=endpoint.pk, now=room.now)
    assert events(endpoint)[-1:] == ["webhook.auto_disable"]
    assert Event.objects.filter(action="webhook.auto_disable").count() == 1


def test_an_owner_without_admin_role_is_still_notified_of_a_disabled_webhook(
    room: NotifyingRoom, receiver: WebhookReceiver, ada: User
) -> None:
    add(room, receiver)
    Membership.objects.filter(user=ada).update(role="reporter")
    receiver.status = 410
    for _ in range(3):
        drop(room)
    assert room.notified_usernames("webhook.auto_disable") == {"ada"}


def accepts(secret: str, request: Any) -> bool:
    """Whether a receiver built with the library and this secret accepts the request."""
    try:
        Webhook(secret).verify(request.body, request.headers)
    except WebhookVerificationError:
        return False
    return True


@pytest.mark.parametrize(
    ("since", "by_both"), [(timedelta(0), True), (timedelta(hours=23, minutes=59), True), (timedelta(hours=24), False)]
)
def test_for_a_day_after_rotation_both_secrets_verify_a_webhook_request(
    room: NotifyingRoom, receiver: WebhookReceiver, ada: User, edith: User, since: timedelta, by_both: bool
) -> None:
    room.now = datetime.now(UTC) - since  # receivers reject requests that are minutes old
    endpoint, former = add(room, receiver)
    with pytest.raises(Forbidden):
        workflow_webhooks.rotate(endpoint_id=endpoint.pk, actor=edith, now=room.now)
    _, new = workflow_webhooks.rotate(endpoint_id=endpoint.pk, actor=ada, now=room.now)
    assert new != former
    room.now += since
    drop(room)
    (request,) = receiver.requests
    assert len(request.headers["webhook-signature"].split()) == 1 + by_both
    assert (accepts(former, request), accepts(new, request)) == (by_both, True), "whether or not the clock has swept"
    scheduler.run_due(now=room.now)
    endpoint.refresh_from_db()
    assert (endpoint.previous_secret is None) == (endpoint.previous_secret_expires_at is None) == (not by_both)
    assert events(endpoint) == ["webhook.add", "webhook.rotate"]


def test_disabling_a_webhook_revokes_its_secret_immediately(
    room: NotifyingRoom, receiver: WebhookReceiver, ada: User
) -> None:
    room.now = datetime.now(UTC)
    endpoint, leaked = add(room, receiver)
    workflow_webhooks.rotate(endpoint_id=endpoint.pk, actor=ada, now=room.now)
    workflow_webhooks.disable(endpoint_id=endpoint.pk, actor=ada, now=room.now)
    with pytest.raises(Conflict):
        workflow_webhooks.rotate(endpoint_id=endpoint.pk, actor=ada, now=room.now)
    _, new = add(room, receiver)
    drop(room)
    (request,) = receiver.requests
    assert (accepts(leaked, request), accepts(new, request)) == (False, True)


def test_a_disabled_webhook_receives_nothing_not_even_deliveries_in_progress(
    room: NotifyingRoom, receiver: WebhookReceiver, ada: User, edith: User
) -> None:
    endpoint, secret = add(room, receiver)
    receiver.status = 500
    drop(room)
    with pytest.raises(Forbidden):
        workflow_webhooks.disable(endpoint_id=endpoint.pk, actor=edith, now=room.now)
    workflow_webhooks.disable(endpoint_id=endpoint.pk, actor=ada, now=room.now)
    room.later(hours=1)
    room.settle()
    assert len(receiver.requests) == 1
    assert Delivery.objects.get().error == "ENDPOINT_DISABLED"
    again, new_secret = add(room, receiver)
    assert again.pk == endpoint.pk
    assert new_secret != secret
    with pytest.raises(Conflict):
        add(room, receiver)


def test_only_an_admin_adds_a_webhook_and_its_secret_is_encrypted(
    room: NotifyingRoom, receiver: WebhookReceiver, edith: User
) -> None:
    with pytest.raises(Forbidden):
        workflow_webhooks.add(desk_id=room.desk.pk, url="https://203.0.114.5/", actor=edith, now=room.now)
    _, secret = add(room, receiver)
    assert secret.startswith("whsec_")
    assert secret.encode() not in bytes(WebhookEndpoint.objects.get().encrypted_secret)
    recorded = Event.objects.get(action="webhook.add")
    assert "127.0.0.1" not in json.dumps(recorded.data), "some addresses carry a password"
    room.now = datetime.now(UTC)
    drop(room)
    Webhook(secret).verify(receiver.requests[0].body, receiver.requests[0].headers)


def test_a_secret_whose_key_is_lost_waits_for_the_key(
    room: NotifyingRoom, receiver: WebhookReceiver, settings: Any
) -> None:
    add(room, receiver)
    keys, settings.WEBHOOK_KEYS = settings.WEBHOOK_KEYS, [new_key()]
    drop(room)
    assert Delivery.objects.get().error == "KEY_UNAVAILABLE"
    settings.WEBHOOK_KEYS = keys
    room.later(minutes=1)
    room.settle()
    assert len(receiver.requests) == 1
