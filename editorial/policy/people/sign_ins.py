"""Sign-in limits: enough attempts for a person who mistypes, too few for a program that guesses.

Attempts are counted in one of three ways, so that neither a stranger nor a colleague can lock a user out:

- A *known device*, a browser in which this username has signed in, has counters of its own.
- A *known address*, from which this username has signed in, has counters for this username alone.
- Every other attempt counts for its address, whatever the username, and for the username, whatever the address.

So a password can be guessed at most 30 times a day from outside, from each known address and in each known browser.
Nobody is locked out permanently.
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
    PROVIDER_REJECTED = "provider_rejected"
    PROVIDER_UNAVAILABLE = "provider_unavailable"
    NOT_ADMITTED = "not_admitted"
    SUCCEEDED = "succeeded"


FAILURES = frozenset(
    {
        SignInResult.STARTED,
        SignInResult.WRONG_PASSWORD,
        SignInResult.WRONG_CODE,
        SignInResult.PROVIDER_REJECTED,
    }
)
"""Results that count against the limits. An attempt counts from its start, so that concurrent ones all count."""


@dataclass(frozen=True, slots=True)
class Limit:
    """At most `max_failures` failures within `window`."""

    max_failures: int
    window: timedelta


ADDRESS_LIMITS = (Limit(10, timedelta(minutes=1)), Limit(100, timedelta(hours=1)))
NAME_LIMITS = (Limit(10, timedelta(minutes=15)), Limit(30, timedelta(hours=24)))
LONGEST_WINDOW = max(limit.window for limit in (*ADDRESS_LIMITS, *NAME_LIMITS))
KNOWN_DEVICE_TTL = timedelta(days=90)
"""How long a browser stays known after a successful sign-in."""
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
