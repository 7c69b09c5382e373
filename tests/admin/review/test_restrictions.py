"""Restricting a claim or a story from its page, and what the page then shows."""

from __future__ import annotations

import pytest

from editorial.models import Restriction
from tests.admin.conftest import assert_done, page_text

pytestmark = pytest.mark.exhaustive  # plays whole stories

COURT = {"kind": "court", "reason": "Order 3 O 17."}


def test_a_lawyer_restricts_a_claim_and_its_readers_see_why(room, visit):
    claim = room.verified()
    story, lawyer = room.cleared(claim), visit("lara")
    assert "/action/claim.restrict/" in lawyer.page(claim).content.decode()
    assert_done(lawyer.submit(claim, "claim.restrict", **COURT, until="2099-07-01T18:00"))
    words = page_text(visit("rosa").page(claim))
    assert "May not be published before 1 Jul 2099" in words
    assert "court order" in words
    assert "Order 3 O 17." in words
    assert "A restriction forbids publishing this" in page_text(visit("edith").page(story))
    restriction = Restriction.objects.get()
    assert f"restriction_id={restriction.pk}" in visit("edith").page(claim).content.decode()
    data = {"restriction_id": str(restriction.pk), "reason": "Set aside."}
    assert_done(visit("edith").submit(claim, "claim.lift_restriction", **data), restriction)
    assert restriction.lifted_by == room.people["edith"]
    assert "May not be published" not in page_text(visit("rosa").page(claim))


def test_a_time_that_not_every_time_zone_can_show_is_refused_at_its_field(room, visit, people):
    people["edith"].time_zone = "America/New_York"
    people["edith"].save(update_fields=["time_zone"])
    claim, editor = room.claim(), visit("edith")
    refused = editor.submit(claim, "claim.restrict", **COURT, until="9999-12-31T23:59")
    assert refused.status_code == 422
    assert refused.context["form"].errors["until"] == ["Give a year between 1000 and 9000."]
    assert editor.page(claim).status_code == 200


def test_a_whole_story_is_restricted(room, visit):
    story = room.cleared(room.verified())
    assert_done(visit("lara").submit(story, "story.restrict", **COURT))
    words = page_text(visit("rosa").page(story))
    assert "May not be published: court order." in words
    assert "A restriction on the story keeps it from running." in words
    refusal = visit("edith").submit(story, "story.publish")
    assert refusal.status_code == 409
    data = {"restriction_id": str(Restriction.objects.get().pk), "reason": "Set aside."}
    assert_done(visit("edith").submit(story, "story.lift_restriction", **data))
    assert_done(visit("edith").submit(story, "story.publish"), story)


def test_a_reporter_cannot_restrict_a_claim(room, visit):
    claim = room.claim()
    assert visit("rosa").submit(claim, "claim.restrict", **COURT).status_code == 403
    assert not Restriction.objects.exists()
