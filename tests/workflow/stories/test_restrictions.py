"""Restrictions: bans on publication, even of what is true, until they are lifted or expire."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from editorial.models import CompoundMember, Restriction
from editorial.workflow.core.errors import Conflict, Forbidden, NotFound, ValidationFailed, VersionConflict
from editorial.workflow.evidence import claims
from editorial.workflow.ops import scheduler
from editorial.workflow.stories import gates, publication, restrictions, stories
from tests.models.constraints import assert_rejected_by_database
from tests.support.cast import HOUR, assert_refused, events, fresh, run_behind

pytestmark = pytest.mark.exhaustive  # plays whole stories

COURT = {"kind": "court", "reason": "Order 3 O 17 of the regional court."}


def restrict(room, claim, by="lara", **more):
    return restrictions.restrict_claim(claim_id=claim.pk, **COURT | more, actor=room.people[by], now=room.now)


def restrict_story(room, story, by="lara", **more):
    return restrictions.restrict_story(story_id=story.pk, **COURT | more, actor=room.people[by], now=room.now)


def publish(room, story):
    return publication.publish(story_id=story.pk, actor=room.people["edith"], now=room.now)


class TestClaims:
    @pytest.mark.parametrize("by", ["lara", "edith", "sena"])
    def test_lawyers_and_editors_restrict_a_true_claim(self, room, by):
        claim = room.verified()
        story = room.cleared(claim)
        restriction = restrict(room, claim, by)
        assert (restriction.restricted_by.username, restriction.until) == (by, None)
        assert events(claim)[-1] == "claim.restrict"
        room.settle()
        assert fresh(story).gate == "block"
        with assert_refused(Conflict, "E_RESTRICTED"):
            publish(room, story)

    def test_it_voids_no_signature_because_the_claim_is_as_true_as_before(self, room):
        claim = room.verified()
        restrict(room, claim)
        room.settle()
        assert fresh(claim).status == "verified"

    def test_lifting_it_takes_a_reason_and_lets_the_story_run(self, room, edith):
        claim = room.verified()
        story, restriction = room.cleared(claim), restrict(room, claim)
        it = {"claim_id": claim.pk, "restriction_id": restriction.pk, "actor": edith, "now": room.now}
        with assert_refused(ValidationFailed, "REASON_REQUIRED"):
            restrictions.lift_from_claim(**it, reason=" ")
        lifted = restrictions.lift_from_claim(**it, reason="The court has set it aside.")
        assert (lifted.lifted_by, lifted.lift_reason) == (edith, "The court has set it aside.")
        with assert_refused(Conflict, "ALREADY_LIFTED"):
            restrictions.lift_from_claim(**it, reason="Again.")
        assert events(claim)[-1] == "claim.lift_restriction"
        assert publish(room, story).status == "published"

    def test_one_of_two_restrictions_is_enough(self, room, lara):
        claim = room.verified()
        story, first = room.cleared(claim), restrict(room, claim)
        restrict(room, claim, kind="minor", reason="She is twelve.")
        restrictions.lift_from_claim(
            claim_id=claim.pk, restriction_id=first.pk, reason="Set aside.", actor=lara, now=room.now
        )
        with assert_refused(Conflict, "E_RESTRICTED"):
            publish(room, story)

    def test_a_restriction_expires_at_its_time(self, room):
        claim = room.verified()
        story = room.cleared(claim)
        restriction = restrict(room, claim, until=room.now + HOUR)
        room.settle()
        with assert_refused(Conflict, "E_RESTRICTED"):
            publish(room, story)
        room.later(hours=1)
        scheduler.run_due(now=room.now)
        assert fresh(restriction).lifted_at == room.now
        assert fresh(restriction).lifted_by is None
        assert events(claim)[-1] == "restriction.expire"
        room.settle()
        assert fresh(story).gate == "pass"
        assert publish(room, story).status == "published"

    def test_expiry_is_recorded_once_and_not_early(self, room):
        claim = room.claim()
        restriction = restrict(room, claim, until=room.now + HOUR)
        restrictions.expire(restriction_id=restriction.pk, now=room.now)
        assert fresh(restriction).lifted_at is None
        for _ in range(2):
            restrictions.expire(restriction_id=restriction.pk, now=room.now + HOUR)
        assert events(claim).count("restriction.expire") == 1

    def test_a_restricted_part_blocks_its_compound_and_a_restricted_compound_its_parts(self, room, rosa):
        whole = room.claim("The gate was open and the lock was broken.")
        parts = claims.split(
            claim_id=whole.pk, texts=["The gate was open.", "The lock was broken."], actor=rosa, now=room.now
        )
        one, both = room.story(parts[0], mode="attributed"), room.story(*parts, mode="attributed")
        restriction = restrict(room, whole)
        room.settle()
        assert "E_RESTRICTED" not in gates.evaluate(one, now=room.now).result.codes
        assert "E_RESTRICTED" in gates.evaluate(both, now=room.now).result.codes
        assert fresh(both).gate == "block"
        restrictions.lift_from_claim(
            claim_id=whole.pk, restriction_id=restriction.pk, reason="Over.", actor=room.people["lara"], now=room.now
        )
        room.settle()
        assert fresh(both).gate != "block"
        restrict(room, parts[1])
        whole_story = room.story(whole, mode="attributed")
        assert "E_RESTRICTED" in gates.evaluate(whole_story, now=room.now).result.codes

    def test_a_merger_does_not_lift_it(self, room, edith):
        claim, other = room.claim(), room.verified("The gate stood open.")
        restrict(room, claim)
        claims.merge(claim_id=claim.pk, into_id=other.pk, actor=edith, now=room.now)
        story = room.story(other, mode="asserted")
        assert "E_RESTRICTED" in gates.evaluate(story, now=room.now).result.codes

    def test_a_printed_story_stays_up_until_an_editor_withholds_it(self, room, edith):
        claim = room.verified()
        story = room.published(claim)
        restrict(room, claim)
        room.settle()
        assert (fresh(story).status, story.gate, story.remedy) == ("published", "block", "none")
        with assert_refused(Conflict, "E_RESTRICTED"):
            publication.correct(story_id=story.pk, text="A word.", actor=edith, now=room.now)
        publication.withhold(story_id=story.pk, reason="The order.", actor=edith, now=room.now)
        assert fresh(story).status == "withheld"

    def test_a_scheduled_story_does_not_run(self, room, edith):
        claim = room.verified()
        story = room.cleared(claim)
        stories.schedule(story_id=story.pk, at=room.now + HOUR, time_zone="UTC", actor=edith, now=room.now)
        restrict(room, claim)
        publication.publish_due(story_id=story.pk, now=room.later(hours=2))
        assert fresh(story).status == "cleared"

    def test_the_time_needs_an_offset_and_lies_ahead(self, room):
        claim = room.claim()
        with assert_refused(ValidationFailed, "UTC_OFFSET_MISSING"):
            restrict(room, claim, until=datetime(2032, 1, 1))  # noqa: DTZ001 - that is the point
        with assert_refused(ValidationFailed, "OUT_OF_RANGE"):
            restrict(room, claim, until=datetime(9999, 12, 31, tzinfo=UTC))
        with assert_refused(ValidationFailed, "IN_THE_PAST"):
            restrict(room, claim, until=room.now)
        with assert_refused(ValidationFailed, "REASON_REQUIRED"):
            restrict(room, claim, reason="")

    def test_reporters_and_other_desks_cannot(self, room, rosa, carl, cleo):
        claim = room.claim()
        restriction = restrict(room, claim)
        lift = {"claim_id": claim.pk, "restriction_id": restriction.pk, "reason": "No.", "now": room.now}
        for kind, code, person in (
            (Forbidden, "FORBIDDEN", rosa), (NotFound, "NOT_FOUND", carl), (NotFound, "NOT_FOUND", cleo)
        ):  # fmt: skip
            with assert_refused(kind, code):
                restrictions.restrict_claim(claim_id=claim.pk, **COURT, actor=person, now=room.now)
            with assert_refused(kind, code):
                restrictions.lift_from_claim(**lift, actor=person)

    def test_a_restriction_of_another_claim_is_not_lifted_here(self, room, lara):
        claim, other = room.claim(), room.claim("The lock was broken.")
        restriction = restrict(room, other)
        with assert_refused(NotFound, "NOT_FOUND"):
            restrictions.lift_from_claim(
                claim_id=claim.pk, restriction_id=restriction.pk, reason="No.", actor=lara, now=room.now
            )

    def test_a_closed_claim_takes_none_and_a_stale_version_is_refused(self, room, edith):
        claim = room.claim()
        with assert_refused(VersionConflict, "STALE_VERSION"):
            restrict(room, claim, expected_version=9)
        claims.drop(claim_id=claim.pk, reason="Old.", actor=edith, now=room.now)
        with assert_refused(Conflict, "CLAIM_CLOSED"):
            restrict(room, claim)

    def test_a_reason_with_the_name_of_an_unnamed_source_is_refused(self, room):
        claim = room.claim()
        keeper = room.person("a keeper", unnamed=True, identity_name="Jo Quillfeather", identity_known_by="1970")
        room.says(keeper, claim)
        with assert_refused(ValidationFailed, "NAME_IN_TEXT"):
            restrict(room, claim, reason="Jo Quillfeather would be in danger.")


class TestStories:
    def test_a_restricted_story_does_not_run_whatever_it_says(self, room, lara):
        story = room.cleared(room.verified())
        restriction = restrict_story(room, story)
        room.settle()
        assert fresh(story).gate == "block"
        assert not gates.evaluate(story, now=room.now).may_run
        with assert_refused(Conflict, "E_RESTRICTED"):
            publish(room, story)
        restrictions.lift_from_story(
            story_id=story.pk, restriction_id=restriction.pk, reason="Set aside.", actor=lara, now=room.now
        )
        assert events(story)[-1] == "story.lift_restriction"
        assert publish(room, story).status == "published"

    def test_it_ends_by_itself(self, room):
        story = room.cleared(room.verified())
        restrict_story(room, story, until=room.now + HOUR)
        room.later(hours=1)
        scheduler.run_due(now=room.now)
        assert "restriction.expire" in events(story)
        assert publish(room, story).status == "published"

    def test_reporters_and_other_desks_cannot(self, room, rosa, carl):
        story = room.story()
        restriction = restrict_story(room, story)
        for kind, code, person in ((Forbidden, "FORBIDDEN", rosa), (NotFound, "NOT_FOUND", carl)):
            with assert_refused(kind, code):
                restrictions.restrict_story(story_id=story.pk, **COURT, actor=person, now=room.now)
            with assert_refused(kind, code):
                restrictions.lift_from_story(
                    story_id=story.pk, restriction_id=restriction.pk, reason="No.", actor=person, now=room.now
                )


class TestTheDatabase:
    def test_a_restriction_concerns_one_claim_or_one_story(self, room, lara):
        fields = {"kind": "court", "reason": "An order.", "restricted_by": lara, "restricted_at": room.now}
        claim, story = room.claim(), room.story()
        for subject in ({}, {"claim": claim, "story": story}):
            with assert_rejected_by_database("restriction_of_a_claim_or_a_story"):
                Restriction.objects.create(**fields, **subject)
        for wrong, constraint in (
            ({"kind": "mood"}, "restriction_kind_known"),
            ({"reason": ""}, "restriction_has_a_reason"),
            ({"until": room.now}, "restriction_ends_after_it_begins"),
            ({"lifted_at": room.now}, "restriction_lifted_by_somebody_or_over"),
            ({"lifted_at": room.now, "lifted_by": lara}, "restriction_lifted_by_somebody_or_over"),
            ({"lift_reason": "Over."}, "restriction_lifted_by_somebody_or_over"),
            (
                {"until": room.now + HOUR, "lifted_at": room.now + timedelta(minutes=1)},
                "restriction_lifted_by_somebody_or_over",
            ),
        ):
            with assert_rejected_by_database(constraint):
                Restriction.objects.create(**fields | wrong, claim=claim)


def test_a_story_restricted_while_it_is_being_published_does_not_run(parallel):
    claim = parallel.verified()
    assert_publication_waits(parallel, parallel.cleared(claim), claim)


def test_restricting_a_compound_while_its_parts_are_being_published_blocks_the_story(parallel):
    """Publishing locks the parts alone, so restricting the compound has to lock them, too."""
    whole, parts = parallel.claim(), (parallel.verified("It was open."), parallel.verified("It was broken."))
    for part in parts:
        CompoundMember.objects.create(compound=whole, member=part)
    assert_publication_waits(parallel, parallel.cleared(*parts), whole)


def assert_publication_waits(room, story, claim):
    """A publication that meets a restriction under way waits for it, and is refused."""
    refusal = run_behind(lambda: restrict(room, claim), lambda: publish(room, story))
    assert isinstance(refusal, Conflict)
    assert {reason.code for reason in refusal.reasons} == {"E_RESTRICTED"}
    assert fresh(story).status == "cleared"
