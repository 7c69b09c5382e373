"""Sign-in limits: enough attempts for a person who mistypes, too few for a program that guesses.

An address is always limited. A username is limited only for addresses without an earlier successful sign-in under it,
so that nobody can lock a user out by failing from elsewhere. Nobody is locked out permanently.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from editorial.policy.vocabulary import ChoiceEnum


class SignInResult(ChoiceEnum):
    """The result of a sign-in attempt."""

    STARTED = "started"
    WRONG_PASSWORD = "wrong_password"  # noqa: S105 - a result, not a password
    CODE_MISSING = "code_missing"
    WRONG_CODE = "wrong_code"
    SUCCEEDED = "succeeded"


FAILURES = frozenset({SignInResult.STARTED, SignInResult.WRONG_PASSWORD, SignInResult.WRONG_CODE})
"""Results that count against the limits. An attempt counts from its start, so that concurrent ones all count."""


@dataclass(frozen=True, slots=True)
class Limit:
    """At most `max_failures` failures within `window`."""

    max_failures: int
    window: timedelta


ADDRESS_LIMITS = (Limit(10, timedelta(minutes=1)), Limit(100, timedelta(hours=1)))
NAME_LIMITS = (Limit(10, timedelta(minutes=15)), Limit(30, timedelta(hours=24)))
LONGEST_WINDOW = max(limit.window for limit in (*ADDRESS_LIMITS, *NAME_LIMITS))
KNOWN_ADDRESS_TTL = timedelta(days=30)
"""How long an address stays known after a successful sign-in. Attempts are stored as long."""


def retry_after(failed_at: Sequence[datetime], limits: Iterable[Limit], now: datetime) -> timedelta:
    """The wait before the next attempt, given the times of failed ones; zero if none is needed."""
    newest = sorted(failed_at, reverse=True)
    waits = [timedelta(0)]
    for limit in limits:
        if len(newest) >= limit.max_failures:
            waits.append(newest[limit.max_failures - 1] + limit.window - now)
    return max(waits)
