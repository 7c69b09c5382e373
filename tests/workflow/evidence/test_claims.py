"""Claims: file, revise, split, merge, drop."""

from __future__ import annotations

import pytest

from editorial.models import Claim, CompoundMember, MessageKind, PublishedUse, Relay, Statement
from editorial.workflow.core.errors import Conflict, NotFound, ValidationFailed
from editorial.workflow.evidence import claims, statements
from editorial.workflow.review import replies, signoffs
from editorial.workflow.stories import gates, stories
from tests.support.cast import HOUR, assert_refused, count_pending_jobs, events


def test_a_claim_is_serious_by_default(room, rosa):
    claim = claims.file(desk_id=room.desk.pk, text=" The gate was open. ", actor=rosa, now=room.now)
    assert (claim.risk, claim.kind, claim.status, claim.text) == (
        "serious",
        "content",
        "unverified",
        "The gate was open.",
    )


def test_an_opinion_has_no_status(room):
    assert room.claim("The gate is ugly.", kind="opinion").status == ""


def test_a_claim_becomes_an_opinion_and_back(room, rosa):
    claim = room.claim()
    claims.revise(claim_id=claim.pk, kind="opinion", actor=rosa, now=room.now)
    assert Claim.objects.get().status == ""
    claims.revise(claim_id=claim.pk, kind="content", actor=rosa, now=room.now)
    assert Claim.objects.get().status == "unverified"


def test_the_accused_of_a_claim_are_stored_and_can_be_changed(room, rosa):
    fenn, ode = room.person(), room.person()
    claim = room.claim(adverse_to=[fenn.pk])
    claims.revise(claim_id=claim.pk, adverse_to=[ode.pk], actor=rosa, now=room.now)
    assert list(claim.adverse_to.all()) == [ode]
    assert events(claim) == ["claim.file", "claim.revise"]


def test_an_unchanged_claim_is_not_saved(room, rosa):
    claim = room.claim()
    before = claim.version
    with_same = {"text": claim.text, "risk": claim.risk, "adverse_to": []}
    claims.revise(claim_id=claim.pk, **with_same, actor=rosa, now=room.now)
    assert events(claim) == ["claim.file"]
    assert Claim.objects.get().version == before


def test_revising_a_signed_claim_voids_its_signature_and_status_immediately(room, rosa):
    claim = room.verified()
    assert claim.status == "verified"
    claims.revise(claim_id=claim.pk, text="The gate was wide open.", actor=rosa, now=room.now)
    claim.refresh_from_db()
    assert claim.status == "under_investigation"
    assert not claim.signoffs.filter(state="approved").exists()
    assert events(claim)[-2:] == ["signoff.void", "claim.revise"]


class TestSplitting:
    def test_the_claim_becomes_the_compound_of_its_members(self, room, rosa):
        claim = room.claim("The gate was open and the guard asleep.", risk="serious")
        parts = claims.split(claim_id=claim.pk, texts=["Open.", " ", "Asleep."], actor=rosa, now=room.now)
        assert [part.text for part in parts] == ["Open.", "Asleep."]
        assert list(claim.parts.order_by("pk")) == parts
        assert {part.risk for part in parts} == {"serious"}
        assert events(parts[0]) == ["claim.file"]
        assert all(count_pending_jobs(MessageKind.ASSESS_CLAIM, each) == 1 for each in (claim, *parts))

    def test_statements_move_with_their_repeats(self, room, rosa):
        claim = room.claim()
        origin = room.says(room.person(), claim)
        repeat = room.says(room.source("outlet"), claim, directness="relayed")
        statements.relay(derived_id=repeat.pk, origin_id=origin.pk, actor=rosa, now=room.now)
        first, _ = claims.split(claim_id=claim.pk, texts=["Open.", "Asleep."], actor=rosa, now=room.now)
        assert {statement.claim_id for statement in Statement.objects.all()} == {first.pk}
        assert Relay.objects.get().origin == origin

    def test_the_accused_of_a_compound_are_accused_by_its_members(self, room, rosa):
        party = room.person()
        claim = room.claim(adverse_to=[party.pk])
        for part in claims.split(claim_id=claim.pk, texts=["Open.", "Asleep."], actor=rosa, now=room.now):
            assert list(part.adverse_to.all()) == [party]

    def test_a_denial_by_the_accused_refutes_no_member_either(self, room, rosa):
        party = room.person()
        claim = room.claim(risk="routine", adverse_to=[party.pk])
        room.says(party, claim, "denies")
        first, _ = claims.split(claim_id=claim.pk, texts=["Open.", "Asleep."], actor=rosa, now=room.now)
        room.settle()
        assert Claim.objects.get(pk=first.pk).status != "refuted"
        assert first.assessments.latest().finding != "refuted"

    def test_an_opinion_a_member_and_a_compound_are_not_split(self, room, rosa):
        def split(claim):
            return claims.split(claim_id=claim.pk, texts=["A.", "B."], actor=rosa, now=room.now)

        opinion = room.claim(kind="opinion")
        with assert_refused(Conflict, "JUDGEMENT"):
            split(opinion)
        compound = room.claim()
        part, _ = split(compound)
        for split_claim in (compound, part):
            with assert_refused(Conflict, "COMPOUND"):
                split(split_claim)

    def test_two_propositions_are_needed(self, room, rosa):
        claim = room.claim()
        with assert_refused(ValidationFailed, "TOO_FEW"):
            claims.split(claim_id=claim.pk, texts=["Open.", "  "], actor=rosa, now=room.now)


