"""Evidence that settles a claim alone, and denials that contest it (Verification, section 2)."""

from editorial.policy.verification import affiliations
from editorial.policy.verification.evidence import Evidence, has_usable_terms
from editorial.policy.vocabulary import Basis, Directness, SourceType, Stance, Terms


def sole_routes(evidence: Evidence) -> dict[Basis, list[str]]:
    """Basis → the statements that settle the claim on it, in order of precedence."""
    affirming = evidence.countable_with(Stance.AFFIRMS)
    settling = [name for name in affirming if evidence.claim.id in evidence.source(name).establishes]
    routes = {
        Basis.RECORD: [name for name in settling if evidence.source(name).type is SourceType.DOCUMENT],
        Basis.OBSERVATION: [name for name in settling if evidence.source(name).type is SourceType.OBSERVATION],
        Basis.ADMISSION: [name for name in affirming if is_admission(evidence, name)],
    }
    if any(is_from_party(evidence, name) for name in live_denials(evidence)):
        routes[Basis.ADMISSION] = []
    return {basis: names for basis, names in routes.items() if names}


def has_sole_route_against(evidence: Evidence) -> bool:
    """Whether a document or our own observation refutes the claim by itself."""
    return any(
        evidence.claim.id in evidence.source(name).contradicts
        and evidence.source(name).type in (SourceType.DOCUMENT, SourceType.OBSERVATION)
        for name in evidence.countable_with(Stance.DENIES)
    )


def is_admission(evidence: Evidence, statement_id: str) -> bool:
    """Whether a party concedes the claim: on record, named, without gain, from its own or its principal's knowledge."""
    statement = evidence.statements[statement_id]
    if statement.terms is not Terms.ON_RECORD or not evidence.named(statement_id):
        return False
    if statement_id in evidence.interested or not is_from_party(evidence, statement_id):
        return False
    if statement.directness is Directness.FIRST_HAND:
        return True
    informant = evidence.informant_identity(statement_id)
    principal = affiliations.principal(evidence.case, evidence.source(statement_id))
    return informant in evidence.adverse_parties and informant == principal


def is_from_party(evidence: Evidence, statement_id: str) -> bool:
    """Whether the statement is by an adverse party or its agent."""
    return affiliations.is_party_or_agent(evidence.case, evidence.source(statement_id), evidence.adverse_parties)


def live_denials(evidence: Evidence) -> list[str]:
    """Denials that readers must learn of. The rule is generous, so that dissent is noticed."""
    return [item.id for item in evidence.statements.values() if is_live_denial(evidence, item.id)]


def is_live_denial(evidence: Evidence, statement_id: str) -> bool:
    """A usable denial that is not dead, by a party, by a first-hand source, or with a known informant."""
    statement, source = evidence.statements[statement_id], evidence.source(statement_id)
    if statement.stance is not Stance.DENIES or statement_id in evidence.dead or not has_usable_terms(statement):
        return False
    if source.type is SourceType.DOCUMENT and not source.authenticated:
        return False
    knows = statement.directness is Directness.FIRST_HAND or statement_id in evidence.informant
    return knows or is_from_party(evidence, statement_id)
