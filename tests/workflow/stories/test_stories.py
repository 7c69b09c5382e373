"""Stories: pitch, assign, revise, submit, clear, tick, override, schedule, spike."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from editorial.models import ConditionCheck, GateOverride, MessageKind, Story
from editorial.policy.actions import Action
from editorial.policy.publication import transitions
from editorial.policy.publication.transitions import StoryStatus
from editorial.workflow.core.errors import Conflict, Forbidden, NotFound, ValidationFailed, VersionConflict
from editorial.workflow.evidence import claims
from editorial.workflow.review import replies
from editorial.workflow.stories import (
    desks,
    gates,
    merging,
    publication,
    restrictions,
    returns,
    scheduled_corrections,
    stories,
)
from tests.support.cast import HOUR, assert_refused, count_pending_jobs, events, fresh


def test_the_pitcher_of_a_story_is_its_first_author_and_the_pitch_its_first_revision(room, rosa):
    story = stories.pitch(desk_id=room.desk.pk, headline=" The gate ", body="Open.", actor=rosa, now=room.now)
    assert (story.headline, story.status) == ("The gate", "pitched")
    assert list(story.authors.all()) == [rosa]
    assert [(revision.number, revision.headline, revision.body) for revision in story.revisions.all()] == [
        (1, "The gate", "Open.")
    ]
    assert events(story) == ["story.pitch"]


class TestAssigning:
    def test_authors_are_replaced_and_the_story_is_a_draft(self, room, rosa, ruben, edith):
        story = stories.pitch(desk_id=room.desk.pk, headline="The gate", actor=rosa, now=room.now)
        stories.assign(story_id=story.pk, authors=[ruben.pk, str(ruben.pk)], actor=edith, now=room.now)
        assert list(story.authors.all()) == [ruben]
        assert fresh(story).status == "draft"

    def test_only_people_of_the_desk_with_an_account_write_for_it(self, room, edith, carl, noel, gina):
        story = room.story()
        for outsider in (carl, noel, gina):
            with assert_refused(ValidationFailed, "NOT_AT_DESK"):
                stories.assign(story_id=story.pk, authors=[outsider.pk], actor=edith, now=room.now)
        with assert_refused(ValidationFailed, "NO_AUTHOR"):
            stories.assign(story_id=story.pk, authors=[], actor=edith, now=room.now)
        with assert_refused(NotFound, "NOT_FOUND"):
            stories.assign(story_id=story.pk, authors=["nobody"], actor=edith, now=room.now)


class TestRevising:
    def test_each_revision_stores_its_text_and_uses(self, room, rosa):
        claim, story = room.claim(), room.story()
        before = story.revisions.count()
        stories.revise(
            story_id=story.pk, uses=[{"claim": str(claim.pk), "mode": "attributed"}], actor=rosa, now=room.now
        )
        stories.revise(story_id=story.pk, headline="The gate, again", actor=rosa, now=room.now)
        assert story.revisions.count() == before + 2
        assert fresh(story).headline == "The gate, again"
        assert [use.mode for use in story.uses.all()] == ["attributed"]
        assert count_pending_jobs(MessageKind.ASSESS_CLAIM, claim) == 1

    def test_an_unlisted_use_is_removed_and_an_omitted_list_changes_nothing(self, room, rosa):
        claim, other = room.claim(), room.claim()
        story = room.story(claim, other)
        stories.revise(story_id=story.pk, body="New.", actor=rosa, now=room.now)
        assert story.uses.count() == 2
        stories.revise(story_id=story.pk, uses=[{"claim": str(other.pk)}], actor=rosa, now=room.now)
        assert [(use.claim, use.mode) for use in story.uses.all()] == [(other, "asserted")]

    def test_an_unchanged_story_gets_no_revision(self, room, rosa):
        claim = room.claim()
        story = room.story(claim)
        before = events(story)
        stories.revise(
            story_id=story.pk,
            headline=story.headline,
            uses=[{"claim": str(claim.pk), "mode": "asserted"}],
            actor=rosa,
            now=room.now,
        )
        assert events(story) == before

    def test_an_invalid_use_is_refused(self, room, rosa):
        claim, story = room.claim(), room.story()
        of_other_claim = room.says(room.person(), room.claim())

        def use(**fields):
            stories.revise(story_id=story.pk, uses=[{"claim": str(claim.pk)} | fields], actor=rosa, now=room.now)

        for fields, code in (
            ({}, "UNKNOWN_MODE"),
            ({"mode": "hinted"}, "UNKNOWN_MODE"),
            ({"mode": "asserted", "relies_on": [str(of_other_claim.pk)]}, "EVIDENCE_OF_OTHER_CLAIM"),
            ({"mode": "asserted", "relies_on": ["no id"]}, "NOT_FOUND"),
            ({"mode": "asserted", "stated_source_count": -1}, "INVALID"),
            ({"mode": "asserted", "loudly": True}, "UNKNOWN_FIELD"),
        ):
            with pytest.raises((ValidationFailed, NotFound)) as error:
                use(**fields)
            assert code in [reason.code for reason in error.value.reasons], fields
        with assert_refused(ValidationFailed, "DUPLICATE_CLAIM"):
            stories.revise(
                story_id=story.pk,
                uses=[{"claim": str(claim.pk), "mode": "asserted"}, {"claim": str(claim.pk), "mode": "omitted"}],
                actor=rosa,
                now=room.now,
            )

    def test_the_use_of_a_compound_relies_on_statements_about_its_members(self, room, rosa):
        compound = room.claim()
        part, _ = claims.split(claim_id=compound.pk, texts=["A.", "B."], actor=rosa, now=room.now)
        statement = room.says(room.person(), part)
        story = room.story(compound, relies_on=[str(statement.pk)])
        assert story.uses.get().relies_on.get() == statement

    def test_a_closed_claim_is_not_used(self, room, rosa, felix):
        dropped, story = room.claim(), room.story()
        claims.drop(claim_id=dropped.pk, reason="Gossip.", actor=felix, now=room.now)
        with assert_refused(Conflict, "CLAIM_CLOSED"):
            stories.revise(
                story_id=story.pk, uses=[{"claim": str(dropped.pk), "mode": "asserted"}], actor=rosa, now=room.now
            )

    def test_a_revised_story_must_be_cleared_again(self, room, rosa):
        story = room.cleared()
        stories.revise(story_id=story.pk, body="Quite another story.", actor=rosa, now=room.now)
        assert fresh(story).status == "submitted"

    def test_only_its_authors_and_its_desk_revise_a_story(self, room, ruben, cora):
        story = room.story()
        with assert_refused(Forbidden, "FORBIDDEN"):
            stories.revise(story_id=story.pk, body="Mine.", actor=ruben, now=room.now)
        stories.revise(story_id=story.pk, body="Commas.", actor=cora, now=room.now)

    def test_concurrent_revisions_do_not_overwrite_each_other(self, room, rosa, cora):
        story = room.story()
        version = story.version
        stories.revise(story_id=story.pk, body="Commas.", expected_version=version, actor=cora, now=room.now)
        with assert_refused(VersionConflict, "STALE_VERSION"):
            stories.revise(story_id=story.pk, body="Mine.", expected_version=version, actor=rosa, now=room.now)


class TestSubmitting:
    def test_a_story_without_copy_is_not_submitted(self, room, rosa, edith):
        story = stories.pitch(desk_id=room.desk.pk, headline="The gate", actor=rosa, now=room.now)
        stories.assign(story_id=story.pk, authors=[rosa.pk], actor=edith, now=room.now)
        with assert_refused(Conflict, "NO_COPY"):
            stories.submit(story_id=story.pk, actor=rosa, now=room.now)

    def test_an_author_does_not_clear_their_story(self, room, edith, edgar):
        story = room.story(by="edith")
        stories.submit(story_id=story.pk, actor=edith, now=room.now)
        with assert_refused(Forbidden, "FOUR_EYES"):
            stories.clear(story_id=story.pk, actor=edith, now=room.now)
        stories.clear(story_id=story.pk, actor=edgar, now=room.now)
        assert (fresh(story).status, story.cleared_by) == ("cleared", edgar)

    def test_each_action_refuses_other_states(self, room, sena, cora, subtests):
        claim, other = room.claim(), room.story()
        doing = {
            Action.STORY_ASSIGN: lambda story: stories.assign(
                story_id=story.pk, authors=[sena.pk], actor=sena, now=room.now
            ),
            Action.STORY_REVISE: lambda story: stories.revise(story_id=story.pk, body="!", actor=sena, now=room.now),
            Action.STORY_SUBMIT: lambda story: stories.submit(story_id=story.pk, actor=sena, now=room.now),
            Action.STORY_CLEAR: lambda story: stories.clear(story_id=story.pk, actor=sena, now=room.now),
            Action.STORY_SCHEDULE: lambda story: stories.schedule(
                story_id=story.pk, at=room.now + HOUR, time_zone="UTC", actor=sena, now=room.now
            ),
            Action.STORY_PUBLISH: lambda story: publication.publish(story_id=story.pk, actor=sena, now=room.now),
            Action.STORY_CORRECT: lambda story: publication.correct(
                story_id=story.pk, text="!", actor=sena, now=room.now
            ),
            Action.STORY_WITHHOLD: lambda story: publication.withhold(
                story_id=story.pk, reason="!", actor=sena, now=room.now
            ),
            Action.STORY_RETRACT: lambda story: publication.retract(
                story_id=story.pk, reason="!", actor=sena, now=room.now
            ),
            Action.STORY_SPIKE: lambda story: stories.spike(story_id=story.pk, reason="!", actor=sena, now=room.now),
            Action.STORY_CONFIRM_CONDITION: lambda story: stories.confirm_condition(
                story_id=story.pk, claim_id=claim.pk, code="C_ATTRIBUTE", actor=cora, now=room.now
            ),
            Action.STORY_CONFIRM_NO_CLAIMS: lambda story: stories.confirm_no_claims(
                story_id=story.pk, actor=cora, now=room.now
            ),
            Action.STORY_OVERRIDE: lambda story: stories.override(
                story_id=story.pk, code="E_REPLY_PENDING", reason="!", actor=sena, now=room.now
            ),
            Action.STORY_SEND_BACK: lambda story: returns.send_back(
                story_id=story.pk, reason="!", actor=sena, now=room.now
            ),
            Action.STORY_UNSCHEDULE: lambda story: returns.unschedule(story_id=story.pk, actor=sena, now=room.now),
            Action.STORY_UNSPIKE: lambda story: returns.unspike(
                story_id=story.pk, reason="!", actor=sena, now=room.now
            ),
            Action.STORY_RESTORE: lambda story: publication.restore(
                story_id=story.pk, reason="!", actor=sena, now=room.now
            ),
            Action.STORY_SCHEDULE_CORRECTION: lambda story: scheduled_corrections.schedule_correction(
                story_id=story.pk, text="!", at=room.now + HOUR, time_zone="UTC", actor=sena, now=room.now
            ),
            Action.STORY_CANCEL_CORRECTION: lambda story: scheduled_corrections.cancel_correction(
                story_id=story.pk, actor=sena, now=room.now
            ),
            Action.STORY_MOVE: lambda story: desks.move(
                story_id=story.pk, desk_id=room.desk.pk, reason="!", actor=sena, now=room.now
            ),
            Action.STORY_MERGE: lambda story: merging.merge(
                story_id=story.pk, into_id=other.pk, reason="!", actor=sena, now=room.now
            ),
            Action.STORY_UNMERGE: lambda story: merging.unmerge(
                story_id=story.pk, reason="!", actor=sena, now=room.now
            ),
            Action.STORY_RESTRICT: lambda story: restrictions.restrict_story(
                story_id=story.pk, kind="court", reason="!", actor=sena, now=room.now
            ),
        }
        assert set(doing) == set(transitions.STORY_TRANSITIONS)
        story = room.story()
        for status in StoryStatus:
            Story.objects.filter(pk=story.pk).update(
                status=status.value, publish_at=room.now + HOUR, published_at=room.now
            )
            for action, act in doing.items():
                if status not in transitions.STORY_TRANSITIONS[action][0]:
                    with subtests.test(verb=action, status=status), assert_refused(Conflict, "WRONG_STATE"):
                        act(story)

    def test_a_spiked_story_cannot_be_changed(self, room, edith, rosa):
        story = room.story()
        stories.spike(story_id=story.pk, reason="No news.", actor=edith, now=room.now)
        assert fresh(story).status == "spiked"
        with assert_refused(Conflict, "WRONG_STATE"):
            stories.revise(story_id=story.pk, body="But it is.", actor=rosa, now=room.now)


class TestConditions:
    @pytest.fixture
    def story(self, room):
        """Attributed and open: the gate asks for attribution and for saying that it is not verified."""
        claim = room.claim()
        room.says(room.person(), claim)
        return room.cleared(claim, mode="attributed")

    def test_a_condition_is_confirmed_by_name_for_this_revision(self, room, story, cora, rosa):
        claim = story.uses.get().claim
        for code in ("C_ATTRIBUTE", "C_NOT_VERIFIED"):
            ticked = stories.confirm_condition(
                story_id=story.pk, claim_id=claim.pk, code=code, actor=cora, now=room.now
            )
            assert (ticked.confirmed_by, ticked.revision) == (cora, gates.last_revision(story))
        assert gates.evaluate(story, now=room.now).unconfirmed == []
        with assert_refused(Conflict, "CONDITION_NOT_REQUIRED"):
            stories.confirm_condition(
                story_id=story.pk, claim_id=claim.pk, code="C_ATTRIBUTE", actor=cora, now=room.now
            )
        stories.revise(story_id=story.pk, body="Other words.", actor=rosa, now=room.now)
        assert len(gates.evaluate(story, now=room.now).unconfirmed) == 2
        assert ConditionCheck.objects.count() == 2, "what was ticked for the old words stays on record"

    @pytest.mark.parametrize("code", ["C_ANON_EXPLAIN", "E_LEGAL", "C_NONSENSE", ""])
    def test_a_condition_that_is_not_required_cannot_be_confirmed(self, room, story, cora, code):
        claim = story.uses.get().claim
        with assert_refused(Conflict, "CONDITION_NOT_REQUIRED"):
            stories.confirm_condition(story_id=story.pk, claim_id=claim.pk, code=code, actor=cora, now=room.now)


class TestOverriding:
    @pytest.fixture
    def story(self, room, rosa):
        party = room.person()
        claim = room.verified(adverse_to=[party.pk])
        replies.send(
            to_id=party.pk, covers=[claim.pk], question="?", deadline_at=room.now + 5 * HOUR, actor=rosa, now=room.now
        )
        return room.cleared(claim)

    def test_a_senior_editor_overrides_a_pending_reply_with_a_reason(self, room, story, sena, edith):
        with assert_refused(Conflict, "E_REPLY_PENDING"):
            publication.publish(story_id=story.pk, actor=edith, now=room.now)
        stories.override(story_id=story.pk, code="E_REPLY_PENDING", reason="It is out.", actor=sena, now=room.now)
        assert publication.publish(story_id=story.pk, actor=edith, now=room.now).status == "published"
        assert GateOverride.objects.get().overridden_by == sena
        assert "story.override" in events(story)

    def test_no_other_code_is_overridden(self, room, story, sena):
        for code in ("E_REFUTED", "E_REPLY_NOT_SENT", "C_ATTRIBUTE", "nonsense"):
            with assert_refused(Conflict, "NOT_OVERRIDABLE"):
                stories.override(story_id=story.pk, code=code, reason="It is late.", actor=sena, now=room.now)
        with assert_refused(Conflict, "CONDITION_NOT_REQUIRED"):
            stories.override(story_id=story.pk, code="E_REPLY_WINDOW", reason="It is late.", actor=sena, now=room.now)

    def test_an_override_holds_for_one_revision(self, room, story, sena, rosa, edith):
        stories.override(story_id=story.pk, code="E_REPLY_PENDING", reason="It is out.", actor=sena, now=room.now)
        stories.revise(story_id=story.pk, body="Other words.", actor=rosa, now=room.now)
        stories.clear(story_id=story.pk, actor=edith, now=room.now)
        with assert_refused(Conflict, "E_REPLY_PENDING"):
            publication.publish(story_id=story.pk, actor=edith, now=room.now)


class TestScheduling:
    @pytest.mark.parametrize(
        ("at", "zone", "utc"),
        [
            (datetime(2031, 7, 1, 12, 0), "Europe/London", datetime(2031, 7, 1, 11, 0, tzinfo=UTC)),  # noqa: DTZ001
            (datetime(2031, 7, 1, 12, 0, tzinfo=UTC), "Asia/Tokyo", datetime(2031, 7, 1, 12, 0, tzinfo=UTC)),
            (datetime(2031, 10, 26, 1, 30), "Europe/London", datetime(2031, 10, 26, 0, 30, tzinfo=UTC)),  # noqa: DTZ001
        ],
    )
    def test_a_time_is_stored_in_utc_with_its_time_zone(self, room, edith, at, zone, utc):
        story = room.cleared()
        stories.schedule(story_id=story.pk, at=at, time_zone=zone, actor=edith, now=room.now)
        assert (fresh(story).status, story.publish_at, story.publish_time_zone) == ("scheduled", utc, zone)

    def test_an_impossible_time_is_refused(self, room, edith):
        story = room.cleared()
        for at, zone, code in (
            (room.now - HOUR, "UTC", "IN_THE_PAST"),
            (datetime(2031, 3, 30, 1, 30), "Europe/London", "NONEXISTENT_LOCAL_TIME"),  # noqa: DTZ001
            (datetime(1, 1, 1), "Asia/Tokyo", "OUT_OF_RANGE"),  # noqa: DTZ001
            (datetime(9999, 12, 31, tzinfo=UTC), "UTC", "OUT_OF_RANGE"),
            (room.now + HOUR, "Europe/Atlantis", "UNKNOWN_TIME_ZONE"),
            (room.now + HOUR, "../etc/passwd", "UNKNOWN_TIME_ZONE"),
            (room.now + HOUR, "", "UNKNOWN_TIME_ZONE"),
        ):
            with assert_refused(ValidationFailed, code):
                stories.schedule(story_id=story.pk, at=at, time_zone=zone, actor=edith, now=room.now)

    def test_a_story_can_be_rescheduled(self, room, edith):
        story = room.cleared()
        for hours in (1, 2):
            at = room.now + hours * HOUR
            stories.schedule(story_id=story.pk, at=at, time_zone="UTC", actor=edith, now=room.now)
        assert fresh(story).publish_at == room.now + timedelta(hours=2)
