"""Reasons why a statement does not count, in words. The rules are in `policy.evidence`.

`tests/admin` verifies that a statement counts if and only if there is no reason against it.
"""

from __future__ import annotations

from editorial.policy.facts import StatementFacts
from editorial.policy.verification.evidence import Evidence, has_usable_terms
from editorial.policy.vocabulary import Directness, ObtainedBy, Reliability, SourceType

PROTECTED_REASON = "a reason that is protected"
_UNKNOWN, _UNRELIABLE = "no editor knows who the source is", "the source is rated unreliable"
_OF_SOURCES = frozenset({_UNKNOWN, _UNRELIABLE})


def reasons(evidence: Evidence, statement_id: str) -> list[str]:
    """Why this statement does not count; empty if it does."""
    statement = evidence.statements[statement_id]
    texts = _withdrawn_or_retracted(evidence, statement) + _without_stance(statement) + _unusable(evidence, statement)
    if not texts and statement_id in evidence.unsound:
        texts.append("repeats a statement that cannot count")
    texts = texts or _indirect_only(evidence, statement)
    if not texts and statement_id not in evidence.countable:
        texts.append("the same voice also says the opposite")
    return texts


def without_source(texts: list[str]) -> list[str]:
    """The reasons without what they say of a source that the reader may not see."""
    return [PROTECTED_REASON if text in _OF_SOURCES else text for text in texts]


def _withdrawn_or_retracted(evidence: Evidence, statement: StatementFacts) -> list[str]:
    if statement.withdrawn:
        return ["withdrawn by its source"]
    if statement.retracted:
        return ["retracted by its publisher"]
    if statement.id in evidence.dead:
        return ["known only through others, who have all withdrawn it"]
    return [] if statement.id in evidence.live else ["its origin no longer stands"]


def _without_stance(statement: StatementFacts) -> list[str]:
    return [] if statement.stance.opposite else ["neither affirms nor denies"]


def _unusable(evidence: Evidence, statement: StatementFacts) -> list[str]:
    source = evidence.source(statement.id)
    texts = []
    if not has_usable_terms(statement):
        texts.append("its terms do not allow use")
    if statement.obtained_by is not ObtainedBy.US:
        texts.append("collected by others")
    if source.type is SourceType.DOCUMENT and not source.authenticated:
        texts.append("the document is not authenticated")
    if source.unnamed and not source.editor_knows:
        texts.append(_UNKNOWN)
    if source.reliability is Reliability.E:
        texts.append(_UNRELIABLE)
    return texts


def _indirect_only(evidence: Evidence, statement: StatementFacts) -> list[str]:
    if statement.directness is Directness.RELAYED:
        return ["only relays a publication"]
    if statement.directness is Directness.SECOND_HAND:
        informant = evidence.informant.get(statement.id)
        if informant is None:
            return ["second hand from an unknown person"]
        if informant.type is SourceType.OUTLET:
            return ["second hand from an outlet"]
    return []
