"""Findings are consistent with what they rest on."""

from dataclasses import replace

import pytest
from hypothesis import given

from editorial.policy.verification import single_points_of_failure
from editorial.policy.vocabulary import (
    Basis,
    BenefitsIf,
    FindingValue,
    Reliability,
    Stance,
)
from tests.policy.changed_cases import (
    assess,
    simple_claims,
)
from tests.policy.random_cases import cases

pytestmark = pytest.mark.exhaustive


@given(cases())
def test_a_verified_claim_meets_a_threshold_or_is_settled(case):
    """Missing requirements, basis and finding are consistent."""
    for claim in simple_claims(case):
        result = assess(case)[claim]
        assert (result.basis is not None) == (result.finding is FindingValue.VERIFIED)
        if result.finding is FindingValue.VERIFIED:
            assert not result.missing
        if result.missing:
            assert result.finding is not FindingValue.VERIFIED
            assert all(item.have < item.need for item in result.missing)


@given(cases())
def test_hangs_on_equals_what_each_withdrawal_changes(case):
    """The optimisation for pillars agrees with reassessing the case without each source."""
    for claim in simple_claims(case):
        result = assess(case)[claim]
        if result.finding is FindingValue.VERIFIED:
            everybody = {case.identity(name) for name in case.sources}
            falling = {
                name for name in everybody if single_points_of_failure.finding_changes_without(result.evaluation, name)
            }
            assert set(result.hangs_on) == falling


@given(cases())
def test_a_compound_is_as_good_as_its_worst_member(case):
    """Its finding is one of its parts', and none of theirs is worse."""
    findings = assess(case)
    if "whole" in case.claims:
        parts = [findings[name].finding for name in case.claims["whole"].parts]
        assert findings["whole"].finding in parts
        assert all(
            list(FindingValue).index(findings["whole"].finding) <= list(FindingValue).index(part) for part in parts
        )
        assert findings["whole"].contested == any(findings[name].contested for name in case.claims["whole"].parts)


@given(cases())
def test_higher_reliability_never_costs_a_verification(case):
    """Higher reliability is not a weakness, as long as no new source begins to count against."""
    better = {
        name: replace(source, reliability=Reliability.A if source.reliability is not Reliability.E else Reliability.E)
        for name, source in case.sources.items()
    }
    for claim in simple_claims(case):
        before, after = assess(case)[claim], assess(replace(case, sources=better))[claim]
        assert (before.independent, before.against) == (after.independent, after.against)
        if before.basis in (Basis.RECORD, Basis.OBSERVATION, Basis.ADMISSION) or before.basis is None:
            continue
        assert after.finding is FindingValue.VERIFIED


@given(cases())
def test_a_source_that_becomes_disinterested_never_costs_support(case):
    """To lose a stake in the claim keeps every affirming group and every name in it."""
    neutral = {
        name: replace(item, benefits_if=BenefitsIf.NEITHER) if item.stance is Stance.AFFIRMS else item
        for name, item in case.statements.items()
    }
    for claim in simple_claims(case):
        before, after = assess(case)[claim], assess(replace(case, statements=neutral))[claim]
        assert after.independent >= before.independent
