"""Revealing a name: a fresh second factor and a second person, or an alert."""

from __future__ import annotations

from datetime import timedelta

import pytest

from editorial.models import AccountChange, Event, Membership, MessageKind, SecondFactor, SignIn, UnmaskRequest
from editorial.workflow.core.errors import Conflict, Forbidden, NotFound, ValidationFailed
from editorial.workflow.evidence.confidentiality import unmasking
from editorial.workflow.people import users
from tests.models.constraints import assert_rejected_by_database
from tests.support.cast import assert_refused, count_pending_jobs
from tests.support.people import app_of

FIRST = "proof before print, always"
JO = {"identity_name": "Jo Roe", "identity_known_by": "1970-03-12"}


@pytest.fixture
def source(room):
    return room.person("a keeper", unnamed=True, **JO)


def ask(room, source, by="cuno", reason="A court asks."):
    return unmasking.request_unmask(source_id=source.pk, reason=reason, actor=room.people[by], now=room.now)


def approve(room, request, by="stan"):
    return unmasking.approve_unmask(
        source_id=request.source_id, request_id=request.pk, actor=room.people[by], now=room.now
    )


def reveal(room, source, by="cuno", code=""):
    return unmasking.unmask(source_id=source.pk, code=code, actor=room.people[by], now=room.now)


def test_a_name_is_revealed_with_a_second_person_and_recorded_with_its_reason(room, source, cuno, stan):
    request = ask(room, source)
    approve(room, request)
    identity = reveal(room, source)
    assert (identity.name, identity.known_by) == ("Jo Roe", "1970-03-12")
    event = Event.objects.get(action="source.unmask")
    expected = {"reason": "A court asks.", "request": str(request.pk), "approved_by": str(stan.pk)}
    assert (event.actor, event.data) == (cuno, expected)
    assert count_pending_jobs(MessageKind.NOTIFY, event) == 1


def test_without_approval_nothing_is_revealed(room, source):
    with assert_refused(Conflict, "NOT_APPROVED"):
        reveal(room, source)
    ask(room, source)
    with assert_refused(Conflict, "NOT_APPROVED"):
        reveal(room, source)


def test_nobody_approves_their_own_request(room, source, cuno):
    request = ask(room, source)
    with assert_refused(Forbidden, "FOUR_EYES"):
        approve(room, request, by="cuno")
    with assert_rejected_by_database("unmask_needs_a_second_person"):
        UnmaskRequest.objects.filter(pk=request.pk).update(approved_by=cuno, approved_at=room.now)


class TestAccountsUnderTheControlOfTheOther:
    """One person who can sign in to both accounts is not two people."""

    def hire(self, room, settings, creator, role):
        settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
        person = users.create(
            username="mona", password=FIRST, email="mona@newsroom.example",
            memberships=[("reporter", room.desk.pk)], actor=creator, now=room.now,
        )  # fmt: skip
        person.memberships.update(role=role)
        room.people["mona"] = person
        return person

    def test_the_creator_of_the_requesters_account_does_not_approve(self, room, source, settings, ada):
        mona = self.hire(room, settings, ada, "custodian")
        room.later(minutes=1)
        users.change_password(old=FIRST, new="another long and winding word", actor=mona, now=room.now)
        request = ask(room, source, by="mona")
        with assert_refused(Forbidden, "SHARED_CONTROL"):
            approve(room, request, by="ada")
        approve(room, request, by="stan")

    def test_an_account_that_the_requester_created_does_not_approve(self, room, source, settings, ada):
        self.hire(room, settings, ada, "standards_editor")
        Membership.objects.create(user=ada, role="custodian", desk=room.desk)
        request = ask(room, source, by="ada")
        with assert_refused(Forbidden, "SHARED_CONTROL"):
            approve(room, request, by="mona")

    def test_the_person_who_last_set_the_requesters_password_does_not_approve(self, room, source, settings, ada, stan):
        mona = self.hire(room, settings, None, "reporter")
        Membership.objects.create(user=stan, role="admin")
        users.revise(user_id=mona.pk, password="another long and winding word", actor=stan, now=room.now)
        mona.memberships.update(role="custodian")
        request = ask(room, source, by="mona")
        with assert_refused(Forbidden, "SHARED_CONTROL"):
            approve(room, request, by="stan")
        approve(room, request, by="ada")

    def test_a_password_that_two_administrators_reset_is_known_to_the_requester(self, room, source, cuno, ada, stan):
        AccountChange.objects.create(
            user=cuno, kind="password", reason="He rang.", requested_by=stan, requested_at=room.now,
            expires_at=room.now + timedelta(days=7), state="carried_out", forced_by=ada, ended_at=room.now,
        )  # fmt: skip
        request = ask(room, source)
        with assert_refused(Forbidden, "SHARED_CONTROL"):
            approve(room, request, by="stan")
        approve(room, request, by="ada")


