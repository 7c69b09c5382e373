"""Passkeys: registered, used once for each challenge, refused if anything is wrong with them, removed."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import timedelta
from functools import partial
from typing import Any

import pyotp
import pytest

from editorial.models import Event, Passkey, PasskeyChallenge, SecondFactor, SignIn, User
from editorial.policy.people.passkeys import CHALLENGE_TTL, MAX_PASSKEYS
from editorial.workflow.core.errors import Conflict, Forbidden, NotFound, ValidationFailed
from editorial.workflow.evidence.confidentiality import unmasking
from editorial.workflow.people import (
    factor_codes,
    factor_status,
    passkeys,
    reauthentication,
    second_factors,
    webauthn,
)
from editorial.workflow.people import sign_in as workflow_sign_in
from editorial.workflow.people.login_throttle import TooManyAttempts
from tests.support.authenticator import SoftwareAuthenticator
from tests.support.cast import Room, assert_refused, events, run_concurrently
from tests.support.people import app_of


@pytest.fixture(autouse=True)
def address(settings: Any) -> None:
    """The newsroom's public URL."""
    settings.PUBLIC_URL = "http://testserver"


@pytest.fixture
def here(room: Room) -> User:
    """Rosa in a session."""
    rosa: User = room.people["rosa"]
    rosa.session_digest = "a session"
    return rosa


def _register(user: User, room: Room, **proof: str) -> tuple[SoftwareAuthenticator, Passkey]:
    authenticator = SoftwareAuthenticator()
    options = webauthn.registration_options(actor=user, now=room.now)
    passkey = passkeys.register(
        name=" Blue key ", credential=authenticator.create(options), actor=user, now=room.now, **proof
    )
    return authenticator, passkey


def _options(user: User, room: Room) -> dict[str, Any]:
    options = webauthn.proof_options(actor=user, now=room.now)
    assert options is not None
    return options


def _check(user: User, room: Room, assertion: str) -> bool:
    return webauthn.check(assertion=assertion, actor=user, now=room.now)


class TestRegistration:
    def test_a_passkey_is_registered_and_on_record(self, here: User, room: Room) -> None:
        assert not factor_status.is_enabled(here)
        assert webauthn.proof_options(actor=here, now=room.now) is None
        _, passkey = _register(here, room)
        assert (passkey.name, passkey.sign_count, passkey.user) == ("Blue key", 1, here)
        assert events(passkey) == ["passkey.register"]
        assert factor_status.is_enabled(here)
        assert not factor_status.has_app(here)

    def test_the_browser_is_asked_for_a_key_of_this_newsroom_and_of_no_other(self, here: User, room: Room) -> None:
        authenticator, _ = _register(here, room)
        options = webauthn.registration_options(actor=here, now=room.now)
        assert (options["rp"]["id"], options["user"]["name"]) == ("testserver", "rosa")
        (excluded,) = options["excludeCredentials"]
        assert excluded["id"] == json.loads(authenticator.create(options))["id"]
        assert options["challenge"] != webauthn.registration_options(actor=here, now=room.now)["challenge"]

    @pytest.mark.parametrize(
        ("lie", "changes"),
        [
            ({"origin": "https://testserver.evil.example"}, {}),
            ({"origin": "http://testserver:8000"}, {}),
            ({"rp_id": "evil.example"}, {}),
            ({"flags": 0}, {}),
            ({}, {"type": "webauthn.get"}),
            ({}, {"challenge": "AAAA"}),
        ],
        ids=str,
    )
    def test_a_wrong_registration_is_refused(
        self, here: User, room: Room, lie: dict[str, Any], changes: dict[str, Any]
    ) -> None:
        options = webauthn.registration_options(actor=here, now=room.now)
        answer = SoftwareAuthenticator(**lie).create(options, **changes)
        with assert_refused(ValidationFailed, "PASSKEY_INVALID"):
            passkeys.register(name="x", credential=answer, actor=here, now=room.now)
        assert not Passkey.objects.exists()

    @pytest.mark.parametrize(
        "junk", ["", "{}", "[]", "null", '{"id": 1}', "x" * 40_000, '{"rawId": "a", "response": {}}']
    )
    def test_junk_is_refused(self, here: User, room: Room, junk: str) -> None:
        with assert_refused(ValidationFailed, "PASSKEY_INVALID"):
            passkeys.register(name="x", credential=junk, actor=here, now=room.now)
        assert not _check(here, room, junk)

    def test_a_credential_belongs_to_one_user(self, here: User, room: Room) -> None:
        authenticator, _ = _register(here, room)
        ruben = room.people["ruben"]
        ruben.session_digest = "another session"
        answer = authenticator.create(webauthn.registration_options(actor=ruben, now=room.now))
        with pytest.raises(Conflict):
            passkeys.register(name="x", credential=answer, actor=ruben, now=room.now)

    def test_registering_another_one_takes_a_second_factor(self, here: User, room: Room) -> None:
        first, _ = _register(here, room)
        with assert_refused(ValidationFailed, "PASSKEY_REQUIRED"):
            _register(here, room)
        with assert_refused(ValidationFailed, "WRONG_PASSKEY"):
            _register(here, room, assertion=SoftwareAuthenticator().get(_options(here, room)))
        _register(here, room, assertion=first.get(_options(here, room)))
        assert Passkey.objects.filter(user=here).count() == 2

    def test_a_user_has_a_limited_number(self, here: User, room: Room) -> None:
        first, _ = _register(here, room)
        for _ in range(MAX_PASSKEYS - 1):
            _register(here, room, assertion=first.get(_options(here, room)))
        with assert_refused(Conflict, "TOO_MANY"):
            _register(here, room, assertion=first.get(_options(here, room)))

    def test_a_name_is_required(self, here: User, room: Room) -> None:
        answer = SoftwareAuthenticator().create(webauthn.registration_options(actor=here, now=room.now))
        with assert_refused(ValidationFailed, "INVALID"):
            passkeys.register(name=" ", credential=answer, actor=here, now=room.now)


