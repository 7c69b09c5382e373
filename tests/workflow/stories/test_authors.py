"""Authors are corrected in every state, and four eyes are kept."""

from __future__ import annotations

import pytest

from editorial.models import Story
from editorial.policy.publication.transitions import READ, StoryStatus
from editorial.workflow.core.errors import Conflict, Forbidden, ValidationFailed
from editorial.workflow.evidence import claims, statements
from editorial.workflow.review import signoffs, task_offers
from editorial.workflow.stories import publication, published_versions, returns, stories
from tests.support.cast import HOUR, assert_refused, events


def assign(room, story, *names, by="sena", **note):
    authors = [room.people[name].pk for name in names]
    return stories.assign(story_id=story.pk, authors=authors, actor=room.people[by], now=room.now, **note)


@pytest.mark.parametrize("status", StoryStatus)
def test_authors_are_corrected_in_every_state(room, status):
    story = room.cleared()
    fields = {"publish_at": room.now + HOUR} if status == "scheduled" else {}
    if status in READ:
        last = story.revisions.last()
        fields = {"published_at": room.now, "last_published_at": room.now, "published_revision": last}
    Story.objects.filter(pk=story.pk).update(status=status.value, **fields)
    note = {"note": "Ruben wrote this."} if status in READ else {}
    assign(room, story, "ruben", **note)
    story.refresh_from_db()
    assert list(story.authors.all()) == [room.people["ruben"]]
    assert story.status == ("draft" if status == "pitched" else status)


class TestAfterPrint:
    @pytest.fixture
    def story(self, room) -> Story:
        return room.published(room.verified())

    def test_other_authors_are_a_correction_on_record_and_a_new_version(self, room, story):
        room.later(hours=1)
        assign(room, story, "ruben", note="Ruben wrote this.")
        story.refresh_from_db()
        correction = story.corrections.get()
        assert (correction.remedy, correction.text, correction.closed_by) == (
            "correction", "Ruben wrote this.", room.people["sena"],
        )  # fmt: skip
        assert (story.published_version, story.published_version_at) == (2, room.now)
        version = published_versions.latest_of_story(story)
        assert (version.number, version.corrections) == (2, [correction])
        assert version.revision == story.published_revision

    def test_what_readers_are_owed_stays_open(self, room, story, rosa):
        statement = story.uses.get().claim.statements.first()
        statements.end(statement_id=statement.pk, ended="withdrawn", reason="!", actor=rosa, now=room.now)
        room.settle()
        assign(room, story, "ruben", note="Ruben wrote this.")
        assert story.corrections.filter(closed_at=None).count() == 1
        assert story.corrections.count() == 2

    def test_a_byline_correction_needs_a_note_and_a_change(self, room, story):
        with assert_refused(ValidationFailed, "NOTE_REQUIRED"):
            assign(room, story, "ruben", note=" ")
        with assert_refused(Conflict, "SAME_AUTHORS"):
            assign(room, story, "rosa", note="Rosa wrote this.")
        draft = room.story()
        with assert_refused(ValidationFailed, "NOT_PUBLISHED"):
            assign(room, draft, "ruben", note="Ruben wrote this.")

    def test_an_editor_who_cleared_or_published_it_does_not_become_its_author(self, room, story, edgar):
        with assert_refused(Forbidden, "FOUR_EYES"):
            assign(room, story, "ruben", "edith", note="They wrote this.")
        publication.correct(story_id=story.pk, text="A comma.", actor=edgar, now=room.now)
        with assert_refused(Forbidden, "FOUR_EYES"):
            assign(room, story, "edgar", note="Edgar wrote this.")

    def test_a_signer_of_what_it_rests_on_does_not_become_its_author(self, room, story):
        assert story.uses.get().claim.signoffs.get(state="approved").decided_by == room.people["edgar"]
        with assert_refused(Forbidden, "FOUR_EYES"):
            assign(room, story, "edgar", note="Edgar wrote this.")

    def test_a_signer_of_what_only_the_printed_copy_rests_on_does_not_become_its_author(self, room, story, sena):
        stories.revise(story_id=story.pk, uses=[], actor=sena, now=room.now)
        with assert_refused(Forbidden, "FOUR_EYES"):
            assign(room, story, "edgar", note="Edgar wrote this.")

    def test_a_signer_of_a_part_of_what_it_rests_on_does_not_become_its_author(self, room, rosa):
        compound = room.claim()
        for part in claims.split(claim_id=compound.pk, texts=["A.", "B."], actor=rosa, now=room.now):
            for _ in range(2):
                room.says(room.person(), part)
            room.settle()
            room.sign(part)
        compound.refresh_from_db()
        proposal = signoffs.propose(claim_id=compound.pk, actor=room.people["felix"], now=room.now)
        signoffs.approve(signoff_id=proposal.pk, actor=room.people["edith"], now=room.now)
        room.settle()
        story = room.published(compound)
        with assert_refused(Forbidden, "FOUR_EYES"):
            assign(room, story, "edgar", note="Edgar wrote this.")

    def test_a_signer_of_what_it_only_attributes_may_become_its_author(self, room):
        story = room.published(room.verified(), mode="attributed")
        assign(room, story, "edgar", note="Edgar wrote this.")
        assert list(story.authors.all()) == [room.people["edgar"]]

    def test_a_person_who_confirmed_that_it_makes_no_claims_does_not_become_its_author(self, room):
        story = room.published()
        with assert_refused(Forbidden, "FOUR_EYES"):
            assign(room, story, "cora", note="Cora wrote this.")


