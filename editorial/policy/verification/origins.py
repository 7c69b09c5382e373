"""Origins of statements, and the keys by which two statements that share one join (Verification, section 2)."""

from collections.abc import Iterable, Iterator

from editorial.policy.facts import SourceFacts
from editorial.policy.verification import affiliations
from editorial.policy.verification.evidence import Evidence
from editorial.policy.vocabulary import Directness, Join, ObtainedBy, SourceType, Stance

JoinKey = str
"""Something that statements may share, and the join that follows: “J4 represented s1”. The word keeps speakers, origins
and the rest apart. Text, because a large case has many keys, and the garbage collector does not visit text.
"""

Keys = dict[JoinKey, bool]
"""The join keys of a statement. The value says whether the key is *weak*: two statements with a weak key do not join.

J5 and J6 treat makers and represented identities, or owners and owned, as one kind of key. That joins too much only
where J4 or J1 joins anyway.
"""


class Origins:
    """The join keys of the statements of one stance, from their origins as first recorded.

    `speak_apart`: identities that also count first-hand outside any briefing, so that a briefing does not join them.
    """

    def __init__(self, evidence: Evidence, stance: Stance) -> None:
        self.evidence = evidence.as_first_recorded
        self.speak_apart = {
            evidence.speaker[name]
            for name in evidence.countable_with(stance)
            if evidence.first_hand(name) and not evidence.statements[name].briefing
        }
        self.keys_by_statement: dict[str, Keys] = {}
        self.keys_by_roots: dict[frozenset[str], Keys] = {}
        self.briefings_by_roots: dict[frozenset[str], tuple[str, ...]] = {}

    def keys(self, statement_id: str) -> Keys:
        """The keys of one statement."""
        if statement_id not in self.keys_by_statement:
            self.keys_by_statement[statement_id] = self.keys_of_statement(statement_id)
        return self.keys_by_statement[statement_id]

    def keys_of_statement(self, statement_id: str) -> Keys:
        """The keys of a statement: its speaker, its origins and its briefings."""
        roots = self.evidence.standing_roots[statement_id]
        if roots not in self.keys_by_roots:
            self.keys_by_roots[roots] = self.keys_of_roots(roots)
            self.briefings_by_roots[roots] = self.briefings_of(roots)
        speaker = self.evidence.speaker[statement_id]
        weak = speaker in self.speak_apart
        briefings = (*self.briefings_by_roots[roots], *self.briefings_of([statement_id]))
        keys = {join_key(Join.J1, "speaker", speaker): False, **self.keys_by_roots[roots]}
        keys |= {join_key(Join.J3, "briefing", briefing): weak for briefing in briefings}
        return keys

    def briefings_of(self, names: Iterable[str]) -> tuple[str, ...]:
        """The briefings at which these statements were made, each once."""
        return tuple({briefing for name in names if (briefing := self.evidence.statements[name].briefing)})

    def keys_of_roots(self, roots: Iterable[str]) -> Keys:
        """The keys that follow from the origins at these roots."""
        keys: Keys = {}
        for source, heard_by_us, gains in {self.origin(root) for root in roots}:
            for key, weak in self.keys_of_origin(source, heard_by_us, gains):
                keys[key] = keys.get(key, True) and weak
        return keys

    def origin(self, root: str) -> tuple[str, bool, bool]:
        """The source at a root, whether we heard it first-hand, and whether it gains from what it says."""
        statement = self.evidence.statements[root]
        informant = self.evidence.informant.get(root)
        if informant:
            return informant.id, False, self.evidence.informant_gains(statement)
        heard_by_us = statement.directness is Directness.FIRST_HAND and statement.obtained_by is ObtainedBy.US
        return statement.source, heard_by_us, self.evidence.speaker_gains(statement)

    def keys_of_origin(self, name: str, heard_by_us: bool, gains: bool) -> Iterator[tuple[JoinKey, bool]]:
        """The keys of one origin, each with whether it is weak."""
        case = self.evidence.case
        source = case.sources[name]
        identity = case.identity(name)
        represented = affiliations.represented_identities(case, name)
        yield join_key(Join.J1, "origin", identity), False
        for each in represented:
            yield join_key(Join.J4, "represented", each), False
        for each in represented | (affiliations.makers(case, source) if source.is_document else frozenset()):
            yield join_key(Join.J5, "maker", each), False
        for each in {identity, case.identity(source.parent) if source.parent else identity}:
            yield join_key(Join.J6, "owner", each), False
        employer = employer_of(source)
        if employer:
            yield join_key(Join.J7, "employer", case.identity(employer)), heard_by_us
        if source.camp and gains:
            yield join_key(Join.J8, "camp", source.camp), False


def join_key(by: Join, kind: str, name: str) -> JoinKey:
    """The key of one join: what is shared, and its name."""
    return f"{by} {kind} {name}"


def employer_of(source: SourceFacts) -> str | None:
    """The employer of a source; an organisation is its own."""
    return source.id if source.type is SourceType.ORGANIZATION else source.org
