"""A denial never verifies and never eases a gate; a party cannot refute what it is accused of."""

from dataclasses import replace

import pytest
from hypothesis import given

from editorial.policy.verification import affiliations
from editorial.policy.vocabulary import (
    Basis,
    Directness,
    FindingValue,
    Stance,
)
from tests.policy.changed_cases import (
    LEVELS,
    affirming_statement,
    assess,
    gate_of,
    is_newly_verified,
    new_source,
    recorded_or_new,
    simple_claims,
    with_record_against,
    with_source,
)
from tests.policy.laws.exceptions import (
    debunk_becomes_right,
    has_been_heard,
    is_found_without_the_embargo,
    is_no_longer_relied_on,
    states_its_own_interest,
)
from tests.policy.random_cases import SEEDS, cases, chance, story_of

pytestmark = pytest.mark.exhaustive


@given(cases(), SEEDS)
def test_a_denial_by_anybody_never_verifies_and_eases_no_use(case, seed):
    luck = chance(seed)
    story = story_of(case, luck)
    source, claim = recorded_or_new(case, luck), luck.choice([name for name in case.claims if name != "whole"])
    denial = affirming_statement(
        claim,
        Stance.DENIES,
        source=source.id,
        directness=luck.choice(list(Directness)),
        informant=luck.choice(sorted(case.sources)),
    )
    if has_been_heard(case, case.identity(source.id), denial):
        return
    denied = with_source(case, source, denial)
    before, after = assess(case), assess(denied)
    assert not any(is_newly_verified(before[name], after[name]) for name in case.claims)
    for name, use in gate_of(case, story).uses.items():
        now = gate_of(denied, story).uses[name]
        if is_found_without_the_embargo(use, now) or debunk_becomes_right(use, now):
            continue
        if not is_no_longer_relied_on(case, denial, use, now):
            assert LEVELS.index(now.gate) >= LEVELS.index(use.gate), (name, use, now)


@given(cases(), SEEDS)
def test_a_partys_own_organisation_alone_never_refutes(case, seed):
    luck = chance(seed)
    for claim in simple_claims(case):
        party = luck.choice(sorted(case.sources))
        accusing = replace(case.claims[claim], adverse_to=(party,))
        accused = replace(case, claims={**case.claims, claim: accusing})
        for name in ("clerk", "driver", "nurse")[: luck.choice([0, 2, 3])]:
            employee = replace(new_source(org=party), id=name)
            accused = with_source(accused, employee, affirming_statement(claim, Stance.DENIES, id=name, source=name))
        house = affiliations.houses(accused, [accused.identity(party)], accused.sources.values())
        within = {
            name: item
            for name, item in accused.statements.items()
            if item.stance is not Stance.DENIES
            or (
                affiliations.is_of_house(accused, accused.sources[item.source], house)
                and not states_its_own_interest(accused, item)
            )
        }
        relays = tuple(each for each in case.relays if {each.derived, each.origin} <= within.keys())
        after = assess(replace(accused, statements=within, relays=relays))[claim]
        assert after.finding is not FindingValue.REFUTED


@given(cases())
def test_a_bare_denial_by_a_party_neither_refutes_nor_unseats_corroboration(case):
    """A subject's "no" marks a claim contested; it is no veto, and it takes no admission to keep standing."""
    for claim in simple_claims(case):
        accusing = replace(case.claims[claim], adverse_to=(*case.claims[claim].adverse_to, "newcomer"))
        accused = replace(case, claims={**case.claims, claim: accusing})
        before = assess(with_source(accused, new_source()))[claim]
        after = assess(with_source(accused, new_source(), affirming_statement(claim, Stance.DENIES)))[claim]
        assert after.contested
        if before.finding is not FindingValue.REFUTED:
            assert after.finding is not FindingValue.REFUTED
        if before.basis in (Basis.CORROBORATION, Basis.RECORD, Basis.OBSERVATION):
            assert after.finding is FindingValue.VERIFIED


@given(cases(), SEEDS)
def test_silence_is_no_denial(case, seed):
    """Stances other than affirm and deny change no finding."""
    stance = chance(seed).choice([item for item in Stance if not item.opposite])
    for claim in simple_claims(case):
        after = assess(with_source(case, new_source(), affirming_statement(claim, stance)))[claim]
        assert replace(after, hangs_on=()) == replace(assess(case)[claim], hangs_on=())


@given(cases())
def test_a_disinterested_eyewitness_saves_a_claim_from_being_refuted(case):
    """A claim is not refuted while a disinterested eyewitness affirms it, whatever a record says."""
    for claim in simple_claims(case):
        for facts in (case, with_record_against(case, claim)):
            after = assess(with_source(facts, new_source(), affirming_statement(claim)))[claim]
            assert after.finding is not FindingValue.REFUTED
