"""A statement that does not count has a reason in plain words; one that counts has none."""

from __future__ import annotations

from itertools import product

from hypothesis import given

from editorial.policy.facts import CaseFacts, ClaimFacts, RelayFacts, SourceFacts, StatementFacts
from editorial.policy.review.weighing import reasons_not_counted
from editorial.policy.verification.evidence import Evidence
from editorial.policy.vocabulary import Directness, Ending, ObtainedBy, Reliability, SourceType, Stance, Terms
from tests.policy.random_cases import cases

SOURCES = [
    SourceFacts(id="named", type=SourceType.PERSON),
    SourceFacts(id="hidden", type=SourceType.PERSON, unnamed=True, editor_knows=False),
    SourceFacts(id="known", type=SourceType.PERSON, unnamed=True),
    SourceFacts(id="poor", type=SourceType.PERSON, reliability=Reliability.E),
    SourceFacts(id="paper", type=SourceType.DOCUMENT),
    SourceFacts(id="outlet", type=SourceType.OUTLET),
]


def statement(name: str, **fields):
    defaults = {"claim": "c", "stance": Stance.AFFIRMS, "directness": Directness.FIRST_HAND, "terms": Terms.ON_RECORD}
    return StatementFacts(**{"id": name, **defaults, **fields})


def evidence(*statements: StatementFacts, relays: tuple[RelayFacts, ...] = ()) -> Evidence:
    claim = ClaimFacts(id="c")
    return Evidence(CaseFacts.of(claims=[claim], sources=SOURCES, statements=statements, relays=relays), "c")


def assert_agreed(case_evidence: Evidence) -> None:
    for name in case_evidence.statements:
        assert (name in case_evidence.countable) == (not reasons_not_counted(case_evidence, name)), (
            name,
            reasons_not_counted(case_evidence, name),
        )


def test_a_statement_counts_unless_a_reason_says_otherwise():
    for source, stance, directness, terms, obtained_by in product(SOURCES, Stance, Directness, Terms, ObtainedBy):
        for informant in (
            ("named", "outlet", "hidden", "unknown") if directness is Directness.SECOND_HAND else ("unknown",)
        ):
            candidate = statement(
                "s",
                source=source.id,
                stance=stance,
                directness=directness,
                terms=terms,
                obtained_by=obtained_by,
                informant=informant,
            )
            assert_agreed(evidence(candidate))


def test_a_withdrawn_statement_and_its_repeats_do_not_count():
    withdrawn = statement("gone", source="named", ended=Ending.WITHDRAWN)
    repeats = statement("repeats", source="known", directness=Directness.RELAYED)
    case_evidence = evidence(withdrawn, repeats, relays=(RelayFacts("repeats", "gone"),))
    assert reasons_not_counted(case_evidence, "gone") == ["withdrawn by its source"]
    assert reasons_not_counted(case_evidence, "repeats")[0] == "its origin no longer stands"
    assert_agreed(case_evidence)


def test_a_repeat_of_an_unusable_statement_does_not_count():
    off = statement("off", source="named", terms=Terms.OFF_RECORD)
    repeat = statement("told", source="known", directness=Directness.SECOND_HAND, informant="named")
    case_evidence = evidence(off, repeat, relays=(RelayFacts("told", "off"),))
    assert reasons_not_counted(case_evidence, "told") == ["repeats a statement that cannot count"]
    assert_agreed(case_evidence)


def test_a_source_that_affirms_and_denies_does_not_count():
    case_evidence = evidence(statement("yes", source="named"), statement("no", source="named", stance=Stance.DENIES))
    assert reasons_not_counted(case_evidence, "yes") == ["the same source also says the opposite"]
    assert_agreed(case_evidence)


@given(cases())
def test_in_any_case_a_statement_counts_unless_a_reason_says_otherwise(case):
    for claim_id in case.claims:
        assert_agreed(Evidence(case, claim_id))
