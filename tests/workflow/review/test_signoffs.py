"""Sign-offs: a fact-checker proposes, an uninvolved editor approves, and a change of facts voids them."""

from __future__ import annotations

from datetime import timedelta

import pytest

from editorial.models import Claim, Signoff
from editorial.workflow.core.errors import Conflict, Forbidden
from editorial.workflow.evidence import briefings, claims, statements
from editorial.workflow.review import signoffs
from editorial.workflow.stories import publication, stories
from tests.support.cast import assert_refused, events, fresh

pytestmark = pytest.mark.exhaustive  # plays whole stories


def propose(room, claim, by="felix"):
    return signoffs.propose(claim_id=claim.pk, actor=room.people[by], now=room.now)


def approve(room, proposal, by="edgar"):
    return signoffs.approve(signoff_id=proposal.pk, actor=room.people[by], now=room.now)


def test_a_finding_takes_effect_by_signature_only(room, felix, edgar):
    claim = room.corroborated()
    assert (claim.assessments.latest().finding, claim.status) == ("verified", "under_investigation")
    proposal = propose(room, claim)
    assert fresh(claim).status == "under_investigation"
    signed = approve(room, proposal)
    assert fresh(claim).status == "verified"
    assert (signed.proposed_by, signed.decided_by) == (felix, edgar)
    assert events(claim)[-2:] == ["signoff.propose", "signoff.approve"]


def test_a_refuted_claim_is_signed_too(room):
    claim = room.claim()
    for _ in range(2):
        room.denied(claim)
    room.settle()
    assert fresh(claim).status == "under_investigation"
    approve(room, propose(room, claim))
    assert fresh(claim).status == "refuted"


def test_a_claim_without_a_finding_cannot_be_signed(room):
    claim = room.claim()
    with assert_refused(Conflict, "NOTHING_TO_SIGN"):
        propose(room, claim)
    opinion = room.claim(kind="opinion")
    with assert_refused(Conflict, "NOTHING_TO_SIGN"):
        propose(room, opinion)


def test_one_proposal_at_a_time(room):
    claim = room.corroborated()
    propose(room, claim)
    with assert_refused(Conflict, "PROPOSED_ALREADY"):
        propose(room, claim, by="faye")


def test_a_signature_that_no_longer_counts_is_rejected_before_a_new_proposal_and_the_refusal_says_so(room, edgar):
    claim = room.verified()
    room.story(claim, by="edgar")  # the approver becomes an author
    room.settle()
    assert claim.tasks.get(kind="SECOND_REVIEW").state == "open"
    with pytest.raises(Conflict, match="no longer counts, have an editor reject it first"):
        propose(room, claim, by="faye")
    signed = Signoff.objects.get(claim=claim, state="approved")
    signoffs.reject(signoff_id=signed.pk, reason="He writes on it.", actor=room.people["edith"], now=room.now)
    assert propose(room, claim, by="faye").state == "proposed"


class TestFourEyes:
    def test_the_author_of_a_story_on_the_claim_does_not_approve(self, room):
        claim = room.corroborated()
        room.story(claim, by="edgar")
        proposal = propose(room, claim)
        with assert_refused(Conflict, "WROTE_STORY"):
            approve(room, proposal)

    def test_the_author_of_a_story_on_the_compound_does_not_approve_a_member(self, room, rosa):
        compound = room.claim()
        part, _ = claims.split(claim_id=compound.pk, texts=["A.", "B."], actor=rosa, now=room.now)
        for _ in range(2):
            room.says(room.person(), part)
        room.story(compound, by="edgar")
        proposal = propose(room, part)
        with assert_refused(Conflict, "WROTE_STORY"):
            approve(room, proposal)

    def test_the_collector_of_counted_evidence_does_not_approve(self, room):
        claim = room.claim()
        room.says(room.person(), claim, by="edgar")
        room.says(room.person(), claim)
        proposal = propose(room, claim)
        with assert_refused(Conflict, "COLLECTED_EVIDENCE"):
            approve(room, proposal)

    def test_evidence_that_does_not_count_does_not_exclude_its_collector(self, room):
        claim = room.corroborated()
        room.says(room.source("outlet"), claim, "unaware", by="edgar")
        assert approve(room, propose(room, claim)).state == "approved"

    def test_the_proposer_does_not_approve_in_any_role(self, room, felix):
        felix.memberships.create(desk=room.desk, role="editor")
        proposal = propose(room, room.corroborated())
        with assert_refused(Conflict, "PROPOSED"):
            approve(room, proposal, by="felix")

    def test_the_standards_review_needs_another_person(self, room, stan, edgar):
        claim = room.corroborated(risk="serious")
        stan.memberships.create(desk=room.desk, role="editor")
        proposal = propose(room, claim)
        with assert_refused(Conflict, "STANDARDS_NEEDED"):
            approve(room, proposal)
        signoffs.read_standards(claim_id=claim.pk, actor=stan, now=room.now)
        with assert_refused(Conflict, "FOUR_EYES"):
            approve(room, proposal, by="stan")
        approve(room, proposal)
        assert fresh(claim).status == "verified"

    def test_the_approver_and_an_author_do_not_give_the_standards_review(self, room, stan, edgar):
        claim = room.corroborated(risk="serious")
        room.story(claim, by="edgar")
        edgar.memberships.create(desk=room.desk, role="standards_editor")
        with assert_refused(Forbidden, "FOUR_EYES"):
            signoffs.read_standards(claim_id=claim.pk, actor=edgar, now=room.now)


