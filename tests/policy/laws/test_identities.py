"""Order, names and other claims change nothing; learning that two sources are one adds nothing."""

from dataclasses import replace

import pytest
from hypothesis import given

from editorial.policy.facts import (
    CaseFacts,
)
from tests.policy.changed_cases import (
    as_dicts,
    assess,
    gate_of,
    merge_sources,
    simple_claims,
    tokens,
)
from tests.policy.laws.exceptions import (
    informant_has_spoken,
    speaks_apart_once_they_are_one,
)
from tests.policy.random_cases import SEEDS, cases, chance, story_of

pytestmark = pytest.mark.exhaustive


@given(cases(), SEEDS)
def test_the_order_of_recording_changes_nothing(case, seed):
    """Facts are sets."""
    luck = chance(seed)

    def shuffled(items):
        return luck.sample(list(items), len(list(items)))

    mixed = CaseFacts.of(
        claims=shuffled(case.claims.values()),
        sources=shuffled(case.sources.values()),
        statements=shuffled(case.statements.values()),
        relays=shuffled([*case.relays, *case.relays[:2]]),
        replies=shuffled(case.replies),
        tasks=case.tasks,
        now=case.now,
    )
    story = story_of(case, luck)
    assert as_dicts(assess(mixed)) == as_dicts(assess(case))
    assert gate_of(mixed, story).codes == gate_of(case, story).codes


@given(cases(), SEEDS)
def test_other_ids_change_nothing_but_the_ids(case, seed):
    """Ids identify and mean nothing else."""
    names = sorted({"free-1", "free-2", *case.sources, *filter(None, tokens(case))})
    new = {name: f"x{number:03}" for number, name in enumerate(chance(seed).sample(names, len(names)))}
    renamed = rename(case, new)
    for claim, result in assess(case).items():
        after = assess(renamed)[claim]
        assert replace(after, hangs_on=()) == replace(result, hangs_on=())
        assert after.hangs_on == tuple(sorted(new[name] for name in result.hangs_on))


def rename(case, new):
    """The case with every source and token called something else."""

    def one(name):
        return new.get(name, name)

    ties = ("key", "org", "speaks_for", "parent", "author", "issuer")
    return replace(
        case,
        claims={
            claim.id: replace(claim, adverse_to=tuple(map(one, claim.adverse_to))) for claim in case.claims.values()
        },
        sources={
            one(source.id): replace(
                source, id=one(source.id), **{tie: one(getattr(source, tie)) for tie in ties if getattr(source, tie)}
            )
            for source in case.sources.values()
        },
        statements={
            item.id: replace(item, source=one(item.source), informant=one(item.informant))
            for item in case.statements.values()
        },
    )


@given(cases())
def test_other_claims_change_nothing(case):
    """A finding depends on the statements on its own claim only."""
    for claim in simple_claims(case):
        alone = {name: item for name, item in case.statements.items() if item.claim == claim}
        assert assess(replace(case, statements=alone))[claim] == assess(case)[claim]


@given(cases())
def test_a_twin_with_the_same_facts_gets_the_same_finding(case):
    """To assess twice is to assess once: nothing is remembered between two assessments."""
    assert as_dicts(assess(case)) == as_dicts(assess(replace(case)))


@given(cases(), SEEDS)
def test_learning_that_two_sources_are_one_adds_no_group(case, seed):
    one, other = (case.identity(name) for name in chance(seed).sample(sorted(case.sources), 2))
    merged = merge_sources(case, one, other)
    for claim in simple_claims(case):
        if speaks_apart_once_they_are_one(case, claim, one, other) or informant_has_spoken(case, claim, one, other):
            continue
        before, after = assess(case)[claim], assess(merged)[claim]
        assert after.independent <= before.independent
        assert after.against <= before.against
        assert after.origins <= before.origins
