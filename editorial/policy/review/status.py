"""The status of a claim: the engine finds, people sign (Verification, section 4)."""

from editorial.policy.vocabulary import FindingValue


def effective(finding: FindingValue | None, *, signed: bool) -> FindingValue | None:
    """The status of a claim: verified and refuted wait for a sign-off, other findings take effect immediately."""
    if finding in (FindingValue.VERIFIED, FindingValue.REFUTED) and not signed:
        return FindingValue.UNDER_INVESTIGATION
    return finding
