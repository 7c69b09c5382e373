"""Laws of the decision: what no further fact may do, each with the exceptions that the rules mean.

The exceptions are functions with a sentence each. Decision 0012 has the smallest case of those that surprise.
"""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from editorial.policy.facts import RelayFacts, RestrictionFacts
from editorial.policy.publication import remedy
from editorial.policy.verification import affiliations
from editorial.policy.vocabulary import (
    ClaimKind,
    Code,
    Directness,
    Ending,
    FindingValue,
    Gate,
    Inducement,
    Mode,
    ObtainedBy,
    RestrictionKind,
    SourceType,
    Stance,
    Terms,
    Translation,
)
from tests.policy.random_cases import SEEDS, cases, chance, story_of
from tests.policy.test_properties import (
    LEVELS,
    affirming_statement,
    assess,
    gate_of,
    new_source,
    simple_claims,
    with_source,
)

pytestmark = pytest.mark.exhaustive

UNUSABLE = [
    ({}, {"terms": Terms.OFF_RECORD}),
    ({}, {"obtained_by": ObtainedBy.EXTERNAL}),
    ({}, {"inducement": Inducement.COERCED}),
    ({}, {"collector_conflict": True}),
    ({}, {"translation": Translation.MACHINE}),
    ({"type": SourceType.DOCUMENT}, {}),
]
"""Fields of a source and of its statement, either of which makes the statement unusable."""


def is_newly_verified(before, after):
    """Whether the claim is verified, and was not before."""
    return after.finding is FindingValue.VERIFIED and before.finding is not FindingValue.VERIFIED


def hearsay_from(case, identity, claim, stance):
    """The statements on a claim by people who have it from this identity."""
    return [
        item.id
        for item in case.statements_on[claim]
        if item.stance is stance
        and item.directness is Directness.SECOND_HAND
        and case.identity(item.informant) == identity
    ]


def recorded_or_new(case, luck, **fields):
    """Any source of the case, or a new one."""
    return luck.choice([*case.sources.values(), new_source(**fields)])


# --- exceptions ---


def is_on_the_other_side_too(case, statement):
    """If somebody who says both, as speaker or informant, takes back one side, the other counts again."""
    speaker, opposite = case.identity(statement.source), statement.stance.opposite
    other_side = [item for item in case.statements_on[statement.claim] if item.stance is opposite]
    return any(speaker in (case.identity(item.source), case.identity(item.informant)) for item in other_side)


def holds_hearsay_together(result, statement):
    """Hearsay alone groups by its members, and hearsay that has ended is no ghost: without it a group may split."""
    groups = [group for side in ("independent", "against", "origins") for group in getattr(result.groups, side)]
    return any(group.judged_with_ghosts and statement.id in group.statements for group in groups)


def has_been_heard(case, identity, statement):
    """Others have it from the speaker. What he says closes a loop, breaks theirs, or is what they have it from."""
    return bool(hearsay_from(case, identity, statement.claim, statement.stance))


def gives_hearsay_a_root(case, result, identity):
    """Hearsay from the speaker that did not count, such as a closed loop, may count once the speaker has spoken."""
    return any(name not in result.counted for name in hearsay_from(case, identity, result.claim, Stance.AFFIRMS))


def speaks_apart_once_they_are_one(case, claim, one, other):
    """J3: a briefing does not join sources who also speak at first hand elsewhere, and now both do."""
    on = case.statements_on[claim]
    apart = {
        case.identity(item.source) for item in on if item.directness is Directness.FIRST_HAND and not item.briefing
    }
    return any(item.briefing for item in on) and (one in apart) != (other in apart)


def informant_has_spoken(case, claim, one, other):
    """An informant turns out to have spoken: hearsay from him now rests on his own words."""
    speakers = {case.identity(item.source) for item in case.statements_on[claim]}
    informants = {
        case.identity(item.informant) for item in case.statements_on[claim] if item.directness is Directness.SECOND_HAND
    }
    return (one in informants and other in speakers) or (other in informants and one in speakers)


def is_found_without_the_embargo(before, after):
    """A denial may make the finding the same with and without what is under embargo."""
    return Code.E_EMBARGO in before.codes and Code.E_EMBARGO not in after.codes


