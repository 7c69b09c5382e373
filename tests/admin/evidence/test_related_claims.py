"""Related claims in the admin: while a claim is typed, and on a claim's page."""

from __future__ import annotations

from django.urls import reverse

from editorial.models import Claim, ClaimDistinction
from editorial.policy.roles import Role
from tests.admin.conftest import page_text
from tests.support.confidential import reader_at

TYPED = reverse("admin:editorial_claim_related_to_text")


def test_what_is_typed_shows_existing_claims_and_what_they_differ_in(visit, room):
    claim = room.claim("The council hid nine million crowns.")
    browser = visit("rosa")
    form = browser.client.get(reverse("admin:editorial_claim_action_new", args=["claim.file"])).content.decode()
    assert f'data-related="{TYPED}"' in form
    page = browser.client.post(TYPED, {"text": "The council hid seven million crowns."}).content.decode()
    assert "Other figures" in page
    assert f'data-use-claim="{claim.pk}"' in page
    assert "Only there: nine" in page
    assert "The same words" in browser.client.post(TYPED, {"text": claim.text}).content.decode()
    for text in ("", "x" * 2001, "Nothing alike."):
        assert "data-use-claim" not in browser.client.post(TYPED, {"text": text}).content.decode()
    assert browser.client.get(TYPED).status_code == 405


def test_two_claims_are_marked_as_not_the_same_and_that_is_undone(visit, room):
    one, two = room.claim("The council hid nine million crowns."), room.claim("The council hid six million crowns.")
    browser, page_of = visit("edith"), reverse("admin:editorial_claim_related", args=[one.pk])
    page = browser.client.get(page_of).content.decode()
    assert f"claim.merge/?into_id={two.pk}" in page
    assert f"claim.mark_distinct/?other_id={two.pk}" in page
    marked = browser.submit(one, "claim.mark_distinct", other_id=str(two.pk), reason="Another year.")
    assert marked.status_code == 302, page_text(marked)
    page = page_text(browser.client.get(page_of))
    assert "Another year." in page
    assert "Undo “not the same”" in page
    undone = browser.submit(two, "claim.unmark_distinct", other_id=str(one.pk))
    assert undone.status_code == 302, page_text(undone)
    assert not ClaimDistinction.objects.exists()


def test_claims_of_another_desk_are_neither_shown_nor_found(visit, room, city):
    room.claim("The council hid nine million crowns.")
    desk, room.desk = room.desk, city
    own = room.claim("The gate was open.", by="hugo")
    room.desk = desk
    room.people["nina"] = reader_at(city, "nina", {Role.REPORTER})
    browser, hidden = visit("nina"), Claim.objects.exclude(pk=own.pk).get()
    assert "nine" not in browser.client.post(TYPED, {"text": "The council hid nine million crowns."}).content.decode()
    assert browser.client.get(reverse("admin:editorial_claim_related", args=[hidden.pk])).status_code == 404
    assert browser.client.get(reverse("admin:editorial_claim_related", args=[own.pk])).status_code == 200
