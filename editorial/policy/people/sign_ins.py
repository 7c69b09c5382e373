"""How often somebody may try to sign in: enough for a person who mistypes, too seldom for a machine that guesses.

An address is slowed down whatever it tries. A name is slowed down only for addresses from which nobody has come in by
that name, so that nobody can keep a person out by failing in their name from elsewhere. Nobody is locked out for good.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from editorial.policy.vocabulary import Term


class Outcome(Term):
    """What became of an attempt to sign in."""

    BEGUN = "begun"
    WRONG = "wrong"
    NO_CODE = "no_code"
    WRONG_CODE = "wrong_code"
    LET_IN = "let_in"


FAILURES = frozenset({Outcome.BEGUN, Outcome.WRONG, Outcome.WRONG_CODE})
"""What counts against the limits. An attempt counts from its beginning, so that many at once are not one."""


@dataclass(frozen=True, slots=True)
class Limit:
    """No more than `most` failures within a time."""

    most: int
    within: timedelta


PER_ADDRESS = (Limit(10, timedelta(minutes=1)), Limit(100, timedelta(hours=1)))
PER_NAME = (Limit(10, timedelta(minutes=15)), Limit(30, timedelta(hours=24)))
LONGEST = max(limit.within for limit in (*PER_ADDRESS, *PER_NAME))
KNOWN_FOR = timedelta(days=30)
"""How long an address from which somebody came in is known as theirs; attempts are remembered for as long."""


def wait(failed_at: Sequence[datetime], limits: Iterable[Limit], now: datetime) -> timedelta:
    """How long until the next attempt is taken, by the times of those that failed; nothing if it may be made now."""
    newest = sorted(failed_at, reverse=True)
    waits = [timedelta(0)]
    for limit in limits:
        if len(newest) >= limit.most:
            waits.append(newest[limit.most - 1] + limit.within - now)
    return max(waits)
