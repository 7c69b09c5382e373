"""Second factors: set up, asked for, used once, lost."""

from __future__ import annotations

from datetime import timedelta
from urllib.parse import parse_qs, urlsplit

import pyotp
import pytest

from editorial.models import Event, RecoveryCode, SecondFactor, SignIn, User
from editorial.workflow.core.errors import Conflict, Forbidden, NotFound, ValidationFailed
from editorial.workflow.people import factor_codes, factor_status, login_throttle, second_factors, tokens
from editorial.workflow.people import sign_in as workflow_sign_in
from editorial.workflow.people.login_throttle import TooManyAttempts
from editorial.workflow.people.sign_in import SignInRefused
from tests.support.cast import assert_refused, events, run_concurrently
from tests.support.keys import new_key
from tests.support.people import PASSWORD, app_of


def authenticator(factor):
    """The authenticator app of a user who scanned the code."""
    parameters = parse_qs(urlsplit(factor_codes.provisioning_uri(factor)).query)
    assert parameters["issuer"] == ["Newsroom"]
    return pyotp.TOTP(parameters["secret"][0])


@pytest.fixture
def enrolled(rosa_with_password, room):
    """Rosa with a second factor: her app, and her recovery codes."""
    factor = second_factors.enroll(actor=rosa_with_password, now=room.now)
    app = authenticator(factor)
    codes = second_factors.confirm(factor_id=factor.pk, code=app.at(room.now), actor=rosa_with_password, now=room.now)
    room.later(minutes=1)
    return SecondFactor.objects.get(), app, codes


def attempt_sign_in(room, *, code="", password=PASSWORD, address="192.0.2.1", username="rosa"):
    return workflow_sign_in.sign_in(
        username=username, password=password, code=code, address=address, interface="api", now=room.now
    )


def refusal_codes(room, **arguments):
    with pytest.raises(SignInRefused) as error:
        attempt_sign_in(room, **arguments)
    return [reason.code for reason in error.value.reasons]


def test_a_second_factor_is_required_once_confirmed_by_a_code(room, rosa_with_password):
    factor = second_factors.enroll(actor=rosa_with_password, now=room.now)
    assert attempt_sign_in(room) == rosa_with_password
    app = authenticator(factor)
    with assert_refused(ValidationFailed, "WRONG_CODE"):
        second_factors.confirm(factor_id=factor.pk, code="000000", actor=rosa_with_password, now=room.now)
    codes = second_factors.confirm(factor_id=factor.pk, code=app.at(room.now), actor=rosa_with_password, now=room.now)
    assert len(set(codes)) == 10
    assert refusal_codes(room) == ["SECOND_FACTOR_REQUIRED"]
    assert events(factor) == ["second_factor.enroll", "second_factor.confirm"]


def test_neither_the_secret_nor_a_code_is_stored_in_plain_text(room, enrolled):
    factor, app, codes = enrolled
    assert app.secret.encode() not in bytes(factor.encrypted_secret)
    stored = "".join(str(list(model.objects.values())) for model in (SecondFactor, RecoveryCode, Event, SignIn))
    assert not [secret for secret in (app.secret, *codes, codes[0].replace("-", "")) if secret in stored]


def test_a_code_of_this_or_an_adjacent_time_step_is_accepted_once(room, enrolled, rosa_with_password):
    _, app, _ = enrolled
    before = app.at(room.now - timedelta(seconds=30))
    now, after = app.at(room.now), app.at(room.now + timedelta(seconds=30))
    assert attempt_sign_in(room, code=now) == rosa_with_password
    assert refusal_codes(room, code=now) == ["WRONG_CODE"], "not twice"
    assert refusal_codes(room, code=before) == ["WRONG_CODE"], "nor one from before it"
    assert attempt_sign_in(room, code=f" {after[:3]} {after[3:]} ") == rosa_with_password
    assert refusal_codes(room, code=app.at(room.now + timedelta(minutes=5))) == ["WRONG_CODE"]


@pytest.mark.parametrize("code", ["٠٠٠٠٠٠", "0", "x" * 40, "\x00", "- - - -", "ÄÖÜ"])
def test_a_malformed_code_is_a_wrong_code(room, enrolled, code):
    assert refusal_codes(room, code=code) == ["WRONG_CODE"]


def test_a_recovery_code_is_accepted_once(room, enrolled, rosa_with_password):
    _, _, codes = enrolled
    assert attempt_sign_in(room, code=codes[0].lower().replace("-", " ")) == rosa_with_password
    assert refusal_codes(room, code=codes[0]) == ["WRONG_CODE"]
    assert attempt_sign_in(room, code=codes[1]) == rosa_with_password


def test_the_second_factor_is_revealed_only_after_the_right_password(room, enrolled):
    _, app, codes = enrolled
    for code in ("", app.at(room.now), codes[0], "000000"):
        assert refusal_codes(room, password="guess", code=code) == ["WRONG_CREDENTIALS"]
    assert refusal_codes(room) == ["SECOND_FACTOR_REQUIRED"]


def test_a_wrong_password_uses_up_no_code(room, enrolled, rosa_with_password):
    _, app, codes = enrolled
    refusal_codes(room, password="guess", code=codes[0])
    refusal_codes(room, password="guess", code=app.at(room.now))
    assert attempt_sign_in(room, code=app.at(room.now)) == rosa_with_password
    assert attempt_sign_in(room, code=codes[0]) == rosa_with_password


def test_wrong_codes_are_limited(room, enrolled):
    _, app, _ = enrolled
    for number in range(10):
        assert refusal_codes(room, code="000000", address=f"192.0.2.{number}") == ["WRONG_CODE"]
    with pytest.raises(TooManyAttempts) as error:
        attempt_sign_in(room, code=app.at(room.now), address="192.0.2.99")
    assert 0 < error.value.wait <= 15 * 60
    room.later(minutes=16)
    assert attempt_sign_in(room, code=app.at(room.now), address="192.0.2.99")


