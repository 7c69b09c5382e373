"""The evidence on one claim: which statements repeat others, which are live, which count (section 2)."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import cached_property

from editorial.policy.facts import UNKNOWN, CaseFacts, SourceFacts, StatementFacts
from editorial.policy.verification import affiliations, graphs
from editorial.policy.vocabulary import BenefitsIf, Directness, ObtainedBy, Reliability, SourceType, Stance, Terms

Voice = tuple[str, Stance]
"""An identity and its stance. Links treat the statements of one voice as one."""


class Evidence:
    """The statements on one claim that is not a compound, by id."""

    def __init__(self, case: CaseFacts, claim_id: str, statements: list[StatementFacts] | None = None) -> None:
        recorded = case.statements_on.get(claim_id, []) if statements is None else statements
        self.case = case
        self.claim = case.claims[claim_id]
        self.statements = {statement.id: statement for statement in recorded}
        self.adverse_parties = affiliations.adverse_parties(case, self.claim)

    def map_statements(self, change: Callable[[StatementFacts], StatementFacts]) -> "Evidence":
        """The same evidence with a change applied to every statement, for hypothetical cases."""
        return Evidence(self.case, self.claim.id, [change(item) for item in self.statements.values()])

    def without(self, is_withdrawn: Callable[[StatementFacts], bool]) -> "Evidence":
        """The same evidence with some statements treated as withdrawn."""
        return self.map_statements(lambda item: replace(item, withdrawn=True) if is_withdrawn(item) else item)

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
        by_statement = {}
        for item in self.statements.values():
            informant = self.case.sources.get(item.informant) if item.informant != UNKNOWN else None
            if informant is None or item.directness is not Directness.SECOND_HAND:
                continue
            is_another = self.case.identity(informant.id) != self.speaker[item.id]
            if is_another and (not informant.unnamed or informant.editor_knows):
                by_statement[item.id] = informant
        return by_statement

    def informant_identity(self, statement_id: str) -> str | None:
        """The identity of the informant, if the statement has one."""
        informant = self.informant.get(statement_id)
        return self.case.identity(informant.id) if informant else None

    @cached_property
    def statements_by_voice(self) -> dict[Voice, list[str]]:
        """Identity and stance → the statements of that voice."""
        by_voice: dict[Voice, list[str]] = {}
        for item in self.statements.values():
            by_voice.setdefault((self.speaker[item.id], item.stance), []).append(item.id)
        return by_voice

    # --- relays ---

    @cached_property
    def relays(self) -> dict[str, list[str]]:
        """Statement → the statements that it repeats."""
        recorded = self.case.relayed_origins
        return {
            derived: [origin for origin in recorded.get(derived, ()) if origin in self.statements]
            for derived in self.statements
        }

    @cached_property
    def relayers(self) -> dict[str, list[str]]:
        """Statement → the other statements that repeat it."""
        by_origin: dict[str, list[str]] = {}
        for derived, origins in self.relays.items():
            for origin in origins:
                if origin != derived:
                    by_origin.setdefault(origin, []).append(derived)
        return by_origin

    @cached_property
    def dead(self) -> frozenset[str]:
        """Statements that are withdrawn, retracted, or known only through relays that are all dead."""
        dead = {item.id for item in self.statements.values() if has_ended(item)}
        relayer_counts = {origin: len(derived) for origin, derived in self.relayers.items()}
        pending = list(dead)
        while pending:
            derived = pending.pop()
            for origin in self.relays[derived]:
                if origin == derived or origin in dead or self.statements[origin].obtained_by is ObtainedBy.US:
                    continue
                relayer_counts[origin] -= 1
                if not relayer_counts[origin]:
                    dead.add(origin)
                    pending.append(origin)
        return frozenset(dead)

    @cached_property
    def links(self) -> dict[str | Voice, list[str | Voice]]:
        """Statement → what it rests on: the statements it repeats, and the voice of its informant.

        A voice rests on its statements, except those that are dead only because their relays are. Voices exist so that
        a thousand statements by people who heard one person need a thousand links and not a million.
        """
        links: dict[str | Voice, list[str | Voice]] = {}
        for voice, statement_ids in self.statements_by_voice.items():
            own_ids = [name for name in statement_ids if name not in self.dead or has_ended(self.statements[name])]
            if own_ids:
                links[voice] = [*own_ids]
        for item in self.statements.values():
            links[item.id] = [*self.relays[item.id]]
            informant = self.informant_identity(item.id)
            if informant and (informant, item.stance) in links:
                links[item.id].append((informant, item.stance))
        return links

    @cached_property
    def roots(self) -> dict[str | Voice, frozenset[str]]:
        """Statement → the statements at the end of its links; empty for a closed loop."""
        roots: dict[str | Voice, frozenset[str]] = {}
        for component in graphs.strongly_connected_components(self.links):
            members = set(component)
            outer_roots = {roots[outer] for inner in component for outer in self.links[inner] if outer not in members}
            shared = next(iter(outer_roots)) if len(outer_roots) == 1 else frozenset[str]().union(*outer_roots)
            for node in component:
                is_end = isinstance(node, str) and not self.links[node]
                roots[node] = frozenset({str(node)}) if is_end else shared
        return roots

    @cached_property
    def live(self) -> frozenset[str]:
        """Statements that are not dead and rest on at least one root that is not dead."""
        has_live_root = {roots: not roots <= self.dead for roots in set(self.roots.values())}
        return frozenset(name for name in self.statements if name not in self.dead and has_live_root[self.roots[name]])

    def is_self_standing(self, statement_id: str) -> bool:
        """Whether the statement rests on no other; the others are indirect."""
        return not self.links[statement_id] and statement_id not in self.informant

    # --- worth ---

    def interest(self, statement: StatementFacts) -> BenefitsIf:
        """When the source benefits: as the statement says, else as the source says."""
        source = self.case.sources[statement.source]
        return statement.benefits_if or affiliations.interest(self.case, source, self.adverse_parties)

    def informant_gains(self, statement: StatementFacts) -> bool:
        """Whether the informant gains from the statement."""
        informant = self.informant.get(statement.id)
        if informant is None:
            return False
        return affiliations.gains_from(
            affiliations.interest(self.case, informant, self.adverse_parties), statement.stance
        )

    @cached_property
    def directly_interested(self) -> frozenset[str]:
        """Statements whose own source or informant gains from them."""
        return frozenset(
            item.id
            for item in self.statements.values()
            if affiliations.gains_from(self.interest(item), item.stance) or self.informant_gains(item)
        )

    @cached_property
    def interested(self) -> frozenset[str]:
        """Statements that are directly interested, or rest on a root that is, dead or not."""
        has_interested_root = {
            roots: not roots.isdisjoint(self.directly_interested) for roots in set(self.roots.values())
        }
        return frozenset(
            name
            for name in self.statements
            if name in self.directly_interested or has_interested_root[self.roots[name]]
        )

    @cached_property
    def unsound(self) -> frozenset[str]:
        """Statements that are not sound, and those that repeat one, directly or indirectly."""
        unsound = {item.id for item in self.statements.values() if not self.is_sound(item)}
        pending = list(unsound)
        while pending:
            for derived in self.relayers.get(pending.pop(), ()):
                if derived not in unsound:
                    unsound.add(derived)
                    pending.append(derived)
        return frozenset(unsound)

    def is_sound(self, statement: StatementFacts) -> bool:
        """Whether the terms allow use, we collected it, and the source is genuine, known and not unreliable."""
        source = self.case.sources[statement.source]
        return (
            has_usable_terms(statement)
            and statement.obtained_by is ObtainedBy.US
            and (source.type is not SourceType.DOCUMENT or source.authenticated)
            and (not source.unnamed or source.editor_knows)
            and source.reliability is not Reliability.E
        )

    @cached_property
    def admissible(self) -> frozenset[str]:
        """Statements that count if they are live and their speaker and informant do not also say the opposite."""
        return frozenset(item.id for item in self.statements.values() if self.is_admissible(item))

    def is_admissible(self, statement: StatementFacts) -> bool:
        """Whether the statement fulfils the conditions of `countable` that do not depend on other statements."""
        if statement.stance.opposite is None or statement.id in self.unsound:
            return False
        if statement.directness is Directness.SECOND_HAND:
            informant = self.informant.get(statement.id)
            return informant is not None and informant.type is not SourceType.OUTLET
        return statement.directness is Directness.FIRST_HAND

    @cached_property
    def countable(self) -> frozenset[str]:
        """Statements that count, on either side."""
        live_voices = {(self.speaker[name], self.statements[name].stance) for name in self.live}
        return frozenset(
            name
            for name in self.admissible & self.live
            if live_voices.isdisjoint(self.opposing_voices(self.statements[name]))
        )

    def opposing_voices(self, statement: StatementFacts) -> Iterator[Voice]:
        """The voices that would cancel a statement: its speaker and its informant, saying the opposite."""
        opposite = statement.stance.opposite
        for identity in (self.speaker[statement.id], self.informant_identity(statement.id)):
            if identity and opposite:
                yield identity, opposite

    def countable_with(self, stance: Stance) -> list[str]:
        """The countable statements of one stance."""
        return [name for name in self.countable if self.statements[name].stance is stance]

    # --- qualities of single statements ---

    def named(self, statement_id: str) -> bool:
        """Whether it is on the record from a named source, or from a document."""
        source, terms = self.source(statement_id), self.statements[statement_id].terms
        return source.type is SourceType.DOCUMENT or (terms is Terms.ON_RECORD and not source.unnamed)

    def first_hand(self, statement_id: str) -> bool:
        """Whether the source has first-hand knowledge."""
        return self.statements[statement_id].directness is Directness.FIRST_HAND

    def rated(self, statement_id: str) -> bool:
        """Whether the source is rated A, B or C."""
        return self.source(statement_id).reliability in (Reliability.A, Reliability.B, Reliability.C)


def has_ended(statement: StatementFacts) -> bool:
    """Whether the statement itself is withdrawn or retracted."""
    return statement.withdrawn or statement.retracted


def has_usable_terms(statement: StatementFacts) -> bool:
    """Whether the statement may appear in the copy: on the record or on background."""
    return statement.terms in (Terms.ON_RECORD, Terms.BACKGROUND)
