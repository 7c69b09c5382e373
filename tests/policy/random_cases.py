"""Random cases for the laws of policy: small worlds in which everybody may be tied to everybody.

Few names, so that keys collide, informants are also speakers, relays close into loops and free names turn out to
be sources. How unusual a world is, is drawn first, or nothing would ever be verified. A case is built from a seed,
which is fast; Hypothesis shrinks it by keeping fewer statements.
"""

from dataclasses import replace
from datetime import UTC, datetime
from random import Random

from hypothesis import strategies as st

from editorial.policy.facts import (
    UNKNOWN,
    CaseFacts,
    ClaimFacts,
    ClaimUseFacts,
    RelayFacts,
    ReplyRequestFacts,
    RestrictionFacts,
    SignoffFacts,
    SourceFacts,
    StatementFacts,
    StoryFacts,
)
from editorial.policy.vocabulary import (
    Authenticity,
    BenefitsIf,
    ClaimKind,
    Directness,
    Ending,
    Inducement,
    Mode,
    ObtainedBy,
    Reliability,
    ReplyOutcome,
    RestrictionKind,
    ReviewProgress,
    Risk,
    SourceType,
    Stance,
    Terms,
    Translation,
)

NOON = datetime(2031, 3, 4, 12, tzinfo=UTC)
SEEDS = st.integers(0, 2**48)


def cases() -> st.SearchStrategy[CaseFacts]:
    """Cases of up to sixteen statements, with compounds, opinions, loops, documents, denials and embargoes."""
    return st.builds(build, SEEDS, st.integers(0, 16))


def build(seed: int, keep: int = 16) -> CaseFacts:
    """The case that belongs to a seed, with no more statements than wanted."""
    return CaseBuilder(chance(seed)).case(keep)


def chance(seed: int) -> Random:
    """Luck that can be repeated."""
    return Random(seed)  # noqa: S311 - chance, not secrecy


def story_of(case: CaseFacts, luck: Random) -> StoryFacts:
    """A story that uses some of the claims, leans on statements, and has some signatures."""
    uses = {}
    for claim_id in some(luck, list(case.claims), 4):
        about = [item.id for name in case.members(claim_id) for item in case.statements_on[name]]
        uses[claim_id] = ClaimUseFacts(
            mode=luck.choice(list(Mode)),
            relies_on=frozenset(some(luck, about, 2)) if luck.random() < 0.4 else frozenset(),
            stated_source_count=luck.choice([None, None, 0, 1, 2, 3]),
        )
    signoffs = {
        claim_id: SignoffFacts(
            legal=luck.random() < 0.7,
            standards=luck.random() < 0.7,
            four_eyes=luck.random() < 0.7,
            signed=luck.choice([None, None, True, False]),
        )
        for claim_id in case.claims
    }
    return StoryFacts(uses=uses, signoffs=signoffs)


def some(luck: Random, values: list[str], most: int) -> list[str]:
    """A few of the values, each once."""
    return luck.sample(values, luck.randint(0, min(most, len(values))))


