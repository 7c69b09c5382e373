"""Why a statement does not count, in plain words, the same in every interface (Verification, section 2).

A property test proves that a statement counts if and only if there is no reason against it.
"""

from collections.abc import Iterator

from editorial.policy.facts import SourceFacts, StatementFacts
from editorial.policy.verification.evidence import Evidence, has_usable_terms
from editorial.policy.vocabulary import Directness, Ending, ObtainedBy, Reliability, SourceType, Translation

PROTECTED_REASON = "a reason that is protected"
_UNKNOWN, _UNRELIABLE = "no editor knows who the source is", "the source is rated unreliable"
_UNKNOWN_INFORMANT = "second hand from somebody whom no editor knows"
_UNRELIABLE_INFORMANT = "second hand from a source that is rated unreliable"
_OF_SPEAKER = frozenset({_UNKNOWN, _UNRELIABLE})
_OF_INFORMANT = frozenset({_UNKNOWN_INFORMANT, _UNRELIABLE_INFORMANT})
_ENDED = {
    Ending.WITHDRAWN: "withdrawn by its source",
    Ending.RETRACTED: "retracted by its publisher",
    Ending.CORRECTED: "corrected since",
    Ending.SUPERSEDED: "superseded by newer facts",
}


def reasons_not_counted(evidence: Evidence, statement_id: str) -> list[str]:
    """Why a statement does not count; empty if it does. The most telling reasons only: others may apply as well."""
    statement = evidence.statements[statement_id]
    for reasons in (_fallen(evidence, statement), _unsound(evidence, statement), _broken(evidence, statement)):
        texts = list(reasons)
        if texts:
            return texts
    if statement_id in evidence.countable:
        return []
    if statement_id in evidence.spread_by_relays(evidence.statements.keys() - evidence.sound | evidence.broken):
        return ["repeats a statement that cannot count"]
    return ["has no origin that could count"]


def for_reader(texts: list[str], *, sees_speaker: bool, sees_informant: bool) -> list[str]:
    """The reasons without what they say of a source that the reader may not see."""
    hidden = (frozenset() if sees_speaker else _OF_SPEAKER) | (frozenset() if sees_informant else _OF_INFORMANT)
    return [PROTECTED_REASON if text in hidden else text for text in texts]


def _fallen(evidence: Evidence, statement: StatementFacts) -> Iterator[str]:
    if statement.ended:
        yield _ENDED[statement.ended]
    elif evidence.source(statement.id).is_fake:
        yield f"its source is not genuine ({evidence.source(statement.id).authenticity})"
    elif statement.id in evidence.dead:
        yield "known only through other statements, none of which still stands"
    elif not evidence.roots[statement.id]:
        yield "repeats statements that repeat it, and has no origin"
    elif statement.id not in evidence.live:
        yield "its origin no longer stands"


def _unsound(evidence: Evidence, statement: StatementFacts) -> Iterator[str]:
    source = evidence.source(statement.id)
    if not statement.stance.opposite:
        yield "neither affirms nor denies"
    if not has_usable_terms(statement):
        yield "its terms do not allow use"
    if statement.obtained_by is not ObtainedBy.US:
        yield "collected by others"
    if statement.is_coerced:
        yield "the source was coerced"
    if statement.collector_conflict:
        yield "the colleague who recorded it has a stake in the claim"
    if statement.translation is Translation.MACHINE:
        yield "translated by a machine, and nobody has checked the translation"
    if source.is_unproven_document:
        yield "the document is not authenticated"
    if source.is_unknown_to_editors:
        yield _UNKNOWN
    if source.reliability is Reliability.E:
        yield _UNRELIABLE


def _broken(evidence: Evidence, statement: StatementFacts) -> Iterator[str]:
    if statement.directness is Directness.RELAYED:
        yield "only relays a publication"
    elif statement.directness is Directness.SECOND_HAND:
        yield from _worthless_informant(evidence, statement)
    if statement.id in evidence.contradicted:
        yield "the same source also says the opposite"


def _worthless_informant(evidence: Evidence, statement: StatementFacts) -> Iterator[str]:
    informant: SourceFacts | None = evidence.informant.get(statement.id)
    recorded = evidence.case.sources.get(statement.informant)
    if informant is None and recorded and recorded.is_unknown_to_editors:
        yield _UNKNOWN_INFORMANT
    elif informant is None:
        yield "second hand, without a recorded informant"
    elif informant.type is SourceType.OUTLET:
        yield "second hand from an outlet"
    elif informant.is_fake or informant.is_unproven_document:
        yield "second hand from a document that is not authenticated"
    elif informant.reliability is Reliability.E:
        yield _UNRELIABLE_INFORMANT
