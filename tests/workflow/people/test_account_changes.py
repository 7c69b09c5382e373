"""Accounts that can open the vault, sign or publish: two administrators and a delay, or an alert."""

from __future__ import annotations

import pytest

from editorial.models import AccountChange, Event, Membership, Passkey, SecondFactor, User
from editorial.policy.roles import Role
from editorial.workflow.core.errors import Conflict, Forbidden, NotFound, ValidationFailed
from editorial.workflow.evidence.confidentiality import unmasking
from editorial.workflow.ops import scheduler
from editorial.workflow.people import (
    account_changes,
    factor_status,
    passkeys,
    provider_roles,
    second_factors,
    tokens,
    users,
)
from tests.support.account_changes import NEW, OLD, after_the_delay, approve, ask, logs_in, state_of
from tests.support.cast import assert_refused, events
from tests.support.people import administrator, app_of


@pytest.fixture
def cuno(cuno, settings):
    """The custodian, with a password."""
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    cuno.set_password(OLD)
    cuno.save()
    return cuno


def test_one_administrator_alone_cannot_sign_in_as_the_custodian(room, cuno, ada):
    """The attack: a new password, no second factor, a new address for the alerts, and then the vault."""
    source = room.person("a keeper", unnamed=True, identity_name="Jo Roe", identity_known_by="1970-03-12")
    app = app_of(cuno, room)
    factor = SecondFactor.objects.get(user=cuno)
    attacker = {"actor": ada, "now": room.now}
    users.revise(user_id=cuno.pk, password=NEW, email="ada@evil.example", reason="He asked.", **attacker)
    second_factors.remove(factor_id=factor.pk, reason="He lost it.", **attacker)
    for change in AccountChange.objects.filter(user=cuno):
        with assert_refused(Forbidden, "FOUR_EYES"):
            account_changes.approve(change_id=change.pk, **attacker)
    users.grant_role(user_id=ada.pk, role="custodian", reason="I need it.", **attacker)
    users.create(
        username="eve", password=NEW, email="eve@evil.example", memberships=[("custodian", None), ("admin", None)],
        **attacker,
    )  # fmt: skip
    room.later(days=30)
    scheduler.run_due(now=room.now)

    assert not logs_in(room, cuno, NEW)
    assert not logs_in(room, cuno, OLD), "without a code"
    assert logs_in(room, cuno, OLD, app.at(room.now))
    assert User.objects.get(pk=cuno.pk).email == "cuno@newsroom.example"
    for name in ("ada", "eve"):
        with pytest.raises((Forbidden, NotFound)):
            unmasking.break_glass(
                source_id=source.pk, reason="Now.", actor=User.objects.get(username=name), now=room.now
            )
    assert not Event.objects.filter(action="source.break_glass").exists()


def test_revoking_the_role_first_does_not_unlock_the_account(room, cuno, ada):
    users.revoke_role(membership_id=Membership.objects.get(user=cuno).pk, actor=ada, now=room.now)
    room.later(days=29)
    assert isinstance(
        users.revise(user_id=cuno.pk, password=NEW, reason="He asked.", actor=ada, now=room.now), AccountChange
    )
    assert not logs_in(room, cuno, NEW)
    room.later(days=1)
    assert users.revise(user_id=cuno.pk, first_name="C.", password=NEW, actor=ada, now=room.now) == cuno
    assert logs_in(room, cuno, NEW), "after a month without the role the account is like any other"


def test_losing_the_role_at_the_provider_does_not_unlock_the_account(room, cuno, ada):
    provider_roles.map_roles(user_id=cuno.pk, roles=[(Role.REPORTER, None)], actor=None, now=room.now)
    room.later(days=29)
    users.revise(user_id=cuno.pk, password=NEW, reason="He asked.", actor=ada, now=room.now)
    assert not logs_in(room, cuno, NEW)


def test_a_passkey_is_removed_by_two_administrators_and_with_it_every_second_factor(room, cuno, ada, bella):
    app_of(cuno, room)
    lost = {"user": cuno, "credential_data": "d", "registered_at": room.now}
    passkey = Passkey.objects.create(name="lost", credential_id="a", **lost)
    room.later(minutes=5)
    change = passkeys.remove(passkey_id=passkey.pk, reason="He rang me.", actor=ada, now=room.now)
    assert (change.kind, change.state, Passkey.objects.count()) == ("second_factor", "requested", 1)
    approve(room, change, bella)
    room.later(minutes=5)
    Passkey.objects.create(name="new", credential_id="b", **lost | {"registered_at": room.now})
    after_the_delay(room)
    assert list(Passkey.objects.values_list("name", flat=True)) == ["new"], "the person has set it up since"
    assert not SecondFactor.objects.exists()


