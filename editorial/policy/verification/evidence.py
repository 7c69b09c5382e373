"""What the statements on one claim are worth: interest, soundness, which of them count (Verification, section 2)."""

from collections.abc import Iterable
from functools import cached_property
from itertools import compress
from typing import ClassVar, Self

from editorial.policy.facts import SourceFacts, StatementFacts
from editorial.policy.verification import affiliations
from editorial.policy.verification.statement_graph import StatementGraph, Voice
from editorial.policy.vocabulary import (
    BenefitsIf,
    Directness,
    ObtainedBy,
    Reliability,
    Requirement,
    SourceType,
    Stance,
    Terms,
    Translation,
)


class Evidence(StatementGraph):
    """The statements on one claim that is not a compound, weighed.

    `tolerates_contradiction`: weigh them as if nobody, speaker or informant, both affirmed and denied the claim.
    `public_ties_only`: as if no unnamed source were accused, or tied to a party.
    """

    tolerates_contradiction = False
    public_ties_only = False
    depends_on_contradiction: ClassVar = frozenset(
        {"broken", "countable", "grounded", "grounded_by_word", "tarnished_voices", "join_keys", "as_if_nothing_ended"}
    )
    """Values that differ once contradictions are tolerated."""
    depends_on_endings = (StatementGraph.depends_on_endings | depends_on_contradiction - {"as_if_nothing_ended"}) | {
        "contradicted",
        "as_if_nobody_said_both",
    }

    @cached_property
    def as_if_nobody_said_both(self) -> Self:
        """The same evidence as if nobody, speaker or informant, both affirmed and denied the claim."""
        if self.tolerates_contradiction or not self.contradicted:
            return self
        twin = self.variant(self.statements.values(), self.depends_on_contradiction)
        twin.tolerates_contradiction = True
        return twin

    @cached_property
    def as_first_recorded(self) -> Self:
        """The same evidence as if nothing had ended and nobody said both."""
        return self.as_if_nothing_ended.as_if_nobody_said_both

    @cached_property
    def join_keys(self) -> dict[frozenset[str], dict[str, dict[str, bool]]]:
        """Identities that speak apart from briefings → the join keys found so far (`Origins`), by statement.

        Hypothetical cases share what was first recorded, and so these.
        """
        return {}

    @cached_property
    def adverse_parties(self) -> frozenset[str]:
        """The identities of the parties that the claim accuses."""
        return affiliations.adverse_parties(self.case, self.claim)

    # --- interest ---

    @cached_property
    def accused_house(self) -> frozenset[str]:
        """The houses of the parties to the claim, and to the compounds that it is part of."""
        claims = (self.claim, *(self.case.claims[name] for name in self.case.compounds_of.get(self.claim.id, ())))
        accused = {party for claim in claims for party in claim.adverse_to}
        sources = self.case.sources
        if self.public_ties_only:
            sources = {name: source for name, source in sources.items() if not source.unnamed}
            accused &= sources.keys()
        parties = {self.case.identity(party) for party in accused}
        return affiliations.houses(self.case, parties, sources.values()) if parties else frozenset()

    def interest(self, source: SourceFacts, stance: Stance) -> BenefitsIf:
        """What a source gains from: as recorded, else as one of the accused house, else as those it answers to."""
        if source.benefits_if:
            return source.benefits_if
        if stance is Stance.DENIES and affiliations.is_of_house(self.case, source, self.accused_house):
            return BenefitsIf.DISBELIEVED
        return affiliations.inherited_interest(self.case, source)

    def speaker_gains(self, statement: StatementFacts) -> bool:
        """Whether the source gains from the statement."""
        source = self.case.sources[statement.source]
        interest = statement.benefits_if or self.interest(source, statement.stance)
        return affiliations.gains_from(interest, statement.stance)

    def informant_gains(self, statement: StatementFacts) -> bool:
        """Whether the informant gains from the statement."""
        informant = self.informant.get(statement.id)
        return informant is not None and affiliations.gains_from(
            self.interest(informant, statement.stance), statement.stance
        )

    @cached_property
    def directly_interested(self) -> frozenset[str]:
        """Statements that were paid for, or from which their own source or informant gains."""
        return frozenset(
            name
            for name, item in self.statements.items()
            if item.is_paid or self.speaker_gains(item) or self.informant_gains(item)
        )

    @cached_property
    def interested(self) -> frozenset[str]:
        """Statements that are directly interested, or rest on a root that is, dead or not."""
        roots_by_links = self.roots_by_links
        tainted = {roots: not roots.isdisjoint(self.directly_interested) for roots in set(roots_by_links.values())}
        return self.directly_interested.union(
            name for name in self.statements if name in roots_by_links and tainted[roots_by_links[name]]
        )

    @cached_property
    def interested_by_public_ties(self) -> frozenset[str]:
        """The interested statements, as far as they do not follow from what an unnamed source is tied to."""
        twin = self.variant(self.statements.values(), {"accused_house", "directly_interested", "interested"})
        twin.public_ties_only = True
        return twin.interested

    # --- soundness ---

    @cached_property
    def sound(self) -> frozenset[str]:
        """Statements that we collected properly, on usable terms, from a source that is not worthless."""
        return frozenset(name for name, item in self.statements.items() if self.is_sound(item))

    def is_sound(self, statement: StatementFacts) -> bool:
        """Whether one statement, taken alone, is sound."""
        source = self.case.sources[statement.source]
        return (
            has_usable_terms(statement)
            and statement.obtained_by is ObtainedBy.US
            and not statement.is_coerced
            and not statement.collector_conflict
            and statement.translation is not Translation.MACHINE
            and not source.is_unproven_document
            and not source.is_unknown_to_editors
            and source.reliability is not Reliability.E
        )

    @cached_property
    def contradicted(self) -> frozenset[str]:
        """Statements whose speaker or informant also says the opposite, and has not taken it back."""
        saying: dict[Stance | None, set[str]] = {stance: set() for stance in (*Stance, None)}
        for name, item in self.statements.items():
            if name not in self.fallen:
                saying[item.stance].add(self.speaker[name])
        return frozenset(
            name
            for name, item in self.statements.items()
            if self.speaker[name] in (opposed := saying[item.stance.opposite])
            or self.informant_identity.get(name) in opposed
        )

    @cached_property
    def broken(self) -> frozenset[str]:
        """Statements with nothing behind them: hearsay from nobody or from a worthless informant, or contradicted."""
        broken = {name for name, item in self.statements.items() if self.is_worthless_hearsay(item)}
        return frozenset(broken if self.tolerates_contradiction else broken | self.contradicted)

    def is_worthless_hearsay(self, statement: StatementFacts) -> bool:
        """Whether a statement repeats nobody that we know of, or somebody whose word counts for nothing."""
        if statement.directness is Directness.RELAYED:
            return all(origin == statement.id for origin in self.relays[statement.id])
        if statement.directness is not Directness.SECOND_HAND:
            return False
        informant = self.informant.get(statement.id)
        return (
            informant is None
            or informant.type is SourceType.OUTLET
            or informant.is_fake
            or informant.is_unproven_document
            or informant.reliability is Reliability.E
        )

    def spread_by_relays(self, names: Iterable[str]) -> set[str]:
        """These statements, and all that repeat one of them, directly or through others."""
        spread = set(names)
        spreading = list(spread)
        while spreading:
            for derived in self.relayers.get(spreading.pop(), ()):
                if derived not in spread:
                    spread.add(derived)
                    spreading.append(derived)
        return spread

    # --- what counts ---

    @cached_property
    def countable(self) -> frozenset[str]:
        """Statements that count, on either side."""
        excluded = self.spread_by_relays(self.statements.keys() - self.sound | self.broken)
        return frozenset(
            name
            for name, item in self.statements.items()
            if name in self.live
            and name not in excluded
            and item.stance.opposite
            and item.directness is not Directness.RELAYED
            and (name in self.grounded or self.is_grounded_by_word(name))
        )

    @cached_property
    def grounded(self) -> set[str]:
        """Statements that reach a good root that is not dead, over statements that are not broken."""
        return self.reaching(name for name in self.statements if name not in self.dead and self.is_good_root(name))

    def is_good_root(self, name: str) -> bool:
        """Whether a statement rests on nothing, was not coerced, and is not broken."""
        return not self.links[name] and not self.statements[name].is_coerced and name not in self.broken

    def is_grounded_by_word(self, name: str) -> bool:
        """Whether it reaches a good root that is dead for others only (`roots_by_word`)."""
        roots = self.roots_by_word.get(name, frozenset())
        return any(name in self.grounded_by_word[root] for root in roots if root in self.grounded_by_word)

    @cached_property
    def grounded_by_word(self) -> dict[str, set[str]]:
        """Good root that is dead for some only → the statements that reach it as `grounded` ones reach theirs."""
        roots = frozenset[str]().union(*self.roots_by_word.values())
        return {root: self.reaching([root]) for root in roots if self.is_good_root(root)}

    @cached_property
    def tarnished_voices(self) -> set[Voice]:
        """Voices with words that have ended or are broken; unsound words of theirs do not make up for it."""
        return {self.voice(name) for name, item in self.statements.items() if item.ended or name in self.broken}

    def reaching(self, roots: Iterable[str]) -> set[str]:
        """Statements that reach one of these roots over statements that are not broken and relays of sound ones."""
        reached = set(roots)
        spreading = list(reached)
        unheard = dict(self.tellers)
        while spreading:
            name = spreading.pop()
            voice, derived = self.voice(name), set[str]()
            if name in self.sound:
                derived.update(self.relayers.get(name, ()), unheard.pop(voice, ()))
            elif voice in unheard and voice not in self.tarnished_voices:
                # What a teller also repeats is no longer mere hearsay, so it has to be sound.
                derived.update(teller for teller in unheard[voice] if name not in self.relays[teller])
                unheard[voice] = [teller for teller in unheard[voice] if teller not in derived]
            fresh = derived - reached - self.broken
            reached |= fresh
            spreading += fresh
        return reached

    def countable_with(self, stance: Stance) -> list[str]:
        """The countable statements of one stance."""
        return self.with_stance(self.countable, stance)

    # --- qualities of single statements ---

    @cached_property
    def qualities(self) -> dict[str, frozenset[Requirement]]:
        """Statement → the requirements that a group meets if it is judged on this statement."""
        # Few sets differ, so equal ones are one object: a large case has many statements.
        distinct: dict[tuple[bool, ...], frozenset[Requirement]] = {}
        qualities = {}
        for name in self.statements:
            met = (True, self.first_hand(name), self.named(name), name not in self.interested, self.rated(name))
            if met not in distinct:
                distinct[met] = frozenset(compress(Requirement, met))
            qualities[name] = distinct[met]
        return qualities

    def named(self, statement_id: str) -> bool:
        """Whether it is on the record from a named source, or from a document."""
        source, terms = self.source(statement_id), self.statements[statement_id].terms
        return source.is_document or (terms is Terms.ON_RECORD and not source.unnamed)

    def first_hand(self, statement_id: str) -> bool:
        """Whether the source has first-hand knowledge."""
        return self.statements[statement_id].directness is Directness.FIRST_HAND

    def rated(self, statement_id: str) -> bool:
        """Whether the source is rated A, B or C."""
        return self.source(statement_id).reliability in (Reliability.A, Reliability.B, Reliability.C)

    def has_credible_source(self, statement_id: str) -> bool:
        """Whether the source is neither a document that is not authenticated nor rated E."""
        source = self.source(statement_id)
        return not source.is_unproven_document and source.reliability is not Reliability.E


def has_usable_terms(statement: StatementFacts) -> bool:
    """Whether the statement may appear in the copy: on the record or on background."""
    return statement.terms in (Terms.ON_RECORD, Terms.BACKGROUND)
