"""The gate in the product: what scenario files cannot say, and that every code can be explained."""

import pytest

from editorial.policy.facts import ClaimFacts, ClaimUseFacts, ReplyRequestFacts, SignoffFacts, StoryFacts
from editorial.policy.publication import gate
from editorial.policy.vocabulary import Code, Gate, Mode, ReplyOutcome, Risk, Stance
from tests.policy.builders import POLICY, assess, case_of, person, says

PAIR = (person("a"), person("b"), says("a-1", "a"), says("b-1", "b"))


def evaluate(case, mode, signoff, **use):
    """The verdict on a story that uses the claim once."""
    story = StoryFacts(
        uses={"dam-safe": ClaimUseFacts(mode=mode, **use)}, signoffs={"dam-safe": signoff} if signoff else {}
    )
    return gate.evaluate(case, assess(case), story, POLICY)


def test_the_status_decides_rather_than_the_finding():
    case = case_of(*PAIR)
    assert evaluate(case, Mode.ASSERTED, SignoffFacts(signed=True)).gate is Gate.PASS
    assert evaluate(case, Mode.ASSERTED, SignoffFacts(signed=False)).codes == (Code.E_ASSERTED_UNVERIFIED,)
    assert evaluate(case, Mode.ASSERTED, None).codes == (Code.E_ASSERTED_UNVERIFIED,)


def test_an_unsigned_verified_claim_may_run_attributed_as_unverified():
    codes = evaluate(case_of(*PAIR), Mode.ATTRIBUTED, SignoffFacts(signed=False)).codes
    assert codes == (Code.C_ATTRIBUTE, Code.C_NOT_VERIFIED)


def test_an_unsigned_refuted_claim_blocks_and_may_not_be_debunked():
    denials = [says(f"{name}-1", name, stance=Stance.DENIES) for name in "ab"]
    case = case_of(person("a"), person("b"), *denials)
    assert evaluate(case, Mode.ATTRIBUTED, None).codes == (Code.E_REFUTED,)
    assert evaluate(case, Mode.DEBUNK, None).codes == (Code.E_DEBUNK_NOT_REFUTED,)
    assert evaluate(case, Mode.DEBUNK, SignoffFacts(signed=True)).codes == (Code.C_LEAD_WITH_FACT,)


def test_a_serious_claim_without_reviews_is_held_for_both():
    codes = evaluate(case_of(*PAIR, risk=Risk.SERIOUS), Mode.ATTRIBUTED, None).codes
    assert {Code.E_LEGAL, Code.E_SIGNOFF} <= set(codes)


def test_a_story_without_uses_passes():
    assert gate.evaluate(case_of(), assess(case_of()), StoryFacts(), POLICY) == gate.GateResult(Gate.PASS, (), {})


def test_the_story_is_as_bad_as_its_worst_use():
    case = case_of(*PAIR, claims=[ClaimFacts(id="dam-safe", risk=Risk.CONTENTIOUS), ClaimFacts(id="dam-new")])
    story = StoryFacts(
        uses={"dam-safe": ClaimUseFacts(mode=Mode.ASSERTED), "dam-new": ClaimUseFacts(mode=Mode.ATTRIBUTED)},
        signoffs=dict.fromkeys(case.claims, SignoffFacts(legal=True, standards=True)),
    )
    result = gate.evaluate(case, assess(case), story, POLICY)
    assert [use.gate for use in result.uses.values()] == [Gate.PASS, Gate.HOLD]
    assert (result.gate, result.codes) == (Gate.HOLD, (Code.E_NO_ORIGIN,))


@pytest.mark.parametrize("respondent", ["a", "b", None])
def test_a_silent_party_beside_an_unnamed_source_needs_a_custodian_whoever_it_is(respondent):
    asked = {"to": "b", "covers": frozenset({"dam-safe"}), "respondent_key": respondent}
    for outcome, needed in ((ReplyOutcome.DECLINED, True), (ReplyOutcome.REPLIED, False)):
        replies = (ReplyRequestFacts(outcome=outcome, **asked),)
        case = case_of(person("a", unnamed=True, key="a"), person("b"), says("a-1", "a"), replies=replies)
        result = evaluate(case, Mode.ATTRIBUTED, None)
        assert result.uses["dam-safe"].ask_custodian is needed
        assert (Code.E_FALSE_DECLINE in result.codes) is (needed and respondent == "a")
    case = case_of(*PAIR, replies=(ReplyRequestFacts(outcome=ReplyOutcome.DECLINED, **asked),))
    assert not evaluate(case, Mode.ATTRIBUTED, None).uses["dam-safe"].ask_custodian


@pytest.mark.parametrize("code", list(Code))
def test_every_code_has_a_remedy(code):
    explanation = gate.explain(code)
    assert explanation.endswith(".")
    assert len(explanation) > 15
    assert code.gate is not Gate.PASS


def test_the_codes_have_the_gates_of_the_reference():
    blocking = {code.value for code in Code if code.gate is Gate.BLOCK}
    assert blocking == {
        *("E_RESTRICTED", "E_EMBARGO", "E_LEVEL", "E_IDENTITY_UNKNOWN", "E_REFUTED", "E_WITHDRAWN"),
        "E_FALSE_DECLINE",
    }
    assert {code for code in Code if code.gate is Gate.CONDITIONAL} == {c for c in Code if c.startswith("C_")}


def test_only_two_codes_can_be_overridden():
    assert [code for code in Code if code.overridable] == [Code.E_REPLY_PENDING, Code.E_REPLY_WINDOW]