def test_an_administrator_whose_password_the_requester_set_approves_nothing(room, cuno, ada, bella):
    """Otherwise one administrator would create a second one and be both."""
    users.revise(user_id=bella.pk, password=NEW, reason="She forgot it.", actor=ada, now=room.now)
    reset = AccountChange.objects.get(user=bella)
    account_changes.break_glass(change_id=reset.pk, reason="She is locked out.", actor=ada, now=room.now)
    change = ask(room, cuno, by="ada")
    with assert_refused(Forbidden, "PASSWORD_KNOWN"):
        approve(room, change, bella)
    other = account_changes.request(
        user_id=cuno.pk, kind="email", email="cuno@elsewhere.example", reason="He moved.", actor=bella, now=room.now
    )
    with assert_refused(Forbidden, "PASSWORD_KNOWN"):
        approve(room, other, ada)
    room.later(minutes=1)
    bella.refresh_from_db()
    users.change_password(old=NEW, new="her own long and winding word", actor=bella, now=room.now)
    assert approve(room, change, bella).approved_by == bella


def test_an_account_is_protected_as_soon_as_a_role_is_requested_for_it(room, rosa, ada):
    users.grant_role(user_id=rosa.pk, role="custodian", reason="She is to keep it.", actor=ada, now=room.now)
    users.revise(user_id=rosa.pk, password=NEW, reason="She asked.", actor=ada, now=room.now)
    rosa.refresh_from_db()
    assert not rosa.check_password(NEW)
    assert rosa.facts().memberships == {("reporter", str(room.desk.pk))}


def test_an_unprotected_account_is_changed_immediately(room, rosa, ada):
    assert users.revise(user_id=rosa.pk, password=NEW, email="rosa@example.org", actor=ada, now=room.now) == rosa
    users.grant_role(user_id=rosa.pk, role="fact_checker", desk_id=room.desk.pk, actor=ada, now=room.now)
    app_of(rosa, room)
    second_factors.remove(factor_id=SecondFactor.objects.get().pk, reason="Lost.", actor=ada, now=room.now)
    users.deactivate(user_id=rosa.pk, actor=ada, now=room.now)
    users.reactivate(user_id=rosa.pk, actor=ada, now=room.now)
    assert not AccountChange.objects.exists()
    assert not SecondFactor.objects.exists()
    with assert_refused(Conflict, "NOT_PROTECTED"):
        ask(room, rosa)


def test_an_approved_change_takes_effect_after_the_delay_and_once(room, cuno, bella):
    issued = tokens.issue(user_id=cuno.pk, actor=cuno, now=room.now)
    change = ask(room, cuno)
    assert NEW not in str(list(AccountChange.objects.values())), "only a hash of the password is stored"
    room.later(days=2)
    approve(room, change, bella)
    room.later(hours=23, minutes=59)
    assert scheduler.run_due(now=room.now) == 0
    assert logs_in(room, cuno, OLD)
    assert scheduler.run_due(now=room.later(minutes=1)) == 1
    assert scheduler.run_due(now=room.now) == 0
    assert logs_in(room, cuno, NEW)
    assert not logs_in(room, cuno, OLD)
    assert tokens.authenticate(issued.secret, now=room.now) is None
    change.refresh_from_db()
    assert (change.state, change.password, change.ended_at) == ("carried_out", "", room.now)
    assert events(change) == ["account.request_change", "account.approve_change", "account.carry_out_change"]
    last = Event.objects.get(action="account.carry_out_change")
    assert (last.data["requested_by"], last.data["approved_by"]) == (str(room.people["ada"].pk), str(bella.pk))


def test_every_kind_of_change_is_carried_out(room, cuno, bella):
    app_of(cuno, room)
    changes = [
        ask(room, cuno, "password"),
        ask(room, cuno, "second_factor"),
        ask(room, cuno, "role", role="lawyer", desk_id=room.desk.pk),
        ask(room, cuno, "email", email="cuno@example.org"),
        ask(room, room.people["gina"], "reactivation"),
    ]
    for change in changes:
        approve(room, change, bella)
    assert after_the_delay(room) == 5
    cuno.refresh_from_db()
    assert cuno.check_password(NEW)
    assert not factor_status.is_enabled(cuno)
    assert cuno.facts().memberships == {("custodian", str(room.desk.pk)), ("lawyer", str(room.desk.pk))}
    assert cuno.email == "cuno@example.org"
    assert User.objects.get(username="gina").is_active


