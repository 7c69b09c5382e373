"""Buttons on a claim."""

from __future__ import annotations

from editorial.models import Claim, ClaimVisibility
from editorial.workflow.evidence import claims
from editorial.workflow.review import replies
from tests.admin.conftest import assert_done, page_text
from tests.support.cast import HOUR


def test_a_reporter_files_a_claim(room, visit):
    party = room.person()
    assert_done(
        visit("rosa").submit(
            Claim, "claim.file", text="The lock broke.", kind="content", risk="serious",
            adverse_to=[str(party.pk)], desk_id=str(room.desk.pk),
        )
    )  # fmt: skip
    claim = Claim.objects.get(text="The lock broke.")
    assert claim.filed_by == room.people["rosa"]
    assert list(claim.adverse_to.all()) == [party]


def test_a_claim_is_revised_split_and_dropped(room, visit):
    claim, rosa = room.claim(), visit("rosa")
    assert_done(
        rosa.submit(claim, "claim.revise", text="It was shut.", kind="content", risk="routine", expected_version=1),
        claim,
    )
    assert (claim.text, claim.risk) == ("It was shut.", "routine")
    assert_done(rosa.submit(claim, "claim.split", texts="It was shut.\nIt was locked."))
    assert claim.member_links.count() == 2
    other = room.claim("Another.")
    assert_done(visit("felix").submit(other, "claim.drop", reason="Nobody said so."), other)
    assert other.dropped_at


def test_merging_lands_on_the_claim_that_stays(room, visit):
    one, other = room.claim(), room.claim("The gate stood open.")
    answer = visit("felix").submit(one, "claim.merge", into_id=str(other.pk))
    assert str(other.pk) in answer["Location"]
    assert_done(answer, one)
    assert one.merged_into == other


def test_a_stale_version_is_reported_and_the_input_is_kept(room, visit):
    claim, rosa = room.claim(), visit("rosa")
    rosa.submit(claim, "claim.revise", text="First.", kind="content", risk="contentious", expected_version=1)
    answer = rosa.submit(claim, "claim.revise", text="Second.", kind="content", risk="contentious", expected_version=1)
    assert answer.status_code == 409
    assert "Someone else changed this while you were editing" in page_text(answer)
    assert b"Second." in answer.content
    claim.refresh_from_db()
    assert claim.text == "First."
    assert 'name="expected_version" value="1"' in answer.content.decode(), "pressing again replaces nothing"


def test_a_request_for_comment_does_not_show_claims_of_another_desk(room, visit, city, rosa):
    shared, hidden, party = room.claim(), room.claim("The minister signed for it."), room.person()
    ClaimVisibility.objects.create(claim=shared, desk=city)  # as if a story of theirs used it
    claims.revise(claim_id=shared.pk, adverse_to=[party.pk], actor=rosa, now=room.now)
    replies.send(
        to_id=party.pk, covers=[shared.pk, hidden.pk], question="Is it so?", deadline_at=room.now + 5 * HOUR,
        actor=rosa, now=room.now,
    )  # fmt: skip
    assert hidden.text in page_text(visit("rosa").page(shared))
    assert hidden.text not in page_text(visit("carl").page(shared))


def test_the_text_of_a_claim_of_another_desk_that_it_was_merged_into_is_not_shown(room, visit, city):
    merged, into = room.claim(), room.claim("The gate stood open all night.")
    ClaimVisibility.objects.create(claim=merged, desk=city)  # as if a story of theirs used it
    Claim.objects.filter(pk=merged.pk).update(merged_into=into)
    assert into.text not in page_text(visit("carl").page(merged))
    assert into.text in page_text(visit("rosa").page(merged))


def test_a_long_claim_shows_the_first_statements_and_the_rest_on_demand(room, visit):
    claim, browser = room.claim(), visit("edith")
    for number in range(27):
        room.says(room.person(f"Witness {number}"), claim)
    room.settle()
    first, complete = browser.page(claim), browser.page(claim, data={"all": ""})
    assert first.content.count(b'<article class="nr-statement') == 25
    assert "Show all 27 statements" in page_text(first)
    assert "and 7 more" in page_text(first), "each is a group, and twenty are listed"
    assert "Open tasks 28" in page_text(first), "a copy to archive of each, and a review"
    assert complete.content.count(b'<article class="nr-statement') == 27
    assert "Show all" not in page_text(complete)
