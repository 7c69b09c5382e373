"""The statements on one claim: who speaks, what each rests on, which still stand (Verification, section 2)."""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import replace
from functools import cached_property
from typing import ClassVar, Self

from editorial.policy.facts import UNKNOWN, CaseFacts, SourceFacts, StatementFacts
from editorial.policy.verification import graphs
from editorial.policy.vocabulary import Directness, Ending, ObtainedBy, Stance

Voice = tuple[str, Stance]
"""An identity and its stance. Links treat the statements of one voice as one."""
Node = str | Voice
Roots = frozenset[str] | tuple[str, ...]


class StatementGraph:
    """The statements on one claim that is not a compound, by id, with their links."""

    def __init__(self, case: CaseFacts, claim_id: str, statements: Iterable[StatementFacts] | None = None) -> None:
        recorded = case.statements_on.get(claim_id, []) if statements is None else statements
        self.case = case
        self.claim = case.claims[claim_id]
        self.statements = {statement.id: statement for statement in recorded}

    # --- hypothetical cases ---

    depends_on_endings: ClassVar[frozenset[str]] = frozenset(
        {"statements", "fallen", "dead", "roots_by_word", "standing_roots_by_links", "live"}
    )
    """Values that differ once a statement has ended."""

    def variant(self, statements: Iterable[StatementFacts], changed: Collection[str]) -> Self:
        """The same claim with other statements, keeping all values computed so far except the changed ones."""
        twin = type(self)(self.case, self.claim.id, statements)
        twin.__dict__ |= {name: value for name, value in self.__dict__.items() if name not in changed}
        return twin

    def without(self, is_withdrawn: Callable[[StatementFacts], bool]) -> Self:
        """The same claim with some statements treated as withdrawn. What was first recorded stays the same."""
        return self.variant(
            (
                replace(item, ended=Ending.WITHDRAWN) if is_withdrawn(item) else item
                for item in self.statements.values()
            ),
            self.depends_on_endings,
        )

    @cached_property
    def as_if_nothing_ended(self) -> Self:
        """The same claim as if no statement had ended."""
        if not any(item.ended for item in self.statements.values()):
            return self
        return self.variant(
            (replace(item, ended=None) if item.ended else item for item in self.statements.values()),
            self.depends_on_endings,
        )

    # --- speakers and informants ---

    def source(self, statement_id: str) -> SourceFacts:
        """The source of a statement."""
        return self.case.sources[self.statements[statement_id].source]

    @cached_property
    def speaker(self) -> dict[str, str]:
        """Statement → the identity of its source."""
        return {item.id: self.case.identity(item.source) for item in self.statements.values()}

    @cached_property
    def informant(self) -> dict[str, SourceFacts]:
        """Second-hand statement → its informant, if the newsroom knows who that is."""
        informants = {}
        for item in self.statements.values():
            source = self.case.sources.get(item.informant) if item.informant != UNKNOWN else None
            if source is None or item.directness is not Directness.SECOND_HAND or source.is_unknown_to_editors:
                continue
            if self.case.identity(source.id) != self.speaker[item.id]:
                informants[item.id] = source
        return informants

    @cached_property
    def informant_identity(self) -> dict[str, str]:
        """Second-hand statement → the identity of its informant."""
        return {name: self.case.identity(source.id) for name, source in self.informant.items()}

    def voice(self, statement_id: str) -> Voice:
        """The voice of a statement."""
        return self.speaker[statement_id], self.statements[statement_id].stance

    @cached_property
    def statements_by_voice(self) -> dict[Voice, list[str]]:
        """Voice from which somebody heard it → the statements of that voice."""
        heard = {identity for identity, _ in self.tellers}
        return graphs.group_by((name for name in self.statements if self.speaker[name] in heard), self.voice)

    @cached_property
    def tellers(self) -> dict[Voice, list[str]]:
        """Voice → the statements by people who heard it from that voice."""
        return graphs.group_by(
            self.informant, lambda name: (self.informant_identity[name], self.statements[name].stance)
        )

    # --- relays and links ---

    @cached_property
    def relays(self) -> dict[str, Sequence[str]]:
        """Statement → the statements that it repeats."""
        recorded = self.case.relayed_origins
        return {
            derived: tuple(origin for origin in recorded[derived] if origin in self.statements)
            if derived in recorded
            else ()
            for derived in self.statements
        }

    @cached_property
    def relayers(self) -> dict[str, list[str]]:
        """Statement → the other statements that repeat it."""
        relayers: dict[str, list[str]] = {}
        for derived, origins in self.relays.items():
            for origin in origins:
                if origin != derived:
                    relayers.setdefault(origin, []).append(derived)
        return relayers

    @cached_property
    def links(self) -> dict[Node, Sequence[Node]]:
        """Statement → what it rests on: the statements it repeats, and the voice of its informant.

        A voice rests on its statements. Voices exist so that a thousand statements by people who heard one person need
        a thousand links and not a million.
        """
        links: dict[Node, Sequence[Node]] = dict(self.relays.items())
        for voice, tellers in self.tellers.items():
            if voice in self.statements_by_voice:
                links[voice] = self.statements_by_voice[voice]
                for name in tellers:
                    links[name] = (*self.relays[name], voice)
        return links

    def roots(self, statement_id: str) -> Roots:
        """The statements at the end of its links, itself if it has none; empty for a closed loop."""
        return self.roots_by_links[statement_id] if self.links[statement_id] else (statement_id,)

    @cached_property
    def roots_by_links(self) -> dict[Node, frozenset[str]]:
        """Statement or voice with links → the statements at the end of them. The others need no set."""
        return graphs.reachable_leaves(self.links, {name for name in self.statements if not self.links[name]})

    def is_self_standing(self, statement_id: str) -> bool:
        """Whether the statement rests on no other and names no informant; the others are indirect."""
        return not self.links[statement_id] and statement_id not in self.informant

    def links_within(self, statement_id: str, members: Collection[str]) -> bool:
        """Whether the statement links directly to another of these statements."""
        heard = (self.informant_identity.get(statement_id, ""), self.statements[statement_id].stance)
        linked = (*self.relays[statement_id], *self.statements_by_voice.get(heard, ()))
        return any(other in members and other != statement_id for other in linked)

    # --- what still stands ---

    @cached_property
    def fallen(self) -> frozenset[str]:
        """Statements that have ended or come from a fake source."""
        return frozenset(name for name, item in self.statements.items() if item.ended or self.source(name).is_fake)

    @cached_property
    def dead(self) -> frozenset[str]:
        """The fallen statements, and external ones known only through relays that are all dead."""
        dead = set(self.fallen)
        carriers = {origin: len(derived) for origin, derived in self.relayers.items()}
        spreading = list(dead)
        while spreading:
            derived = spreading.pop()
            for origin in self.relays[derived]:
                if origin == derived or origin in dead or self.statements[origin].obtained_by is ObtainedBy.US:
                    continue
                carriers[origin] -= 1
                if not carriers[origin]:
                    dead.add(origin)
                    spreading.append(origin)
        return frozenset(dead)

    @cached_property
    def roots_by_word(self) -> Mapping[Node, frozenset[str]]:
        """Statement → its roots that are dead only because their relays are, yet known to it without any relay.

        For such a statement these roots are not dead: it has them from their speaker, not from those relays.
        """
        silenced = {name for name in self.dead - self.fallen if not self.links[name]}
        if not silenced:
            return {}
        links: dict[Node, list[Node]] = {name: [] for name in self.statements}
        for voice, tellers in self.tellers.items():
            spoken = self.statements_by_voice.get(voice, [])
            links[voice] = [*spoken]
            for name in tellers:
                relayed = set(self.relays[name]).intersection(spoken)
                links[name] = [one for one in spoken if one not in relayed] if relayed else [voice] if spoken else []
        return graphs.reachable_leaves(links, silenced)

    def standing_roots(self, statement_id: str) -> Roots:
        """Those of its roots that are not dead for it."""
        if self.links[statement_id]:
            return self.standing_roots_by_links[statement_id]
        return () if statement_id in self.dead else (statement_id,)

    @cached_property
    def standing_roots_by_links(self) -> dict[Node, frozenset[str]]:
        """Statement or voice with links → those of its roots that are not dead for it."""
        # Equal sets stay one object: a large case has many.
        standing = {
            roots: roots if roots.isdisjoint(self.dead) else roots - self.dead
            for roots in set(self.roots_by_links.values())
        }
        by_word = self.roots_by_word
        return {
            name: standing[roots] | by_word[name] if by_word.get(name) else standing[roots]
            for name, roots in self.roots_by_links.items()
        }

    @cached_property
    def live(self) -> frozenset[str]:
        """Statements that are not dead and rest on at least one root that is not dead."""
        return frozenset(name for name in self.statements if name not in self.dead and self.standing_roots(name))

    def with_stance(self, names: Collection[str], stance: Stance) -> list[str]:
        """Those of these statements that have a stance, in the order in which they were recorded."""
        return [name for name, item in self.statements.items() if item.stance is stance and name in names]
