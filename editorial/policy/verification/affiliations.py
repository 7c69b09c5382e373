"""Affiliations: parties to a claim, their agents and houses, and interests (Verification, section 2)."""

from collections.abc import Iterable

from editorial.policy.facts import CaseFacts, ClaimFacts, SourceFacts
from editorial.policy.verification.graphs import DisjointSets
from editorial.policy.vocabulary import BenefitsIf, Stance


def represented_identities(case: CaseFacts, name: str) -> frozenset[str]:
    """The identities that a name represents: its own and its principal's."""
    source = case.sources.get(name)
    principal = source.speaks_for if source else None
    return frozenset(case.identity(each) for each in (name, principal) if each)


def makers(case: CaseFacts, document: SourceFacts) -> frozenset[str]:
    """Identities behind a document: author, issuer, and their principals."""
    named = (name for name in (document.author, document.issuer) if name)
    return frozenset().union(*(represented_identities(case, name) for name in named))


def adverse_parties(case: CaseFacts, claim: ClaimFacts) -> frozenset[str]:
    """Identities of the parties that the claim accuses."""
    return frozenset(case.identity(party) for party in claim.adverse_to)


def is_party_or_agent(case: CaseFacts, source: SourceFacts, parties: frozenset[str]) -> bool:
    """Whether a source is an accused party or an agent of one."""
    return not parties.isdisjoint(represented_identities(case, source.id))


def houses(case: CaseFacts, parties: Iterable[str], sources: Iterable[SourceFacts]) -> frozenset[str]:
    """The parties, and every identity that these sources tie to one, over any number of steps.

    Ties are employment, agency and ownership.
    """
    ties = [
        (case.identity(source.id), case.identity(other))
        for source in sources
        for other in (source.org, source.parent, source.speaks_for)
        if other
    ]
    roots = set(parties)
    clusters = DisjointSets(roots.union(*ties))
    for one, other in ties:
        clusters.union(one, other)
    return frozenset(name for cluster in clusters.sets() if not roots.isdisjoint(cluster) for name in cluster)


def is_of_house(case: CaseFacts, source: SourceFacts, house: frozenset[str]) -> bool:
    """Whether a source, or the author or issuer of a document, belongs to a party's house."""
    made_by = (source.author, source.issuer) if source.is_document else ()
    return any(case.identity(name) in house for name in (source.id, *made_by) if name)


def inherited_interest(case: CaseFacts, source: SourceFacts) -> BenefitsIf:
    """The interest of a source's principal, else of its employer, else of a document's author, else of its issuer."""
    made_by = (source.author, source.issuer) if source.is_document else ()
    for name in (source.speaks_for, source.org, *made_by):
        record = case.sources.get(name) if name else None
        if record and record.benefits_if:
            return record.benefits_if
    return BenefitsIf.NEITHER


def gains_from(benefits_if: BenefitsIf, stance: Stance) -> bool:
    """Whether a source with this interest gains from this stance."""
    return (benefits_if, stance) in ((BenefitsIf.BELIEVED, Stance.AFFIRMS), (BenefitsIf.DISBELIEVED, Stance.DENIES))