def test_a_factor_set_up_after_the_request_stays(room, cuno, bella):
    app = app_of(cuno, room)
    change = ask(room, cuno, "second_factor")
    approve(room, change, bella)
    factor = SecondFactor.objects.get()
    room.later(minutes=5)
    second_factors.remove(factor_id=factor.pk, code=app.at(room.now), actor=cuno, now=room.now)
    app_of(cuno, room)
    after_the_delay(room)
    assert factor_status.is_enabled(cuno)


def test_a_change_is_approved_by_another_administrator_once_and_in_time(room, cuno, ada, bella):
    own = ask(room, bella, "role", role="custodian")
    with assert_refused(Forbidden, "FOUR_EYES"):
        approve(room, own, ada)
    with assert_refused(Forbidden, "OWN_ACCOUNT"):
        approve(room, own, bella)
    with assert_refused(Forbidden, "FORBIDDEN"):
        approve(room, own, cuno)
    change = ask(room, cuno)
    approve(room, change, bella)
    with assert_refused(Conflict, "APPROVED"):
        approve(room, change, bella)
    room.later(days=7)
    with assert_refused(Conflict, "ENDED"):
        approve(room, own, administrator("dora"))
    scheduler.run_due(now=room.now)
    assert (state_of(own), state_of(change)) == ("expired", "carried_out")
    assert events(own)[-1] == "account.expire_change"


def test_the_person_concerned_or_an_administrator_cancels_a_change(room, cuno, stan, bella):
    first = approve(room, ask(room, cuno), bella)
    account_changes.cancel(change_id=first.pk, reason="I did not ask.", actor=cuno, now=room.now)
    second = ask(room, cuno)
    with assert_refused(Forbidden, "FORBIDDEN"):
        account_changes.cancel(change_id=second.pk, actor=stan, now=room.now)
    with assert_refused(NotFound, "NOT_FOUND"):
        account_changes.cancel(change_id=second.pk, actor=room.people["rosa"], now=room.now)
    account_changes.cancel(change_id=second.pk, actor=bella, now=room.now)
    assert after_the_delay(room) == 0
    for change in (first, second):
        with assert_refused(Conflict, "ENDED"):
            account_changes.cancel(change_id=change.pk, actor=bella, now=room.now)
        with assert_refused(Conflict, "ENDED"):
            account_changes.break_glass(change_id=change.pk, reason="Now.", actor=bella, now=room.now)
    assert AccountChange.objects.exclude(password="").count() == 0
    assert logs_in(room, cuno, OLD)


def test_a_change_expires_if_its_administrators_lose_their_rights(room, cuno, ada, bella):
    """A discovered attacker's approved change does not take effect a day later."""
    change = approve(room, ask(room, cuno), bella)
    users.deactivate(user_id=bella.pk, actor=ada, now=room.now)
    after_the_delay(room)
    assert state_of(change) == "expired"
    assert Event.objects.get(action="account.expire_change").data["code"] == "NO_ADMINISTRATOR"
    assert logs_in(room, cuno, OLD)


def test_deactivating_an_account_cancels_its_open_changes(room, cuno, ada, bella):
    change = approve(room, ask(room, cuno, "role", role="lawyer"), bella)
    users.deactivate(user_id=cuno.pk, actor=ada, now=room.now)
    assert state_of(change) == "cancelled"
    assert events(change)[-1] == "account.cancel_change"


def test_a_person_who_changes_their_own_password_needs_no_other(room, cuno, bella):
    change, other = approve(room, ask(room, cuno), bella), ask(room, cuno, "role", role="lawyer")
    users.change_password(old=OLD, new="my own and winding word", actor=cuno, now=room.now)
    assert (state_of(change), state_of(other)) == ("cancelled", "requested")


