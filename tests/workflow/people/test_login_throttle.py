"""Guessing is bounded, and nobody who has signed in before is kept out by others who guess."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.contrib.auth.hashers import PBKDF2PasswordHasher, identify_hasher

from editorial.models import User
from editorial.workflow.people import devices, sign_in
from editorial.workflow.people.login_throttle import TooManyAttempts
from editorial.workflow.people.sign_in import SignInRefused
from tests.support.cast import Room

_PASSWORD = "a winding word"  # noqa: S105
_OFFICE, _HOME, _AWAY = "192.0.2.1", "192.0.2.2", "198.51.100.9"


@pytest.fixture
def rosa(room: Room) -> User:
    person: User = room.people["rosa"]
    person.set_password(_PASSWORD)
    person.save()
    return person


class Attempts:
    """Tries to sign in, one second after another."""

    def __init__(self, room: Room) -> None:
        self.now = room.now

    def __call__(
        self,
        name: str,
        *,
        address: str = _OFFICE,
        password: str = "wrong",  # noqa: S107
        device: str = "",
        number: int = 1,
    ) -> str:
        """The outcome of the last attempt."""
        outcome = ""
        for _ in range(number):
            self.now += timedelta(seconds=1)
            try:
                sign_in.sign_in(
                    username=name, password=password, code="", address=address, interface="api", device=device,
                    now=self.now,
                )  # fmt: skip
            except SignInRefused:
                outcome = "refused"
            except TooManyAttempts:
                outcome = "throttled"
            else:
                outcome = "in"
        return outcome


@pytest.fixture
def attempt(room: Room) -> Attempts:
    return Attempts(room)


def test_a_colleague_who_has_signed_in_from_an_address_gets_in_although_others_fail_there(
    rosa: User, attempt: Attempts
) -> None:
    assert attempt("rosa", password=_PASSWORD) == "in"
    assert attempt("nobody", number=11) == "throttled"
    assert attempt("felix") == "throttled"
    assert attempt("rosa", password=_PASSWORD) == "in"


def test_somebody_new_at_an_address_waits_while_others_fail_there(rosa: User, attempt: Attempts) -> None:
    assert attempt("nobody", number=11) == "throttled"
    assert attempt("rosa", password=_PASSWORD) == "throttled"


def test_a_known_device_gets_in_from_any_address_although_others_guess_its_name(rosa: User, attempt: Attempts) -> None:
    device = devices.recognize("rosa", cookie=devices.remember("rosa"))
    assert attempt("rosa", password=_PASSWORD, address=_HOME) == "in"
    assert attempt("rosa", address=_HOME, number=11) == "throttled"
    assert attempt("rosa", address=_AWAY, number=11) == "throttled"
    for address in (_HOME, _AWAY):
        assert attempt("rosa", password=_PASSWORD, address=address) == "throttled"
        assert attempt("rosa", password=_PASSWORD, address=address, device=device) == "in"


@pytest.mark.parametrize("known", ["address", "device"])
def test_guessing_stays_bounded_at_a_known_address_and_in_a_known_browser(
    rosa: User, attempt: Attempts, known: str
) -> None:
    device = devices.recognize("rosa", cookie=devices.remember("rosa")) if known == "device" else ""
    attempt("rosa", password=_PASSWORD)
    tried = 0
    for _ in range(24 * 4):
        while attempt("rosa", device=device) == "refused":
            tried += 1
        attempt.now += timedelta(minutes=15)
    assert tried <= 31


def test_guessing_stays_bounded_over_many_addresses(rosa: User, attempt: Attempts) -> None:
    tried = sum(attempt("rosa", address=f"198.51.100.{number}") == "refused" for number in range(60))
    assert tried == 10


def test_a_device_of_somebody_else_is_unknown() -> None:
    cookie = devices.remember("rosa")
    assert len(devices.recognize("rosa", cookie=cookie)) == 32
    assert devices.recognize("ROSA", cookie=cookie) == devices.recognize("rosa", cookie=cookie)
    for wrong in ("", "x", cookie[:-1], cookie + "x", cookie.replace(":", "", 1)):
        assert devices.recognize("rosa", cookie=wrong) == ""
    assert devices.recognize("felix", cookie=cookie) == ""
    assert devices.recognize("rosa", cookie=devices.remember("rosa", cookie=cookie)) == devices.recognize(
        "rosa", cookie=cookie
    )


def test_passwords_are_hashed_by_argon2id_and_old_hashes_are_replaced_at_sign_in(rosa: User, attempt: Attempts) -> None:
    assert rosa.password.startswith("argon2$argon2id$")
    rosa.password = PBKDF2PasswordHasher().encode(_PASSWORD, "salt" * 6)
    rosa.save()
    assert attempt("rosa", password="wrong") == "refused"
    rosa.refresh_from_db()
    assert rosa.password.startswith("pbkdf2_sha256$")
    assert attempt("rosa", password=_PASSWORD) == "in"
    rosa.refresh_from_db()
    assert identify_hasher(rosa.password).algorithm == "argon2"
    assert attempt("rosa", password=_PASSWORD) == "in"