class CaseBuilder:
    """Everything that can be drawn, from one source of luck."""

    def __init__(self, luck: Random) -> None:
        self.luck = luck
        self.oddity = luck.choice([0.03, 0.1, 0.2, 0.35])
        self.people = [f"s{number}" for number in range(luck.randint(2, 10))]
        self.names = [*self.people, "free-1", "free-2"]
        self.leaves = [f"c{number}" for number in range(luck.randint(1, 3))]
        self.gossip = luck.random() < 0.3
        """Whether almost everybody has it from somebody else, so that loops and groups of hearsay arise."""

    def rarely(self, times: float = 1) -> bool:
        """Whether something is unusual here."""
        return self.luck.random() < self.oddity * times

    def either(self, unusual, usual=None, times: float = 1):
        """Mostly the usual value, else one of the unusual ones."""
        return self.luck.choice(list(unusual)) if self.rarely(times) else usual

    def case(self, keep: int) -> CaseFacts:
        """A whole case."""
        claims = self.claims()
        sources = [self.source(name) for name in self.people]
        statements = [self.statement(f"t{number:02}") for number in range(self.luck.randint(1, 16))][:keep]
        return CaseFacts.of(
            claims=claims,
            sources=sources,
            statements=statements,
            relays=self.relays(statements),
            replies=[self.reply([claim.id for claim in claims]) for _ in range(self.luck.choice([0, 0, 1, 3]))],
            tasks={name: self.luck.choice(list(ReviewProgress)) for name in self.leaves},
            now=NOON.replace(hour=self.luck.choice([9, 15])),
        )

    def claims(self) -> list[ClaimFacts]:
        """Up to three claims, of which the last may be an opinion, and perhaps a compound of the first two."""
        made = [
            ClaimFacts(
                id=name,
                kind=self.luck.choice([kind for kind in ClaimKind if kind is not ClaimKind.UTTERANCE])
                if name == "c2"
                else ClaimKind.CONTENT,
                risk=self.luck.choice(list(Risk)),
                adverse_to=tuple(some(self.luck, self.names, 2)) if self.luck.random() < 0.4 else (),
                restrictions=self.restrictions(),
                needs_context=self.rarely(),
            )
            for name in self.leaves
        ]
        if len(made) > 1 and self.luck.random() < 0.3:
            made.append(replace(made[0], id="whole", risk=self.luck.choice(list(Risk)), parts=("c0", "c1")))
        if len(self.leaves) > 1 and self.luck.random() < 0.3:
            made[0] = replace(made[0], kind=ClaimKind.UTTERANCE, carries=("c1",))
        return made

    def restrictions(self) -> tuple[RestrictionFacts, ...]:
        """Mostly none."""
        until = self.luck.choice([None, NOON])
        return (
            (RestrictionFacts(kind=self.luck.choice(list(RestrictionKind)), until=until),) if self.rarely(0.5) else ()
        )

    def source(self, name: str) -> SourceFacts:
        """One source with any of the ties that there are."""
        kind = self.either(SourceType, SourceType.PERSON, 2)
        return SourceFacts(
            id=name,
            type=kind,
            reliability=self.either([*Reliability, None], Reliability.B),
            unnamed=self.rarely(),
            key=self.either(["k-1", "k-2", "s1"]),
            editor_knows=not self.rarely(),
            org=None if kind is SourceType.ORGANIZATION else self.either(self.names[:3], None, 2),
            speaks_for=self.either(self.names),
            parent=self.either(self.names, None, 0.5),
            benefits_if=self.either(BenefitsIf),
            camp=self.either(["red", "blue"]),
            author=self.either(self.names),
            issuer=self.either(self.names),
            authenticity=self.either(Authenticity, Authenticity.GENUINE),
            establishes=frozenset(name for name in self.leaves if self.rarely()),
            contradicts=frozenset(name for name in self.leaves if self.rarely(0.5)),
        )

    def statement(self, name: str) -> StatementFacts:
        """One statement, most likely one of ours."""
        stance = Stance.DENIES if self.rarely(1.5) else self.either(Stance, Stance.AFFIRMS, 0.3)
        return StatementFacts(
            id=name,
            source=self.luck.choice(self.people),
            claim=self.luck.choice(self.leaves),
            stance=stance,
            directness=Directness.SECOND_HAND
            if self.gossip and self.luck.random() < 0.7
            else self.luck.choice([*Directness, Directness.FIRST_HAND, Directness.SECOND_HAND]),
            informant=self.luck.choice([*self.names, UNKNOWN]),
            terms=self.either(Terms, Terms.ON_RECORD),
            obtained_by=ObtainedBy.EXTERNAL if self.rarely(1.5) else ObtainedBy.US,
            briefing=self.either(["b1", "b2"], None, 1.5),
            benefits_if=self.either(BenefitsIf),
            embargo_until=self.either([NOON], None, 0.5),
            ended=self.either(Ending),
            inducement=self.either(Inducement, None, 0.7),
            collector_conflict=self.rarely(0.5),
            translation=self.either(Translation, None, 0.5),
        )

    def relays(self, statements: list[StatementFacts]) -> list[RelayFacts]:
        """Relays within one claim and one stance, never from a first-hand statement; loops are welcome."""
        return [
            RelayFacts(derived.id, origin.id)
            for derived in statements
            for origin in statements
            if derived.directness is not Directness.FIRST_HAND
            and (derived.claim, derived.stance) == (origin.claim, origin.stance)
            and self.luck.random() < 0.12
        ]

    def reply(self, claim_ids: list[str]) -> ReplyRequestFacts:
        """One request for a reply."""
        return ReplyRequestFacts(
            to=self.luck.choice(self.names),
            covers=frozenset(some(self.luck, claim_ids, 3)),
            outcome=self.luck.choice(list(ReplyOutcome)),
            hours=self.luck.choice([0, 3, 4, 23, 24]),
            deadline_passed=self.luck.random() < 0.6,
            specific=self.luck.random() < 0.8,
            reason=self.luck.choice(["", "", "in danger"]),
            respondent_key=self.either([*self.people, "k-1", "k-2"], None, 3),
        )