class TestMerging:
    def test_evidence_replies_and_uses_move_to_the_remaining_claim(self, room, rosa, felix):
        party = room.person()
        claim, into = room.claim(adverse_to=[party.pk]), room.claim("The gate stood open.")
        statement = room.says(room.person(), claim)
        request = replies.send(
            to_id=party.pk, covers=[claim.pk], question="?", deadline_at=room.now + HOUR, reason="It runs tonight.",
            actor=rosa, now=room.now,
        )  # fmt: skip
        story = room.story(claim, relies_on=[str(statement.pk)])
        claims.merge(claim_id=claim.pk, into_id=into.pk, actor=felix, now=room.now)
        statement.refresh_from_db()
        assert statement.claim == into
        assert list(into.adverse_to.all()) == [party]
        assert set(request.covers.all()) == {claim, into}
        assert [use.claim for use in story.uses.all()] == [into]
        assert [event[-1] for event in (events(claim), events(into))] == ["claim.merge", "claim.merge"]

    def test_a_merged_claim_cannot_be_changed(self, room, felix, rosa):
        claim, into = room.claim(), room.claim()
        claims.merge(claim_id=claim.pk, into_id=into.pk, actor=felix, now=room.now)
        with assert_refused(Conflict, "MERGED"):
            claims.revise(claim_id=claim.pk, text="Again.", actor=rosa, now=room.now)
        witness = room.person()
        with assert_refused(Conflict, "CLAIM_CLOSED"):
            room.says(witness, claim)
        with assert_refused(Conflict, "MERGED"):
            claims.merge(claim_id=into.pk, into_id=claim.pk, actor=felix, now=room.now)

    def test_a_story_that_uses_both_keeps_the_more_demanding_use(self, room, felix):
        claim, into = room.claim(), room.claim()
        statement = room.says(room.person(), claim)
        story = room.story(claim, mode="asserted")
        stories.revise(
            story_id=story.pk,
            uses=[
                {"claim": str(claim.pk), "mode": "asserted", "central": True, "relies_on": [str(statement.pk)]},
                {"claim": str(into.pk), "mode": "omitted", "central": False},
            ],
            actor=room.people["rosa"],
            now=room.now,
        )
        claims.merge(claim_id=claim.pk, into_id=into.pk, actor=felix, now=room.now)
        use = story.uses.get()
        assert (use.claim, use.mode, use.central) == (into, "asserted", True)
        assert [reliance.statement for reliance in use.evidence_links.all()] == [statement]

    def test_published_uses_move_to_the_remaining_claim(self, room, felix):
        claim, into = room.verified("Open."), room.claim("It was open.")
        story = room.published(claim)
        claims.merge(claim_id=claim.pk, into_id=into.pk, actor=felix, now=room.now)
        printed = PublishedUse.objects.get(story=story)
        assert (printed.claim, printed.mode, printed.finding) == (into, "asserted", "verified")
        assert count_pending_jobs(MessageKind.REEVALUATE_STORY, story) == 1

    def test_merging_voids_the_signatures_of_both(self, room, felix):
        claim, into = room.verified("Open."), room.verified("It was open.")
        claims.merge(claim_id=claim.pk, into_id=into.pk, actor=felix, now=room.now)
        into.refresh_from_db()
        assert into.status == "under_investigation"
        room.settle()
        into.refresh_from_db()
        assert into.status == "under_investigation"
        assert into.assessments.latest().independent == 4

    def test_a_claim_is_merged_with_neither_itself_nor_another_kind_nor_a_compound(self, room, felix, city):
        def merge(claim, into):
            return claims.merge(claim_id=claim.pk, into_id=into.pk, actor=felix, now=room.now)

        claim, utterance, compound = room.claim(), room.claim(kind="utterance"), room.claim()
        unseen = room.claim(by="cleo", desk_id=city.pk)
        with assert_refused(ValidationFailed, "SAME_OBJECT"):
            merge(claim, claim)
        with assert_refused(Conflict, "KIND_MISMATCH"):
            merge(claim, utterance)
        CompoundMember.objects.create(compound=compound, member=room.claim())
        with assert_refused(Conflict, "COMPOUND"):
            merge(compound, claim)
        with assert_refused(NotFound, "NOT_FOUND"):
            merge(claim, unseen)


