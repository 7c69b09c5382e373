"""Login throttling: counts sign-in attempts in PostgreSQL, against automated guessing of passwords and codes.

Each attempt is recorded before it is checked, in a separate transaction, so that neither its outcome nor a hundred
concurrent attempts can undo the record.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable
from datetime import datetime
from uuid import UUID

from django.db import connection
from django.db.models import QuerySet
from django.utils.crypto import salted_hmac

from editorial.models import SignIn, User
from editorial.policy.people import sign_ins
from editorial.policy.people.sign_ins import FAILURES, Limit, SignInResult
from editorial.workflow.core.actions import atomic_action
from editorial.workflow.core.errors import Conflict, Reason, ValidationFailed
from editorial.workflow.core.locking import lock


class TooManyAttempts(Conflict):
    """Too many recent failures. `wait`: seconds until the next attempt is accepted."""

    def __init__(self, wait: int) -> None:
        self.wait = wait
        minutes = "a minute" if wait <= 60 else f"{math.ceil(wait / 60)} minutes"
        super().__init__(f"Too many failed attempts. Wait {minutes}, then try again.", code="THROTTLED")


@atomic_action
def start_attempt(*, name: str, address: str | None, interface: str, device: str = "", now: datetime) -> SignIn:
    """Record an attempt. Raises `TooManyAttempts` if there were too many failures of its kind lately.

    `device`: the id of a known browser, from `devices.recognize`.
    """
    attempt = SignIn(
        at=now,
        interface=interface,
        address=address,
        name_digest=_digest(name),
        device=device,
        outcome=SignInResult.STARTED.value,
    )
    _serialize(f"address {address}", f"name {attempt.name_digest}")
    wait = max(_wait_times(attempt, now))
    if wait > 0:
        raise TooManyAttempts(math.ceil(wait))
    attempt.save()
    return attempt


@atomic_action
def finish_attempt(*, attempt_id: UUID, outcome: SignInResult, user: User | None, now: datetime) -> None:
    """Record the outcome of an attempt. A success also deletes records too old to matter for limits and addresses."""
    attempt = lock(SignIn, attempt_id, None)
    attempt.outcome, attempt.user = outcome.value, user
    attempt.save(update_fields=["outcome", "user"])
    if user is not None and outcome is SignInResult.SUCCEEDED:
        User.objects.filter(pk=user.pk).update(last_login=now)
        SignIn.objects.filter(at__lt=now - sign_ins.KNOWN_ADDRESS_TTL).delete()


def reauthenticate(check: Callable[[], bool], error: Reason, *, actor: User, now: datetime) -> None:
    """Verify a signed-in user again, with the limits of sign-in. Raises `ValidationFailed` or `TooManyAttempts`."""
    attempt = start_attempt(name=actor.get_username(), address=None, interface="reauth", now=now)
    if not check():
        finish_attempt(attempt_id=attempt.pk, outcome=SignInResult.WRONG_CODE, user=actor, now=now)
        raise ValidationFailed(error)
    finish_attempt(attempt_id=attempt.pk, outcome=SignInResult.SUCCEEDED, user=actor, now=now)


def _wait_times(attempt: SignIn, now: datetime) -> Iterable[float]:
    """The seconds to wait: by device if it is known, else by name at a known address, else by address and by name."""
    failed = SignIn.objects.filter(
        outcome__in=[outcome.value for outcome in FAILURES], at__gt=now - sign_ins.LONGEST_WINDOW
    )
    of_the_name = failed.filter(name_digest=attempt.name_digest)
    if attempt.device:
        yield _wait(of_the_name.filter(device=attempt.device), sign_ins.NAME_LIMITS, now)
        return
    failed, of_the_name = failed.filter(device=""), of_the_name.filter(device="")
    if attempt.address and _is_known_address(attempt, now):
        yield _wait(of_the_name.filter(address=attempt.address), sign_ins.NAME_LIMITS, now)
        return
    if attempt.address:
        yield _wait(failed.filter(address=attempt.address), sign_ins.ADDRESS_LIMITS, now)
    yield _wait(of_the_name, sign_ins.NAME_LIMITS, now)


def _is_known_address(attempt: SignIn, now: datetime) -> bool:
    """Whether this name has signed in from this address lately."""
    return SignIn.objects.filter(
        name_digest=attempt.name_digest,
        address=attempt.address,
        outcome=SignInResult.SUCCEEDED.value,
        at__gt=now - sign_ins.KNOWN_ADDRESS_TTL,
    ).exists()


def _wait(failed: QuerySet[SignIn], limits: Iterable[Limit], now: datetime) -> float:
    limits = tuple(limits)
    newest = failed.order_by("-at").values_list("at", flat=True)[: max(limit.max_failures for limit in limits)]
    return sign_ins.retry_after(list(newest), limits, now).total_seconds()


def _serialize(*counters: str) -> None:
    """Lock these counters until the transaction ends."""
    with connection.cursor() as cursor:
        for counter in sorted(counters):
            cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [f"newsroom attempts {counter}"])


def _digest(name: str) -> str:
    """Digest of the typed name, which may be a password: comparable, but not readable."""
    return salted_hmac("newsroom.attempts", name.casefold(), algorithm="sha256").hexdigest()
