"""Constraints of claims."""

from __future__ import annotations

import pytest

from editorial.models import AdverseParty, CarriedClaim, Claim, CompoundMember, Statement
from tests.models.constraints import assert_rejected_by_database
from tests.support.cast import exceptions_in, run_concurrently


@pytest.fixture
def compound(room):
    """A compound of two parts."""
    whole, first, other = room.claim("A and B."), room.claim("A."), room.claim("B.")
    for part in (first, other):
        CompoundMember.objects.create(compound=whole, member=part)
    return whole


def test_a_member_is_not_itself_a_compound(room, compound):
    part = compound.parts.first()
    with assert_rejected_by_database("a member of a compound cannot be a compound"):
        CompoundMember.objects.create(compound=part, member=room.claim())


def test_a_compound_is_not_a_member(room, compound):
    with assert_rejected_by_database("a member of a compound cannot be a compound"):
        CompoundMember.objects.create(compound=room.claim(), member=compound)


def test_moving_a_member_obeys_the_same_rules(room, compound):
    other = CompoundMember.objects.create(compound=room.claim(), member=room.claim())
    with assert_rejected_by_database("a member of a compound cannot be a compound"):
        CompoundMember.objects.filter(pk=other.pk).update(member=compound)


def test_a_claim_is_not_a_member_of_itself(room):
    claim = room.claim()
    with assert_rejected_by_database("compoundmember_not_of_itself|a member of a compound cannot be a compound"):
        CompoundMember.objects.create(compound=claim, member=claim)


def test_an_opinion_is_not_a_member_and_has_none(room):
    opinion, claim = room.claim(kind="opinion"), room.claim()
    with assert_rejected_by_database("a judgement cannot be a compound"):
        CompoundMember.objects.create(compound=claim, member=opinion)
    with assert_rejected_by_database("a judgement cannot be a compound"):
        CompoundMember.objects.create(compound=opinion, member=claim)


def test_a_member_or_a_compound_never_becomes_an_opinion(compound):
    for claim in (compound, compound.parts.first()):
        with assert_rejected_by_database("a judgement cannot be a compound"):
            Claim.objects.filter(pk=claim.pk).update(kind="opinion", status="")


def test_a_claim_with_statements_does_not_become_a_compound(room):
    claim = room.claim()
    room.says(room.person(), claim)
    with assert_rejected_by_database("statements attach to members"):
        CompoundMember.objects.create(compound=claim, member=room.claim())


def test_only_opinions_have_no_status(room):
    claim, opinion = room.claim(), room.claim(kind="opinion")
    with assert_rejected_by_database("claim_only_judgements_have_no_status"):
        Claim.objects.filter(pk=claim.pk).update(status="")
    with assert_rejected_by_database("claim_only_judgements_have_no_status"):
        Claim.objects.filter(pk=opinion.pk).update(status="verified")


def test_a_claim_has_text_and_is_not_merged_into_itself(room):
    claim = room.claim()
    with assert_rejected_by_database("claim_text_not_empty"):
        Claim.objects.filter(pk=claim.pk).update(text="")
    with assert_rejected_by_database("claim_not_merged_into_itself"):
        Claim.objects.filter(pk=claim.pk).update(merged_into=claim)


def test_a_party_accused_by_a_claim_is_listed_once(room):
    claim, party = room.claim(), room.person()
    AdverseParty.objects.create(claim=claim, source=party)
    with assert_rejected_by_database("adverseparty_once"):
        AdverseParty.objects.create(claim=claim, source=party)


def test_a_statement_and_a_member_added_concurrently_conflict(parallel, rosa):
    for _ in range(8):
        claim, part, source = parallel.claim(), parallel.claim(), parallel.person()
        outcomes = run_concurrently(
            lambda claim=claim, part=part: CompoundMember.objects.create(compound=claim, member=part),
            lambda claim=claim, source=source: Statement.objects.create(
                claim=claim,
                source=source,
                stance="affirms",
                directness="first_hand",
                terms="on_record",
                collected_by=rosa,
                recorded_at=parallel.now,
            ),
        )
        assert len(exceptions_in(outcomes)) == 1
        assert claim.member_links.exists() != claim.statements.exists()


def test_two_concurrent_links_cannot_chain_compounds(parallel):
    for _ in range(8):
        top, middle, bottom = (parallel.claim() for _ in range(3))
        outcomes = run_concurrently(
            lambda top=top, middle=middle: CompoundMember.objects.create(compound=top, member=middle),
            lambda middle=middle, bottom=bottom: CompoundMember.objects.create(compound=middle, member=bottom),
        )
        assert len(exceptions_in(outcomes)) == 1


class TestCarriedClaims:
    @pytest.fixture
    def said(self, room):
        """An utterance that carries a claim."""
        utterance = room.claim("Fenn said that the gate was open.", kind="utterance")
        CarriedClaim.objects.create(utterance=utterance, carried=room.claim())
        return utterance

    @pytest.mark.parametrize("kind", ["content", "opinion", "forecast"])
    def test_only_an_utterance_carries_claims(self, room, said, kind):
        with assert_rejected_by_database("only an utterance carries claims"):
            CarriedClaim.objects.create(utterance=room.claim(kind=kind), carried=room.claim())
        link = said.carried_links.get()
        with assert_rejected_by_database("only an utterance carries claims"):
            CarriedClaim.objects.filter(pk=link.pk).update(utterance=room.claim(kind=kind))

    def test_an_utterance_is_never_carried(self, room, said):
        other = room.claim("Ode said so.", kind="utterance")
        with assert_rejected_by_database("an utterance cannot be carried"):
            CarriedClaim.objects.create(utterance=said, carried=other)
        with assert_rejected_by_database("carriedclaim_not_itself|an utterance cannot be carried"):
            CarriedClaim.objects.create(utterance=said, carried=said)

    def test_a_claim_is_carried_once(self, said):
        with assert_rejected_by_database("carriedclaim_once"):
            CarriedClaim.objects.create(utterance=said, carried=said.carries.get())

    def test_a_change_of_kind_obeys_the_same_rules(self, said):
        with assert_rejected_by_database("only an utterance carries claims"):
            Claim.objects.filter(pk=said.pk).update(kind="content")
        with assert_rejected_by_database("an utterance cannot be carried"):
            said.carries.update(kind="utterance")

    def test_judgements_can_be_carried(self, room, said):
        CarriedClaim.objects.create(utterance=said, carried=room.claim(kind="opinion"))
        assert said.carries.count() == 2

    def test_history_keeps_what_an_utterance_carried(self, said):
        link = said.carried_links.get()
        before = (link.utterance_id, link.carried_id)
        said.carried_links.all().delete()
        events = CarriedClaim.pgh_event_model.objects.order_by("pgh_id")
        assert [event.pgh_label for event in events] == ["insert", "delete"]
        assert {(event.utterance_id, event.carried_id) for event in events} == {before}


def test_a_claim_becomes_an_utterance_or_is_carried_but_never_both(parallel):
    """Both changes look at the other's row: under a lock, or each would miss the other."""
    for number in range(5):
        said, claim = parallel.claim(f"He said {number}.", kind="utterance"), parallel.claim(f"Claim {number}.")
        run_concurrently(
            lambda said=said, claim=claim: CarriedClaim.objects.create(utterance=said, carried=claim),
            lambda claim=claim: Claim.objects.filter(pk=claim.pk).update(kind="utterance"),
        )
        claim.refresh_from_db()
        assert (claim.kind == "utterance") != said.carries.exists()
