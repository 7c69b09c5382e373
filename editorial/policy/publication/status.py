"""The status of a claim: its finding, as far as it is in effect (Verification, section 4)."""

from editorial.policy.vocabulary import FindingValue


def effective_status(finding: FindingValue | None, *, signed: bool) -> FindingValue | None:
    """The status of a claim: verified and refuted wait for a sign-off, other findings take effect immediately."""
    if finding in (FindingValue.VERIFIED, FindingValue.REFUTED) and not signed:
        return FindingValue.UNDER_INVESTIGATION
    return finding
