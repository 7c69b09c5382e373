"""Words that no newsroom may use never verify."""

import pytest
from hypothesis import given, settings

from editorial.policy.vocabulary import (
    Authenticity,
    Directness,
    Inducement,
    ObtainedBy,
    Reliability,
    SourceType,
    Terms,
    Translation,
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
from tests.policy.laws.exceptions import gives_hearsay_a_root
from tests.policy.random_cases import SEEDS, cases, chance

pytestmark = pytest.mark.exhaustive


FAKE = (Authenticity.ALTERED, Authenticity.FORGED, Authenticity.SATIRE, Authenticity.SYNTHETIC)
UNUSABLE = {
    "off record": ({}, {"terms": Terms.OFF_RECORD}),
    "on deep background": ({}, {"terms": Terms.DEEP_BACKGROUND}),
    "external": ({}, {"obtained_by": ObtainedBy.EXTERNAL}),
    "coerced": ({}, {"inducement": Inducement.COERCED}),
    "conflicted": ({}, {"collector_conflict": True}),
    "machine-translated": ({}, {"translation": Translation.MACHINE}),
    "not authenticated": ({"type": SourceType.DOCUMENT}, {}),
    "unknown to editors": ({"unnamed": True, "editor_knows": False}, {}),
    "unreliable": ({"reliability": Reliability.E}, {}),
    **{
        f"{kind} {fake}": ({"type": kind, "authenticity": fake}, {})
        for kind in (SourceType.DOCUMENT, SourceType.OBSERVATION)
        for fake in FAKE
    },
}
"""Every state in which words never verify: fields of a source, and of its statement."""


@pytest.mark.parametrize("unusable", [pytest.param(fields, id=state) for state, fields in UNUSABLE.items()])
@settings(max_examples=40)
@given(case=cases(), seed=SEEDS)
def test_unusable_words_of_anybody_never_verify(case, seed, unusable):
    luck, (ties, fields) = chance(seed), unusable
    for claim in simple_claims(case):
        source = new_source(**ties) if ties else recorded_or_new(case, luck)
        before = assess(case)[claim]
        if gives_hearsay_a_root(case, before, case.identity(source.id)):
            continue
        words = affirming_statement(
            claim,
            source=source.id,
            directness=luck.choice(list(Directness)),
            informant=luck.choice(sorted(case.sources)),
            **fields,
        )
        after = assess(with_source(case, source, words))[claim]
        assert after.independent <= before.independent
        assert not is_newly_verified(before, after)


@pytest.mark.parametrize("directness", [Directness.SECOND_HAND, Directness.RELAYED])
@given(case=cases())
def test_hearsay_from_nobody_never_verifies(case, directness):
    for claim in simple_claims(case):
        before = assess(case)[claim]
        after = assess(with_source(case, new_source(), affirming_statement(claim, directness=directness)))[claim]
        assert after.independent <= before.independent
        assert not is_newly_verified(before, after)
