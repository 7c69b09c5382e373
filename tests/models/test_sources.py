"""Constraints of sources."""

from __future__ import annotations

from editorial.models import Source
from tests.models.constraints import assert_rejected_by_database


def change(source, **fields):
    Source.objects.filter(pk=source.pk).update(**fields)


def test_an_organization_has_no_employer(room):
    council, ministry = room.source("organization"), room.source("organization")
    with assert_rejected_by_database("source_organization_has_no_employer"):
        change(council, org=ministry)


def test_only_a_document_has_makers_and_only_a_record_is_authenticated(room):
    person, other = room.person(), room.person()
    for fields in ({"author": other}, {"issuer": other}):
        with assert_rejected_by_database("source_only_documents_have_makers"):
            change(person, **fields)
    with assert_rejected_by_database("source_only_records_are_authenticated"):
        change(person, authenticated=True)
    change(room.source("observation"), authenticated=True)


def test_only_a_person_is_unnamed(room):
    with assert_rejected_by_database("source_only_people_are_unnamed"):
        change(room.source("outlet"), unnamed=True)
