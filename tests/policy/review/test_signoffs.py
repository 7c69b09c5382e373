"""Sign-offs: who may sign, what makes a finding effective, and what a missing signature leaves."""

from dataclasses import replace

import pytest

from editorial.policy.facts import CaseFacts, ClaimFacts, SignoffFacts
from editorial.policy.publication import signoffs
from editorial.policy.publication.signoffs import ApprovalFacts, Refusal
from editorial.policy.vocabulary import FindingValue, Risk
from tests.policy.builders import POLICY

FINE = ApprovalFacts(
    risk=Risk.SERIOUS,
    finding=FindingValue.VERIFIED,
    approver="ada",
    proposer="ben",
    authors=frozenset({"cleo"}),
    collectors=frozenset({"dan"}),
    standards_signed=True,
)


def test_an_uninvolved_editor_may_approve():
    assert signoffs.may_approve(FINE, POLICY) == []


@pytest.mark.parametrize(
    ("change", "refusal"),
    [
        ({"finding": FindingValue.DISPUTED}, Refusal.NOTHING_TO_SIGN),
        ({"finding": None}, Refusal.NOTHING_TO_SIGN),
        ({"proposer": None}, Refusal.NOT_PROPOSED),
        ({"authors": frozenset({"ada"})}, Refusal.WROTE_STORY),
        ({"collectors": frozenset({"ada"})}, Refusal.COLLECTED_EVIDENCE),
        ({"proposer": "ada"}, Refusal.PROPOSED),
        ({"standards_signed": False}, Refusal.STANDARDS_NEEDED),
    ],
)
def test_every_other_user_gets_a_reason(change, refusal):
    assert signoffs.may_approve(replace(FINE, **change), POLICY) == [refusal]
    assert len(signoffs.explain(refusal)) > 20


def test_all_reasons_are_reported_together():
    approval = replace(FINE, proposer="ada", authors=frozenset({"ada"}), standards_signed=False)
    assert len(signoffs.may_approve(approval, POLICY)) == 3


def test_a_contentious_claim_needs_no_standards_editor():
    assert signoffs.may_approve(replace(FINE, risk=Risk.CONTENTIOUS, standards_signed=False), POLICY) == []


def compound(risk, part_risk):
    """A compound of two parts."""
    parts = [ClaimFacts(id=name, risk=part_risk) for name in ("one", "two")]
    return CaseFacts.of(claims=[ClaimFacts(id="whole", parts=("one", "two"), risk=risk), *parts])


@pytest.mark.parametrize("unsigned", ["whole", "one", "two"])
def test_a_compound_is_signed_with_all_its_members(unsigned):
    signoff_facts = {name: SignoffFacts(signed=name != unsigned) for name in ("whole", "one", "two")}
    case = compound(Risk.ROUTINE, Risk.ROUTINE)
    assert not signoffs.is_signed(case, "whole", signoff_facts, POLICY)
    assert signoffs.is_signed(case, "whole", dict.fromkeys(signoff_facts, SignoffFacts(signed=True)), POLICY)


def test_a_claim_without_signoffs_is_not_signed():
    assert not signoffs.is_signed(compound(Risk.ROUTINE, Risk.ROUTINE), "one", {}, POLICY)


@pytest.mark.parametrize(("risk", "signed"), [(Risk.ROUTINE, True), (Risk.CONTENTIOUS, True), (Risk.SERIOUS, False)])
def test_without_a_signing_rule_the_standards_review_decides_for_serious_claims(risk, signed):
    case = compound(Risk.ROUTINE, risk)
    signoff_facts = dict.fromkeys(case.claims, SignoffFacts(standards=False))
    assert signoffs.is_signed(case, "one", signoff_facts, POLICY) is signed
    assert signoffs.is_signed(case, "whole", signoff_facts, POLICY) is signed