class TestDropping:
    def test_an_unused_claim_is_dropped_with_its_tasks(self, room, felix):
        claim = room.claim()
        room.settle()
        assert claim.tasks.filter(state="open").exists()
        claims.drop(claim_id=claim.pk, reason="Gossip.", actor=felix, now=room.now)
        room.settle()
        assert set(claim.tasks.values_list("state", flat=True)) == {"closed"}
        assert events(claim)[-1] == "claim.drop"

    def test_a_claim_in_use_is_not_dropped(self, room, felix):
        claim = room.claim()
        room.story(claim, mode="attributed")
        with assert_refused(Conflict, "IN_USE"):
            claims.drop(claim_id=claim.pk, reason="Gossip.", actor=felix, now=room.now)

    def test_a_published_claim_is_not_dropped(self, room, felix):
        claim = room.verified()
        story = room.published(claim)
        stories.revise(story_id=story.pk, uses=[], actor=room.people["edith"], now=room.now)
        with assert_refused(Conflict, "IN_USE"):
            claims.drop(claim_id=claim.pk, reason="Gossip.", actor=felix, now=room.now)

    def test_a_member_is_not_dropped_before_its_compound(self, room, felix, rosa):
        part, _ = claims.split(claim_id=room.claim().pk, texts=["A.", "B."], actor=rosa, now=room.now)
        with assert_refused(Conflict, "PART"):
            claims.drop(claim_id=part.pk, reason="Gossip.", actor=felix, now=room.now)

    def test_a_dropped_claim_cannot_be_signed(self, room, felix):
        claim = room.corroborated()
        claims.drop(claim_id=claim.pk, reason="Gossip.", actor=felix, now=room.now)
        with pytest.raises(Conflict):
            signoffs.propose(claim_id=claim.pk, actor=felix, now=room.now)


class TestContext:
    def test_a_claim_that_needs_context_keeps_its_signature(self, room, rosa):
        claim = room.verified()
        story = room.cleared(claim)
        claims.revise(claim_id=claim.pk, needs_context=True, actor=rosa, now=room.now)
        room.settle()
        claim.refresh_from_db()
        story.refresh_from_db()
        assert (claim.status, story.gate) == ("verified", "conditional")
        assert gates.evaluate(story, now=room.now).result.codes == ("C_CONTEXT",)

    def test_a_new_wording_voids_the_signature_whatever_else_changes(self, room, rosa):
        claim = room.verified()
        claims.revise(claim_id=claim.pk, text="It was ajar.", needs_context=True, actor=rosa, now=room.now)
        claim.refresh_from_db()
        assert claim.status == "under_investigation"

    def test_a_merger_keeps_the_need_for_context(self, room, felix):
        claim, into = room.claim(needs_context=True), room.claim("It stood open.")
        claims.merge(claim_id=claim.pk, into_id=into.pk, actor=felix, now=room.now)
        into.refresh_from_db()
        assert into.needs_context

    def test_a_reporter_at_another_desk_cannot_set_it(self, room, carl):
        claim = room.claim()
        with assert_refused(NotFound, "NOT_FOUND"):
            claims.revise(claim_id=claim.pk, needs_context=True, actor=carl, now=room.now)


class TestNamesOfSources:
    """A text must not contain the name of any source that it concerns, however the two come together."""

    @pytest.fixture
    def keeper(self, room):
        identity = {"identity_name": "Zephyrine Quillfeather", "identity_known_by": "1970-03-12"}
        return room.person("a keeper", unnamed=True, **identity)

    @pytest.fixture
    def naming(self, room):
        """A claim that was filed before anybody knew that it names a source."""
        return room.claim("Quillfeather opened the gate.")

    def test_the_text_is_compared_with_new_adverse_parties(self, room, naming, keeper, rosa):
        with pytest.raises(ValidationFailed, match="the surname of a confidential source"):
            claims.revise(claim_id=naming.pk, adverse_to=[keeper.pk], actor=rosa, now=room.now)

    @pytest.mark.parametrize("naming_comes_first", [True, False])
    def test_a_merger_compares_both_claims_with_the_speakers_of_the_other(
        self, room, naming, keeper, felix, naming_comes_first
    ):
        other = room.claim()
        room.says(keeper, other)
        claim, into = (naming, other) if naming_comes_first else (other, naming)
        with pytest.raises(ValidationFailed, match="the surname of a confidential source"):
            claims.merge(claim_id=claim.pk, into_id=into.pk, actor=felix, now=room.now)

    def test_a_merger_compares_quotes(self, room, keeper, felix):
        claim, into = room.claim(), room.claim("The gate stood open.")
        room.says(room.person(), claim, quote="I saw Quillfeather.")
        room.says(keeper, into)
        with pytest.raises(ValidationFailed, match="One of these texts contains the name of a confidential source"):
            claims.merge(claim_id=claim.pk, into_id=into.pk, actor=felix, now=room.now)
