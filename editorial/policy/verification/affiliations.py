"""Affiliations: parties to a claim, their agents, and interests (Verification, sections 1 and 2)."""

from editorial.policy.facts import CaseFacts, ClaimFacts, SourceFacts
from editorial.policy.vocabulary import BenefitsIf, Stance


def principal(case: CaseFacts, source: SourceFacts) -> str | None:
    """The identity that a source speaks for, if any."""
    return case.identity(source.speaks_for) if source.speaks_for else None


def represented_identities(case: CaseFacts, name: str) -> frozenset[str]:
    """The identities that a name represents: its own and its principal's."""
    source = case.sources.get(name)
    principal_identity = principal(case, source) if source else None
    return frozenset({case.identity(name)} | ({principal_identity} if principal_identity else set()))


def adverse_parties(case: CaseFacts, claim: ClaimFacts) -> frozenset[str]:
    """Identities of the parties that the claim accuses."""
    return frozenset(case.identity(party) for party in claim.adverse_to)


def interest(case: CaseFacts, source: SourceFacts, parties: frozenset[str]) -> BenefitsIf:
    """When a source benefits: as recorded; by default a party and its agents benefit if the claim is disbelieved."""
    if source.benefits_if:
        return source.benefits_if
    return BenefitsIf.DISBELIEVED if is_party_or_agent(case, source, parties) else BenefitsIf.NEITHER


def is_party_or_agent(case: CaseFacts, source: SourceFacts, parties: frozenset[str]) -> bool:
    """Whether a source is an accused party or an agent of one."""
    return bool(parties) and not parties.isdisjoint(represented_identities(case, source.id))


def gains_from(benefits_if: BenefitsIf, stance: Stance) -> bool:
    """Whether a source with this interest gains from this stance."""
    return (benefits_if, stance) in ((BenefitsIf.BELIEVED, Stance.AFFIRMS), (BenefitsIf.DISBELIEVED, Stance.DENIES))


def makers(case: CaseFacts, document: SourceFacts) -> frozenset[str]:
    """Identities behind a document: author, issuer, and their principals."""
    names = (name for name in (document.author, document.issuer) if name)
    return frozenset().union(*(represented_identities(case, name) for name in names))
