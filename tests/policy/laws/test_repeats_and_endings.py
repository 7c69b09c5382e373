"""Repeating a statement or ending it strengthens nothing."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from editorial.policy.facts import (
    RelayFacts,
)
from editorial.policy.vocabulary import (
    Directness,
    Ending,
    FindingValue,
    ObtainedBy,
    Terms,
)
from tests.policy.changed_cases import (
    affirming_statement,
    assess,
    is_newly_verified,
    new_source,
    recorded_or_new,
    simple_claims,
    with_source,
)
from tests.policy.laws.exceptions import (
    has_been_heard,
    holds_hearsay_together,
    is_on_the_other_side_too,
    stood_against,
)
from tests.policy.random_cases import SEEDS, cases, chance

pytestmark = pytest.mark.exhaustive


@given(cases(), SEEDS)
def test_a_repeat_by_anybody_never_verifies_and_adds_no_group(case, seed):
    luck, found = chance(seed), assess(case)
    for origin in [item for item in case.statements.values() if item.claim in simple_claims(case)]:
        source = recorded_or_new(case, luck)
        if not origin.stance.opposite or has_been_heard(case, case.identity(source.id), origin):
            continue
        repeat = affirming_statement(
            origin.claim,
            origin.stance,
            source=source.id,
            directness=Directness.RELAYED,
            obtained_by=luck.choice(list(ObtainedBy)),
        )
        before = found[origin.claim]
        after = assess(with_source(case, source, repeat, relays=[RelayFacts("new", origin.id)]))[origin.claim]
        assert not is_newly_verified(before, after)
        assert after.independent <= before.independent
        assert after.against <= before.against


@given(cases(), SEEDS)
def test_a_repeat_never_raises_independent_or_against(case, seed):
    """Passing on what is published adds nothing, nor does hearing from a source that counts already."""
    luck = chance(seed)
    for claim in simple_claims(case):
        before = assess(case)[claim]
        origins = [item for item in case.statements.values() if item.claim == claim and item.stance.opposite]
        for origin in origins:
            origin_counts = origin.id in before.counted and luck.random() < 0.5
            repeat = affirming_statement(
                claim,
                origin.stance,
                directness=Directness.SECOND_HAND if origin_counts else Directness.RELAYED,
                informant=origin.source,
                obtained_by=luck.choice(list(ObtainedBy)),
            )
            after = assess(with_source(case, new_source(), repeat, relays=[RelayFacts("new", origin.id)]))[claim]
            assert after.independent <= before.independent
            assert after.against <= before.against
            evidence = before.evaluation.evidence
            known = evidence.is_self_standing(origin.id) and origin.id in evidence.live
            if known and origin.terms is not Terms.OFF_RECORD:
                assert after.origins <= before.origins


@given(cases(), SEEDS, st.sampled_from(Ending))
def test_ending_a_statement_adds_no_group_and_never_verifies(case, seed, ending):
    luck = chance(seed)
    for claim in simple_claims(case)[:1]:  # one more, whose ties may hold others together
        owner, principal = luck.sample(sorted(case.sources), 2)
        case = with_source(case, new_source(parent=owner, speaks_for=principal), affirming_statement(claim))
    found = assess(case)
    for statement in [item for item in case.statements.values() if item.claim in simple_claims(case)]:
        before = found[statement.claim]
        ended = replace(case, statements={**case.statements, statement.id: replace(statement, ended=ending)})
        after = assess(ended)[statement.claim]
        if statement.stance.opposite and is_on_the_other_side_too(case, statement):
            continue
        if holds_hearsay_together(before, statement):
            continue
        assert after.independent <= before.independent
        assert after.against <= before.against
        assert after.origins <= before.origins
        assert stood_against(statement) or not is_newly_verified(before, after)


@given(cases())
def test_a_claim_with_everything_withdrawn_is_never_verified_disputed_or_refuted(case):
    """Without any live statement there is no evidence for or against."""
    withdrawn = {name: replace(item, ended=Ending.WITHDRAWN) for name, item in case.statements.items()}
    for claim in simple_claims(case):
        result = assess(replace(case, statements=withdrawn))[claim]
        assert (result.origins, result.independent, result.against, result.contested) == (0, 0, 0, False)
        assert result.finding not in (FindingValue.VERIFIED, FindingValue.DISPUTED, FindingValue.REFUTED)
