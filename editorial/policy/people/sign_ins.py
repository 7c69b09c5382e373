"""How often somebody may try to sign in: enough for a person who mistypes, too seldom for a machine that guesses.

An address is slowed down whatever it tries. A name is slowed down only for addresses from which nobody has come in by
that name, so that nobody can keep a person out by failing in their name from elsewhere. Nobody is locked out for good.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from editorial.policy.vocabulary import ChoiceEnum


class SignInResult(ChoiceEnum):
    """What became of an attempt to sign in."""

    STARTED = "begun"
    WRONG_PASSWORD = "wrong"
    CODE_MISSING = "code_missing"
    WRONG_CODE = "wrong_code"
    SUCCEEDED = "succeeded"


FAILURES = frozenset({SignInResult.STARTED, SignInResult.WRONG_PASSWORD, SignInResult.WRONG_CODE})
"""What counts against the limits. An attempt counts from its beginning, so that many at once are not one."""


@dataclass(frozen=True, slots=True)
class Limit:
    """No more than `most` failures within a time."""

    max_failures: int
    window: timedelta


ADDRESS_LIMITS = (Limit(10, timedelta(minutes=1)), Limit(100, timedelta(hours=1)))
NAME_LIMITS = (Limit(10, timedelta(minutes=15)), Limit(30, timedelta(hours=24)))
LONGEST_WINDOW = max(limit.window for limit in (*ADDRESS_LIMITS, *NAME_LIMITS))
KNOWN_ADDRESS_TTL = timedelta(days=30)
"""How long an address from which somebody came in is known as theirs; attempts are remembered for as long."""


def retry_after(failed_at: Sequence[datetime], limits: Iterable[Limit], now: datetime) -> timedelta:
    """How long until the next attempt is taken, by the times of those that failed; nothing if it may be made now."""
    newest = sorted(failed_at, reverse=True)
    waits = [timedelta(0)]
    for limit in limits:
        if len(newest) >= limit.max_failures:
            waits.append(newest[limit.max_failures - 1] + limit.window - now)
    return max(waits)
