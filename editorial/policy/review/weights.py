"""Why a statement does not count, in plain words, the same in every interface (Verification, section 2).

A property test proves that a statement counts if and only if there is no reason against it.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from editorial.policy.facts import SourceFacts, StatementFacts
from editorial.policy.verification.evidence import Evidence, has_usable_terms
from editorial.policy.vocabulary import (
    Authenticity,
    ChoiceEnum,
    Directness,
    Ending,
    ObtainedBy,
    Reliability,
    SourceType,
    Translation,
)

PROTECTED_REASON = "a reason that is protected"


class NotCounted(ChoiceEnum):
    """A rule by which a statement does not count; its label completes the sentence “does not count: …”."""

    WITHDRAWN = "withdrawn", "withdrawn by its source"
    RETRACTED = "retracted", "retracted by its publisher"
    CORRECTED = "corrected", "has been corrected"
    SUPERSEDED = "superseded", "superseded by newer facts"
    ALTERED = "altered", "its source was altered"
    FORGED = "forged", "its source is forged"
    SATIRE = "satire", "its source is satire"
    SYNTHETIC = "synthetic", "its source was made by a machine"
    ONLY_VIA_DEAD = "only_via_dead", "known only through other statements, none of which still stands"
    CIRCULAR = "circular", "repeats statements that repeat it, and has no origin"
    DEAD_ORIGIN = "dead_origin", "its origin no longer stands"
    NO_POSITION = "no_position", "neither affirms nor denies"
    TERMS = "terms", "its terms do not allow use"
    EXTERNAL = "external", "collected by others"
    COERCED = "coerced", "the source was coerced"
    COLLECTOR_CONFLICT = "collector_conflict", "the colleague who recorded it has a conflict of interest"
    MACHINE_TRANSLATION = "machine_translation", "translated by a machine, and nobody has checked the translation"
    NOT_AUTHENTICATED = "not_authenticated", "the document is not authenticated"
    UNKNOWN_SOURCE = "unknown_source", "no editor knows who the source is"
    UNRELIABLE_SOURCE = "unreliable_source", "the source is rated unreliable"
    RELAYED = "relayed", "only relays a publication"
    UNKNOWN_INFORMANT = "unknown_informant", "second-hand, and no editor knows the informant"
    NO_INFORMANT = "no_informant", "second-hand, without a named informant"
    OUTLET_INFORMANT = "outlet_informant", "second-hand from an outlet"
    UNPROVEN_INFORMANT = "unproven_informant", "second-hand from an unauthenticated document"
    UNRELIABLE_INFORMANT = "unreliable_informant", "second-hand from a source rated unreliable"
    BOTH_WAYS = "both_ways", "the same source also says the opposite"
    REPEATS_UNCOUNTABLE = "repeats_uncountable", "repeats a statement that cannot count"
    NO_COUNTABLE_ORIGIN = "no_countable_origin", "has no origin that could count"


_OF_SPEAKER = frozenset(
    {
        NotCounted.ALTERED,
        NotCounted.FORGED,
        NotCounted.SATIRE,
        NotCounted.SYNTHETIC,
        NotCounted.NOT_AUTHENTICATED,
        NotCounted.UNKNOWN_SOURCE,
        NotCounted.UNRELIABLE_SOURCE,
    }
)
_OF_INFORMANT = frozenset(
    {
        NotCounted.UNKNOWN_INFORMANT,
        NotCounted.OUTLET_INFORMANT,
        NotCounted.UNPROVEN_INFORMANT,
        NotCounted.UNRELIABLE_INFORMANT,
    }
)
_OF_CONTRADICTION = frozenset({NotCounted.BOTH_WAYS, NotCounted.REPEATS_UNCOUNTABLE, NotCounted.NO_COUNTABLE_ORIGIN})
_ENDED = {
    Ending.WITHDRAWN: NotCounted.WITHDRAWN,
    Ending.RETRACTED: NotCounted.RETRACTED,
    Ending.CORRECTED: NotCounted.CORRECTED,
    Ending.SUPERSEDED: NotCounted.SUPERSEDED,
}
_FAKE = {
    Authenticity.ALTERED: NotCounted.ALTERED,
    Authenticity.FORGED: NotCounted.FORGED,
    Authenticity.SATIRE: NotCounted.SATIRE,
    Authenticity.SYNTHETIC: NotCounted.SYNTHETIC,
}


@dataclass(frozen=True, slots=True)
class ShownReason:
    """A reason as shown to a reader; without the rule if it would reveal something about a protected source."""

    rule: NotCounted | None
    text: str


def reasons_not_counted(evidence: Evidence, statement_id: str) -> list[NotCounted]:
    """Why a statement does not count; empty if it does. The most telling reasons only: others may apply as well."""
    statement = evidence.statements[statement_id]
    for reasons in (_fallen(evidence, statement), _unsound(evidence, statement), _broken(evidence, statement)):
        rules = list(reasons)
        if rules:
            return rules
    if statement_id in evidence.countable:
        return []
    if statement_id in evidence.spread_by_relays(evidence.statements.keys() - evidence.sound | evidence.broken):
        return [NotCounted.REPEATS_UNCOUNTABLE]
    return [NotCounted.NO_COUNTABLE_ORIGIN]


def without_contradictions(rules: Iterable[NotCounted]) -> list[NotCounted]:
    """The rules that do not depend on whether one person says both."""
    return [rule for rule in rules if rule not in _OF_CONTRADICTION]


def for_reader(rules: Iterable[NotCounted], *, sees_speaker: bool, sees_informant: bool) -> list[ShownReason]:
    """The reasons, with a neutral text for those that would reveal something about a source hidden from the reader."""
    hidden = (frozenset() if sees_speaker else _OF_SPEAKER) | (frozenset() if sees_informant else _OF_INFORMANT)
    return [ShownReason(None, PROTECTED_REASON) if rule in hidden else ShownReason(rule, rule.label) for rule in rules]


def _fallen(evidence: Evidence, statement: StatementFacts) -> Iterator[NotCounted]:
    if statement.ended:
        yield _ENDED[statement.ended]
    elif evidence.source(statement.id).is_fake:
        yield _FAKE[evidence.source(statement.id).authenticity]
    elif statement.id in evidence.dead:
        yield NotCounted.ONLY_VIA_DEAD
    elif not evidence.roots(statement.id):
        yield NotCounted.CIRCULAR
    elif statement.id not in evidence.live:
        yield NotCounted.DEAD_ORIGIN


def _unsound(evidence: Evidence, statement: StatementFacts) -> Iterator[NotCounted]:
    source = evidence.source(statement.id)
    if not statement.stance.opposite:
        yield NotCounted.NO_POSITION
    if not has_usable_terms(statement):
        yield NotCounted.TERMS
    if statement.obtained_by is not ObtainedBy.US:
        yield NotCounted.EXTERNAL
    if statement.is_coerced:
        yield NotCounted.COERCED
    if statement.collector_conflict:
        yield NotCounted.COLLECTOR_CONFLICT
    if statement.translation is Translation.MACHINE:
        yield NotCounted.MACHINE_TRANSLATION
    if source.is_unproven_document:
        yield NotCounted.NOT_AUTHENTICATED
    if source.is_unknown_to_editors:
        yield NotCounted.UNKNOWN_SOURCE
    if source.reliability is Reliability.E:
        yield NotCounted.UNRELIABLE_SOURCE


def _broken(evidence: Evidence, statement: StatementFacts) -> Iterator[NotCounted]:
    if statement.directness is Directness.RELAYED:
        yield NotCounted.RELAYED
    elif statement.directness is Directness.SECOND_HAND:
        yield from _worthless_informant(evidence, statement)
    if statement.id in evidence.contradicted:
        yield NotCounted.BOTH_WAYS


def _worthless_informant(evidence: Evidence, statement: StatementFacts) -> Iterator[NotCounted]:
    informant: SourceFacts | None = evidence.informant.get(statement.id)
    recorded = evidence.case.sources.get(statement.informant)
    if informant is None and recorded and recorded.is_unknown_to_editors:
        yield NotCounted.UNKNOWN_INFORMANT
    elif informant is None:
        yield NotCounted.NO_INFORMANT
    elif informant.type is SourceType.OUTLET:
        yield NotCounted.OUTLET_INFORMANT
    elif informant.is_fake or informant.is_unproven_document:
        yield NotCounted.UNPROVEN_INFORMANT
    elif informant.reliability is Reliability.E:
        yield NotCounted.UNRELIABLE_INFORMANT