class TestProof:
    def test_a_signature_is_accepted_once(self, here: User, room: Room) -> None:
        authenticator, passkey = _register(here, room)
        answer = authenticator.get(_options(here, room))
        assert _check(here, room, answer)
        assert not _check(here, room, answer), "the challenge was already used"
        passkey.refresh_from_db()
        assert (passkey.sign_count, passkey.last_used_at) == (2, room.now)

    @pytest.mark.parametrize(
        ("lie", "changes"),
        [
            ({"origin": "https://testserver.evil.example"}, {}),
            ({"rp_id": "evil.example"}, {}),
            ({"flags": 0}, {}),
            ({}, {"type": "webauthn.create"}),
            ({}, {"challenge": "AAAA"}),
        ],
        ids=str,
    )
    def test_a_wrong_answer_is_refused(
        self, here: User, room: Room, lie: dict[str, Any], changes: dict[str, Any]
    ) -> None:
        authenticator, _ = _register(here, room)
        for name, value in lie.items():
            setattr(authenticator, name, value)
        assert not _check(here, room, authenticator.get(_options(here, room), **changes))

    def test_another_key_with_the_same_id_is_refused(self, here: User, room: Room) -> None:
        authenticator, _ = _register(here, room)
        forged = SoftwareAuthenticator(credential_id=authenticator.credential_id, counter=10)
        assert not _check(here, room, forged.get(_options(here, room)))

    def test_a_challenge_belongs_to_its_session_user_purpose_and_minutes(self, here: User, room: Room) -> None:
        authenticator, _ = _register(here, room)
        answer = authenticator.get(_options(here, room))
        for other in ("another session", ""):
            here.session_digest = other
            assert not _check(here, room, answer)
        here.session_digest = "a session"
        assert not _check(room.people["ruben"], room, answer)
        creation = webauthn.registration_options(actor=here, now=room.now)
        assert not _check(here, room, authenticator.get(creation)), "it was issued for a registration"
        room.later(minutes=CHALLENGE_TTL.total_seconds() / 60)
        assert not _check(here, room, answer)
        _options(here, room)
        assert PasskeyChallenge.objects.count() == 1, "expired ones are deleted"

    def test_without_a_session_no_challenge_is_answered(self, here: User, room: Room) -> None:
        authenticator, _ = _register(here, room)
        here.session_digest = ""
        assert not _check(here, room, authenticator.get(_options(here, room)))

    def test_a_counter_that_does_not_increase_is_refused_and_alerts(self, here: User, room: Room) -> None:
        authenticator, passkey = _register(here, room)
        assert _check(here, room, authenticator.get(_options(here, room)))
        for counter in (1, 0):  # the next signature stands still, or goes back
            authenticator.counter = counter
            assert not _check(here, room, authenticator.get(_options(here, room)))
        assert events(passkey) == ["passkey.register", "passkey.copy_suspected", "passkey.copy_suspected"]
        authenticator.counter = 2
        assert _check(here, room, authenticator.get(_options(here, room))), "the owner's own still works"

    def test_a_synchronised_passkey_keeps_no_counter(self, here: User, room: Room) -> None:
        authenticator = SoftwareAuthenticator(counts=False)
        options = webauthn.registration_options(actor=here, now=room.now)
        passkeys.register(name="phone", credential=authenticator.create(options), actor=here, now=room.now)
        for _ in range(2):
            assert _check(here, room, authenticator.get(_options(here, room)))

    def test_of_two_concurrent_responses_one_is_accepted(self, parallel: Room, settings: Any) -> None:
        rosa = parallel.people["rosa"]
        rosa.session_digest = "a session"
        authenticator, _ = _register(rosa, parallel)
        answer = authenticator.get(_options(rosa, parallel))
        assert sorted(run_concurrently(*[partial(_check, rosa, parallel, answer)] * 2)) == [False, True]


