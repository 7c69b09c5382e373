"""Second factors: set up, asked for, used once, lost."""

from __future__ import annotations

from datetime import timedelta
from urllib.parse import parse_qs, urlsplit

import pyotp
import pytest

from editorial.models import Event, RecoveryCode, SecondFactor, SignIn, User
from editorial.workflow.core.errors import Conflict, Forbidden, NotFound, ValidationFailed
from editorial.workflow.people import login_throttle, second_factors, tokens
from editorial.workflow.people import sign_in as workflow_sign_in
from editorial.workflow.people.login_throttle import TooManyAttempts
from editorial.workflow.people.sign_in import SignInRefused
from tests.support.cast import assert_refused, events, run_concurrently
from tests.support.keys import new_key

PASSWORD = "proof before print, always"  # noqa: S105


@pytest.fixture
def signed(rosa, settings):
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    rosa.set_password(PASSWORD)
    rosa.save()
    return rosa


def authenticator(factor):
    """What somebody's phone knows once they scanned the code."""
    asked = parse_qs(urlsplit(second_factors.provisioning_uri(factor)).query)
    assert asked["issuer"] == ["Newsroom"]
    return pyotp.TOTP(asked["secret"][0])


@pytest.fixture
def guarded(signed, room):
    """Rosa with a second factor: her app, and her recovery codes."""
    factor = second_factors.enroll(actor=signed, now=room.now)
    app = authenticator(factor)
    codes = second_factors.confirm(factor_id=factor.pk, code=app.at(room.now), actor=signed, now=room.now)
    room.later(minutes=1)
    return SecondFactor.objects.get(), app, codes


def attempt_sign_in(room, *, code="", password=PASSWORD, address="192.0.2.1", username="rosa"):
    return workflow_sign_in.sign_in(
        username=username, password=password, code=code, address=address, interface="api", now=room.now
    )


def codes_told(room, **given):
    with pytest.raises(SignInRefused) as refused:
        attempt_sign_in(room, **given)
    return [reason.code for reason in refused.value.reasons]


def test_it_is_asked_for_once_a_code_has_shown_that_the_app_has_it(room, signed):
    factor = second_factors.enroll(actor=signed, now=room.now)
    assert attempt_sign_in(room) == signed
    app = authenticator(factor)
    with assert_refused(ValidationFailed, "WRONG_CODE"):
        second_factors.confirm(factor_id=factor.pk, code="000000", actor=signed, now=room.now)
    codes = second_factors.confirm(factor_id=factor.pk, code=app.at(room.now), actor=signed, now=room.now)
    assert len(set(codes)) == 10
    assert codes_told(room) == ["SECOND_FACTOR_REQUIRED"]
    assert events(factor) == ["second_factor.enroll", "second_factor.confirm"]


def test_neither_the_secret_nor_a_code_is_kept_in_the_clear(room, guarded):
    factor, app, codes = guarded
    assert app.secret.encode() not in bytes(factor.encrypted_secret)
    kept = "".join(str(list(model.objects.values())) for model in (SecondFactor, RecoveryCode, Event, SignIn))
    assert not [said for said in (app.secret, *codes, codes[0].replace("-", "")) if said in kept]


def test_a_code_lets_in_once_and_so_does_one_of_the_half_minute_beside_it(room, guarded, signed):
    _, app, _ = guarded
    before = app.at(room.now - timedelta(seconds=30))
    now, after = app.at(room.now), app.at(room.now + timedelta(seconds=30))
    assert attempt_sign_in(room, code=now) == signed
    assert codes_told(room, code=now) == ["WRONG_CODE"], "not twice"
    assert codes_told(room, code=before) == ["WRONG_CODE"], "nor one from before it"
    assert attempt_sign_in(room, code=f" {after[:3]} {after[3:]} ") == signed
    assert codes_told(room, code=app.at(room.now + timedelta(minutes=5))) == ["WRONG_CODE"]


@pytest.mark.parametrize("code", ["٠٠٠٠٠٠", "0", "x" * 40, "\x00", "- - - -", "ÄÖÜ"])
def test_what_is_no_code_is_a_wrong_one(room, guarded, code):
    assert codes_told(room, code=code) == ["WRONG_CODE"]


def test_a_recovery_code_lets_in_once(room, guarded, signed):
    _, _, codes = guarded
    assert attempt_sign_in(room, code=codes[0].lower().replace("-", " ")) == signed
    assert codes_told(room, code=codes[0]) == ["WRONG_CODE"]
    assert attempt_sign_in(room, code=codes[1]) == signed


def test_the_second_factor_is_revealed_only_after_the_right_password(room, guarded):
    _, app, codes = guarded
    for code in ("", app.at(room.now), codes[0], "000000"):
        assert codes_told(room, password="guess", code=code) == ["WRONG_CREDENTIALS"]
    assert codes_told(room) == ["SECOND_FACTOR_REQUIRED"]


def test_a_wrong_password_uses_up_no_code(room, guarded, signed):
    _, app, codes = guarded
    codes_told(room, password="guess", code=codes[0])
    codes_told(room, password="guess", code=app.at(room.now))
    assert attempt_sign_in(room, code=app.at(room.now)) == signed
    assert attempt_sign_in(room, code=codes[0]) == signed


