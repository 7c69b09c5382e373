"""What a decision on a claim rests on, beside the form."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from editorial.models import ClaimVisibility, Signoff
from editorial.workflow.evidence import sources, statement_repairs, statements
from editorial.workflow.review import replies, signoffs
from editorial.workflow.stories import restrictions, stories
from tests.admin.conftest import assert_done, page_text

pytestmark = pytest.mark.exhaustive  # plays whole stories

MAX_QUERIES = 40


def proposed(room, claim) -> Signoff:
    proposal = signoffs.propose(claim_id=claim.pk, reason="Both saw it.", actor=room.people["felix"], now=room.now)
    room.settle()
    room.later(seconds=1)
    return proposal


def test_a_person_who_decides_on_a_claim_reads_what_it_rests_on(room, visit):
    party = room.person("Mayor Bram Holt")
    claim = room.corroborated("The lock was broken.", risk="serious", adverse_to=[party.pk])
    room.says(room.person("Nell Harrow"), claim, directness="second_hand")
    rosa = room.people["rosa"]
    replies.send(
        to_id=party.pk, covers=[claim.pk], question="Was it?", deadline_at=room.now + timedelta(hours=30),
        actor=rosa, now=room.now,
    )  # fmt: skip
    story = room.cleared(claim, mode="attributed", central=True)
    stories.schedule(
        story_id=story.pk, at=room.now.replace(year=2099), time_zone="UTC", actor=room.people["edith"], now=room.now
    )
    room.settle()
    forms = {
        "propose": visit("felix").open_form(claim, "signoff.propose"),
        "standards": visit("stan").open_form(claim, "signoff.read_standards"),
        "legal": visit("lara").open_form(claim, "signoff.read_legal"),
        "approve": visit("edgar").open_form(proposed(room, claim), "signoff.approve"),
        "reject": visit("edgar").open_form(Signoff.objects.get(), "signoff.reject"),
    }
    for name, form in forms.items():
        text = page_text(form)
        for words in (
            "The engine finds it verified on independent sources. The recorded evidence supports it.",
            "For it, independent 2",
            "Against it, independent 0",
            "Nell Harrow",
            "Does not count",
            "Hangs on",
            "Mayor Bram Holt Asked; there is still time to answer.",
            "Scheduled",
            "attributed, central",
            "runs in",
        ):
            assert words in text, (name, words, text[1500:])


def test_an_approval_shows_what_was_added_and_ended_since_the_proposal(room, visit):
    claim = room.corroborated("The lock was broken.")
    proposal = proposed(room, claim)
    before = page_text(visit("edgar").open_form(proposal, "signoff.approve"))
    assert "The finding and the number of sources on each side are the same." in before
    assert "No change is on record since." in before
    assert "Both saw it." in before
    room.says(room.person("Otto Latecomer"), claim)
    early = claim.statements.order_by("pk").first()
    room.settle()
    room.later(minutes=1)
    statements.end(
        statement_id=early.pk, ended="withdrawn", reason="Rang at nine.", actor=room.people["rosa"], now=room.now
    )
    statement_repairs.strike(
        statement_id=room.says(room.person(), claim, "unaware").pk, reason="Wrong claim.",
        actor=room.people["rosa"], now=room.now,
    )  # fmt: skip
    room.settle()
    for button in ("signoff.approve", "signoff.reject"):
        after = page_text(visit("edgar").open_form(proposal, button))
        assert "rosa recorded a statement: Otto Latecomer (3)" in after
        assert "rosa recorded that a statement has ended" in after
        assert "Rang at nine." in after
        assert "rosa struck a statement that was recorded by mistake" in after
        assert "No change is on record" not in after


def test_an_approval_shows_answers_ratings_and_statements_that_were_moved_away(room, visit):
    party, people = room.person("Pia Party"), room.people
    claim, other = room.corroborated("The lock was broken.", adverse_to=[party.pk]), room.claim("The key was lost.")
    request = replies.send(
        to_id=party.pk, covers=[claim.pk], question="Was it?", deadline_at=room.now + timedelta(hours=30),
        actor=people["rosa"], now=room.now,
    )  # fmt: skip
    proposal = proposed(room, claim)
    first, second = claim.statements.order_by("pk")
    replies.answer(request_id=request.pk, outcome="declined", actor=people["rosa"], now=room.now)
    sources.rate(source_id=first.source_id, reliability="D", actor=people["edith"], now=room.now)
    statements.move(statement_id=second.pk, claim_id=other.pk, actor=people["rosa"], now=room.now)
    room.later(minutes=5)
    statements.revise(statement_id=second.pk, quote="I lost the key.", actor=people["rosa"], now=room.now)
    text = page_text(visit("edgar").open_form(proposal, "signoff.approve"))
    assert "recorded the response" in text
    assert "rated the source" in text
    assert text.count("corrected a statement") == 1, "what happens on the other claim is not told here"


def test_an_action_that_began_before_the_proposal_and_waited_for_it_is_shown(room, visit):
    claim = room.corroborated("The lock was broken.")
    began = room.now
    room.later(seconds=1)
    proposal = proposed(room, claim)
    statements.record(
        claim_id=claim.pk, source_id=room.person("Otto Latecomer").pk, stance="denies", directness="first_hand",
        actor=room.people["rosa"], now=began,
    )  # fmt: skip
    assert "recorded a statement: Otto Latecomer" in page_text(visit("edgar").open_form(proposal, "signoff.approve"))


def test_every_change_since_the_proposal_is_shown(room, visit):
    claim = room.corroborated()
    proposal = proposed(room, claim)
    for _ in range(70):
        room.says(room.person(), claim, "unaware")
    text = page_text(visit("edgar").open_form(proposal, "signoff.approve"))
    assert text.count("rosa recorded a statement") == 70


def test_a_count_that_changed_is_shown_then_and_now(room, visit):
    claim = room.corroborated()
    proposal = proposed(room, claim)
    room.says(room.person(), claim)
    room.settle()
    text = page_text(visit("edgar").open_form(proposal, "signoff.approve"))
    assert "Then Verified on independent sources, 2 for it, 0 against it, 2 origins in all" in text
    assert "Now Verified on independent sources, 3 for it, 0 against it, 3 origins in all" in text


def test_revoking_an_approval_shows_what_changed_since_the_approval(room, visit):
    claim = room.verified()
    room.later(seconds=1)
    signoff = Signoff.objects.get()
    room.says(room.person("Otto Latecomer"), claim)
    room.settle()
    text = page_text(visit("edith").open_form(signoff, "signoff.reject"))
    assert "Since it was approved" in text
    assert "recorded a statement: Otto Latecomer (3)" in text
    assert "proposed the finding" not in text


def test_the_form_shows_of_a_confidential_source_only_what_its_reader_may_know(room, visit, city):
    """An editor of the desk reads the description, another desk nothing; only custodians who two records are."""
    claim, vault = room.claim("The lock was broken."), {"identity_name": "Ona Oak", "identity_known_by": "born 1970"}
    room.says(room.person("a lock keeper", unnamed=True, **vault), claim)
    room.says(room.person("a night guard", unnamed=True, **vault), claim)
    room.says(room.person("Will Witness"), claim)
    room.settle()
    ClaimVisibility.objects.create(claim=claim, desk=city)  # as if a story of theirs used it
    proposal = proposed(room, claim)
    shown = {name: page_text(visit(name).open_form(proposal, "signoff.approve")) for name in ("edgar", "cuno", "carl")}
    assert all("Ona Oak" not in text and "born 1970" not in text for text in shown.values())
    assert "a lock keeper" in shown["edgar"]
    assert "a lock keeper" not in shown["carl"]
    assert "Will Witness" in shown["carl"]
    assert "(J" in shown["cuno"]
    assert "(J" not in shown["edgar"] + shown["carl"]


def test_stories_of_another_desk_are_not_listed(room, visit, city, people):
    claim = room.corroborated("The lock was broken.")
    story = stories.pitch(desk_id=city.pk, headline="City secret", body="It.", actor=people["carl"], now=room.now)
    ClaimVisibility.objects.create(claim=claim, desk=city)
    stories.revise(
        story_id=story.pk, uses=[{"claim": str(claim.pk), "mode": "attributed"}], actor=people["carl"], now=room.now
    )
    room.settle()
    assert "City secret" not in page_text(visit("felix").open_form(claim, "signoff.propose"))
    assert "City secret" in page_text(visit("cleo").open_form(claim, "signoff.propose"))


def test_a_person_who_may_not_decide_reads_why_and_a_refusal_keeps_the_evidence(room, visit):
    proposal = proposed(room, room.corroborated("The lock was broken."))
    refused = visit("edgar").submit(proposal, "signoff.reject", reason="")
    assert refused.status_code == 422
    assert "For it, independent 2" in page_text(refused)
    assert visit("rosa").open_form(proposal, "signoff.approve").status_code == 403
    assert_done(visit("edgar").submit(proposal, "signoff.approve"))


def test_a_decision_takes_few_queries_however_much_there_is(room, visit):
    party = room.person()
    claim = room.corroborated("The lock was broken.", adverse_to=[party.pk])
    restrictions.restrict_claim(
        claim_id=claim.pk, kind="safety", reason="A danger.", actor=room.people["lara"], now=room.now
    )
    proposal = proposed(room, claim)
    editor, counts = visit("edgar"), []
    for _ in range(2):
        for number in range(4):
            replies.send(
                to_id=party.pk, covers=[claim.pk], question=f"Was it {number}?", deadline_at=room.later(hours=30),
                actor=room.people["rosa"], now=room.now - timedelta(hours=30),
            )  # fmt: skip
            room.says(room.person(), claim)
            room.story(claim, mode="attributed")
        room.settle()
        with CaptureQueriesContext(connection) as queries:
            assert editor.open_form(proposal, "signoff.approve").status_code == 200
        counts.append(len(queries))
    assert counts[0] == counts[1] <= MAX_QUERIES, counts
