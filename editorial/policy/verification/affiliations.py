"""Who is a party to a claim, who speaks for a party, and who gains from what (Verification, sections 1 and 2)."""

from editorial.policy.facts import CaseFacts, ClaimFacts, SourceFacts
from editorial.policy.vocabulary import Gains, Stance


def principal(case: CaseFacts, source: SourceFacts) -> str | None:
    """The identity that a source speaks for, if it speaks for anybody."""
    return case.identity(source.speaks_for) if source.speaks_for else None


def stands_for(case: CaseFacts, name: str) -> frozenset[str]:
    """The identities for which a name can answer: its own, and that of its principal."""
    source = case.sources.get(name)
    master = principal(case, source) if source else None
    return frozenset({case.identity(name)} | ({master} if master else set()))


def adverse(case: CaseFacts, claim: ClaimFacts) -> frozenset[str]:
    """The identities of the parties whom the claim accuses."""
    return frozenset(case.identity(party) for party in claim.adverse_to)


def stake(case: CaseFacts, source: SourceFacts, accused: frozenset[str]) -> Gains:
    """When a source gains: as stated, else a party and its agents if the claim is disbelieved."""
    if source.gains:
        return source.gains
    return Gains.DISBELIEVED if answers_for(case, source, accused) else Gains.NEITHER


def answers_for(case: CaseFacts, source: SourceFacts, accused: frozenset[str]) -> bool:
    """Whether a source is one of the accused parties, or an agent of one."""
    return bool(accused) and not accused.isdisjoint(stands_for(case, source.id))


def profits(gains: Gains, stance: Stance) -> bool:
    """Whether somebody with this stake gains from saying this."""
    return (gains, stance) in ((Gains.BELIEVED, Stance.AFFIRMS), (Gains.DISBELIEVED, Stance.DENIES))


def makers(case: CaseFacts, document: SourceFacts) -> frozenset[str]:
    """The identities behind a document: author, issuer, and whom those speak for."""
    named = (name for name in (document.author, document.issuer) if name)
    return frozenset().union(*(stands_for(case, name) for name in named))
