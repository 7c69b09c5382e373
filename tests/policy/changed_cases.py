"""Random cases with one more fact, and what policy makes of them: the helpers of the laws."""

from dataclasses import replace

from editorial.policy.facts import (
    SourceFacts,
    StatementFacts,
)
from editorial.policy.publication import gate
from editorial.policy.verification import finding, thresholds
from editorial.policy.vocabulary import (
    Authenticity,
    Directness,
    FindingValue,
    Gate,
    SourceType,
    Stance,
    Terms,
)

POLICY = thresholds.default_policy()
LEVELS = list(Gate)


def simple_claims(case):
    """The claims that statements are about and that can have a finding."""
    return [name for name, claim in case.claims.items() if not claim.parts and not claim.kind.is_judgement]


def assess(case, **options):
    """The findings under the default policy."""
    return finding.assess(case, POLICY, **options)


def gate_of(case, story):
    """The verdict on a story."""
    return gate.evaluate(case, assess(case, hangs_on=False), story, POLICY)


def as_dicts(findings):
    """Findings as they are printed."""
    return {claim: result.to_dict() for claim, result in findings.items()}


def tokens(case):
    """The tokens in use."""
    return {source.key for source in case.sources.values()}


def new_source(**fields):
    """A source without any tie."""
    return SourceFacts(id="newcomer", **({"type": SourceType.PERSON} | fields))


def affirming_statement(claim, stance=Stance.AFFIRMS, **fields):
    """The statement of a new source."""
    given_fields = {"id": "new", "source": "newcomer", "directness": Directness.FIRST_HAND, "terms": Terms.ON_RECORD}
    return StatementFacts(claim=claim, stance=stance, **(given_fields | fields))


def with_source(case, source, *statements, relays=()):
    """The case with one more source and its statements."""
    return replace(
        case,
        sources={**case.sources, source.id: source},
        statements={**case.statements, **{item.id: item for item in statements}},
        relays=(*case.relays, *relays),
    )


def with_record_against(case, claim):
    """The case with an authentic document that settles the claim as false."""
    ties = {"type": SourceType.DOCUMENT, "authenticity": Authenticity.GENUINE, "contradicts": frozenset({claim})}
    record = replace(new_source(**ties), id="record")
    return with_source(case, record, affirming_statement(claim, Stance.DENIES, id="denial", source="record"))


def recorded_or_new(case, luck, **fields):
    """Any source of the case, or a new one."""
    return luck.choice([*case.sources.values(), new_source(**fields)])


def merge_sources(case, one, other):
    """The case in which these two identities turn out to be one."""
    return replace(
        case,
        sources={
            name: replace(source, key="one-and-the-same") if case.identity(name) in (one, other) else source
            for name, source in case.sources.items()
        },
    )


def is_newly_verified(before, after):
    """Whether the claim is verified, and was not before."""
    return after.finding is FindingValue.VERIFIED and before.finding is not FindingValue.VERIFIED
