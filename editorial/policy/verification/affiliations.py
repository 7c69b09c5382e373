"""Who is a party to a claim, who speaks for a party, and who gains from what (Verification, sections 1 and 2)."""

from editorial.policy.facts import CaseFacts, ClaimFacts, SourceFacts
from editorial.policy.vocabulary import BenefitsIf, Stance


def principal(case: CaseFacts, source: SourceFacts) -> str | None:
    """The identity that a source speaks for, if it speaks for anybody."""
    return case.identity(source.speaks_for) if source.speaks_for else None


def represented_identities(case: CaseFacts, name: str) -> frozenset[str]:
    """The identities for which a name can answer: its own, and that of its principal."""
    source = case.sources.get(name)
    master = principal(case, source) if source else None
    return frozenset({case.identity(name)} | ({master} if master else set()))


def adverse_parties(case: CaseFacts, claim: ClaimFacts) -> frozenset[str]:
    """The identities of the parties whom the claim accuses."""
    return frozenset(case.identity(party) for party in claim.adverse_to)


def interest(case: CaseFacts, source: SourceFacts, parties: frozenset[str]) -> BenefitsIf:
    """When a source gains: as stated, else a party and its agents if the claim is disbelieved."""
    if source.benefits_if:
        return source.benefits_if
    return BenefitsIf.DISBELIEVED if is_party_or_agent(case, source, parties) else BenefitsIf.NEITHER


def is_party_or_agent(case: CaseFacts, source: SourceFacts, parties: frozenset[str]) -> bool:
    """Whether a source is one of the accused parties, or an agent of one."""
    return bool(parties) and not parties.isdisjoint(represented_identities(case, source.id))


def gains_from(benefits_if: BenefitsIf, stance: Stance) -> bool:
    """Whether somebody with this stake gains from saying this."""
    return (benefits_if, stance) in ((BenefitsIf.BELIEVED, Stance.AFFIRMS), (BenefitsIf.DISBELIEVED, Stance.DENIES))


def makers(case: CaseFacts, document: SourceFacts) -> frozenset[str]:
    """The identities behind a document: author, issuer, and whom those speak for."""
    named = (name for name in (document.author, document.issuer) if name)
    return frozenset().union(*(represented_identities(case, name) for name in named))
