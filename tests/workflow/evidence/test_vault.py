"""The vault: one human being however the name is typed, keys that rotate, and a name that is nowhere else."""

from __future__ import annotations

import logging
from datetime import timedelta

import pytest
from cryptography.fernet import Fernet
from django.db import connection

from editorial.models import Event, IdentityRecord, WebhookEndpoint
from editorial.workflow.core.errors import ActionError, Conflict, ValidationFailed
from editorial.workflow.evidence import sealing, sources, vault
from editorial.workflow.evidence.vault import Identity
from editorial.workflow.ops import webhooks
from editorial.workflow.review import replies

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


def test_older_keys_decrypt_and_the_newest_encrypts(settings):
    old, new = (Fernet.generate_key().decode() for _ in range(2))
    settings.VAULT_KEYS = [old]
    sealed = vault.encrypt(Identity.of("Jo Roe", "1970"))
    settings.VAULT_KEYS = [new, old]
    assert vault.decrypt(sealed).name == "Jo Roe"
    rotated = vault.reencrypt(sealed)
    settings.VAULT_KEYS = [new]
    assert vault.decrypt(rotated).name == "Jo Roe"
    assert vault.decrypt(vault.encrypt(Identity.of("Ann Ode", "1961"))).name == "Ann Ode"
    with pytest.raises(Conflict, match="VAULT_KEYS"):
        vault.decrypt(sealed)


def test_key_rotation_reencrypts_identities_and_secrets(room, settings, ada):
    source = room.person("a keeper", unnamed=True, identity_name=CANARY, identity_known_by=KNOWN_BY)
    endpoint, _ = webhooks.add(desk_id=room.desk.pk, url="https://1.1.1.1/hook", actor=ada, now=room.now)
    settings.VAULT_KEYS = [Fernet.generate_key().decode(), *settings.VAULT_KEYS]
    before = bytes(IdentityRecord.objects.get().encrypted_identity)
    sealing.reencrypt(record_id=IdentityRecord.objects.get().pk, now=room.now)
    webhooks.reencrypt(endpoint_id=endpoint.pk, now=room.now)
    settings.VAULT_KEYS = settings.VAULT_KEYS[:1]
    assert bytes(IdentityRecord.objects.get().encrypted_identity) != before
    assert room.reveal(source).name == CANARY
    assert WebhookEndpoint.objects.exists()


def test_unmasking_without_the_key_reveals_nothing_and_names_the_remedy(room, settings):
    source = room.person("a keeper", unnamed=True, identity_name=CANARY, identity_known_by=KNOWN_BY)
    settings.VAULT_KEYS = [Fernet.generate_key().decode()]
    with pytest.raises(Conflict, match="VAULT_KEYS") as error:
        room.reveal(source)
    assert CANARY not in everything_about(error.value)
    assert not Event.objects.filter(action="source.unmask").exists()


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