class TestUse:
    def test_it_meets_the_roles_that_require_a_second_factor(self, here: User, room: Room, settings: Any) -> None:
        settings.SECOND_FACTOR_ROLES = ["reporter"]
        assert factor_status.is_required(here)
        _register(here, room)
        assert not factor_status.is_required(here)

    def test_a_sign_in_takes_it_after_the_password(self, here: User, room: Room) -> None:
        authenticator, _ = _register(here, room)
        here.set_password("proof before print, always")
        here.save()
        sign_in: Callable[..., User] = partial(
            workflow_sign_in.sign_in, username="rosa", password="proof before print, always", address=None,
            interface="admin", now=room.now,
        )  # fmt: skip
        with pytest.raises(workflow_sign_in.SecondFactorRequired) as refused:
            sign_in(code="")
        assert refused.value.user == here
        complete = partial(workflow_sign_in.complete, user=here, address=None, interface="admin", now=room.now)
        with assert_refused(workflow_sign_in.SignInRefused, "SECOND_FACTOR_REQUIRED"):
            complete(code="")
        with assert_refused(workflow_sign_in.SignInRefused, "WRONG_PASSKEY"):
            complete(code="", assertion=SoftwareAuthenticator().get(_options(here, room)))
        complete(code="", assertion=authenticator.get(_options(here, room)))
        assert list(SignIn.objects.order_by("id").values_list("outcome", flat=True)) == [
            "code_missing", "code_missing", "wrong_code", "succeeded",
        ]  # fmt: skip

    def test_recovery_codes_and_the_app_work_beside_it(self, here: User, room: Room) -> None:
        authenticator, _ = _register(here, room)
        proof = authenticator.get(_options(here, room))
        factor = second_factors.enroll(assertion=proof, actor=here, now=room.now)
        app = pyotp.parse_uri(factor_codes.provisioning_uri(factor))
        assert isinstance(app, pyotp.TOTP)
        codes = second_factors.confirm(factor_id=factor.pk, code=app.at(room.now), actor=here, now=room.now)
        prove = partial(reauthentication.prove, actor=here, now=room.now)
        prove(code=codes[0], assertion="")
        prove(code="", assertion=authenticator.get(_options(here, room)))
        with assert_refused(ValidationFailed, "WRONG_CODE"):
            prove(code=codes[0], assertion="")
        second_factors.remove(factor_id=factor.pk, code=codes[1], actor=here, now=room.now)
        assert not SecondFactor.objects.exists()
        assert factor_status.is_enabled(here)

    def test_wrong_passkeys_are_limited_as_codes_are(self, here: User, room: Room) -> None:
        authenticator, _ = _register(here, room)
        for _ in range(10):
            with pytest.raises(ValidationFailed):
                reauthentication.prove(code="", assertion="junk", actor=here, now=room.now)
        with pytest.raises(TooManyAttempts):
            reauthentication.prove(code="", assertion=authenticator.get(_options(here, room)), actor=here, now=room.now)

    def test_revealing_a_name_takes_a_fresh_one(self, room: Room, settings: Any) -> None:
        settings.SECOND_FACTOR_ROLES = ["custodian"]
        cuno = room.people["cuno"]
        cuno.session_digest = "a session"
        cuno.used_provider_factor = True  # which counts at sign-in only
        source = room.person("a keeper", unnamed=True, identity_name="Jo Roe", identity_known_by="1970")
        room.approve_unmask(source)
        reveal = partial(unmasking.unmask, source_id=source.pk, actor=cuno, now=room.now)
        with assert_refused(Forbidden, "SECOND_FACTOR_ENROLLMENT_REQUIRED"):
            reveal()
        authenticator, _ = _register(cuno, room)
        with assert_refused(ValidationFailed, "PASSKEY_REQUIRED"):
            reveal()
        answer = authenticator.get(_options(cuno, room))
        assert reveal(assertion=answer).name == "Jo Roe"
        room.approve_unmask(source)
        with assert_refused(ValidationFailed, "WRONG_PASSKEY"):
            reveal(assertion=answer)


