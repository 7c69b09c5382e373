"""The vault: one human being however the name is typed, keys that rotate, and a name that is nowhere else."""

from __future__ import annotations

import logging
from datetime import timedelta

import pytest
from django.db import connection

from editorial.models import Event, IdentityRecord
from editorial.workflow.core.errors import ActionError, Conflict, ValidationFailed
from editorial.workflow.evidence import sources
from editorial.workflow.evidence.confidentiality.vault import Identity
from editorial.workflow.review import replies
from tests.support.keys import new_key

CANARY = "Zephyrine Quillfeather"
KNOWN_BY = "KANARI-1970-03-12"


@pytest.mark.parametrize(
    ("typed", "otherwise"),
    [
        ("Jo Roe", "  JO   roe "),
        ("José García", "JOSE\u0301 GARCI\u0301A"),
        ("José García", "Jose Garcia"),
        ("Jean-Luc O'Neill", "Jean\u2010Luc O\u2019Neill"),
        ("Jo\u200b Roe", "Jo Roe"),
        ("Straße", "STRASSE"),
        ("Ϊ́ων", "ΐων"),
        ("Ｊｏ Ｒｏｅ", "Jo Roe"),
    ],
)
def test_the_spelling_of_a_name_does_not_change_its_token(typed, otherwise):
    assert Identity.of(typed, "1970-03-12").token() == Identity.of(otherwise, "1970 03 12").token()


def test_different_names_and_details_have_different_tokens():
    token = Identity.of("Jo Roe", "1970").token()
    assert token not in {
        Identity.of("Jo Roe", "1971").token(),
        Identity.of("Jo", "Roe 1970").token(),
        Identity.of("Roe Jo", "1970").token(),
        Identity.of("Joe Roe", "1970").token(),
    }


@pytest.mark.parametrize(("name", "known_by"), [("", "1970"), ("Jo Roe", " "), ("Jo Roe", "???"), ("---", "1970")])
def test_a_detail_that_identifies_nobody_is_refused(name, known_by):
    with pytest.raises(ValidationFailed):
        Identity.of(name, known_by)


def test_a_token_is_useless_without_the_key(settings):
    before = Identity.of("Jo Roe", "1970").token()
    settings.IDENTITY_KEY = "another key that is long enough to be one"
    assert Identity.of("Jo Roe", "1970").token() != before


def test_an_identity_has_no_readable_form():
    identity = Identity.of(CANARY, KNOWN_BY)
    assert CANARY not in f"{identity} {identity!r} {[identity]}"


def test_a_token_needs_the_identity_key(room, settings):
    settings.IDENTITY_KEY = ""
    with pytest.raises(Conflict, match="This process has no IDENTITY_KEY") as error:
        room.person("a keeper", unnamed=True, identity_name=CANARY, identity_known_by=KNOWN_BY)
    assert CANARY not in everything_about(error.value)
    assert not IdentityRecord.objects.exists()


def test_identities_of_every_length_are_stored_at_one_length(room):
    for number, name in enumerate(("Jo", "J" * 200, "\u5c71" * 200)):
        room.person(f"keeper {number}", unnamed=True, identity_name=name, identity_known_by=f"197{number}")
    assert len({len(record.encrypted_identity) for record in IdentityRecord.objects.all()}) == 1


def test_unmasking_without_the_key_reveals_nothing_and_names_the_remedy(room, settings):
    source = room.person("a keeper", unnamed=True, identity_name=CANARY, identity_known_by=KNOWN_BY)
    settings.VAULT_KEYS = [new_key()]
    with pytest.raises(Conflict, match="VAULT_KEYS") as error:
        room.reveal(source)
    assert CANARY not in everything_about(error.value)
    assert not Event.objects.filter(action="source.unmask").exists()


def test_an_identity_is_not_stored_without_a_key(room, settings):
    settings.VAULT_KEYS = []
    with pytest.raises(Conflict, match="This process has no VAULT_KEYS") as refused:
        room.person("a keeper", unnamed=True, identity_name=CANARY, identity_known_by=KNOWN_BY)
    assert CANARY not in everything_about(refused.value)
    assert not Event.objects.filter(action="source.register").exists()


