"""Claims keep their shape, whoever writes them."""

from __future__ import annotations

import pytest

from editorial.models import AdverseParty, Claim, ClaimPart, Statement
from tests.models.constraints import refused
from tests.support.cast import refusals, together


@pytest.fixture
def whole(room):
    """A compound of two parts."""
    whole, one, other = room.claim("A and B."), room.claim("A."), room.claim("B.")
    for part in (one, other):
        ClaimPart.objects.create(whole=whole, part=part)
    return whole


def test_a_part_is_not_itself_a_compound(room, whole):
    part = whole.parts.first()
    with refused("a part is not itself a compound"):
        ClaimPart.objects.create(whole=part, part=room.claim())


def test_a_compound_is_no_part(room, whole):
    with refused("a part is not itself a compound"):
        ClaimPart.objects.create(whole=room.claim(), part=whole)


def test_moving_a_part_keeps_to_the_same_rules(room, whole):
    elsewhere = ClaimPart.objects.create(whole=room.claim(), part=room.claim())
    with refused("a part is not itself a compound"):
        ClaimPart.objects.filter(pk=elsewhere.pk).update(part=whole)


def test_a_claim_is_no_part_of_itself(room):
    claim = room.claim()
    with refused("claimpart_not_of_itself|a part is not itself a compound"):
        ClaimPart.objects.create(whole=claim, part=claim)


def test_an_opinion_is_no_part_and_has_none(room):
    opinion, claim = room.claim(kind="opinion"), room.claim()
    with refused("an opinion is no part"):
        ClaimPart.objects.create(whole=claim, part=opinion)
    with refused("an opinion is no part"):
        ClaimPart.objects.create(whole=opinion, part=claim)


def test_a_part_and_a_compound_never_become_an_opinion(whole):
    for claim in (whole, whole.parts.first()):
        with refused("an opinion is no part"):
            Claim.objects.filter(pk=claim.pk).update(kind="opinion", status="")


def test_a_claim_with_statements_does_not_become_a_compound(room):
    claim = room.claim()
    room.says(room.person(), claim)
    with refused("statements attach to parts"):
        ClaimPart.objects.create(whole=claim, part=room.claim())


def test_only_opinions_have_no_status(room):
    claim, opinion = room.claim(), room.claim(kind="opinion")
    with refused("claim_only_opinions_have_no_status"):
        Claim.objects.filter(pk=claim.pk).update(status="")
    with refused("claim_only_opinions_have_no_status"):
        Claim.objects.filter(pk=opinion.pk).update(status="verified")


def test_a_claim_says_something_and_is_not_merged_into_itself(room):
    claim = room.claim()
    with refused("claim_says_something"):
        Claim.objects.filter(pk=claim.pk).update(text="")
    with refused("claim_not_merged_into_itself"):
        Claim.objects.filter(pk=claim.pk).update(merged_into=claim)


def test_a_party_is_owed_one_reply_a_claim(room):
    claim, party = room.claim(), room.person()
    AdverseParty.objects.create(claim=claim, source=party)
    with refused("adverseparty_once"):
        AdverseParty.objects.create(claim=claim, source=party)


def test_a_statement_and_a_part_that_arrive_at_once_do_not_slip_past_each_other(parallel, rosa):
    for _ in range(8):
        claim, part, source = parallel.claim(), parallel.claim(), parallel.person()
        outcomes = together(
            lambda claim=claim, part=part: ClaimPart.objects.create(whole=claim, part=part),
            lambda claim=claim, source=source: Statement.objects.create(
                claim=claim,
                source=source,
                stance="affirms",
                direct="first_hand",
                level="on_record",
                collected_by=rosa,
                recorded_at=parallel.now,
            ),
        )
        assert len(refusals(outcomes)) == 1
        assert claim.part_links.exists() != claim.statements.exists()


def test_two_links_that_would_chain_compounds_do_not_slip_past_each_other(parallel):
    for _ in range(8):
        top, middle, bottom = (parallel.claim() for _ in range(3))
        outcomes = together(
            lambda top=top, middle=middle: ClaimPart.objects.create(whole=top, part=middle),
            lambda middle=middle, bottom=bottom: ClaimPart.objects.create(whole=middle, part=bottom),
        )
        assert len(refusals(outcomes)) == 1