class TestApp:
    """A session alone does not add an app, whose codes a copied page can catch, to an account with passkeys."""

    def test_enrolling_an_app_takes_a_passkey(self, here: User, room: Room) -> None:
        authenticator, _ = _register(here, room)
        with assert_refused(ValidationFailed, "PASSKEY_REQUIRED"):
            second_factors.enroll(actor=here, now=room.now)
        with assert_refused(ValidationFailed, "WRONG_PASSKEY"):
            second_factors.enroll(assertion="{}", actor=here, now=room.now)
        answer = authenticator.get(_options(here, room))
        factor = second_factors.enroll(assertion=answer, actor=here, now=room.now)
        code = pyotp.parse_uri(factor_codes.provisioning_uri(factor)).at(room.now)
        assert second_factors.confirm(factor_id=factor.pk, code=code, actor=here, now=room.now)

    def test_one_that_was_left_unconfirmed_is_enrolled_again(self, here: User, room: Room) -> None:
        early = room.now - timedelta(minutes=1)
        factor = second_factors.enroll(actor=here, now=early)
        authenticator, _ = _register(here, room)
        app = pyotp.parse_uri(factor_codes.provisioning_uri(factor))
        with assert_refused(Conflict, "ENROLL_AGAIN"):
            second_factors.confirm(factor_id=factor.pk, code=app.at(room.now), actor=here, now=room.now)
        answer = authenticator.get(_options(here, room))
        factor = second_factors.enroll(assertion=answer, actor=here, now=room.now)
        app, late = pyotp.parse_uri(factor_codes.provisioning_uri(factor)), room.now + timedelta(minutes=30)
        with assert_refused(Conflict, "ENROLL_AGAIN"):
            second_factors.confirm(factor_id=factor.pk, code=app.at(late), actor=here, now=late)
        assert not factor_status.has_app(here)

    def test_a_passkey_renews_its_recovery_codes_and_removes_it(self, here: User, room: Room) -> None:
        app = app_of(here, room)
        authenticator, _ = _register(here, room, code=app.at(room.now, counter_offset=1))
        own = {"factor_id": SecondFactor.objects.get().pk, "actor": here, "now": room.now}
        for action in (second_factors.regenerate_codes, second_factors.remove):
            with assert_refused(ValidationFailed, "CODE_REQUIRED"):
                action(**own)
            with assert_refused(ValidationFailed, "WRONG_PASSKEY"):
                action(assertion="{}", **own)
            assert action(assertion=authenticator.get(_options(here, room)), **own)
        assert not factor_status.has_app(here)


class TestRemoval:
    def test_removing_your_own_takes_a_second_factor(self, here: User, room: Room) -> None:
        authenticator, passkey = _register(here, room)
        with assert_refused(ValidationFailed, "PASSKEY_REQUIRED"):
            passkeys.remove(passkey_id=passkey.pk, actor=here, now=room.now)
        answer = authenticator.get(_options(here, room))
        passkeys.remove(passkey_id=passkey.pk, assertion=answer, actor=here, now=room.now)
        assert not factor_status.is_enabled(here)
        assert Event.objects.get(action="passkey.remove").data == {"user": str(here.pk), "reason": ""}

    def test_an_administrator_removes_a_lost_one_with_a_reason(self, here: User, room: Room) -> None:
        _, passkey = _register(here, room)
        ada = room.people["ada"]
        with assert_refused(ValidationFailed, "REASON_REQUIRED"):
            passkeys.remove(passkey_id=passkey.pk, actor=ada, now=room.now)
        with pytest.raises(NotFound):
            passkeys.remove(passkey_id=passkey.pk, reason="x", actor=room.people["felix"], now=room.now)
        with assert_refused(Forbidden, "FORBIDDEN"):
            passkeys.rename(passkey_id=passkey.pk, name="mine now", actor=ada, now=room.now)
        passkeys.remove(passkey_id=passkey.pk, reason="She stood before me.", actor=ada, now=room.now)
        assert not Passkey.objects.exists()

    def test_a_passkey_is_renamed(self, here: User, room: Room) -> None:
        _, passkey = _register(here, room)
        renamed = passkeys.rename(passkey_id=passkey.pk, name="Safe", actor=here, now=room.now + timedelta(hours=1))
        assert renamed.name == "Safe"
        assert events(passkey) == ["passkey.register", "passkey.rename"]
