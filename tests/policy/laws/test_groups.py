"""Groups: whom they count, and what holds them together."""

import pytest
from hypothesis import given

from editorial.policy.vocabulary import Stance
from tests.policy.changed_cases import affirming_statement, assess, new_source, simple_claims, with_source
from tests.policy.random_cases import cases

pytestmark = pytest.mark.exhaustive


@given(cases())
def test_a_new_eyewitness_without_ties_adds_exactly_one_group(case):
    """Strangers are counted, once each."""
    for claim in simple_claims(case):
        before = assess(case)[claim]
        after = assess(with_source(case, new_source(), affirming_statement(claim)))[claim]
        assert (after.independent, after.origins) == (before.independent + 1, before.origins + 1)
        assert after.against == before.against


@given(cases())
def test_the_source_of_every_counted_statement_is_in_a_group(case):
    """No source is lost: only a statement at a briefing repeated elsewhere is dropped, once."""
    for result in assess(case).values():
        if result.groups.evaluation:
            evidence = result.evaluation.evidence
            for side, stance in (("independent", Stance.AFFIRMS), ("against", Stance.DENIES)):
                grouped = {name for group in getattr(result.groups, side) for name in group.statements}
                sources = {evidence.speaker[name] for name in grouped}
                assert grouped <= set(evidence.countable_with(stance))
                assert {evidence.speaker[name] for name in evidence.countable_with(stance)} == sources


@given(cases())
def test_groups_are_held_together_by_their_joins(case):
    """The joining pairs of a group connect all its members; self-standing statements are in one group only."""
    for result in assess(case).values():
        for groups in (result.groups.independent, result.groups.against, result.groups.origins):
            known = [name for group in groups for name in group.judged_on]
            assert len(known) == len(set(known))
            for group in groups:
                reached = {group.statements[0]}
                for _ in range(len(group.joins)):
                    reached |= {
                        name for pair in group.joins if reached.intersection(pair.between) for name in pair.between
                    }
                assert reached >= set(group.statements)
                assert len(group.joins) < len(reached | {group.statements[0]}), "a spanning set has no circle"


@given(cases())
def test_independent_sources_imply_origins(case):
    """There is no corroboration without a source to attribute it to."""
    for claim in simple_claims(case):
        result = assess(case)[claim]
        assert bool(result.independent) <= bool(result.origins)
