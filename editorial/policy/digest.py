"""A fingerprint of the facts that bear on a claim, so that nothing is assessed or stored twice."""

from editorial.policy.facts import CaseFacts


def digest(case: CaseFacts, claim_id: str) -> str:
    """SHA-256, in hexadecimal, over those facts; their order makes no difference."""
    raise NotImplementedError
