"""Retries of jobs: how often one is attempted, and the pauses between attempts."""

from __future__ import annotations

from datetime import timedelta

from editorial import receivers
from editorial.models import MessageKind

MAX_ATTEMPTS = 5
MAX_WEBHOOK_ATTEMPTS = len(receivers.WEBHOOK_PAUSES) + 1


def max_attempts(kind: str, receiver: str) -> int:
    """After how many attempts such a message becomes a dead letter."""
    is_webhook = kind == MessageKind.DELIVER and receivers.is_webhook(receiver)
    return MAX_WEBHOOK_ATTEMPTS if is_webhook else MAX_ATTEMPTS


def backoff(kind: MessageKind, attempts: int, receiver: str = "") -> timedelta:
    """The pause after so many attempts. It is longer for deliveries: remote servers may be down for longer."""
    if kind is MessageKind.DELIVER:
        return receivers.WEBHOOK_PAUSES[min(attempts, max_attempts(kind, receiver) - 1) - 1]
    return timedelta(seconds=2**attempts)


def max_backoff(kind: MessageKind) -> timedelta:
    """The pause before the last attempt."""
    return receivers.WEBHOOK_PAUSES[-1] if kind is MessageKind.DELIVER else backoff(kind, MAX_ATTEMPTS - 1)
