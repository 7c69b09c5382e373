"""Temporary passwords: what ends their time, and what begins it again."""

from __future__ import annotations

from datetime import timedelta

import pytest

from editorial.models import AccountChange
from editorial.workflow.ops import scheduler
from editorial.workflow.people import account_changes, earlier_access, users
from tests.support.people import administrator

WORD = "a long and winding word"
HOURS_72 = timedelta(hours=72)


@pytest.fixture
def bella(room):
    return administrator("bella")


def approve_and_wait(room, change, by):
    account_changes.approve(change_id=change.pk, actor=by, now=room.now)
    room.later(hours=24)
    scheduler.run_due(now=room.now)


def test_ones_own_approved_password_is_not_temporary(room, ada, bella):
    ada.password_expires_at = room.now + timedelta(days=3)
    ada.save()
    own = {"user_id": ada.pk, "kind": "password", "password": WORD, "reason": "I forgot it."}
    approve_and_wait(room, account_changes.request(**own, actor=ada, now=room.now), bella)
    ada.refresh_from_db()
    assert (ada.check_password(WORD), ada.password_expires_at) == (True, None)


def test_its_time_begins_again_with_an_approved_role(room, ada, bella):
    nina = users.create(
        username="nina", password=WORD, email="n@newsroom.example", memberships=[("custodian", None)], actor=ada,
        now=room.now,
    )  # fmt: skip
    assert nina.password_expires_at == room.now + HOURS_72
    room.later(hours=60)
    approve_and_wait(room, AccountChange.objects.get(user=nina), bella)
    nina.refresh_from_db()
    assert nina.password_expires_at == room.now + HOURS_72, "without a role she could not sign in"


def test_when_the_owner_takes_the_account_over_no_requested_password_takes_effect(room, cuno, ada, bella):
    change = users.revise(user_id=cuno.pk, password=WORD, reason="He forgot it.", actor=ada, now=room.now)
    account_changes.approve(change_id=change.pk, actor=bella, now=room.now)
    earlier_access.reset(cuno, now=room.now)
    room.later(hours=24)
    scheduler.run_due(now=room.now)
    change.refresh_from_db()
    cuno.refresh_from_db()
    assert (change.state, cuno.has_usable_password()) == ("cancelled", False)
