"""Into print and after: never on a finding that does not hold, and flagged as soon as one falls."""

from __future__ import annotations

from datetime import timedelta

import pytest

from editorial.models import Correction, Event, PublishedUse, Statement
from editorial.models.evidence.statements import STANDING
from editorial.workflow.core.errors import Conflict, ValidationFailed
from editorial.workflow.evidence import claims, statements
from editorial.workflow.review import replies
from editorial.workflow.stories import publication, stories
from tests.support.cast import HOUR, assert_refused, events, fresh

pytestmark = pytest.mark.exhaustive  # plays whole stories


def publish(room, story, by="edith"):
    return publication.publish(story_id=story.pk, actor=room.people[by], now=room.now)


def withdraw_one(room, claim):
    statement = claim.statements.filter(STANDING).first()
    statements.end(
        ended="withdrawn", statement_id=statement.pk, reason="Phoned.", actor=room.people["rosa"], now=room.now
    )
    return statement


class TestPublishing:
    def test_publishing_records_the_published_uses(self, room):
        claim = room.verified()
        story = room.cleared(claim, stated_source_count=2)
        publish(room, story)
        assert (fresh(story).status, story.published_at, story.gate, story.remedy) == (
            "published",
            room.now,
            "pass",
            "none",
        )
        printed = PublishedUse.objects.get()
        assert (printed.claim, printed.mode, printed.finding, printed.stated_source_count) == (
            claim,
            "asserted",
            "verified",
            2,
        )
        assert events(story)[-1] == "story.publish"

    def test_an_unsigned_finding_is_not_asserted(self, room):
        story = room.cleared(room.corroborated())
        with assert_refused(Conflict, "E_ASSERTED_UNVERIFIED"):
            publish(room, story)

    def test_a_change_not_yet_assessed_is_considered(self, room):
        """The outbox is not empty: the gate evaluates the current facts itself."""
        claim = room.verified()
        story = room.cleared(claim)
        withdraw_one(room, claim)
        with assert_refused(Conflict, "E_ASSERTED_UNVERIFIED"):
            publish(room, story)

    def test_a_reason_names_the_claim_and_what_to_do(self, room):
        story = room.cleared(room.corroborated("The gate was open."))
        with pytest.raises(Conflict) as error:
            publish(room, story)
        (reason,) = error.value.reasons
        assert "The gate was open." in reason.text
        assert reason.field == str(story.uses.get().claim_id)

    def test_an_unconfirmed_condition_holds_the_story(self, room, cora):
        claim = room.claim()
        room.says(room.person(), claim)
        story = room.cleared(claim, mode="attributed")
        with assert_refused(Conflict, "C_ATTRIBUTE", "C_NOT_VERIFIED"):
            publish(room, story)
        for code in ("C_ATTRIBUTE", "C_NOT_VERIFIED"):
            stories.confirm_condition(story_id=story.pk, claim_id=claim.pk, code=code, actor=cora, now=room.now)
        assert publish(room, story).gate == "conditional"

    def test_an_omitted_claim_does_not_hold_the_story(self, room):
        story, uses = room.story(), {"asserted": room.verified(), "omitted": room.claim("The lock was broken.")}
        uses = [{"claim": str(claim.pk), "mode": mode} for mode, claim in uses.items()]
        rosa, edith = room.people["rosa"], room.people["edith"]
        stories.revise(story_id=story.pk, uses=uses, actor=rosa, now=room.now)
        stories.submit(story_id=story.pk, actor=rosa, now=room.now)
        stories.clear(story_id=story.pk, actor=edith, now=room.now)
        assert publish(room, story).gate == "pass"

    def test_a_story_is_published_once(self, room):
        story = room.published(room.verified())
        with assert_refused(Conflict, "WRONG_STATE"):
            publish(room, story)

    def test_a_signature_of_a_later_author_does_not_count(self, room, edgar):
        """A later assignment makes the approver an author: the signature stands, and the gate sees through it."""
        claim = room.verified()
        story = room.story(claim)
        stories.assign(story_id=story.pk, authors=[edgar.pk], actor=room.people["edith"], now=room.now)
        stories.submit(story_id=story.pk, actor=edgar, now=room.now)
        stories.clear(story_id=story.pk, actor=room.people["edith"], now=room.now)
        with assert_refused(Conflict, "E_ASSERTED_UNVERIFIED", "E_FOUR_EYES"):
            publish(room, story)


