"""What checking a document or an observation has shown."""

from __future__ import annotations

import pytest

from editorial.models import Source
from editorial.workflow.core.errors import Conflict, ValidationFailed
from editorial.workflow.evidence import facts, sources
from tests.models.constraints import assert_rejected_by_database
from tests.support.cast import assert_refused, events, exceptions_in, run_concurrently


class TestAuthenticity:
    """Authenticating a document or an observation records that it is genuine, or what kind of fake it is."""

    def check(self, room, source, result, by="felix"):
        actor = room.people[by]
        return sources.authenticate(
            source_id=source.pk, result=result, reason="Compared with the register.", actor=actor, now=room.now
        )

    @pytest.mark.parametrize("fake", ["altered", "forged", "satire", "synthetic"])
    def test_a_claim_that_rests_on_a_fake_is_withdrawn(self, room, fake):
        claim = room.claim(risk="routine")
        document = room.paper(establishes=[claim.pk])
        room.says(document, claim)
        room.settle()
        assert claim.assessments.latest().finding == "verified"
        self.check(room, document, fake)
        assert events(document)[-1] == "source.authenticate"
        room.settle()
        assert claim.assessments.latest().finding == "withdrawn"
        assert facts.case([claim.pk], now=room.now).sources[str(document.pk)].is_fake

    def test_a_result_is_replaced_or_revoked_but_not_repeated(self, room):
        document = room.paper(authenticated=False)
        for result in ("forged", "genuine", "unknown"):
            self.check(room, document, result)
            document.refresh_from_db()
            assert document.established_authenticity == result
        with assert_refused(Conflict, "AUTHENTICATED"):
            self.check(room, document, "unknown")
        with assert_refused(ValidationFailed, "UNKNOWN_RESULT"):
            self.check(room, document, "old")

    def test_the_previous_version_still_authenticates(self, room):
        """During an upgrade it writes only `authenticated`; a fake stays a fake."""
        document, forged = room.paper(authenticated=False), room.paper(authenticated=False)
        self.check(room, forged, "forged")
        Source.objects.filter(pk__in=[document.pk, forged.pk]).update(authenticated=True)
        for source, found in ((document, "genuine"), (forged, "forged")):
            source.refresh_from_db()
            assert source.established_authenticity == found

    def test_people_are_neither_genuine_nor_fake(self, room):
        person = room.person()
        with assert_refused(Conflict, "NOT_A_DOCUMENT"):
            self.check(room, person, "forged")

    def test_the_database_knows_the_results_and_who_can_have_one(self, room):
        document, person = room.paper(), room.person()
        with assert_rejected_by_database("source_authenticity_known"):
            Source.objects.filter(pk=document.pk).update(authenticity="old")
        with assert_rejected_by_database("source_only_records_have_authenticity"):
            Source.objects.filter(pk=person.pk).update(authenticity="forged")

    def test_two_concurrent_authentications_record_one_result(self, parallel):
        document = parallel.paper(authenticated=False)
        checks = [lambda by=by: self.check(parallel, document, "forged", by) for by in ("felix", "faye")]
        outcomes = run_concurrently(*checks)
        (refusal,) = exceptions_in(outcomes)
        assert [reason.code for reason in refusal.reasons] == ["AUTHENTICATED"]
