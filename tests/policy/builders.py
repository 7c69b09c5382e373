"""Short ways to write down a case in a test."""

from editorial.policy.facts import CaseFacts, ClaimFacts, SourceFacts, StatementFacts
from editorial.policy.verification import finding, thresholds
from editorial.policy.vocabulary import Directness, Risk, SourceType, Stance, Terms

POLICY = thresholds.default_policy()


def person(name, **fields):
    """A person, as ordinary as can be."""
    return SourceFacts(id=name, **({"type": SourceType.PERSON} | fields))


def says(name, source, claim="dam-safe", **fields):
    """An eyewitness affirms, on the record, and a copy is kept."""
    usual = {
        "stance": Stance.AFFIRMS,
        "directness": Directness.FIRST_HAND,
        "terms": Terms.ON_RECORD,
        "archived": True,
    }
    return StatementFacts(id=name, source=source, claim=claim, **(usual | fields))


def case_of(*items, risk=Risk.CONTENTIOUS, claims=None, **fields):
    """A case on one claim (unless more are given) of these sources and statements."""
    return CaseFacts.of(
        claims=claims or [ClaimFacts(id="dam-safe", risk=risk)],
        sources=[item for item in items if isinstance(item, SourceFacts)],
        statements=[item for item in items if isinstance(item, StatementFacts)],
        **fields,
    )


def assess(case, **options):
    """The findings under the default policy."""
    return finding.assess(case, POLICY, **options)
