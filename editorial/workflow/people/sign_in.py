"""Signing in, by whichever door: a password, and a code of the second factor where the account has one."""

from __future__ import annotations

from datetime import datetime

from django.contrib.auth import authenticate

from editorial.models import User
from editorial.policy.people.sign_ins import Outcome
from editorial.workflow.core.actions import Reason, Refused
from editorial.workflow.people import login_throttle, second_factors

_TOLD = {
    Outcome.WRONG: Reason("WRONG_CREDENTIALS", "No active account has this user name and password."),
    Outcome.NO_CODE: Reason(
        "SECOND_FACTOR_NEEDED",
        "Your account has a second factor: give the code that your app shows, or a recovery code, too.",
        "code",
    ),
    Outcome.WRONG_CODE: Reason(
        "WRONG_CODE", "This code is not right, or was used before. Wait for the next one.", "code"
    ),
}


class NotLetIn(Refused):
    """Whoever tried did not show who they are."""


def sign_in(*, username: str, password: str, code: str, address: str | None, door: str, now: datetime) -> User:
    """The person whose user name, password and code these are.

    That there is a second factor is told only to whoever gave the right password. Raises NotLetIn, or
    `attempts.TooSoon` where it went wrong too often lately.
    """
    attempt = login_throttle.begin(name=username, address=address, door=door, now=now)
    user = authenticate(username=username, password=password)
    outcome = _weigh(user, code, now)
    login_throttle.end(attempt_id=attempt.pk, outcome=outcome, user=user, now=now)
    if user is None or outcome is not Outcome.LET_IN:
        raise NotLetIn(_TOLD[outcome])
    return user


def _weigh(user: User | None, code: str, now: datetime) -> Outcome:
    if user is None:
        return Outcome.WRONG
    if not second_factors.guards(user):
        return Outcome.LET_IN
    if not code.strip():
        return Outcome.NO_CODE
    return Outcome.LET_IN if second_factors.check(code=code, actor=user, now=now) else Outcome.WRONG_CODE