def test_break_glass_takes_effect_immediately_with_a_reason_and_a_code(room, cuno, ada):
    app = app_of(ada, room)
    room.later(minutes=1)
    change = ask(room, cuno)
    arguments = {"change_id": change.pk, "actor": ada, "now": room.now}
    with assert_refused(ValidationFailed, "REASON_REQUIRED"):
        account_changes.break_glass(reason=" ", code=app.at(room.now), **arguments)
    with assert_refused(ValidationFailed, "CODE_REQUIRED"):
        account_changes.break_glass(reason="A threat.", **arguments)
    with assert_refused(ValidationFailed, "WRONG_CODE"):
        account_changes.break_glass(reason="A threat.", code="000000", **arguments)
    account_changes.break_glass(reason="A threat.", code=app.at(room.now), **arguments)
    assert logs_in(room, cuno, NEW)
    change.refresh_from_db()
    assert (change.state, change.forced_by, change.approved_by) == ("carried_out", ada, None)
    assert Event.objects.get(action="account.break_glass").data["reason"] == "A threat."


def test_nobody_diverts_the_alert_by_changing_the_address_first(room, cuno, ada):
    change = ask(room, cuno, "email", email="ada@evil.example")
    with assert_refused(Conflict, "EMAIL_CAN_WAIT"):
        account_changes.break_glass(change_id=change.pk, reason="Now.", actor=ada, now=room.now)
    assert User.objects.get(pk=cuno.pk).email == "cuno@newsroom.example"


def test_an_approval_needs_a_fresh_code(room, cuno, bella):
    app = app_of(bella, room)
    room.later(minutes=1)
    change = ask(room, cuno)
    with assert_refused(ValidationFailed, "CODE_REQUIRED"):
        approve(room, change, bella)
    account_changes.approve(change_id=change.pk, code=app.at(room.now), actor=bella, now=room.now)
    assert state_of(change) == "approved"


def test_a_new_account_has_its_protected_roles_only_once_they_are_approved(room, ada, bella):
    made = {"username": "nina", "password": NEW, "email": "nina@newsroom.example"}
    nina = users.create(
        **made, memberships=[("reporter", room.desk.pk), ("editor", room.desk.pk)], actor=ada, now=room.now
    )
    here = str(room.desk.pk)
    assert nina.facts().memberships == {("reporter", here)}
    approve(room, AccountChange.objects.get(user=nina), bella)
    after_the_delay(room)
    assert nina.facts().memberships == {("reporter", here), ("editor", here)}


def test_the_system_creates_users_with_any_role(room):
    users.create(
        username="root", password=NEW, email="root@newsroom.example", memberships=[("admin", None)], actor=None,
        now=room.now,
    )  # fmt: skip
    assert Membership.objects.filter(user__username="root", role="admin").exists()
    assert not AccountChange.objects.exists()


def test_a_request_names_exactly_what_it_changes(room, cuno):
    for kind, fields, code in (
        ("password", {"password": ""}, "ACCOUNTCHANGE_PASSWORD_WHILE_OPEN"),
        ("password", {"role": "lawyer"}, "ACCOUNTCHANGE_ONLY_ROLES_HAVE_A_ROLE"),
        ("email", {}, "ACCOUNTCHANGE_ONLY_EMAILS_HAVE_AN_EMAIL"),
        ("password", {"email": "x@example.org"}, "ACCOUNTCHANGE_ONLY_EMAILS_HAVE_AN_EMAIL"),
        ("email", {"email": "no address"}, "INVALID"),
        ("role", {}, "UNKNOWN_ROLE"),
        ("role", {"role": "king"}, "UNKNOWN_ROLE"),
        ("crown", {}, "UNKNOWN_KIND"),
        ("password", {"reason": ""}, "REASON_REQUIRED"),
    ):
        with assert_refused(ValidationFailed, code):
            ask(room, cuno, kind, **fields)
    with pytest.raises(ValidationFailed, match="too short"):
        ask(room, cuno, password="short")
    with assert_refused(Conflict, "ROLE_HELD"):
        ask(room, cuno, "role", role="custodian", desk_id=room.desk.pk)
    with assert_refused(Conflict, "ACCOUNT_ACTIVE"):
        ask(room, cuno, "reactivation")
    with assert_refused(Conflict, "NO_SECOND_FACTOR"):
        ask(room, cuno, "second_factor")
    ask(room, cuno)
    with assert_refused(Conflict, "ACCOUNTCHANGE_ONE_OPEN"):
        ask(room, cuno)


def test_a_change_is_visible_to_its_owner_and_to_oversight_roles(room, cuno):
    change = ask(room, cuno, by="ada")
    seeing = {
        name
        for name, person in room.people.items()
        if AccountChange.objects.visible_to(person.facts()).filter(pk=change.pk).exists()
    }
    assert seeing == {"cuno", "stan", "ada"}
