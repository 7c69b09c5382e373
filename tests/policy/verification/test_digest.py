"""A digest changes with every fact that bears on a finding, and with no other."""

from dataclasses import replace

import pytest
from hypothesis import given

from editorial.policy.facts import CaseFacts, ClaimFacts, RelayFacts
from editorial.policy.verification import digest, finding
from editorial.policy.vocabulary import BenefitsIf, Directness, Ending, Reliability, ReviewProgress, Risk, Terms
from tests.policy.builders import POLICY, case_of, person, says
from tests.policy.random_cases import NOON, SEEDS, cases, chance

CASE = case_of(
    person("a", speaks_for="boss"),
    person("b"),
    person("boss"),
    person("stranger"),
    says("a-1", "a"),
    says("b-1", "b", directness=Directness.SECOND_HAND, informant="a"),
    claims=[ClaimFacts(id="dam-safe", adverse_to=("boss",)), ClaimFacts(id="other")],
)
DIGEST = digest.digest(CASE, "dam-safe")


def changed(kind, name, **fields):
    """The case with one item changed."""
    items = getattr(CASE, kind)
    return replace(CASE, **{kind: {**items, name: replace(items[name], **fields)}})


@pytest.mark.parametrize(
    "case",
    [
        pytest.param(changed("claims", "dam-safe", risk=Risk.ROUTINE), id="risk"),
        pytest.param(changed("claims", "dam-safe", adverse_to=()), id="parties"),
        pytest.param(changed("sources", "a", reliability=Reliability.E), id="reliability"),
        pytest.param(changed("sources", "a", establishes=frozenset({"dam-safe"})), id="dispositive_evidence"),
        pytest.param(changed("sources", "boss", key="k"), id="who the principal is"),
        pytest.param(changed("statements", "a-1", terms=Terms.OFF_RECORD), id="level"),
        pytest.param(changed("statements", "a-1", benefits_if=BenefitsIf.BELIEVED), id="benefits_if"),
        pytest.param(changed("statements", "b-1", ended=Ending.WITHDRAWN), id="ended"),
        pytest.param(replace(CASE, relays=(RelayFacts("b-1", "a-1"),)), id="relay"),
        pytest.param(replace(CASE, tasks={"dam-safe": ReviewProgress.OPEN}), id="tasks"),
    ],
)
def test_a_relevant_fact_changes_the_digest(case):
    assert digest.digest(case, "dam-safe") != DIGEST


@pytest.mark.parametrize(
    "case",
    [
        pytest.param(changed("claims", "other", risk=Risk.ROUTINE), id="another claim"),
        pytest.param(changed("sources", "stranger", reliability=Reliability.E), id="a silent source"),
        pytest.param(changed("sources", "a", establishes=frozenset({"other"})), id="authority on another claim"),
        pytest.param(changed("statements", "a-1", embargo_until=NOON), id="embargo"),
        pytest.param(changed("statements", "a-1", archived=False), id="archived copy"),
        pytest.param(replace(CASE, now=NOON), id="clock"),
        pytest.param(replace(CASE, tasks={"other": ReviewProgress.OPEN}), id="tasks on another claim"),
    ],
)
def test_an_irrelevant_fact_does_not_change_the_digest(case):
    assert digest.digest(case, "dam-safe") == DIGEST


@given(cases(), SEEDS)
def test_order_makes_no_difference(case, seed):
    luck = chance(seed)
    mixed = CaseFacts.of(
        claims=luck.sample(list(case.claims.values()), len(case.claims)),
        sources=luck.sample(list(case.sources.values()), len(case.sources)),
        statements=luck.sample(list(case.statements.values()), len(case.statements)),
        relays=luck.sample(case.relays, len(case.relays)),
        tasks=case.tasks,
    )
    for claim in case.claims:
        assert digest.digest(mixed, claim) == digest.digest(case, claim)


@given(cases(), SEEDS)
def test_an_equal_digest_means_an_equal_finding(case, seed):
    """Whatever changes the finding of a case changes its digest."""
    luck = chance(seed)
    name = luck.choice(sorted(case.sources))
    other = luck.choice(sorted(case.sources))
    field, value = luck.choice(
        [
            ("key", other),
            ("speaks_for", other),
            ("parent", other),
            ("author", other),
            ("camp", "red"),
            ("unnamed", True),
        ]
    )
    after = replace(case, sources={**case.sources, name: replace(case.sources[name], **{field: value})})
    before_findings, after_findings = finding.assess(case, POLICY), finding.assess(after, POLICY)
    for claim in case.claims:
        if digest.digest(case, claim) == digest.digest(after, claim):
            assert before_findings[claim].to_dict() == after_findings[claim].to_dict()
