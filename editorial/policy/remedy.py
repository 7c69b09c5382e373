"""After publication: what a printed story owes its readers now (Verification, section 5)."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from editorial.policy.facts import CaseFacts, PublishedFacts, StoryFacts
from editorial.policy.finding import Finding
from editorial.policy.vocabulary import RemedyKind


@dataclass(frozen=True, slots=True)
class UseRemedy:
    """What one printed use calls for, and why in plain words. `withheld`: take the item down at once."""

    remedy: RemedyKind
    reason: str
    withheld: bool = False


@dataclass(frozen=True, slots=True)
class Remedy:
    """What the story calls for: the worst of its uses, and each of them by claim id."""

    remedy: RemedyKind
    withheld: bool
    uses: Mapping[str, UseRemedy] = field(default_factory=dict)


def remedy(
    case: CaseFacts,
    findings: Mapping[str, Finding],
    published: Mapping[str, PublishedFacts],
    story: StoryFacts | None = None,
) -> Remedy:
    """Compare what was printed with what is found now.

    The story tells `says_sources` where `published` does not.
    """
    raise NotImplementedError