def test_wrong_codes_in_a_session_are_limited(room, enrolled, rosa_with_password):
    factor, app, _ = enrolled
    for _ in range(10):
        with pytest.raises(ValidationFailed):
            second_factors.regenerate_codes(factor_id=factor.pk, code="000000", actor=rosa_with_password, now=room.now)
    with assert_refused(TooManyAttempts, "THROTTLED"):
        second_factors.regenerate_codes(
            factor_id=factor.pk, code=app.at(room.now), actor=rosa_with_password, now=room.now
        )


def test_new_recovery_codes_invalidate_the_old_ones(room, enrolled, rosa_with_password):
    factor, app, old = enrolled
    new = second_factors.regenerate_codes(
        factor_id=factor.pk, code=app.at(room.now), actor=rosa_with_password, now=room.now
    )
    assert refusal_codes(room, code=old[0]) == ["WRONG_CODE"]
    assert attempt_sign_in(room, code=new[0]) == rosa_with_password


def test_a_user_removes_their_second_factor_with_a_code(room, enrolled, rosa_with_password):
    factor, app, _ = enrolled
    with assert_refused(ValidationFailed, "WRONG_CODE"):
        second_factors.remove(factor_id=factor.pk, code="000000", actor=rosa_with_password, now=room.now)
    second_factors.remove(factor_id=factor.pk, code=app.at(room.now), actor=rosa_with_password, now=room.now)
    assert attempt_sign_in(room) == rosa_with_password


def test_an_administrator_removes_a_lost_second_factor_with_a_reason(room, enrolled, felix, ada):
    factor, _, _ = enrolled
    with assert_refused(NotFound, "NOT_FOUND"):
        second_factors.remove(factor_id=factor.pk, reason="She asked.", actor=felix, now=room.now)
    with assert_refused(ValidationFailed, "REASON_REQUIRED"):
        second_factors.remove(factor_id=factor.pk, actor=ada, now=room.now)
    second_factors.remove(factor_id=factor.pk, reason="She stood before me.", actor=ada, now=room.now)
    event = Event.objects.get(action="second_factor.remove")
    assert (event.actor, event.data["reason"]) == (ada, "She stood before me.")
    assert attempt_sign_in(room)


def test_a_confirmed_second_factor_is_not_replaced(room, enrolled, rosa_with_password):
    with assert_refused(Conflict, "CONFIRMED"):
        second_factors.enroll(actor=rosa_with_password, now=room.now)


def test_a_role_that_requires_it_gets_no_token_before_setup(room, rosa_with_password, settings):
    settings.SECOND_FACTOR_ROLES = ["reporter"]
    with assert_refused(Forbidden, "SECOND_FACTOR_ENROLLMENT_REQUIRED"):
        tokens.issue(user_id=rosa_with_password.pk, actor=rosa_with_password, now=room.now)
    factor = second_factors.enroll(actor=rosa_with_password, now=room.now)
    assert factor_status.is_required(rosa_with_password)
    second_factors.confirm(
        factor_id=factor.pk, code=authenticator(factor).at(room.now), actor=rosa_with_password, now=room.now
    )
    assert not factor_status.is_required(rosa_with_password)
    assert tokens.issue(user_id=rosa_with_password.pk, actor=rosa_with_password, now=room.now)


def test_recovery_codes_work_without_the_key(room, enrolled, rosa_with_password, settings):
    _, app, codes = enrolled
    settings.SECOND_FACTOR_KEYS = [new_key()]
    assert refusal_codes(room, code=app.at(room.now)) == ["WRONG_CODE"]
    assert attempt_sign_in(room, code=codes[0]) == rosa_with_password


def test_a_secret_copied_from_another_user_is_rejected(room, enrolled, rosa_with_password, edith):
    """As somebody does who can write to the database and has a second factor of their own."""
    own = second_factors.enroll(actor=edith, now=room.now)
    copied = bytes(SecondFactor.objects.get(pk=own.pk).encrypted_secret)
    SecondFactor.objects.filter(user=rosa_with_password).update(encrypted_secret=copied)
    assert refusal_codes(room, code=authenticator(own).at(room.now)) == ["WRONG_CODE"]


def test_enrolling_without_a_key_names_the_setting(room, rosa_with_password, settings):
    settings.SECOND_FACTOR_KEYS = []
    with pytest.raises(Conflict, match="This process has no SECOND_FACTOR_KEYS"):
        second_factors.enroll(actor=rosa_with_password, now=room.now)


def test_a_code_sent_twice_concurrently_is_accepted_once(parallel):
    rosa = parallel.people["rosa"]
    code = app_of(rosa, parallel).at(parallel.now, counter_offset=1)
    outcomes = run_concurrently(*[lambda: factor_codes.check(code=code, actor=rosa, now=parallel.now)] * 4)
    assert sorted(outcomes) == [False, False, False, True]


def test_concurrent_attempts_are_all_counted(parallel):
    outcomes = run_concurrently(
        *[lambda: login_throttle.start_attempt(name="rosa", address="192.0.2.1", interface="api", now=parallel.now)]
        * 14
    )
    assert sum(isinstance(outcome, TooManyAttempts) for outcome in outcomes) == 4
    assert SignIn.objects.count() == 10


def test_old_attempts_are_deleted(room, rosa_with_password):
    refusal_codes(room, password="guess")
    room.later(days=31)
    attempt_sign_in(room)
    assert [sign_in.outcome for sign_in in SignIn.objects.all()] == ["succeeded"]
    assert User.objects.get(pk=rosa_with_password.pk).last_login == room.now