def test_codes_are_not_guessed_by_machine(room, guarded):
    _, app, _ = guarded
    for number in range(10):
        assert codes_told(room, code="000000", address=f"192.0.2.{number}") == ["WRONG_CODE"]
    with pytest.raises(TooManyAttempts) as refused:
        attempt_sign_in(room, code=app.at(room.now), address="192.0.2.99")
    assert 0 < refused.value.wait <= 15 * 60
    room.later(minutes=16)
    assert attempt_sign_in(room, code=app.at(room.now), address="192.0.2.99")


def test_codes_are_not_guessed_with_a_stolen_session(room, guarded, signed):
    factor, app, _ = guarded
    for _ in range(10):
        with pytest.raises(ValidationFailed):
            second_factors.regenerate_codes(factor_id=factor.pk, code="000000", actor=signed, now=room.now)
    with assert_refused(TooManyAttempts, "THROTTLED"):
        second_factors.regenerate_codes(factor_id=factor.pk, code=app.at(room.now), actor=signed, now=room.now)


def test_new_recovery_codes_put_the_old_ones_out_of_use(room, guarded, signed):
    factor, app, old = guarded
    new = second_factors.regenerate_codes(factor_id=factor.pk, code=app.at(room.now), actor=signed, now=room.now)
    assert codes_told(room, code=old[0]) == ["WRONG_CODE"]
    assert attempt_sign_in(room, code=new[0]) == signed


def test_a_user_removes_their_own_with_a_code(room, guarded, signed):
    factor, app, _ = guarded
    with assert_refused(ValidationFailed, "WRONG_CODE"):
        second_factors.remove(factor_id=factor.pk, code="000000", actor=signed, now=room.now)
    second_factors.remove(factor_id=factor.pk, code=app.at(room.now), actor=signed, now=room.now)
    assert attempt_sign_in(room) == signed


def test_an_administrator_removes_a_lost_one_with_a_reason(room, guarded, felix, ada):
    factor, _, _ = guarded
    with assert_refused(NotFound, "NOT_FOUND"):
        second_factors.remove(factor_id=factor.pk, reason="She asked.", actor=felix, now=room.now)
    with assert_refused(ValidationFailed, "REASON_REQUIRED"):
        second_factors.remove(factor_id=factor.pk, actor=ada, now=room.now)
    second_factors.remove(factor_id=factor.pk, reason="She stood before me.", actor=ada, now=room.now)
    said = Event.objects.get(action="second_factor.remove")
    assert (said.actor, said.data["reason"]) == (ada, "She stood before me.")
    assert attempt_sign_in(room)


def test_a_second_one_is_not_begun_over_the_first(room, guarded, signed):
    with assert_refused(Conflict, "CONFIRMED"):
        second_factors.enroll(actor=signed, now=room.now)


def test_whose_role_asks_for_one_gets_no_token_before_it_is_set_up(room, signed, settings):
    settings.SECOND_FACTOR_ROLES = ["reporter"]
    with assert_refused(Forbidden, "SECOND_FACTOR_ENROLLMENT_REQUIRED"):
        tokens.issue(user_id=signed.pk, actor=signed, now=room.now)
    factor = second_factors.enroll(actor=signed, now=room.now)
    assert second_factors.is_required(signed)
    second_factors.confirm(factor_id=factor.pk, code=authenticator(factor).at(room.now), actor=signed, now=room.now)
    assert not second_factors.is_required(signed)
    assert tokens.issue(user_id=signed.pk, actor=signed, now=room.now)


def test_a_lost_key_leaves_the_recovery_codes(room, guarded, signed, settings):
    _, app, codes = guarded
    settings.SECOND_FACTOR_KEYS = [new_key()]
    assert codes_told(room, code=app.at(room.now)) == ["WRONG_CODE"]
    assert attempt_sign_in(room, code=codes[0]) == signed


def test_a_secret_copied_from_another_user_lets_nobody_in(room, guarded, signed, edith):
    """As somebody does who can write to the database and has a second factor of their own."""
    own = second_factors.enroll(actor=edith, now=room.now)
    copied = bytes(SecondFactor.objects.get(pk=own.pk).encrypted_secret)
    SecondFactor.objects.filter(user=signed).update(encrypted_secret=copied)
    assert codes_told(room, code=authenticator(own).at(room.now)) == ["WRONG_CODE"]


def test_enrolment_without_a_key_names_the_setting(room, signed, settings):
    settings.SECOND_FACTOR_KEYS = []
    with pytest.raises(Conflict, match="This process has no SECOND_FACTOR_KEYS"):
        second_factors.enroll(actor=signed, now=room.now)


def test_one_code_sent_twice_at_once_lets_in_once(parallel):
    rosa = parallel.people["rosa"]
    factor = second_factors.enroll(actor=rosa, now=parallel.now)
    code = authenticator(factor).at(parallel.now)
    SecondFactor.objects.update(confirmed_at=parallel.now)
    answers = run_concurrently(*[lambda: second_factors.check(code=code, actor=rosa, now=parallel.now)] * 4)
    assert sorted(answers) == [False, False, False, True]


def test_many_attempts_at_once_are_many(parallel):
    outcomes = run_concurrently(
        *[lambda: login_throttle.start_attempt(name="rosa", address="192.0.2.1", interface="api", now=parallel.now)]
        * 14
    )
    assert sum(isinstance(outcome, TooManyAttempts) for outcome in outcomes) == 4
    assert SignIn.objects.count() == 10


def test_old_attempts_are_forgotten(room, signed):
    codes_told(room, password="guess")
    room.later(days=31)
    attempt_sign_in(room)
    assert [one.outcome for one in SignIn.objects.all()] == ["succeeded"]
    assert User.objects.get(pk=signed.pk).last_login == room.now
