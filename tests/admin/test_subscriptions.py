"""Webhooks and subscriptions in the admin."""

from __future__ import annotations

import re

import pytest
from django.contrib.messages import get_messages
from django.urls import reverse
from django.utils import timezone

from editorial.models import Desk, Event, Membership, Subscription, WebhookEndpoint
from editorial.workflow.ops import webhooks
from editorial.workflow.people import subscriptions
from tests.admin.conftest import page_text

URL = "https://1.1.1.1/hook?key=of-its-receiver"


def secret_of(response):
    """The secret that is shown, this once."""
    assert response.status_code == 200, page_text(response)
    assert "no-store" in response["Cache-Control"]
    assert list(get_messages(response.wsgi_request)) == []
    (secret,) = re.findall(r"whsec_[\w+/=]+", response.content.decode())
    return secret


class TestWebhooks:
    def test_a_webhook_is_added_gets_a_new_secret_and_is_disabled(self, room, visit, politics):
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
        assert "stopped" in page_text(browser.listing(WebhookEndpoint))
        assert browser.submit(endpoint, "webhook.rotate").status_code == 409
        assert [event.action for event in Event.objects.filter(stream__startswith="webhook").order_by("number")] == [
            "webhook.add",
            "webhook.rotate",
            "webhook.disable",
        ]

    def test_a_private_url_is_refused_at_its_field(self, visit, politics):
        response = visit("ada").submit(
            WebhookEndpoint, "webhook.add", desk_id=str(politics.pk), url="https://localhost/hook"
        )
        assert response.status_code == 422
        assert not WebhookEndpoint.objects.exists()

    def test_webhooks_are_visible_to_administrators_only(self, room, visit, ada, edith, politics, city):
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


class TestFollowing:
    @pytest.mark.parametrize("model", ["desk", "claim", "story"])
    def test_an_object_is_followed_and_unfollowed_from_the_list(self, room, visit, rosa, model):
        claim = room.claim()
        row = {"desk": Desk.objects.get(slug="politics"), "claim": claim, "story": room.story(claim)}[model]
        browser = visit("rosa")
        followed = browser.submit(Subscription, f"see.follow_{model}", **{f"{model}_id": str(row.pk), "by_mail": "on"})
        assert followed.status_code == 302, page_text(followed)
        subscription = Subscription.objects.get()
        assert (getattr(subscription, model), subscription.user, subscription.by_mail) == (row, rosa, True)
        assert str(row) in page_text(browser.listing(Subscription))
        assert browser.submit(subscription, "see.unfollow").status_code == 302
        assert not Subscription.objects.exists()

    def test_a_claim_and_a_story_are_followed_from_their_pages(self, room, visit):
        claim = room.claim()
        story, browser = room.story(claim), visit("felix")
        for row in (claim, story):
            model = row._meta.model_name
            assert "Follow" in page_text(browser.page(row))
            landed = browser.submit(row, f"see.follow_{model}")
            assert str(row.pk) in landed["Location"]
        assert Subscription.objects.filter(user__username="felix", by_mail=False).count() == 2

    def test_subscriptions_of_others_are_neither_visible_nor_ended(self, room, visit, rosa):
        subscription = subscriptions.follow(claim_id=room.claim().pk, actor=rosa, now=room.now)
        assert "The gate was open." not in page_text(visit("ada").listing(Subscription))
        assert visit("ada").submit(subscription, "see.unfollow").status_code == 404
        assert Subscription.objects.exists()

    def test_objects_no_longer_visible_are_not_named(self, room, visit, ruben, city):
        claim = room.claim("The mayor has the keys.")
        subscription = subscriptions.follow(claim_id=claim.pk, actor=ruben, now=room.now)
        Membership.objects.filter(user=ruben).update(desk=city)
        browser = visit("ruben")
        for response in (browser.listing(Subscription), browser.page(subscription)):
            assert response.status_code == 200
            assert "mayor" not in page_text(response)
            assert str(claim.pk) not in response.content.decode()
        assert browser.open_form(Subscription, "see.follow_claim").status_code == 200
        assert browser.submit(Subscription, "see.follow_claim", claim_id=str(claim.pk)).status_code == 422
        assert browser.submit(subscription, "see.unfollow").status_code == 302
