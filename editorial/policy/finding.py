"""The finding: what the evidence supports, what is missing and what it hangs on (Verification, section 3)."""

from dataclasses import dataclass, field
from typing import Any

from editorial.policy.facts import CaseFacts
from editorial.policy.thresholds import Missing, Policy
from editorial.policy.vocabulary import Basis, FindingValue


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """What is found about one claim. Counts and basis are None for a compound, the finding for an opinion."""

    claim: str
    finding: FindingValue | None
    basis: Basis | None
    contested: bool
    origins: int | None
    independent: int | None
    against: int | None
    missing: tuple[Missing, ...] = ()
    hangs_on: tuple[str, ...] = ()
    groups: Any = field(default=None, compare=False, repr=False)

    def plain(self, *, joins: bool = True) -> dict[str, Any]:
        """The finding as plain values, as `manage.py assess` prints it; `joins` tells why groups fell together."""
        raise NotImplementedError


def assess(case: CaseFacts, policy: Policy, *, hangs_on: bool = True) -> dict[str, Finding]:
    """Find for every claim of the case; without `hangs_on` the single points of failure are left empty."""
    raise NotImplementedError
