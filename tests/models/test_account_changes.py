"""Account changes: what the database refuses, and who may see a row."""

from __future__ import annotations

from datetime import timedelta

import pytest

from editorial.models import AccountChange, Desk
from editorial.policy import access
from editorial.policy.access import ActorFacts
from editorial.policy.actions import Action
from editorial.policy.roles import Role
from tests.models.constraints import assert_rejected_by_database

DAY = timedelta(days=1)


@pytest.fixture
def change(room, cuno, ada):
    """A pending request for a new password."""
    return create(room, kind="password", password="pbkdf2$hash")


def create(room, **fields):
    return AccountChange.objects.create(
        **{
            "user": room.people["cuno"],
            "reason": "Lost.",
            "requested_by": room.people["ada"],
            "requested_at": room.now,
            "expires_at": room.now + DAY,
        }
        | fields
    )


def update(change, **fields):
    AccountChange.objects.filter(pk=change.pk).update(**fields)


def approval(room, by, **fields):
    return {"state": "approved", "approved_by": by, "approved_at": room.now, "effective_at": room.now + DAY} | fields


def test_neither_the_requester_nor_the_person_concerned_approves(room, change, ada, cuno, hugo):
    for person in (ada, cuno):
        with assert_rejected_by_database("accountchange_needs_a_second_person"):
            update(change, **approval(room, person))
    update(change, **approval(room, hugo))


def test_no_change_is_made_without_approval_or_before_its_time(room, change, hugo):
    done = {"state": "carried_out", "password": "", "ended_at": room.now}
    with assert_rejected_by_database("accountchange_approved_and_delayed"):
        update(change, **done)
    with assert_rejected_by_database("accountchange_approved_and_delayed"):
        update(change, **approval(room, hugo) | done)
    with assert_rejected_by_database("accountchange_state_fits_approval"):
        update(change, state="approved")
    with assert_rejected_by_database("accountchange_approved_by_somebody"):
        update(change, **approval(room, hugo, effective_at=None))
    update(change, **approval(room, hugo) | done | {"ended_at": room.now + DAY})


def test_an_approved_change_takes_effect_exactly_as_approved(room, change, hugo, rosa):
    for fields in (
        {"user": rosa}, {"kind": "second_factor", "password": ""}, {"password": "another$hash"},
        {"requested_by": hugo}, {"reason": "Found."}, {"expires_at": room.now + 9 * DAY},
    ):  # fmt: skip
        with assert_rejected_by_database("cannot be altered"):
            update(change, **fields)
    update(change, **approval(room, hugo))
    with assert_rejected_by_database("cannot be altered"):
        update(change, effective_at=room.now)


def test_an_ended_change_is_final_and_no_change_is_deleted(room, change):
    update(change, state="cancelled", ended_at=room.now, password="")
    with assert_rejected_by_database("cannot be altered"):
        update(change, state="requested", ended_at=None)
    with assert_rejected_by_database("Cannot delete"):
        change.delete()


def test_a_password_hash_is_kept_only_while_the_change_is_open(room, change):
    with assert_rejected_by_database("accountchange_password_while_open"):
        update(change, state="cancelled", ended_at=room.now)
    with assert_rejected_by_database("accountchange_password_while_open"):
        create(room, kind="second_factor", password="pbkdf2$hash")


def test_a_change_holds_what_its_kind_needs_and_nothing_else(room):
    for name, fields in (
        ("only_roles_have_a_role", {"kind": "role"}),
        ("only_roles_have_a_role", {"kind": "reactivation", "role": "lawyer"}),
        ("only_roles_have_a_role", {"kind": "reactivation", "desk": room.desk}),
        ("only_emails_have_an_email", {"kind": "email"}),
        ("only_emails_have_an_email", {"kind": "reactivation", "email": "x@example.org"}),
        ("password_while_open", {"kind": "password"}),
    ):
        with assert_rejected_by_database(f"accountchange_{name}"):
            create(room, **fields)


def test_an_account_has_one_open_change_of_a_kind_and_role(room, change):
    with assert_rejected_by_database("accountchange_one_open"):
        create(room, kind="password", password="another$hash")
    create(room, kind="role", role="lawyer")
    create(room, kind="role", role="lawyer", desk=room.desk)
    with assert_rejected_by_database("accountchange_one_open"):
        create(room, kind="role", role="lawyer")


def test_the_list_shows_a_change_to_exactly_those_who_may_see_it(room, change, cuno, city):
    seen = set()
    for desk in (None, room.desk, city):
        for role in Role:
            for user, scopes, active in ((cuno.pk, None, True), ("0" * 32, None, True), ("0" * 32, frozenset(), False)):
                memberships = frozenset({(role, str(desk.pk) if isinstance(desk, Desk) else None)})
                actor = ActorFacts(str(user), active, memberships, scopes)
                listed = AccountChange.objects.visible_to(actor).exists()
                assert listed == bool(access.may(actor, Action.SEE, change.access_facts())), actor
                seen.add((role, desk is None, listed)) if user != cuno.pk and active else None
    assert {role for role, _, listed in seen if listed} == {"admin", "custodian", "standards_editor"}
    assert ("admin", False, True) not in seen, "an administrator of one desk"
