"""Origins of statements, and the keys by which two statements that share one join (Verification, section 2)."""

from collections import Counter
from collections.abc import Iterable, Iterator

from editorial.policy.facts import SourceFacts
from editorial.policy.verification import affiliations
from editorial.policy.verification.evidence import Evidence
from editorial.policy.verification.statement_graph import Roots
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

    `speak_apart`: identities that also count first-hand outside any briefing, so that a briefing does not join them;
    none if there is no briefing.
    """

    def __init__(self, evidence: Evidence, stance: Stance) -> None:
        self.evidence = evidence.as_first_recorded
        self.briefings = {item.id: item.briefing for item in evidence.statements.values() if item.briefing}
        self.speak_apart = {
            evidence.speaker[name]
            for name in (evidence.countable_with(stance) if self.briefings else ())
            if evidence.first_hand(name) and name not in self.briefings
        }
        self.statements_by_speaker = Counter(self.evidence.speaker.values())
        self.keys_by_statement = self.evidence.join_keys.setdefault(frozenset(self.speak_apart), {})
        self.shared_by_roots: dict[Roots, tuple[Keys, frozenset[str]]] = {}

    def keys(self, statement_id: str) -> Keys:
        """The keys of one statement."""
        if statement_id not in self.keys_by_statement:
            self.keys_by_statement[statement_id] = self.keys_of_statement(statement_id)
        return self.keys_by_statement[statement_id]

    def keys_of_statement(self, statement_id: str) -> Keys:
        """The keys of a statement: its origins, its speaker and its briefings."""
        roots = self.evidence.standing_roots(statement_id)
        if not self.evidence.links[statement_id]:
            keys, briefings = self.keys_of_roots(roots), frozenset[str]()
        else:
            if roots not in self.shared_by_roots:
                self.shared_by_roots[roots] = (self.keys_of_roots(roots), self.briefings_of(roots))
            keys, briefings = self.shared_by_roots[roots]
        speaker = self.evidence.speaker[statement_id]
        if self.statements_by_speaker[speaker] > 1:
            keys = keys | {join_key(Join.J1, "speaker", speaker): False}
        if self.briefings and (briefings := briefings | self.briefings_of([statement_id])):
            weak = speaker in self.speak_apart
            keys = keys | {join_key(Join.J3, "briefing", briefing): weak for briefing in briefings}
        return keys

    def briefings_of(self, names: Iterable[str]) -> frozenset[str]:
        """The briefings at which these statements were made."""
        return frozenset(self.briefings[name] for name in names if name in self.briefings)

    def keys_of_roots(self, roots: Iterable[str]) -> Keys:
        """The keys that follow from the origins at these roots."""
        keys: Keys = {}
        for source, heard_by_us, gains in {self.origin(root) for root in roots}:
            for key, weak in self.keys_of_origin(source, heard_by_us, gains):
                keys[key] = keys.get(key, True) and weak
        return keys

    def origin(self, root: str) -> tuple[str, bool, bool]:
        """The source at a root, whether we heard it first-hand, and whether it has a camp that gains from it."""
        statement = self.evidence.statements[root]
        informant = self.evidence.informant.get(root)
        source = informant or self.evidence.source(root)
        heard_by_us = statement.directness is Directness.FIRST_HAND and statement.obtained_by is ObtainedBy.US
        gains = self.evidence.informant_gains if informant else self.evidence.speaker_gains
        return source.id, heard_by_us, bool(source.camp) and gains(statement)

    def keys_of_origin(self, name: str, heard_by_us: bool, gains: bool) -> Iterator[tuple[JoinKey, bool]]:
        """The keys of one origin, each with whether it is weak.

        An identity to which no source is tied needs none but J1: who shares it is joined by that.
        """
        case = self.evidence.case
        source = case.sources[name]
        identity = case.identity(name)
        yield join_key(Join.J1, "origin", identity), False
        if tied := case.tied_identities:
            represented = affiliations.represented_identities(case, name)
            makers = affiliations.makers(case, source) if source.is_document else frozenset[str]()
            owners = {identity, case.identity(source.parent)} if source.parent else {identity}
            for each in tied & represented:
                yield join_key(Join.J4, "represented", each), False
            for each in tied & (represented | makers):
                yield join_key(Join.J5, "maker", each), False
            for each in tied & owners:
                yield join_key(Join.J6, "owner", each), False
        if employer := employer_of(source):
            yield join_key(Join.J7, "employer", case.identity(employer)), heard_by_us
        if gains:
            yield join_key(Join.J8, "camp", str(source.camp)), False


def join_key(by: Join, kind: str, name: str) -> JoinKey:
    """The key of one join: what is shared, and its name."""
    return " ".join((by, kind, name))


def employer_of(source: SourceFacts) -> str | None:
    """The employer of a source; an organisation is its own."""
    return source.id if source.type is SourceType.ORGANIZATION else source.org
