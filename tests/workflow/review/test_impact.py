"""Impact reports: what would change, without anything that only the vault knows."""

from __future__ import annotations

import pytest

from editorial.workflow.evidence import sources
from editorial.workflow.review import impact

VAULT = {"identity_name": "Mia Mole", "identity_known_by": "born 1970"}


def of_merger(room, source, into, by):
    return impact.of_merger(source_id=source.pk, into_id=into.pk, actor=room.people[by], now=room.now)


@pytest.fixture
def stranger(room):
    """A named source who knows nothing of the aide."""
    return room.person("Olga Other")


def test_a_merger_of_two_voices_shows_the_finding_that_would_fall(room, stranger):
    claim, second = room.claim(), room.person("Nora Named")
    room.says(stranger, claim)
    room.says(second, claim)
    room.settle()
    (change,) = of_merger(room, stranger, second, "edith").changes
    assert (change.claim, change.before.independent, change.after.independent) == (claim, 2, 1)


def test_a_merger_does_not_show_whether_a_named_source_is_also_an_unnamed_one(room, stranger):
    """By her token, the named Mia Mole is the aide: merging another into her must not pull the aide along."""
    claim = room.claim()
    aide, public = room.person("an aide", unnamed=True, **VAULT), room.person("Mia Mole")
    room.says(aide, claim)
    room.says(stranger, claim)
    sources.match_identity(source_id=public.pk, **VAULT, actor=room.people["rosa"], now=room.now)
    room.settle()
    public.refresh_from_db()
    assert public.key
    assert of_merger(room, stranger, public, "edith").changes == []
    (change,) = of_merger(room, stranger, public, "cuno").changes
    assert change.after.independent == 1


def test_a_merger_of_unnamed_sources_does_not_show_whether_one_is_also_a_named_one(room):
    claim = room.claim()
    aide, public = room.person("an aide", unnamed=True, **VAULT), room.person("Mia Mole")
    clerk = room.person("a clerk", unnamed=True, identity_name="Paul Poe", identity_known_by="born 1980")
    sources.match_identity(source_id=public.pk, **VAULT, actor=room.people["rosa"], now=room.now)
    room.says(public, claim)
    room.says(clerk, claim)
    room.settle()
    assert of_merger(room, clerk, aide, "edith").changes == []
    (change,) = of_merger(room, clerk, aide, "cuno").changes
    assert (change.before.independent, change.after.independent) == (2, 1)
