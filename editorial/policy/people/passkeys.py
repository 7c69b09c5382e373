"""Passkeys: what a challenge is for, and what the signature counter of an authenticator says."""

from __future__ import annotations

from datetime import timedelta

from editorial.policy.vocabulary import ChoiceEnum

CHALLENGE_TTL = timedelta(minutes=5)
MAX_PASSKEYS = 10
"""Passkeys of one user."""
MAX_RESPONSE_LENGTH = 32 * 1024
"""Characters of a browser's answer."""


class ChallengePurpose(ChoiceEnum):
    """What a challenge is to prove."""

    REGISTRATION = "registration"
    PROOF = "proof"


def suggests_copy(*, stored: int, received: int) -> bool:
    """Whether the counter went back or stood still: two authenticators use the same key.

    Authenticators whose keys are synchronised between devices keep no counter and send 0.
    """
    return bool(stored or received) and received <= stored
