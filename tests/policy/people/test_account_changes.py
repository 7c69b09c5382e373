"""Which accounts are protected, and who may approve, force or expire a change: every combination."""

from datetime import UTC, datetime, timedelta
from itertools import product

import pytest

from editorial.policy.actions import ACTIONS
from editorial.policy.people import account_changes
from editorial.policy.people.account_changes import AccountChangeFacts, AccountChangeKind, AccountChangeState
from editorial.policy.roles import Role, Scope

NOW = datetime(2031, 3, 4, 9, 0, tzinfo=UTC)
OPEN = ("requested", "approved")
CASES = list(product(AccountChangeKind, AccountChangeState, (False, True), ("requester", "owner", "other")))


def change(kind="password", state="requested", *, late=False, effective_at=None):
    expires_at = NOW if late else NOW + timedelta(seconds=1)
    return AccountChangeFacts(
        AccountChangeKind(kind), "owner", "requester", AccountChangeState(state), expires_at, effective_at
    )


def test_an_account_is_protected_if_it_can_open_the_vault_sign_publish_or_manage_accounts():
    protected = {role for role in Role if account_changes.is_protected([role])}
    assert protected == {"editor", "senior_editor", "standards_editor", "lawyer", "custodian", "admin"}
    assert account_changes.is_protected(["reporter", "custodian"])
    assert not account_changes.is_protected(["reporter", "fact_checker", "copy_editor"])
    assert not account_changes.is_protected([])


def test_no_unprotected_role_signs_more_than_a_proposal_or_copy_without_claims():
    others = set(Role) - account_changes.PROTECTED_ROLES
    signing = {action for action, rule in ACTIONS.items() if rule.scope is Scope.SIGN and rule.by & others}
    assert signing == {"signoff.propose", "story.confirm_no_claims"}


@pytest.mark.parametrize(("kind", "state", "late", "actor"), CASES)
def test_a_pending_change_is_approved_in_time_by_neither_its_requester_nor_its_owner(kind, state, late, actor):
    denial = account_changes.denial_of_approval(change(kind, state, late=late), actor, NOW)
    assert (denial is None) == (actor == "other" and state == "requested" and not late)


@pytest.mark.parametrize(("kind", "state", "late", "_"), CASES)
def test_break_glass_makes_an_open_change_that_cannot_wait(kind, state, late, _):
    denial = account_changes.denial_of_break_glass(change(kind, state, late=late), NOW)
    waits = state == "approved" or (state == "requested" and not late)
    assert (denial is None) == (waits and kind != "email")


@pytest.mark.parametrize("state", AccountChangeState)
@pytest.mark.parametrize(("seconds", "passed"), [(-1, True), (0, True), (1, False)])
def test_only_an_approved_change_takes_effect_and_only_after_its_delay(state, seconds, passed):
    effective_at = NOW + timedelta(seconds=seconds)
    assert account_changes.is_due(change(state=state, effective_at=effective_at), NOW) == (
        state == "approved" and passed
    )


@pytest.mark.parametrize("state", AccountChangeState)
@pytest.mark.parametrize("late", [False, True])
def test_only_a_change_that_waits_for_approval_expires(state, late):
    assert account_changes.has_expired(change(state=state, late=late), NOW) == (state == "requested" and late)
