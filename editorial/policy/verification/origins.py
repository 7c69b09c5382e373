"""Origins of statements, and the joins J1 to J8 between two statements that share one (section 2)."""

from collections.abc import Iterator
from dataclasses import dataclass, field

from editorial.policy.facts import SourceFacts
from editorial.policy.verification import affiliations
from editorial.policy.verification.evidence import Evidence
from editorial.policy.vocabulary import Directness, Join, ObtainedBy, SourceType

JoinKey = tuple[str, str]


@dataclass(slots=True, eq=False)
class OriginProfile:
    """The identities at a statement's origins through which it may join another.

    Statements with the same roots and briefing share one profile, which is therefore compared by object identity.
    """

    origins: set[str] = field(default_factory=set)
    briefings: set[str] = field(default_factory=set)
    represented: set[str] = field(default_factory=set)
    makers: set[str] = field(default_factory=set)
    parents: set[str] = field(default_factory=set)
    employers: set[str] = field(default_factory=set)
    employers_not_heard_by_us: set[str] = field(default_factory=set)
    camps: set[str] = field(default_factory=set)

    def join_keys(self) -> Iterator[JoinKey]:
        """Keys that join two profiles if shared. Employers are not among them, as they join conditionally."""
        yield from (("voice", name) for name in self.represented | self.makers)
        yield from (("owner", name) for name in self.origins | self.parents)
        yield from (("briefing", name) for name in self.briefings)
        yield from (("camp", name) for name in self.camps)

    def join(self, other: "OriginProfile") -> Join | None:
        """The lowest join between an origin of each."""
        if self.origins & other.origins:
            return Join.J1
        if self.briefings & other.briefings:
            return Join.J3
        if self.represented & other.represented:
            return Join.J4
        if self.makers & (other.represented | other.makers) or self.represented & other.makers:
            return Join.J5
        if self.parents & (other.origins | other.parents) or self.origins & other.parents:
            return Join.J6
        if self.employers_not_heard_by_us & other.employers or self.employers & other.employers_not_heard_by_us:
            return Join.J7
        if self.camps & other.camps:
            return Join.J8
        return None

    def add(self, evidence: Evidence, origin: SourceFacts, *, heard_by_us: bool, gains: bool) -> None:
        """Add one origin. `heard_by_us`: we heard it at first hand; `gains`: it gains from the statement."""
        case = evidence.case
        identity = case.identity(origin.id)
        self.origins.add(identity)
        self.represented |= affiliations.represented_identities(case, origin.id)
        if origin.type is SourceType.DOCUMENT:
            self.makers |= affiliations.makers(case, origin)
        if origin.parent:
            self.parents.add(case.identity(origin.parent))
        employer = origin.id if origin.type is SourceType.ORGANIZATION else origin.org
        if employer:
            self.employers.add(case.identity(employer))
            if not heard_by_us:
                self.employers_not_heard_by_us.add(case.identity(employer))
        if origin.camp and gains:
            self.camps.add(origin.camp)


class OriginProfiles:
    """The profiles of the statements on one claim, cached."""

    def __init__(self, evidence: Evidence) -> None:
        self.evidence = evidence
        self.cache: dict[tuple[frozenset[str], str | None], OriginProfile] = {}

    def profile(self, statement_id: str) -> OriginProfile:
        """The profile of a statement, from its roots that are not dead and its own briefing."""
        key = (self.evidence.roots[statement_id], self.evidence.statements[statement_id].briefing)
        if key not in self.cache:
            self.cache[key] = self.build_profile(*key)
        return self.cache[key]

    def build_profile(self, roots: frozenset[str], briefing: str | None) -> OriginProfile:
        """Build the profile of the origins at these roots."""
        evidence, profile = self.evidence, OriginProfile()
        added = set()
        for root in roots - evidence.dead:
            statement = evidence.statements[root]
            informant = evidence.informant.get(root)
            if informant:
                origin, heard_by_us, gains = informant, False, evidence.informant_gains(statement)
            else:
                origin = evidence.source(root)
                heard_by_us = statement.directness is Directness.FIRST_HAND and statement.obtained_by is ObtainedBy.US
                gains = affiliations.gains_from(evidence.interest(statement), statement.stance)
            if (origin.id, heard_by_us, gains) not in added:
                added.add((origin.id, heard_by_us, gains))
                profile.add(evidence, origin, heard_by_us=heard_by_us, gains=gains)
            if statement.briefing:
                profile.briefings.add(statement.briefing)
        if briefing:
            profile.briefings.add(briefing)
        return profile

    def join(self, first: str, second: str) -> Join | None:
        """Why two statements are one voice: the lowest join that fits, or None."""
        if self.evidence.speaker[first] == self.evidence.speaker[second]:
            return Join.J1
        return self.profile(first).join(self.profile(second))
