"""Nobody but custodians learns from any page or answer whether a named person is an unnamed source.

The same newsroom is made twice: the vault says that the two are one person, or that they are not. Every page and answer
must be the same, as long as the two do not speak on one claim: that they count as one voice is shown to everybody.
"""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest

from editorial.models import Source, User
from editorial.policy.roles import Role
from editorial.workflow.evidence import sources
from tests.permissions.test_confidential_sources import answers, pages
from tests.support.cast import Room, rolled_back
from tests.support.confidential import reader_at

pytestmark = pytest.mark.exhaustive

# What differs between two newsrooms with the same content: nonces, tokens, ids, keyed hashes and times.
_ALWAYS_DIFFERENT = re.compile(
    r'nonce="[^"]+"|name="csrfmiddlewaretoken" value="\w+"|"next": "[^"]*"'
    r"|(?<![0-9a-f])[0-9a-f]{8}-?(?:[0-9a-f]{4}-?){3}[0-9a-f]{12}(?![0-9a-f])|\b[0-9a-f]{64}\b|\b[0-9a-f]{10}\b"
    r"|\d{4}-\d\d-\d\dT[\d:.]+(?:Z|[+]00:00)?|\bless than a minute ago|\b\d+ min ago|\bin \d+ (?:h|min)\b|\b\d\d:\d\d\b"
)


def apart(room: Room, unnamed: Source, named: Source) -> None:
    """They speak on different claims."""
    first, second = room.claim("The gate was open."), room.claim("The bridge was shut.")
    room.says(unnamed, first)
    room.says(named, second)
    room.says(room.person("Al Able"), first, "denies")


def denies_for_the_employer(room: Room, unnamed: Source, named: Source) -> None:
    """The unnamed source works for an office that the named person defends."""
    office = room.source("organization", "The harbour office")
    sources.revise(source_id=unnamed.pk, org=office.pk, actor=room.people["rosa"], now=room.now)
    claim = room.claim("The office lied.", adverse_to=[office.pk])
    room.says(named, claim, "denies")
    room.says(room.person("Bo Baker"), claim)


def denies_for_the_accused(room: Room, unnamed: Source, named: Source) -> None:
    """The named person defends the unnamed source."""
    claim = room.claim("The aide lied.", adverse_to=[unnamed.pk])
    room.says(named, claim, "denies")
    room.says(room.person("Bo Baker"), claim)


def seen(reader: User, room: Room, scenario: Callable[..., None], *, same: bool) -> list[tuple[str, str]]:
    """All that a reader is shown in a newsroom of which the whole is used by a story of each desk."""
    edith = room.people["edith"]
    vault = {"identity_name": "Jo Roe", "identity_known_by": "1970-03-12"}
    unnamed = room.person("an aide", unnamed=True, **vault)
    named = room.person("Jo Roe")
    vault |= {} if same else {"identity_known_by": "1971-01-01"}
    sources.match_identity(source_id=named.pk, **vault, actor=edith, now=room.now)
    scenario(room, unnamed, named)
    claims = list(
        dict.fromkeys(statement.claim for source in Source.objects.all() for statement in source.statements.all())
    )
    room.story(*claims, relies_on=[])
    home, room.desk = room.desk, reader.memberships.first().desk
    room.story(*claims, by="hugo", relies_on=[])
    room.desk = home
    room.settle()
    shown = [(where, response.content.decode()) for where, response in pages(reader)]
    # Sync reads what is committed, and so nothing of this newsroom.
    answered = [(where, text) for where, text in answers(reader) if '"sync_token"' not in text]
    return [(where, _ALWAYS_DIFFERENT.sub("…", text)) for where, text in [*shown, *answered]]


@pytest.mark.parametrize(
    ("place", "scenario"),
    [
        ("another desk", apart),
        ("the same desk", denies_for_the_employer),
        pytest.param("another desk", denies_for_the_employer, marks=pytest.mark.slow),
        pytest.param("another desk", denies_for_the_accused, marks=pytest.mark.slow),
        pytest.param("the same desk", apart, marks=pytest.mark.slow),
        pytest.param("the same desk", denies_for_the_accused, marks=pytest.mark.slow),
    ],
)
def test_every_page_and_answer_is_the_same_for_one_person_and_for_two(room, politics, city, place, scenario, subtests):
    reader = (
        reader_at(city, "nina", set(Role))
        if place == "another desk"
        else reader_at(politics, "kurt", set(Role) - {Role.CUSTODIAN})
    )
    newsrooms = []
    for same in (True, False):
        with rolled_back():
            newsrooms.append(seen(reader, room, scenario, same=same))
    one, two = newsrooms
    assert len(one) > 100
    assert [where for where, _ in one] == [where for where, _ in two]
    for (where, text), (_, other) in zip(one, two, strict=True):
        with subtests.test(where):
            assert text == other
