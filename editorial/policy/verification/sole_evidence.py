"""Evidence that settles a claim alone, and denials that contest it (Verification, section 2)."""

from editorial.policy.facts import SourceFacts
from editorial.policy.verification import affiliations
from editorial.policy.verification.evidence import Evidence, has_usable_terms
from editorial.policy.vocabulary import Basis, Directness, Risk, SourceType, Stance, Terms


def sole_routes(evidence: Evidence) -> dict[Basis, list[str]]:
    """Basis → the statements that settle the claim on it, in order of precedence."""
    affirming = evidence.countable_with(Stance.AFFIRMS)
    settling = [name for name in affirming if settles(evidence, name, evidence.source(name).establishes)]
    routes = {
        Basis.RECORD: [name for name in settling if evidence.source(name).is_document],
        Basis.OBSERVATION: [name for name in settling if not evidence.source(name).is_document],
        Basis.ADMISSION: admissions(evidence, affirming),
    }
    return {basis: names for basis, names in routes.items() if names}


def routes_against(evidence: Evidence) -> list[str]:
    """The statements of a document or an observation that refute the claim by themselves."""
    denying = evidence.countable_with(Stance.DENIES)
    return [name for name in denying if settles(evidence, name, evidence.source(name).contradicts)]


def settles(evidence: Evidence, statement_id: str, settled_claims: frozenset[str]) -> bool:
    """Whether a first-hand statement is by a source with authority over the claim, checked if the claim is serious."""
    return (
        evidence.claim.id in settled_claims
        and evidence.first_hand(statement_id)
        and has_authority(evidence.source(statement_id), evidence.claim.risk)
    )


def has_authority(source: SourceFacts, risk: Risk) -> bool:
    """Whether a source can settle claims of this risk; one unchecked observation does not settle a serious one."""
    if source.type is SourceType.OBSERVATION:
        return risk is not Risk.SERIOUS or source.authenticated
    return source.is_document


def admissions(evidence: Evidence, affirming: list[str]) -> list[str]:
    """The parties' admissions, if each party has made one and none of them denies."""
    by_party = {
        party: [name for name in affirming if is_admission_of(evidence, name, party)]
        for party in evidence.adverse_parties
    }
    if not by_party or not all(by_party.values()):
        return []
    if any(is_from_party(evidence, name) for name in live_denials(evidence)):
        return []
    return sorted({name for names in by_party.values() for name in names})


def is_admission_of(evidence: Evidence, statement_id: str, party: str) -> bool:
    """Whether a party concedes the claim, itself or by an agent: named, on record, without gain, and able to know."""
    statement = evidence.statements[statement_id]
    return (
        statement.terms is Terms.ON_RECORD
        and evidence.named(statement_id)
        and statement_id not in evidence.interested
        and party in affiliations.represented_identities(evidence.case, statement.source)
        and (evidence.first_hand(statement_id) or evidence.informant_identity.get(statement_id) == party)
    )


def is_from_party(evidence: Evidence, statement_id: str) -> bool:
    """Whether the statement is by an adverse party or its agent."""
    return affiliations.is_party_or_agent(evidence.case, evidence.source(statement_id), evidence.adverse_parties)


def live_denials(evidence: Evidence) -> list[str]:
    """Denials that readers must learn of. The rule is generous, so that dissent is noticed."""
    return [name for name in evidence.statements if is_live_denial(evidence, name)]


def is_live_denial(evidence: Evidence, statement_id: str) -> bool:
    """A usable denial that is not dead, by a party, by a first-hand source, or with a known informant."""
    statement = evidence.statements[statement_id]
    if statement.stance is not Stance.DENIES or statement_id in evidence.dead or not has_usable_terms(statement):
        return False
    if evidence.source(statement_id).is_unproven_document:
        return False
    knows = statement.directness is Directness.FIRST_HAND or statement_id in evidence.informant
    return knows or is_from_party(evidence, statement_id)