def test_a_confidential_name_is_in_no_table_no_log_and_no_refusal(room, rosa, cuno, caplog):
    caplog.set_level(logging.DEBUG)
    party, known = room.person("Lida Fenn"), room.person("a clerk")
    identity = {"identity_name": CANARY, "identity_known_by": KNOWN_BY}
    hidden = room.person("a keeper", unnamed=True, **identity)
    sources.protect(source_id=known.pk, name="a clerk", **identity, actor=rosa, now=room.now)
    room.reveal(hidden)
    sources.merge(source_id=hidden.pk, into_id=known.pk, reason="One voice.", actor=cuno, now=room.now)
    claim = room.claim(adverse_to=[party.pk])
    room.says(known, claim)
    request = replies.send(
        to_id=party.pk,
        covers=[claim.pk],
        question="Was it open?",
        deadline_at=room.now + timedelta(hours=4),
        actor=rosa,
        now=room.now,
    )
    replies.answer(
        request_id=request.pk,
        outcome="declined",
        respondent_name=CANARY.upper(),
        respondent_known_by=KNOWN_BY,
        actor=rosa,
        now=room.now,
    )
    room.settle()
    refusals = [
        refusal_of(
            room, sources.register, desk_id=room.desk.pk, type="paper", name="a keeper", unnamed=True, **identity
        ),
        refusal_of(room, sources.register, desk_id=room.desk.pk, type="person", name="a keeper", **identity),
        refusal_of(room, sources.register, desk_id=room.desk.pk, type="person", name=CANARY, unnamed=True, **identity),
        refusal_of(room, sources.register, desk_id=room.desk.pk, type="document", name="a", unnamed=True, **identity),
        refusal_of(room, sources.protect, source_id=room.paper().pk, name="a paper", **identity),
        refusal_of(room, sources.protect, source_id=room.person().pk, name="", **identity),
        refusal_of(room, sources.protect, source_id="no id", name="a clerk", **identity),
        refusal_of(room, replies.answer, request_id=request.pk, outcome="replied", respondent_name=CANARY),
    ]
    text = "\n".join([*refusals, *(everything_about(record) for record in caplog.records), caplog.text])
    for part in (*CANARY.split(), KNOWN_BY):
        assert part.casefold() not in text.casefold()
        assert tables_containing(part) == []


def refusal_of(room, action, **arguments):
    with pytest.raises(ActionError) as error:
        action(**arguments, actor=room.people["rosa"], now=room.now)
    return everything_about(error.value)


def everything_about(record):
    """All that an error page or a log could show of it."""
    texts = [repr(record), str(record), repr(vars(record))]
    cause = getattr(record, "__cause__", None)
    return " ".join(texts + ([everything_about(cause)] if cause is not None else []))


def tables_containing(text):
    """The columns of the whole schema, of any type, in which a text occurs."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT table_name, column_name FROM information_schema.columns WHERE table_schema = 'public' "
            "AND table_name NOT IN (SELECT table_name FROM information_schema.views WHERE table_schema = 'public')"
        )
        columns = cursor.fetchall()
        assert ("editorial_outboxmessage", "reference") in columns
        telling = []
        for table, column in columns:
            query = f'SELECT count(*) FROM "{table}" WHERE strpos(lower("{column}"::text), lower(%s)) > 0'  # noqa: S608
            cursor.execute(query, [text])
            if cursor.fetchone()[0]:
                telling.append((table, column))
            # Bytes are shown in hexadecimal; a name in them would hide behind it.
            cursor.execute(query, [text.encode().hex()])
            if cursor.fetchone()[0]:
                telling.append((table, column))
    return telling


def test_the_search_for_a_name_detects_a_leak(room):
    room.person(CANARY)
    assert tables_containing(CANARY) == [("editorial_source", "name")]