def debunk_becomes_right(before, after):
    """A denial may refute what the copy debunks."""
    return Code.E_DEBUNK_NOT_REFUTED in before.codes and Code.E_DEBUNK_NOT_REFUTED not in after.codes


def is_no_longer_relied_on(case, denial, before, after):
    """Who affirms it and now denies it as well is no longer relied on, and needs no explanation or disclosure."""
    about_voices = {Code.C_ANON_EXPLAIN, Code.C_SAME_ORIGIN, Code.C_DISCLOSE}
    affirms = any(
        case.identity(denial.source) in (case.identity(item.source), case.identity(item.informant))
        for item in case.statements_on[denial.claim]
        if item.stance is Stance.AFFIRMS
    )
    return affirms and set(before.codes) - set(after.codes) <= about_voices


# --- evidence ---


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


@given(cases(), st.sampled_from(Ending))
def test_ending_a_statement_adds_no_group_and_ending_support_never_verifies(case, ending):
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
        assert statement.stance is Stance.DENIES or not is_newly_verified(before, after)


@given(cases(), SEEDS)
def test_learning_that_two_sources_are_one_adds_no_group(case, seed):
    one, other = (case.identity(name) for name in chance(seed).sample(sorted(case.sources), 2))
    merged = {
        name: replace(source, key="one-and-the-same") if case.identity(name) in (one, other) else source
        for name, source in case.sources.items()
    }
    for claim in simple_claims(case):
        if speaks_apart_once_they_are_one(case, claim, one, other) or informant_has_spoken(case, claim, one, other):
            continue
        before, after = assess(case)[claim], assess(replace(case, sources=merged))[claim]
        assert after.independent <= before.independent
        assert after.against <= before.against
        assert after.origins <= before.origins


@given(cases(), SEEDS, st.sampled_from(UNUSABLE))
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


@given(cases(), SEEDS)
def test_nothing_from_the_house_of_a_party_alone_refutes(case, seed):
    """Unless another interest is stated: an employee who is recorded as gaining nothing is believed."""
    luck = chance(seed)
    for claim in simple_claims(case):
        party = luck.choice(sorted(case.sources))
        accusing = replace(case.claims[claim], adverse_to=(party,))
        accused = replace(case, claims={**case.claims, claim: accusing})
        for name in ("clerk", "driver", "nurse")[: luck.choice([0, 2, 3])]:
            employee = replace(new_source(org=party), id=name)
            accused = with_source(accused, employee, affirming_statement(claim, Stance.DENIES, id=name, source=name))
        house = affiliations.houses(accused, [accused.identity(party)])
        within = {
            name: item
            for name, item in accused.statements.items()
            if item.stance is not Stance.DENIES
            or (
                affiliations.is_of_house(accused, accused.sources[item.source], house)
                and not item.benefits_if
                and not accused.sources[item.source].benefits_if
            )
        }
        relays = tuple(each for each in case.relays if {each.derived, each.origin} <= within.keys())
        after = assess(replace(accused, statements=within, relays=relays))[claim]
        assert after.finding is not FindingValue.REFUTED


# --- the gate ---


def assert_no_laxer(before, after):
    """Neither the story nor any of its uses has an easier gate than before."""
    assert LEVELS.index(after.gate) >= LEVELS.index(before.gate)
    for claim, use in before.uses.items():
        assert LEVELS.index(after.uses[claim].gate) >= LEVELS.index(use.gate), (claim, use, after.uses[claim])


@given(cases(), SEEDS, st.sampled_from(["legal", "standards", "four_eyes"]))
def test_taking_a_signature_away_eases_no_use(case, seed, signature):
    luck = chance(seed)
    story = story_of(case, luck)
    claim = luck.choice(sorted(case.claims))
    signoffs = {**story.signoffs, claim: replace(story.signoffs[claim], signed=None)}
    fewer = {**signoffs, claim: replace(signoffs[claim], **{signature: False})}
    assert_no_laxer(gate_of(case, replace(story, signoffs=signoffs)), gate_of(case, replace(story, signoffs=fewer)))


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


# --- after publication ---


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
