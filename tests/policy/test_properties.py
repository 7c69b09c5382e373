"""Properties that hold for every case, tried on thousands of random ones."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from editorial.policy.facts import (
    CaseFacts,
    ClaimUseFacts,
    RelayFacts,
    SourceFacts,
    StatementFacts,
    StoryFacts,
)
from editorial.policy.publication import gate
from editorial.policy.verification import finding, single_points_of_failure, thresholds
from editorial.policy.vocabulary import (
    Basis,
    BenefitsIf,
    Directness,
    Ending,
    FindingValue,
    Gate,
    Mode,
    ObtainedBy,
    Reliability,
    SourceType,
    Stance,
    Terms,
)
from tests.policy.random_cases import SEEDS, cases, chance, story_of

pytestmark = pytest.mark.exhaustive

POLICY = thresholds.default_policy()
LEVELS = list(Gate)


def simple_claims(case):
    """The claims that statements are about and that can have a finding."""
    return [name for name, claim in case.claims.items() if not claim.parts and not claim.kind.is_judgement]


def assess(case, **options):
    """The findings under the default policy."""
    return finding.assess(case, POLICY, **options)


def with_source(case, source, *statements, relays=()):
    """The case with one more source and its statements."""
    return replace(
        case,
        sources={**case.sources, source.id: source},
        statements={**case.statements, **{item.id: item for item in statements}},
        relays=(*case.relays, *relays),
    )


def affirming_statement(claim, stance=Stance.AFFIRMS, **fields):
    """The statement of a new source."""
    given_fields = {"id": "new", "source": "newcomer", "directness": Directness.FIRST_HAND, "terms": Terms.ON_RECORD}
    return StatementFacts(claim=claim, stance=stance, **(given_fields | fields))


def new_source(**fields):
    """A source without any tie."""
    return SourceFacts(id="newcomer", **({"type": SourceType.PERSON} | fields))


def gate_of(case, story):
    """The verdict on a story."""
    return gate.evaluate(case, assess(case, hangs_on=False), story, POLICY)


# --- independence ---


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


@given(cases(), SEEDS)
def test_statements_not_obtained_by_us_or_unusable_never_raise_independent(case, seed):
    """Off the record, on deep background, external, in a forged-for-all-we-know paper, or from a known liar."""
    luck = chance(seed)
    source, fields = luck.choice(
        [
            (new_source(), {"terms": Terms.OFF_RECORD}),
            (new_source(), {"terms": Terms.DEEP_BACKGROUND}),
            (new_source(), {"obtained_by": ObtainedBy.EXTERNAL}),
            (new_source(type=SourceType.DOCUMENT), {}),
            (new_source(reliability=Reliability.E), {}),
            (new_source(unnamed=True, editor_knows=False), {}),
            (new_source(), {"directness": Directness.SECOND_HAND}),
            (new_source(), {"directness": Directness.RELAYED}),
        ]
    )
    for claim in simple_claims(case):
        before = assess(case)[claim]
        after = assess(with_source(case, source, affirming_statement(claim, **fields)))[claim]
        assert after.independent <= before.independent
        assert after.basis is None or before.basis is not None


@given(cases())
def test_a_new_eyewitness_without_ties_adds_exactly_one_group(case):
    """Strangers are counted, once each."""
    for claim in simple_claims(case):
        before = assess(case)[claim]
        after = assess(with_source(case, new_source(), affirming_statement(claim)))[claim]
        assert (after.independent, after.origins) == (before.independent + 1, before.origins + 1)
        assert after.against == before.against


@given(cases(), SEEDS)
def test_merging_two_eyewitnesses_never_raises_their_number(case, seed):
    """A shared token can only join those who speak for themselves."""
    first = {name: item for name, item in case.statements.items() if item.directness is Directness.FIRST_HAND}
    plain = replace(case, statements=first, relays=())
    left, right = chance(seed).choices(sorted(case.sources), k=2)
    merged = {
        name: replace(source, key="one-and-the-same") if name in (left, right) else source
        for name, source in case.sources.items()
    }
    for claim in simple_claims(case):
        if {case.sources[name].key for name in (left, right)} == {None} and "s1" not in keys(case):
            after = assess(replace(plain, sources=merged))[claim]
            assert after.independent <= assess(plain)[claim].independent


def keys(case):
    """The tokens in use."""
    return {source.key for source in case.sources.values()}


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


# --- nothing depends on names, order or the rest of the world ---


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


def as_dicts(findings):
    """Findings as they are printed."""
    return {claim: result.to_dict() for claim, result in findings.items()}


@given(cases(), SEEDS)
def test_other_ids_change_nothing_but_the_ids(case, seed):
    """Ids identify and mean nothing else."""
    names = sorted({"free-1", "free-2", *case.sources, *filter(None, keys(case))})
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


# --- denials ---


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
    """A claim is not refuted while a disinterested eyewitness affirms it."""
    for claim in simple_claims(case):
        assert (
            assess(with_source(case, new_source(), affirming_statement(claim)))[claim].finding
            is not FindingValue.REFUTED
        )


@given(cases())
def test_a_neutral_denial_never_makes_a_claim_verified(case):
    """More dissent never helps."""
    for claim in simple_claims(case):
        before = assess(case)[claim].finding
        after = assess(with_source(case, new_source(), affirming_statement(claim, Stance.DENIES)))[claim]
        assert after.finding is not FindingValue.VERIFIED or before is FindingValue.VERIFIED


# --- findings ---


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
def test_a_claim_with_everything_withdrawn_is_never_verified_disputed_or_refuted(case):
    """Without any live statement there is no evidence for or against."""
    withdrawn = {name: replace(item, ended=Ending.WITHDRAWN) for name, item in case.statements.items()}
    for claim in simple_claims(case):
        result = assess(replace(case, statements=withdrawn))[claim]
        assert (result.origins, result.independent, result.against, result.contested) == (0, 0, 0, False)
        assert result.finding not in (FindingValue.VERIFIED, FindingValue.DISPUTED, FindingValue.REFUTED)


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


# --- the gate ---


@given(cases(), SEEDS)
def test_a_missing_signature_never_makes_the_gate_laxer(case, seed):
    """To take away a legal read, a standards read, four eyes or the sign-off closes the gate, or leaves it."""
    luck = chance(seed)
    story = story_of(case, luck)
    claim = luck.choice(sorted(case.claims))
    lacking = luck.choice([{"legal": False}, {"standards": False}, {"signed": False}])
    signoffs = {**story.signoffs, claim: replace(story.signoffs[claim], **lacking)}
    before, after = gate_of(case, story), gate_of(case, replace(story, signoffs=signoffs))
    unsigned = "signed" in lacking or ("standards" in lacking and story.signoffs[claim].signed is None)
    if unsigned and "E_FOUR_EYES" in before.codes:  # four eyes are required of a signature only
        return
    assert LEVELS.index(after.gate) >= LEVELS.index(before.gate)


@given(cases(), SEEDS)
def test_an_unsigned_claim_is_never_asserted_or_debunked(case, seed):
    """A story that says nothing of signatures has none."""
    story = replace(story_of(case, chance(seed)), signoffs={})
    for claim, result in gate_of(case, story).uses.items():
        if claim not in story.uses or story.uses[claim].mode is Mode.OMITTED:
            continue  # carried by an utterance, and attributed
        withdrawn = assess(case)[claim].finding is FindingValue.WITHDRAWN
        if story.uses[claim].mode is Mode.ASSERTED or (story.uses[claim].mode is Mode.DEBUNK and not withdrawn):
            assert result.gate in (Gate.HOLD, Gate.BLOCK)


@given(cases(), SEEDS)
def test_omitting_a_claim_never_closes_the_gate(case, seed):
    """An omitted claim cannot be wrong, unless an utterance that the story uses carries it."""
    luck = chance(seed)
    story = story_of(case, luck)
    carried = {name for claim in case.claims.values() for name in claim.carries}
    for claim in story.uses.keys() - carried:
        uses = {**story.uses, claim: replace(story.uses[claim], mode=Mode.OMITTED)}
        after = gate_of(case, replace(story, uses=uses))
        assert after.uses[claim].codes == ()
        assert LEVELS.index(after.gate) <= LEVELS.index(gate_of(case, story).gate)


@given(cases(), SEEDS)
def test_relying_on_more_statements_never_opens_the_gate(case, seed):
    """Whatever else the copy leans on can only add codes."""
    luck = chance(seed)
    story = story_of(case, luck)
    for claim, use in story.uses.items():
        uses = {**story.uses, claim: replace(use, relies_on=frozenset())}
        assert set(gate_of(case, replace(story, uses=uses)).uses[claim].codes) <= set(
            gate_of(case, story).uses[claim].codes
        )


@given(cases(), SEEDS)
def test_every_gate_is_the_worst_of_its_codes(case, seed):
    """The verdict can be read off the codes."""
    result = gate_of(case, story_of(case, chance(seed)))
    assert result.gate == max((code.gate for code in result.codes), key=LEVELS.index, default=Gate.PASS)
    assert list(result.codes) == sorted({code for use in result.uses.values() for code in use.codes})


@given(cases(), st.sampled_from([Mode.ASSERTED, Mode.ATTRIBUTED]))
def test_a_refuted_claim_is_blocked_unless_it_is_debunked(case, mode):
    """Attributing a refuted claim still spreads it."""
    for claim, result in assess(case).items():
        if result.finding in (FindingValue.REFUTED, FindingValue.WITHDRAWN):
            story = StoryFacts(uses={claim: ClaimUseFacts(mode=mode)})
            assert gate_of(case, story).gate is Gate.BLOCK
