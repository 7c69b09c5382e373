"""Passkeys: the purpose of a challenge, and what an authenticator's signature counter reveals."""

from __future__ import annotations

from datetime import timedelta

from editorial.policy.vocabulary import ChoiceEnum

CHALLENGE_TTL = timedelta(minutes=5)
MAX_PASSKEYS = 10
"""The maximum per user."""
MAX_RESPONSE_LENGTH = 32 * 1024
"""The maximum size of a browser's response, in characters."""


class ChallengePurpose(ChoiceEnum):
    """What a challenge is for."""

    REGISTRATION = "registration"
    PROOF = "proof"


def suggests_clone(*, stored: int, received: int) -> bool:
    """Whether the counter failed to increase, which means that two authenticators hold the same key.

    Passkeys that are synchronised between devices have no counter and send 0.
    """
    return bool(stored or received) and received <= stored
