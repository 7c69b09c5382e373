"""Webhooks: added, rotated and disabled by administrators; a secret is shown once."""

from __future__ import annotations

import re

from django.contrib.messages import get_messages
from django.urls import reverse
from django.utils import timezone

from editorial.models import Event, Membership, WebhookEndpoint
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


def test_one_is_added_given_a_new_secret_and_disabled(room, visit, politics):
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
