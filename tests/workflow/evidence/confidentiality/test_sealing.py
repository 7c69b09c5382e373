"""Sealing: another identity is another record; nothing in the vault is overwritten."""

from __future__ import annotations

import pytest

from editorial.models import Event, IdentityRecord, MessageKind, Source
from editorial.workflow.core.errors import Conflict, ValidationFailed
from editorial.workflow.evidence.confidentiality import sealing, vault
from tests.models.constraints import assert_rejected_by_database
from tests.support.cast import assert_refused, count_pending_jobs

JO = {"identity_name": "Jo Roe", "identity_known_by": "1970-03-12"}
ANN = {"identity_name": "Ann Ode", "identity_known_by": "1961"}


@pytest.fixture
def source(room):
    return room.person("a keeper", unnamed=True, **JO)


def replace(room, source, reason="The first was a namesake.", **identity):
    return sealing.replace_identity(
        source_id=source.pk, reason=reason, actor=room.people["cuno"], now=room.now, **(identity or ANN)
    )


def test_the_former_identity_is_kept_and_the_new_one_is_current(room, source, rosa, cuno):
    replaced_at = room.later(hours=1)
    replace(room, source)
    current, former = IdentityRecord.objects.filter(source=source).order_by("-encrypted_at")
    assert [vault.decrypt(each).name for each in (current, former)] == ["Ann Ode", "Jo Roe"]
    assert (current.replaced_at, former.replaced_at) == (None, replaced_at)
    assert (current.encrypted_by, former.encrypted_by) == (cuno, rosa)
    source = Source.objects.get(pk=source.pk)
    assert (source.key, source.editor_knows) == (current.token, False)
    assert room.reveal(source).name == "Ann Ode"


def test_the_person_who_sealed_the_former_identity_is_notified(room, source, rosa):
    replace(room, source)
    event = Event.objects.get(action="source.replace_identity")
    assert event.data["holder"] == str(rosa.pk)
    assert count_pending_jobs(MessageKind.NOTIFY, event) == 1


def test_replacing_needs_a_sealed_identity_and_a_reason_without_a_name(room, source):
    named = room.person()
    with assert_refused(Conflict, "NO_IDENTITY_STORED"):
        replace(room, named)
    with assert_refused(ValidationFailed, "REASON_REQUIRED"):
        replace(room, source, reason=" ")
    with assert_refused(ValidationFailed, "NAME_IN_TEXT"):
        replace(room, source, reason="It is not Roe.")
    with assert_refused(ValidationFailed, "NAME_IN_DESCRIPTION"):
        replace(room, source, reason="It is Ode.")


@pytest.mark.parametrize("column", ["token", "source_id", "encrypted_by_id"])
def test_the_database_refuses_to_overwrite_an_identity(room, source, column, cuno):
    values = {"token": "0" * 64, "source_id": room.person().pk, "encrypted_by_id": cuno.pk}
    with assert_rejected_by_database("not overwritten"):
        IdentityRecord.objects.filter(source=source).update(**{column: values[column]})


def test_the_database_refuses_to_delete_or_revive_an_identity(room, source):
    replace(room, source)
    with assert_rejected_by_database("Cannot delete"):
        IdentityRecord.objects.filter(source=source).delete()
    with assert_rejected_by_database("not overwritten"):
        IdentityRecord.objects.exclude(replaced_at=None).update(replaced_at=None)


def test_a_source_has_one_current_identity(room, source, cuno):
    with assert_rejected_by_database("identity_one_current"):
        IdentityRecord.objects.create(
            source=source, encrypted_identity=b"x", token="0" * 64, encrypted_at=room.now, encrypted_by=cuno
        )