def test_a_request_is_for_its_requester_its_source_and_one_reveal(room, source):
    approve(room, ask(room, source))
    other = room.person("a clerk", unnamed=True, identity_name="Ann Ode", identity_known_by="1961")
    for by, about in (("stan", source), ("cuno", other)):
        with assert_refused(Conflict, "NOT_APPROVED"):
            reveal(room, about, by=by)
    reveal(room, source)
    with assert_refused(Conflict, "NOT_APPROVED"):
        reveal(room, source)


def test_a_request_ends_after_an_hour(room, source):
    request, late = ask(room, source), ask(room, source)
    approve(room, request)
    room.later(hours=1)
    with assert_refused(Conflict, "NOT_APPROVED"):
        reveal(room, source)
    with assert_refused(Conflict, "EXPIRED"):
        approve(room, late)
    with assert_rejected_by_database("unmask_used_after_approval"):
        UnmaskRequest.objects.filter(pk=request.pk).update(used_at=room.now)


def test_a_request_is_approved_once_and_for_its_own_source(room, source, ada):
    request = ask(room, source)
    other = room.person("a clerk", unnamed=True, identity_name="Ann Ode", identity_known_by="1961")
    with assert_refused(ValidationFailed, "OTHER_SOURCE"):
        unmasking.approve_unmask(source_id=other.pk, request_id=request.pk, actor=ada, now=room.now)
    approve(room, request, by="ada")
    with assert_refused(Conflict, "APPROVED"):
        approve(room, request)


def test_a_request_needs_a_reason_that_does_not_give_the_name(room, source):
    with assert_refused(ValidationFailed, "REASON_REQUIRED"):
        ask(room, source, reason=" ")
    with assert_refused(ValidationFailed, "NAME_IN_TEXT"):
        ask(room, source, reason="A court asks about Roe.")


def test_a_second_factor_is_required_fresh_and_a_code_is_valid_once(room, source, cuno):
    app = app_of(cuno, room)
    room.later(minutes=1)
    for _ in range(2):
        approve(room, ask(room, source))
    with assert_refused(ValidationFailed, "CODE_REQUIRED"):
        reveal(room, source)
    with assert_refused(ValidationFailed, "WRONG_CODE"):
        reveal(room, source, code="000000")
    assert SignIn.objects.filter(user=cuno, outcome="wrong_code").exists(), "a wrong code counts"
    assert reveal(room, source, code=app.at(room.now)).name == "Jo Roe"
    with assert_refused(ValidationFailed, "WRONG_CODE"):
        reveal(room, source, code=app.at(room.now))
    with assert_refused(ValidationFailed, "WRONG_CODE"):
        reveal(room, source, code=app.at(room.now - timedelta(minutes=5)))


def test_a_role_that_requires_a_second_factor_sets_it_up_first(room, source, settings):
    settings.SECOND_FACTOR_ROLES = ["custodian"]
    approve(room, ask(room, source))
    with assert_refused(Forbidden, "SECOND_FACTOR_ENROLLMENT_REQUIRED"):
        reveal(room, source)
    with assert_refused(Forbidden, "SECOND_FACTOR_ENROLLMENT_REQUIRED"):
        unmasking.break_glass(source_id=source.pk, reason="Now.", actor=room.people["cuno"], now=room.now)
    assert not SecondFactor.objects.exists()


def test_break_glass_reveals_immediately_and_is_recorded(room, source, cuno):
    with assert_refused(ValidationFailed, "REASON_REQUIRED"):
        unmasking.break_glass(source_id=source.pk, reason=" ", actor=cuno, now=room.now)
    identity = unmasking.break_glass(source_id=source.pk, reason="A threat.", actor=cuno, now=room.now)
    assert identity.name == "Jo Roe"
    event = Event.objects.get(action="source.break_glass")
    assert (event.actor, event.data) == (cuno, {"reason": "A threat."})
    assert count_pending_jobs(MessageKind.NOTIFY, event) == 1


def test_a_source_without_identity_cannot_be_revealed(room):
    person = room.person()
    with assert_refused(Conflict, "NO_IDENTITY_STORED"):
        ask(room, person)


def test_a_source_of_another_desk_is_not_found_by_a_custodian(room, city):
    source = room.source("person", unnamed=True, by="carl", desk_id=city.pk, **JO)
    with assert_refused(NotFound, "NOT_FOUND"):
        ask(room, source)
