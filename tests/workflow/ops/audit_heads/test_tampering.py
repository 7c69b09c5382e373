"""Every change that a superuser makes to signed entries is found and named."""

from __future__ import annotations

from random import Random

import pytest

from editorial.workflow.ops.audit_heads.head_files import HeadFolder
from tests.support.cast import Room
from tests.support.corruptions import fill_database
from tests.workflow.ops.audit_heads import tamperings
from tests.workflow.ops.audit_heads.conftest import Sign, faults

pytestmark = pytest.mark.exhaustive


@pytest.fixture
def signed(parallel: Room, sign: Sign, heads: HeadFolder) -> HeadFolder:
    """A newsroom in which something of every kind has happened, signed in three heads."""
    sign(parallel.now)
    fill_database(parallel)
    sign(parallel.later(hours=1))
    parallel.verified("The bridge was closed.")
    sign(parallel.later(hours=1))
    assert faults(heads) == []
    return heads


def _plant(files: HeadFolder, *, rounds: int, seed: int) -> None:
    unnoticed = []
    for number in range(rounds):
        tampering = tamperings.TAMPERINGS[number % len(tamperings.TAMPERINGS)]
        with tamperings.undone():
            tampering(Random(seed + number))  # noqa: S311
            if not faults(files):
                unnoticed.append(f"{tampering.__name__} (seed {seed + number})")
    assert unnoticed == []
    assert faults(files) == [], "every tampering was undone"


def test_random_tamperings_of_every_kind_are_all_found(signed: HeadFolder, superuser: None) -> None:
    _plant(signed, rounds=len(tamperings.TAMPERINGS) * 2, seed=1)


@pytest.mark.slow
def test_a_thousand_random_tamperings_are_all_found(signed: HeadFolder, superuser: None) -> None:
    _plant(signed, rounds=1000, seed=1000)
