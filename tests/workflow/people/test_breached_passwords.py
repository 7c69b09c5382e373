"""Breached passwords, looked up in a sorted file of hashes."""

from __future__ import annotations

import hashlib
from contextlib import nullcontext
from pathlib import Path
from typing import Any

import pytest

from editorial.models import User
from editorial.workflow.core.errors import ValidationFailed
from editorial.workflow.people import users
from editorial.workflow.people.breached_passwords import is_listed
from tests.support.cast import Room, assert_refused


def sha1(password: str) -> str:
    return hashlib.sha1(password.encode(), usedforsecurity=False).hexdigest()


def write(path: Path, passwords: list[str], *, end: str = "\n", count: str = ":3") -> Path:
    """A file in the format of Have I Been Pwned's downloader."""
    path.write_text("".join(f"{digest.upper()}{count}{end}" for digest in sorted(map(sha1, passwords))), newline="")
    return path


@pytest.mark.parametrize(("end", "count"), [("\n", ":3"), ("\r\n", ":12345"), ("\n", "")])
@pytest.mark.parametrize("size", [0, 1, 2, 3, 500])
def test_exactly_the_listed_passwords_are_found(tmp_path, size, end, count):
    listed = [f"letmein number {number}" for number in range(size)]
    path = write(tmp_path / "hashes.txt", listed, end=end, count=count)
    assert all(is_listed(password, path) for password in listed)
    assert not any(is_listed(f"correct horse {number}", path) for number in range(500))


def test_a_last_line_without_an_end_and_small_letters_are_read(tmp_path):
    path = tmp_path / "hashes.txt"
    path.write_text("\n".join(sorted(map(sha1, ("one", "two", "three")))))
    assert all(is_listed(password, path) for password in ("one", "two", "three"))


@pytest.mark.parametrize(("password", "refused"), [("it was the best of times", True), ("a ferry left at dawn", False)])
def test_a_breached_password_is_refused(room: Room, settings: Any, tmp_path: Path, password: str, refused: bool):
    settings.BREACHED_PASSWORDS = str(write(tmp_path / "hashes.txt", ["it was the best of times", "hunter2"]))
    with assert_refused(ValidationFailed, "WEAK_PASSWORD") if refused else nullcontext():
        users.create(
            username="nina", password=password, email="nina@newsroom.example",
            memberships=[("reporter", room.desk.pk)], actor=room.people["ada"], now=room.now,
        )  # fmt: skip
    assert User.objects.filter(username="nina").exists() is not refused