class TestReviews:
    def test_a_serious_claim_needs_a_standards_and_a_legal_review(self, room, stan, lara):
        claim = room.claim(risk="serious")
        signoffs.read_standards(claim_id=claim.pk, actor=stan, now=room.now)
        signoffs.read_legal(claim_id=claim.pk, reason="Fair comment.", actor=lara, now=room.now)
        assert set(claim.signoffs.values_list("kind", "state")) == {("standards", "approved"), ("legal", "approved")}
        with assert_refused(Conflict, "READ_ALREADY"):
            signoffs.read_legal(claim_id=claim.pk, actor=lara, now=room.now)

    def test_a_less_risky_claim_needs_no_review(self, room, stan, lara):
        claim = room.claim(risk="contentious")
        with assert_refused(Conflict, "NOT_NEEDED"):
            signoffs.read_standards(claim_id=claim.pk, actor=stan, now=room.now)
        with assert_refused(Conflict, "NOT_NEEDED"):
            signoffs.read_legal(claim_id=claim.pk, actor=lara, now=room.now)

    def test_a_compound_is_as_risky_as_its_riskiest_member(self, room, rosa, stan, lara):
        compound = room.claim(risk="routine")
        part, _ = claims.split(claim_id=compound.pk, texts=["A.", "B."], actor=rosa, now=room.now)
        claims.revise(claim_id=part.pk, risk="serious", actor=rosa, now=room.now)
        for each in (compound, part):
            signoffs.read_standards(claim_id=each.pk, actor=stan, now=room.now)
            signoffs.read_legal(claim_id=each.pk, actor=lara, now=room.now)
        assert compound.signoffs.count() == 2

    def test_a_review_survives_a_change_of_the_claim_but_not_a_new_finding(self, room, lara):
        claim = room.claim(risk="serious")
        signoffs.read_legal(claim_id=claim.pk, actor=lara, now=room.now)
        room.settle()
        assert claim.signoffs.get().state == "approved"
        room.says(room.person(), claim)
        room.denied(claim)
        room.settle()
        assert claim.assessments.latest().finding == "disputed"
        assert claim.signoffs.get().state == "voided"


class TestVoiding:
    def test_withdrawn_evidence_voids_the_signature_and_the_status(self, room, rosa):
        claim = room.verified()
        statements.end(
            ended="withdrawn",
            statement_id=claim.statements.first().pk,
            reason="Phoned.",
            actor=rosa,
            now=room.later(hours=1),
        )
        room.settle()
        assert fresh(claim).status in ("unverified", "under_investigation")
        assert Signoff.objects.get(claim=claim, kind="finding").voided_at == room.now
        assert events(claim)[-1] == "signoff.void"

    def test_further_evidence_for_the_finding_voids_nothing(self, room):
        claim = room.verified()
        room.says(room.person(), claim)
        room.settle()
        assert fresh(claim).status == "verified"

    def test_a_proposal_is_void_if_the_finding_has_changed(self, room, rosa):
        claim = room.corroborated()
        proposal = propose(room, claim)
        statements.end(
            ended="withdrawn", statement_id=claim.statements.first().pk, reason="Phoned.", actor=rosa, now=room.now
        )
        with assert_refused(Conflict, "FINDING_CHANGED"):
            approve(room, proposal)
        room.settle()
        with assert_refused(Conflict, "DECIDED_ALREADY"):
            approve(room, proposal)

    def test_the_system_moves_toward_caution_only(self, room, rosa, felix):
        """Evidence that was withdrawn and comes again has to be signed again."""
        claim = room.verified()
        statement = claim.statements.first()
        statements.end(ended="withdrawn", statement_id=statement.pk, reason="Phoned.", actor=rosa, now=room.now)
        room.settle()
        room.says(statement.source, claim)
        room.settle()
        assert claim.assessments.latest().finding == "verified"
        assert fresh(claim).status == "under_investigation"


