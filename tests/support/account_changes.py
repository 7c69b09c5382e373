"""Changes of accounts that two administrators have to make."""

from __future__ import annotations

from datetime import timedelta

from editorial.models import AccountChange
from editorial.workflow.ops import scheduler
from editorial.workflow.people import account_changes, sign_in
from editorial.workflow.people.sign_in import SignInRefused

OLD, NEW = "proof before print, always", "a long and winding word"
DELAY = timedelta(hours=24)


def ask(room, person, kind="password", *, by="ada", reason="He rang me from his desk.", **fields):
    """Request a change of an account."""
    fields = ({"password": NEW} if kind == "password" else {}) | fields
    return account_changes.request(
        user_id=person.pk, kind=kind, reason=reason, **fields, actor=room.people[by], now=room.now
    )


def approve(room, change, by):
    """Approve the change as another administrator."""
    return account_changes.approve(change_id=change.pk, actor=by, now=room.now)


def after_the_delay(room):
    """Let the delay of changes pass; what became due is carried out."""
    room.later(hours=24)
    return scheduler.run_due(now=room.now)


def logs_in(room, person, password, code=""):
    """Whether the person can sign in with this password."""
    try:
        sign_in.sign_in(
            username=person.username, password=password, code=code, address="192.0.2.1", interface="admin", now=room.now
        )
    except SignInRefused:
        return False
    return True


def state_of(change):
    """The state of the change as the database has it."""
    return AccountChange.objects.get(pk=change.pk).state
