"""Where a statement comes from, and whether two of them come from one place: joins J1 to J8 (section 2)."""

from collections.abc import Iterator
from dataclasses import dataclass, field

from editorial.policy.facts import SourceFacts
from editorial.policy.verification import affiliations
from editorial.policy.verification.evidence import Evidence
from editorial.policy.vocabulary import Directness, Got, Join, SourceType

Key = tuple[str, str]


@dataclass(slots=True, eq=False)
class Profile:
    """Everything about the origins of a statement through which it may join another; all are identities.

    Statements with the same roots and briefing share one profile, so that it compares by being the same.
    """

    origins: set[str] = field(default_factory=set)
    briefings: set[str] = field(default_factory=set)
    voices: set[str] = field(default_factory=set)
    makers: set[str] = field(default_factory=set)
    parents: set[str] = field(default_factory=set)
    employers: set[str] = field(default_factory=set)
    overheard: set[str] = field(default_factory=set)
    camps: set[str] = field(default_factory=set)

    def keys(self) -> Iterator[Key]:
        """Whatever it shares with another joins the two; employers are apart, for they join conditionally."""
        yield from (("voice", name) for name in self.voices | self.makers)
        yield from (("house", name) for name in self.origins | self.parents)
        yield from (("briefing", name) for name in self.briefings)
        yield from (("camp", name) for name in self.camps)

    def join(self, other: "Profile") -> Join | None:
        """The lowest join between some origin of the one and some origin of the other."""
        if self.origins & other.origins:
            return Join.J1
        if self.briefings & other.briefings:
            return Join.J3
        if self.voices & other.voices:
            return Join.J4
        if self.makers & (other.voices | other.makers) or self.voices & other.makers:
            return Join.J5
        if self.parents & (other.origins | other.parents) or self.origins & other.parents:
            return Join.J6
        if self.overheard & other.employers or self.employers & other.overheard:
            return Join.J7
        if self.camps & other.camps:
            return Join.J8
        return None

    def add(self, evidence: Evidence, origin: SourceFacts, *, heard: bool, gaining: bool) -> None:
        """Add one origin: `heard` by us at first hand, `gaining` from what is said."""
        case = evidence.case
        identity = case.identity(origin.id)
        self.origins.add(identity)
        self.voices |= affiliations.stands_for(case, origin.id)
        if origin.type is SourceType.DOCUMENT:
            self.makers |= affiliations.makers(case, origin)
        if origin.parent:
            self.parents.add(case.identity(origin.parent))
        employer = origin.id if origin.type is SourceType.ORGANIZATION else origin.org
        if employer:
            self.employers.add(case.identity(employer))
            if not heard:
                self.overheard.add(case.identity(employer))
        if origin.camp and gaining:
            self.camps.add(origin.camp)


class Origins:
    """The profiles of the statements on one claim, each made once."""

    def __init__(self, evidence: Evidence) -> None:
        self.evidence = evidence
        self.made: dict[tuple[frozenset[str], str | None], Profile] = {}

    def profile(self, statement_id: str) -> Profile:
        """The profile of a statement: its roots that are not dead, and its own briefing."""
        key = (self.evidence.roots[statement_id], self.evidence.statements[statement_id].briefing)
        if key not in self.made:
            self.made[key] = self.make(*key)
        return self.made[key]

    def make(self, roots: frozenset[str], briefing: str | None) -> Profile:
        """Gather the origins at these roots."""
        evidence, profile = self.evidence, Profile()
        seen = set()
        for root in roots - evidence.dead:
            statement = evidence.statements[root]
            informant = evidence.informant.get(root)
            if informant:
                origin, heard, gaining = informant, False, evidence.informant_profits(statement)
            else:
                origin = evidence.source(root)
                heard = statement.direct is Directness.FIRST_HAND and statement.got is Got.US
                gaining = affiliations.profits(evidence.gains(statement), statement.stance)
            if (origin.id, heard, gaining) not in seen:
                seen.add((origin.id, heard, gaining))
                profile.add(evidence, origin, heard=heard, gaining=gaining)
            if statement.briefing:
                profile.briefings.add(statement.briefing)
        if briefing:
            profile.briefings.add(briefing)
        return profile

    def join(self, one: str, other: str) -> Join | None:
        """Why two statements are one voice: the lowest join that fits, or None."""
        if self.evidence.speaker[one] == self.evidence.speaker[other]:
            return Join.J1
        return self.profile(one).join(self.profile(other))