def test_the_editor_who_cleared_it_is_no_author_until_it_is_sent_back(room, edgar):
    story = room.cleared()
    with assert_refused(Forbidden, "FOUR_EYES"):
        assign(room, story, "edith")
    returns.send_back(story_id=story.pk, reason="!", actor=edgar, now=room.now)
    assign(room, story, "edith")
    assert events(story)[-1] == "story.assign"


def test_the_editor_who_scheduled_it_is_no_author_until_it_leaves_the_schedule(room, edgar, sena):
    story = room.cleared(room.verified())
    stories.schedule(story_id=story.pk, at=room.now + HOUR, time_zone="UTC", actor=sena, now=room.now)
    with assert_refused(Forbidden, "FOUR_EYES"):
        assign(room, story, "sena", by="edgar")
    returns.unschedule(story_id=story.pk, actor=edgar, now=room.now)
    assign(room, story, "sena", by="edgar")
    assert list(story.authors.all()) == [sena]


def test_nobody_clears_their_own_words_by_leaving_the_byline(room, edith, edgar):
    story = room.story(by="edith")
    stories.submit(story_id=story.pk, actor=edith, now=room.now)
    assign(room, story, "rosa", by="edith")
    with assert_refused(Forbidden, "FOUR_EYES"):
        stories.clear(story_id=story.pk, actor=edith, now=room.now)
    stories.clear(story_id=story.pk, actor=edgar, now=room.now)
    with assert_refused(Forbidden, "FOUR_EYES"):
        stories.confirm_no_claims(story_id=story.pk, actor=edith, now=room.now)


def test_nobody_signs_for_their_own_words_by_leaving_the_byline(room, edith, edgar):
    claim = room.corroborated()
    story = room.story(claim, by="edith")
    stories.submit(story_id=story.pk, actor=edith, now=room.now)
    assign(room, story, "ruben", by="edith")
    proposal = signoffs.propose(claim_id=claim.pk, actor=room.people["felix"], now=room.now)
    assert claim.tasks.get(kind="SECOND_REVIEW") not in task_offers.doable_by(edith)
    with assert_refused(Conflict, "WROTE_STORY"):
        signoffs.approve(signoff_id=proposal.pk, actor=edith, now=room.now)
    signoffs.approve(signoff_id=proposal.pk, actor=edgar, now=room.now)
    room.settle()
    stories.clear(story_id=story.pk, actor=edgar, now=room.now)
    assert publication.publish(story_id=story.pk, actor=edgar, now=room.now).status == "published"


def test_the_gate_holds_what_a_former_author_signed_before_writing(room, edgar):
    story = room.cleared(room.verified())
    assign(room, story, "edgar")
    stories.revise(story_id=story.pk, body="It stood, says edgar, wide open.", actor=edgar, now=room.now)
    assign(room, story, "rosa")
    stories.clear(story_id=story.pk, actor=room.people["edith"], now=room.now)
    with assert_refused(Conflict, "E_ASSERTED_UNVERIFIED", "E_FOUR_EYES"):
        publication.publish(story_id=story.pk, actor=room.people["edith"], now=room.now)


def test_an_author_who_left_without_writing_may_sign(room, edgar):
    claim = room.corroborated()
    story = room.story(claim)
    assign(room, story, "edgar")
    assign(room, story, "rosa")
    room.sign(claim)
    assert claim.signoffs.get(state="approved").decided_by == edgar


def test_an_author_who_left_the_desk_may_stay(room, rosa):
    story = room.story()
    rosa.memberships.all().delete()
    assign(room, story, "rosa", "ruben")
    assert set(story.authors.all()) == {rosa, room.people["ruben"]}


def test_a_signature_by_a_later_author_holds_a_cleared_story(room):
    story = room.cleared(room.verified())
    assign(room, story, "edgar")
    with assert_refused(Conflict, "E_ASSERTED_UNVERIFIED", "E_FOUR_EYES"):
        publication.publish(story_id=story.pk, actor=room.people["edith"], now=room.now)
