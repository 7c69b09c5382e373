"""Webhooks: added, rotated and disabled by administrators; a secret is shown once."""

from __future__ import annotations

import re

from django.contrib.messages import get_messages
from django.urls import reverse
from django.utils import timezone

from editorial.models import (
    Delivery,
    DeliveryAttempt,
    Event,
    Membership,
    Notification,
    NotificationRecord,
    WebhookEndpoint,
)
from editorial.workflow.ops import webhooks
from tests.admin.conftest import page_text

URL = "https://1.1.1.1/hook?key=of-its-receiver"


def secret_of(answer):
    """The secret that is shown, this once."""
    assert answer.status_code == 200, page_text(answer)
    assert "no-store" in answer["Cache-Control"]
    assert list(get_messages(answer.wsgi_request)) == []
    (secret,) = re.findall(r"whsec_[\w+/=]+", answer.content.decode())
    return secret


def test_a_webhook_is_added_rotated_and_disabled(room, visit, politics):
    browser = visit("ada")
    first = secret_of(browser.submit(WebhookEndpoint, "webhook.add", desk_id=str(politics.pk), url=URL))
    endpoint = WebhookEndpoint.objects.get()
    page = browser.page(endpoint).content.decode()
    assert first not in page
    assert "No deliveries yet." in page
    second = secret_of(browser.submit(endpoint, "webhook.rotate"))
    assert second != first
    assert second not in browser.page(endpoint).content.decode()
    assert browser.submit(endpoint, "webhook.disable").status_code == 302
    endpoint.refresh_from_db()
    assert (endpoint.active, endpoint.previous_secret) == (False, None)
    assert "disabled" in page_text(browser.listing(WebhookEndpoint))
    assert browser.submit(endpoint, "webhook.rotate").status_code == 409
    assert [event.action for event in Event.objects.filter(stream__startswith="webhook").order_by("number")] == [
        "webhook.add",
        "webhook.rotate",
        "webhook.disable",
    ]


def test_a_private_url_is_refused_beside_its_field(visit, politics):
    refused = visit("ada").submit(
        WebhookEndpoint, "webhook.add", desk_id=str(politics.pk), url="https://localhost/hook"
    )
    assert refused.status_code == 422
    assert not WebhookEndpoint.objects.exists()


def test_webhooks_are_visible_to_administrators_only(room, visit, ada, edith, politics, city):
    endpoint, _ = webhooks.add(desk_id=politics.pk, url=URL, actor=ada, now=timezone.now())
    assert "of-its-receiver" not in visit("edith").listing(WebhookEndpoint).content.decode()
    assert visit("edith").page(endpoint).status_code == 302
    assert visit("edith").open_form(endpoint, "webhook.disable").status_code == 404
    assert visit("edith").open_form(WebhookEndpoint, "webhook.add").status_code == 403
    Membership.objects.create(user=edith, desk=city, role="admin")
    assert "of-its-receiver" not in visit("edith").listing(WebhookEndpoint).content.decode()
    Membership.objects.create(user=edith, desk=politics, role="admin")
    assert "of-its-receiver" in visit("edith").listing(WebhookEndpoint).content.decode()
    assert "Webhooks" in page_text(visit("edith").client.get(reverse("admin:index")))
    assert "Webhooks" not in page_text(visit("rosa").client.get(reverse("admin:index")))


def test_events_are_chosen_and_a_ping_is_sent(room, visit, ada, politics):
    endpoint, _ = webhooks.add(desk_id=politics.pk, url=URL, actor=ada, now=timezone.now())
    browser = visit("ada")
    form = {"event_types": ["claim.drop", "story.publish"]}
    assert browser.submit(endpoint, "webhook.revise", **form).status_code == 302
    assert "claim.drop, story.publish" in page_text(browser.page(endpoint))
    assert browser.submit(endpoint, "webhook.ping").status_code == 302
    assert "webhook.ping not attempted yet" in page_text(browser.page(endpoint))
    WebhookEndpoint.objects.update(paused_at=timezone.now())
    assert "paused" in page_text(browser.listing(WebhookEndpoint))
    endpoint.refresh_from_db()
    assert browser.submit(endpoint, "webhook.resume").status_code == 302
    endpoint.refresh_from_db()
    assert endpoint.paused_at is None


def test_a_delivery_shows_attempts_and_payload_and_is_sent_again(room, visit, ada, politics):
    endpoint, _ = webhooks.add(desk_id=politics.pk, url=URL, actor=ada, now=timezone.now())
    claim = room.claim()
    event = Event.objects.get(stream=f"claim:{claim.pk}")
    failed = {"state": "failed", "settled_at": room.now, "attempts": 1, "error": "HTTP_503"}
    delivery = Delivery.objects.create(endpoint=endpoint, event=event, channel="webhook", **failed)
    DeliveryAttempt.objects.create(
        delivery=delivery, number=1, started_at=room.now, outcome="failed", error="HTTP_503", status=503, milliseconds=7
    )
    text = page_text(visit("ada").page(delivery))
    assert "status 503 HTTP_503 in 7 ms" in text
    assert str(claim.pk) in text
    assert visit("edith").page(delivery).status_code == 302
    assert "claim.file" in page_text(visit("ada").listing(Delivery))
    assert "claim.file" not in page_text(visit("edith").listing(Delivery))
    assert visit("ada").submit(delivery, "webhook.resend").status_code == 302
    delivery.refresh_from_db()
    assert delivery.state == "waiting"


def test_the_notification_log_lists_emails_that_did_not_arrive(room, visit, rosa):
    story = room.story()
    event = Event.objects.filter(stream=f"story:{story.pk}").latest("number")
    told = Notification.objects.create(
        event=event, user=rosa, subject="A subject", body="A body", created_at=room.now, read_at=room.now
    )
    record = NotificationRecord.objects.get(pk=told.pk)
    assert "SMTP_550" not in page_text(visit("ada").listing(NotificationRecord))
    failed = {"state": "failed", "error": "SMTP_550", "settled_at": room.now}
    email = Delivery.objects.create(notification=told, event=event, channel="mail", **failed)
    Notification.objects.filter(pk=told.pk).update(email=email)
    assert "SMTP_550" in page_text(visit("ada").listing(NotificationRecord))
    text = page_text(visit("ada").page(record))
    assert "SMTP_550" in text
    assert "A subject" not in text
    assert str(email.pk) not in visit("ada").page(record).content.decode()
    assert visit("ada").submit(record, "notification.resend").status_code == 302
    assert visit("cleo").page(record).status_code == 302
