"""A missing signature, a restriction or a carried claim never makes the gate laxer."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from editorial.policy.facts import (
    ClaimUseFacts,
    RestrictionFacts,
    StoryFacts,
)
from editorial.policy.publication import remedy
from editorial.policy.vocabulary import (
    ClaimKind,
    FindingValue,
    Gate,
    Mode,
    RestrictionKind,
)
from tests.policy.changed_cases import (
    LEVELS,
    assess,
    gate_of,
    simple_claims,
    with_record_against,
)
from tests.policy.laws.exceptions import (
    needs_no_four_eyes,
)
from tests.policy.random_cases import SEEDS, cases, chance, story_of

pytestmark = pytest.mark.exhaustive


def assert_no_laxer(before, after):
    """Neither the story nor any of its uses has an easier gate than before."""
    assert LEVELS.index(after.gate) >= LEVELS.index(before.gate)
    for claim, use in before.uses.items():
        assert LEVELS.index(after.uses[claim].gate) >= LEVELS.index(use.gate), (claim, use, after.uses[claim])


@given(cases(), SEEDS, st.sampled_from(["legal", "standards", "four_eyes", "signed"]))
def test_taking_a_signature_away_eases_no_use(case, seed, signature):
    luck = chance(seed)
    story = story_of(case, luck)
    claim = luck.choice(sorted(case.claims))
    if signature != "signed":
        story = replace(story, signoffs={**story.signoffs, claim: replace(story.signoffs[claim], signed=None)})
    fewer = {**story.signoffs, claim: replace(story.signoffs[claim], **{signature: False})}
    before = gate_of(case, story)
    if not needs_no_four_eyes(story, claim, signature, before):
        assert_no_laxer(before, gate_of(case, replace(story, signoffs=fewer)))


@given(cases(), SEEDS, st.sampled_from(RestrictionKind))
def test_a_restriction_eases_no_use(case, seed, kind):
    luck = chance(seed)
    story, name = story_of(case, luck), luck.choice(sorted(case.claims))
    claim = case.claims[name]
    restricted = replace(claim, restrictions=(*claim.restrictions, RestrictionFacts(kind=kind)))
    after = gate_of(replace(case, claims={**case.claims, name: restricted}), story)
    assert_no_laxer(gate_of(case, story), after)
    if name in story.uses and story.uses[name].mode is not Mode.OMITTED:
        assert after.gate is Gate.BLOCK


@given(cases(), SEEDS)
def test_recording_what_an_utterance_carries_eases_no_use_and_changes_no_finding(case, seed):
    luck = chance(seed)
    story = story_of(case, luck)
    for name in [claim.id for claim in case.claims.values() if claim.kind is ClaimKind.UTTERANCE]:
        others = [claim.id for claim in case.claims.values() if claim.kind is not ClaimKind.UTTERANCE]
        silent = replace(case, claims={**case.claims, name: replace(case.claims[name], carries=())})
        carrying = replace(case, claims={**case.claims, name: replace(case.claims[name], carries=tuple(others))})
        assert assess(carrying) == assess(silent)
        assert_no_laxer(gate_of(silent, story), gate_of(carrying, story))


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
    for name in simple_claims(case)[:1]:
        case = with_record_against(case, name)
    for claim, result in assess(case).items():
        if result.finding in (FindingValue.REFUTED, FindingValue.WITHDRAWN):
            story = StoryFacts(uses={claim: ClaimUseFacts(mode=mode)})
            assert gate_of(case, story).gate is Gate.BLOCK


@given(cases(), SEEDS)
def test_signatures_and_the_progress_of_a_review_owe_readers_nothing(case, seed):
    """What was printed with the finding of now, or with another finding in progress, and is no more contested."""
    luck, found = chance(seed), assess(case)
    progress = [finding for finding in FindingValue if finding.in_progress]
    for claim, result in found.items():
        if result.finding is None or result.finding in remedy.FALLEN_FINDINGS:
            continue
        printed_as = luck.choice(progress) if result.finding.in_progress else result.finding
        printed = remedy.PublishedFacts(
            mode=luck.choice([Mode.ASSERTED, Mode.ATTRIBUTED]), finding=printed_as, contested=result.contested
        )
        assert remedy.use_remedy(case, found, claim, printed).remedy == "none"