class TestScheduled:
    @pytest.fixture
    def story(self, room, edith):
        story = room.cleared(room.verified())
        stories.schedule(story_id=story.pk, at=room.now + HOUR, time_zone="UTC", actor=edith, now=room.now)
        return story

    def test_a_story_is_published_at_its_time_and_not_before(self, room, story):
        assert publication.publish_due(story_id=story.pk, now=room.now) is None
        publication.publish_due(story_id=story.pk, now=room.later(hours=1))
        assert (fresh(story).status, story.published_at, story.publish_at) == ("published", room.now, None)
        assert Event.objects.get(action="story.publish").actor is None

    def test_a_closed_gate_returns_the_story_to_its_desk_with_a_reason(self, room, story):
        withdraw_one(room, story.uses.get().claim)
        publication.publish_due(story_id=story.pk, now=room.later(hours=1))
        assert (fresh(story).status, story.publish_at) == ("cleared", None)
        assert Event.objects.get(action="story.refuse").data == {"codes": ["E_ASSERTED_UNVERIFIED"]}
        assert not PublishedUse.objects.exists()


class TestAfterPublication:
    def test_a_withdrawal_flags_the_story_with_a_due_time(self, room):
        claim = room.verified()
        story = room.published(claim)
        withdraw_one(room, claim)
        room.settle()
        correction = story.corrections.get()
        assert (fresh(story).status, story.remedy) == ("published", "editors_note")
        assert (correction.remedy, correction.due_at, list(correction.claims.all())) == (
            "editors_note",
            room.now + timedelta(hours=8),
            [claim],
        )
        assert correction.because

    def test_a_refuted_central_claim_withholds_the_story_immediately(self, room, felix):
        claim = room.verified()
        story = room.published(claim)
        for _ in range(2):
            withdraw_one(room, claim)
            room.denied(claim)
        room.settle()
        assert (fresh(story).status, story.remedy) == ("withheld", "retraction")
        assert Event.objects.filter(action="story.flag").latest("id").data["withheld"] is True

    def test_a_refuted_minor_claim_is_corrected_and_not_withheld(self, room):
        claim = room.verified()
        story = room.published(claim, central=False)
        for _ in range(2):
            withdraw_one(room, claim)
        room.settle()
        assert (fresh(story).status, story.remedy) == ("published", "correction")

    def test_a_correction_found_worse_is_one_correction(self, room):
        claim = room.verified()
        story = room.published(claim)
        withdraw_one(room, claim)
        room.settle()
        withdraw_one(room, claim)
        room.settle()
        correction = Correction.objects.get(story=story)
        assert correction.remedy == "retraction"
        assert events(story).count("story.flag") == 2

    def test_new_evidence_clears_the_flag_without_a_signature(self, room):
        claim = room.verified()
        story = room.published(claim)
        statement = withdraw_one(room, claim)
        room.settle()
        room.says(statement.source, claim)
        room.settle()
        assert (fresh(story).remedy, story.gate) == ("none", "hold"), "the gate still waits for the signature"
        assert Correction.objects.get().closed_at == room.now
        assert events(story)[-1] == "story.clear_flag"

    def test_a_void_signature_owes_readers_nothing(self, room, felix):
        claim = room.verified()
        story = room.published(claim)
        claims.revise(claim_id=claim.pk, text="The lamp was dark all night.", actor=felix, now=room.now)
        room.settle()
        assert (fresh(story).remedy, story.gate) == ("none", "hold")

    def test_a_debunked_claim_that_proves_true_is_retracted_before_anybody_signs(self, room, cora):
        claim = room.claim("The gate was open.")
        denials = [room.denied(claim), room.denied(claim)]
        room.settle()
        room.sign(claim)
        story = room.cleared(claim, mode="debunk")
        stories.confirm_condition(
            story_id=story.pk, claim_id=claim.pk, code="C_LEAD_WITH_FACT", actor=cora, now=room.now
        )
        publish(room, story)
        for denial in denials:
            statements.end(
                ended="withdrawn", statement_id=denial.pk, reason="Phoned.", actor=room.people["rosa"], now=room.now
            )
            room.says(room.person(), claim)
        room.settle()
        assert (fresh(story).status, story.remedy) == ("withheld", "retraction")

    def test_a_late_denial_requires_an_update(self, room):
        claim = room.verified()
        party = room.person(benefits_if="disbelieved")
        story = room.published(claim)
        room.says(party, claim, "denies")
        room.settle()
        assert (fresh(story).remedy, story.corrections.get().due_at) == ("update", room.now + timedelta(hours=24))

    def test_correcting_republishes_and_settles_the_remedy(self, room, edith, cora):
        claim = room.verified()
        story = room.published(claim)
        withdraw_one(room, claim)
        room.settle()
        with pytest.raises(Conflict):
            publication.correct(story_id=story.pk, text="We were wrong.", actor=edith, now=room.now)
        stories.revise(
            story_id=story.pk,
            body="One keeper says so.",
            uses=[{"claim": str(claim.pk), "mode": "attributed"}],
            actor=edith,
            now=room.now,
        )
        for code in ("C_ATTRIBUTE", "C_NOT_VERIFIED"):
            stories.confirm_condition(story_id=story.pk, claim_id=claim.pk, code=code, actor=cora, now=room.now)
        publication.correct(story_id=story.pk, text="We had it from one only.", actor=edith, now=room.later(hours=1))
        room.settle()
        correction = Correction.objects.get()
        assert (correction.text, correction.closed_at, correction.closed_by) == (
            "We had it from one only.",
            room.now,
            edith,
        )
        assert (fresh(story).status, story.remedy) == ("published", "none")
        assert PublishedUse.objects.get().mode == "attributed"
        assert story.published_at < room.now, "when it first ran"

    def test_a_claim_no_longer_used_is_judged_as_published(self, room, edith):
        claim = room.verified()
        story = room.published(claim)
        stories.revise(story_id=story.pk, uses=[], actor=edith, now=room.now)
        withdraw_one(room, claim)
        room.settle()
        assert fresh(story).remedy == "editors_note"

    def test_withholding_and_retracting_need_a_reason(self, room, edith, sena):
        story = room.published(room.verified())
        with assert_refused(ValidationFailed, "REASON_REQUIRED"):
            publication.withhold(story_id=story.pk, reason="", actor=edith, now=room.now)
        publication.withhold(story_id=story.pk, reason="A court asks.", actor=edith, now=room.now)
        publication.retract(story_id=story.pk, reason="It was not so.", actor=sena, now=room.now)
        assert (fresh(story).status, story.remedy) == ("retracted", "none")

    def test_a_retracted_story_is_no_longer_flagged(self, room, sena):
        claim = room.verified()
        story = room.published(claim)
        withdraw_one(room, claim)
        room.settle()
        publication.retract(story_id=story.pk, reason="It was not so.", actor=sena, now=room.now)
        assert Correction.objects.get().closed_by == sena
        withdraw_one(room, claim)
        room.settle()
        assert (fresh(story).status, Correction.objects.count()) == ("retracted", 1)

    def test_an_overdue_correction_is_notified_once(self, room):
        claim = room.verified()
        story = room.published(claim)
        withdraw_one(room, claim)
        room.settle()
        correction = Correction.objects.get()
        publication.mark_correction_overdue(correction_id=correction.pk, now=room.now)
        for _ in range(2):
            publication.mark_correction_overdue(correction_id=correction.pk, now=room.now + timedelta(hours=9))
        assert events(story).count("correction.overdue") == 1


