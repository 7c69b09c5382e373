"""A statement that does not count has a reason in plain words; one that counts has none."""

from __future__ import annotations

from itertools import product

import pytest
from hypothesis import given

from editorial.policy.facts import CaseFacts, ClaimFacts, RelayFacts, SourceFacts, StatementFacts
from editorial.policy.review.weights import (
    PROTECTED_REASON,
    NotCounted,
    for_reader,
    reasons_not_counted,
    without_contradictions,
)
from editorial.policy.verification.evidence import Evidence
from editorial.policy.vocabulary import (
    Authenticity,
    Directness,
    Ending,
    Inducement,
    ObtainedBy,
    Reliability,
    SourceType,
    Stance,
    Terms,
    Translation,
)
from tests.policy.random_cases import cases

SOURCES = [
    SourceFacts(id="named", type=SourceType.PERSON),
    SourceFacts(id="hidden", type=SourceType.PERSON, unnamed=True, editor_knows=False),
    SourceFacts(id="known", type=SourceType.PERSON, unnamed=True),
    SourceFacts(id="poor", type=SourceType.PERSON, reliability=Reliability.E),
    SourceFacts(id="paper", type=SourceType.DOCUMENT),
    SourceFacts(id="outlet", type=SourceType.OUTLET),
    *(
        SourceFacts(id=kind.value, type=SourceType.DOCUMENT, authenticity=kind)
        for kind in Authenticity
        if kind is not Authenticity.UNKNOWN
    ),
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
    assert reasons_not_counted(case_evidence, "gone") == [NotCounted.WITHDRAWN]
    assert reasons_not_counted(case_evidence, "repeats")[0] is NotCounted.DEAD_ORIGIN
    assert_agreed(case_evidence)


def test_a_repeat_of_an_unusable_statement_does_not_count():
    off = statement("off", source="named", terms=Terms.OFF_RECORD)
    repeat = statement("told", source="known", directness=Directness.SECOND_HAND, informant="named")
    case_evidence = evidence(off, repeat, relays=(RelayFacts("told", "off"),))
    assert reasons_not_counted(case_evidence, "told") == [NotCounted.REPEATS_UNCOUNTABLE]
    assert_agreed(case_evidence)


def test_a_source_that_affirms_and_denies_does_not_count():
    case_evidence = evidence(statement("yes", source="named"), statement("no", source="named", stance=Stance.DENIES))
    assert reasons_not_counted(case_evidence, "yes") == [NotCounted.BOTH_WAYS]
    assert_agreed(case_evidence)


@given(cases())
def test_in_any_case_a_statement_counts_unless_a_reason_says_otherwise(case):
    for claim_id in case.claims:
        assert_agreed(Evidence(case, claim_id))


def repeats(*pairs: tuple[str, str], **stated: dict) -> Evidence:
    """Statements that repeat each other, with what is stated of them."""
    names = dict.fromkeys(name for pair in pairs for name in pair)
    relayed = {derived for derived, _ in pairs}
    statements = [
        statement(
            name, **{"source": "named", "directness": Directness.RELAYED if name in relayed else Directness.FIRST_HAND}
            | stated.get(name, {}),
        )
        for name in names
    ]  # fmt: skip
    return evidence(*statements, relays=tuple(RelayFacts(*pair) for pair in pairs))


ECHO = {"directness": Directness.SECOND_HAND, "informant": "known"}
EXAMPLES: dict[NotCounted, Evidence] = {
    **{NotCounted(ending.value): evidence(statement("s", source="named", ended=ending)) for ending in Ending},
    **{
        NotCounted(kind.value): evidence(statement("s", source=kind.value))
        for kind in Authenticity
        if kind not in (Authenticity.UNKNOWN, Authenticity.GENUINE)
    },
    NotCounted.ONLY_VIA_DEAD: repeats(
        ("r", "s"), r={"ended": Ending.WITHDRAWN}, s={"obtained_by": ObtainedBy.EXTERNAL}
    ),
    NotCounted.CIRCULAR: repeats(("s", "r"), ("r", "s")),
    NotCounted.DEAD_ORIGIN: repeats(("s", "r"), r={"ended": Ending.WITHDRAWN}),
    NotCounted.NO_POSITION: evidence(statement("s", source="named", stance=Stance.UNAWARE)),
    NotCounted.TERMS: evidence(statement("s", source="named", terms=Terms.OFF_RECORD)),
    NotCounted.EXTERNAL: evidence(statement("s", source="named", obtained_by=ObtainedBy.EXTERNAL)),
    NotCounted.COERCED: evidence(statement("s", source="named", inducement=Inducement.COERCED)),
    NotCounted.COLLECTOR_CONFLICT: evidence(statement("s", source="named", collector_conflict=True)),
    NotCounted.MACHINE_TRANSLATION: evidence(statement("s", source="named", translation=Translation.MACHINE)),
    NotCounted.NOT_AUTHENTICATED: evidence(statement("s", source="paper")),
    NotCounted.UNKNOWN_SOURCE: evidence(statement("s", source="hidden")),
    NotCounted.UNRELIABLE_SOURCE: evidence(statement("s", source="poor")),
    NotCounted.RELAYED: repeats(("s", "r")),
    NotCounted.UNKNOWN_INFORMANT: evidence(statement("s", source="named", **ECHO | {"informant": "hidden"})),
    NotCounted.NO_INFORMANT: evidence(statement("s", source="named", directness=Directness.SECOND_HAND)),
    NotCounted.OUTLET_INFORMANT: evidence(statement("s", source="named", **ECHO | {"informant": "outlet"})),
    NotCounted.UNPROVEN_INFORMANT: evidence(statement("s", source="named", **ECHO | {"informant": "paper"})),
    NotCounted.UNRELIABLE_INFORMANT: evidence(statement("s", source="named", **ECHO | {"informant": "poor"})),
    NotCounted.BOTH_WAYS: evidence(
        statement("s", source="named"), statement("no", source="named", stance=Stance.DENIES)
    ),
    NotCounted.REPEATS_UNCOUNTABLE: repeats(("s", "r"), s=ECHO, r={"terms": Terms.OFF_RECORD}),
    NotCounted.NO_COUNTABLE_ORIGIN: evidence(
        statement("s", source="named", **ECHO), statement("o", source="known", inducement=Inducement.COERCED)
    ),
}


@pytest.mark.parametrize("rule", NotCounted)
def test_every_rule_that_leaves_a_statement_out_says_so_in_a_sentence(rule):
    assert rule in reasons_not_counted(EXAMPLES[rule], "s")
    assert rule.label != rule.value
    assert " " in rule.label


@pytest.mark.parametrize("rule", NotCounted)
def test_a_reader_learns_nothing_of_a_source_that_they_may_not_see(rule):
    shown = {"sees_speaker": True, "sees_informant": True}
    assert [(reason.rule, reason.text) for reason in for_reader([rule], **shown)] == [(rule, rule.label)]
    (hidden,) = for_reader([rule], **dict.fromkeys(shown, False))
    people = ("source is", "its source", "the document", "second-hand from", "no editor knows")
    about_people = any(word in rule.label for word in people)
    of_nobody = rule in (NotCounted.WITHDRAWN, NotCounted.BOTH_WAYS)
    if about_people and not of_nobody:
        assert (hidden.rule, hidden.text) == (None, PROTECTED_REASON)


def test_reasons_that_follow_from_a_contradiction_can_be_left_out():
    rules = [NotCounted.BOTH_WAYS, NotCounted.RELAYED, NotCounted.REPEATS_UNCOUNTABLE, NotCounted.NO_COUNTABLE_ORIGIN]
    assert without_contradictions(rules) == [NotCounted.RELAYED]