def test_rejecting_gives_a_reason_and_allows_a_new_proposal(room, edgar):
    claim = room.corroborated()
    proposal = propose(room, claim)
    signoffs.reject(signoff_id=proposal.pk, reason="One of them is her brother.", actor=edgar, now=room.now)
    assert fresh(proposal).state == "rejected"
    with assert_refused(Conflict, "DECIDED_ALREADY"):
        approve(room, proposal)
    assert propose(room, claim, by="faye").state == "proposed"


def test_an_approval_can_be_revoked(room, edgar):
    claim = room.verified()
    signed = Signoff.objects.get(claim=claim)
    signoffs.reject(signoff_id=signed.pk, reason="I was wrong.", actor=edgar, now=room.now)
    assert fresh(claim).status == "under_investigation"


def test_recording_a_briefing_statement_again_counts_as_gathering_evidence(room, rosa, edgar):
    claim = room.claim()
    for _ in range(2):
        room.says(room.person(), claim)
    briefing = briefings.record(desk_id=room.desk.pk, name="Noon call", actor=rosa, now=room.now)
    voice = claim.statements.first().source
    room.says(voice, claim, briefing=briefing.pk, by="edgar")  # makes no group, and counts
    proposal = propose(room, claim)
    with assert_refused(Conflict, "COLLECTED_EVIDENCE"):
        approve(room, proposal, by="edgar")


class TestCompounds:
    @pytest.fixture
    def compound(self, room, rosa):
        compound = room.claim("A and B.")
        for part in claims.split(claim_id=compound.pk, texts=["A.", "B."], actor=rosa, now=room.now):
            for _ in range(2):
                room.says(room.person(), part)
        room.settle()
        return compound

    @pytest.mark.parametrize("whole_first", [True, False])
    def test_a_compound_is_signed_with_all_its_members(self, room, compound, whole_first):
        parts = list(compound.parts.order_by("pk"))
        for claim in [compound, *parts] if whole_first else [*parts, compound]:
            assert fresh(compound).status == "under_investigation"
            room.sign(claim)
        assert fresh(compound).status == "verified"

    def test_an_approver_who_later_collects_evidence_for_a_member_no_longer_counts(self, room, compound):
        parts = list(compound.parts.order_by("pk"))
        for part in parts:
            approve(room, propose(room, part), by="edith")
        approve(room, propose(room, compound), by="edgar")
        story = room.cleared(compound)
        room.says(room.person(), parts[0], by="edgar")
        with assert_refused(Conflict, "E_ASSERTED_UNVERIFIED", "E_FOUR_EYES"):
            publication.publish(story_id=story.pk, actor=room.people["sena"], now=room.now)

    def test_a_compound_falls_with_any_member(self, room, compound, rosa):
        for claim in (compound, *compound.parts.all()):
            room.sign(claim)
        part = compound.parts.first()
        claims.revise(claim_id=part.pk, text="A, more or less.", actor=rosa, now=room.now)
        room.settle()
        assert fresh(compound).status == "under_investigation"

    def test_a_refuted_compound_is_signed_while_another_member_is_open(self, room, rosa):
        compound = room.claim("C and D.")
        false, _ = claims.split(claim_id=compound.pk, texts=["C.", "D."], actor=rosa, now=room.now)
        for _ in range(2):
            room.denied(false)
        room.settle()
        for claim in (false, compound):
            room.sign(claim)
        assert fresh(compound).status == "refuted"
        story = room.cleared(compound, mode="debunk")
        stories.confirm_condition(
            story_id=story.pk, claim_id=compound.pk, code="C_LEAD_WITH_FACT", actor=room.people["cora"], now=room.now
        )
        assert publication.publish(story_id=story.pk, actor=room.people["edith"], now=room.now).status == "published"


def test_a_merged_or_dropped_claim_is_not_reviewed(room, felix, lara):
    claim = room.claim(risk="serious")
    claims.drop(claim_id=claim.pk, reason="Gossip.", actor=felix, now=room.now)
    with assert_refused(Conflict, "DROPPED"):
        signoffs.read_legal(claim_id=claim.pk, actor=lara, now=room.now + timedelta(minutes=1))
    assert Claim.objects.get().dropped_at
