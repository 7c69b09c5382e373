"""Concurrent changes of one account."""

from __future__ import annotations

import pytest

from editorial.models import Event, Token
from editorial.workflow.people import (
    account_changes,
    users,
)
from tests.support.account_changes import DELAY, NEW, approve, ask, state_of
from tests.support.cast import events, run_concurrently
from tests.support.people import administrator


class TestConcurrency:
    """Two people at the same moment."""

    @pytest.fixture
    def change(self, parallel):
        change = ask(parallel, parallel.people["cuno"])
        return approve(parallel, change, administrator("bella"))

    def test_a_change_is_approved_once(self, parallel):
        change = ask(parallel, parallel.people["cuno"])
        seconds = [administrator(name) for name in ("bella", "dora")]
        outcomes = run_concurrently(*[lambda by=by: approve(parallel, change, by) for by in seconds])
        assert [outcome.reasons[0].code for outcome in outcomes if isinstance(outcome, Exception)] == ["APPROVED"]
        assert events(change) == ["account.request_change", "account.approve_change"]

    def test_a_change_is_either_cancelled_or_carried_out(self, parallel, change):
        cuno, later = parallel.people["cuno"], parallel.now + DELAY
        run_concurrently(
            lambda: account_changes.cancel(change_id=change.pk, actor=cuno, now=later),
            *[lambda: account_changes.carry_out(change_id=change.pk, now=later)] * 2,
        )
        ends = {"account.cancel_change", "account.carry_out_change"}
        assert len(ends.intersection(events(change))) == 1
        assert len(events(change)) == 3
        cuno.refresh_from_db()
        assert cuno.check_password(NEW) == (state_of(change) == "carried_out")

    def test_no_password_is_set_while_a_role_is_being_requested(self, parallel):
        rosa, ada = parallel.people["rosa"], parallel.people["ada"]
        run_concurrently(
            lambda: users.grant_role(
                user_id=rosa.pk, role="custodian", reason="For the vault.", actor=ada, now=parallel.now
            ),
            lambda: users.revise(user_id=rosa.pk, password=NEW, reason="She asked.", actor=ada, now=parallel.now),
        )
        rosa.refresh_from_db()
        order = list(Event.objects.order_by("id").values_list("action", flat=True))
        # Either it was set before the role was requested, or it waits for a second administrator as well.
        assert rosa.check_password(NEW) == (order == ["user.revise", "account.request_change"])
        assert order in (["user.revise", "account.request_change"], ["account.request_change"] * 2)

    def test_deactivating_and_carrying_out_do_not_wait_for_each_other(self, parallel, change):
        cuno, ada, later = parallel.people["cuno"], parallel.people["ada"], parallel.now + DELAY
        outcomes = run_concurrently(
            lambda: users.deactivate(user_id=cuno.pk, actor=ada, now=later),
            lambda: account_changes.carry_out(change_id=change.pk, now=later),
        )
        assert [outcome for outcome in outcomes if isinstance(outcome, Exception)] == []
        assert state_of(change) in ("cancelled", "carried_out")
        assert Token.objects.filter(user=cuno, revoked_at=None).count() == 0