def test_the_gate_of_a_story_follows_its_claims(room):
    claim = room.verified()
    story = room.story(claim)
    room.settle()
    assert fresh(story).gate == "pass"
    withdraw_one(room, claim)
    room.settle()
    assert fresh(story).gate == "hold"
    assert events(story)[-1] == "story.gate"


def test_the_gate_opens_with_a_reply_or_after_its_deadline(room, rosa, cora):
    party = room.person()
    claim = room.verified(adverse_to=[party.pk])
    story = room.story(claim)
    room.settle()
    assert fresh(story).gate == "hold"
    request = replies.send(
        to_id=party.pk, covers=[claim.pk], question="?", deadline_at=room.now + 5 * HOUR, actor=rosa, now=room.now
    )
    room.settle()
    assert fresh(story).gate == "hold"
    replies.expire(request_id=request.pk, now=room.later(hours=5))
    room.settle()
    assert fresh(story).gate == "conditional"
    assert Statement.objects.count() == 2


class TestPublishedVersions:
    """The published text: stored on publication, and read from the history for earlier versions."""

    def test_the_published_text_is_recorded_and_a_later_draft_is_not(self, room, rosa, edith):
        claim = room.verified("The gate was open.")
        story = room.published(claim)
        first = fresh(story).published_revision
        assert (first.body, story.last_published_at) == ("It stood wide open.", room.now)
        assert PublishedUse.objects.get().text == "The gate was open."
        stories.revise(story_id=story.pk, body="It stood ajar.", actor=rosa, now=room.later(minutes=1))
        room.settle()
        assert fresh(story).published_revision == first
        publication.correct(story_id=story.pk, text="It stood ajar.", actor=edith, now=room.later(minutes=1))
        assert (fresh(story).published_revision.body, story.last_published_at) == ("It stood ajar.", room.now)

    def test_a_merged_claim_keeps_its_published_text(self, room, felix):
        claim, other = room.verified("The gate was open."), room.claim("The gate stood open.")
        room.published(claim)
        claims.merge(claim_id=claim.pk, into_id=other.pk, actor=felix, now=room.later(minutes=1))
        printed = PublishedUse.objects.get()
        assert (printed.claim, printed.text) == (other, "The gate was open.")
