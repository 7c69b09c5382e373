"""Following desks, claims and stories."""

from __future__ import annotations

import pytest

from editorial.models import Desk, Membership, Subscription
from editorial.workflow.people import subscriptions
from tests.admin.conftest import page_text


@pytest.mark.parametrize("noun", ["desk", "claim", "story"])
def test_an_object_is_followed_and_unfollowed_from_the_list(room, visit, rosa, noun):
    claim = room.claim()
    row = {"desk": Desk.objects.get(slug="politics"), "claim": claim, "story": room.story(claim)}[noun]
    browser = visit("rosa")
    followed = browser.submit(Subscription, f"see.follow_{noun}", **{f"{noun}_id": str(row.pk), "by_mail": "on"})
    assert followed.status_code == 302, page_text(followed)
    subscription = Subscription.objects.get()
    assert (getattr(subscription, noun), subscription.user, subscription.by_mail) == (row, rosa, True)
    assert str(row) in page_text(browser.listing(Subscription))
    assert browser.submit(subscription, "see.unfollow").status_code == 302
    assert not Subscription.objects.exists()


def test_a_claim_and_a_story_are_followed_from_their_own_pages(room, visit):
    claim = room.claim()
    story, browser = room.story(claim), visit("felix")
    for row in (claim, story):
        noun = row._meta.model_name
        assert "Follow" in page_text(browser.page(row))
        landed = browser.submit(row, f"see.follow_{noun}")
        assert str(row.pk) in landed["Location"]
    assert Subscription.objects.filter(user__username="felix", by_mail=False).count() == 2


def test_nobody_sees_what_another_follows_or_ends_it(room, visit, rosa):
    subscription = subscriptions.follow(claim_id=room.claim().pk, actor=rosa, now=room.now)
    assert "The gate was open." not in page_text(visit("ada").listing(Subscription))
    assert visit("ada").submit(subscription, "see.unfollow").status_code == 404
    assert Subscription.objects.exists()


def test_objects_no_longer_visible_are_not_named(room, visit, ruben, city):
    claim = room.claim("The mayor has the keys.")
    subscription = subscriptions.follow(claim_id=claim.pk, actor=ruben, now=room.now)
    Membership.objects.filter(user=ruben).update(desk=city)
    browser = visit("ruben")
    for answer in (browser.listing(Subscription), browser.page(subscription)):
        assert answer.status_code == 200
        assert "mayor" not in page_text(answer)
        assert str(claim.pk) not in answer.content.decode()
    assert browser.open_form(Subscription, "see.follow_claim").status_code == 200
    assert browser.submit(Subscription, "see.follow_claim", claim_id=str(claim.pk)).status_code == 422
    assert browser.submit(subscription, "see.unfollow").status_code == 302
