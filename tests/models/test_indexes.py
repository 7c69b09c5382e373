"""Indexes: none is kept that another one makes superfluous."""

from __future__ import annotations

import pytest
from django.apps import apps
from django.db import connection

_COVERED = """
    SELECT shorter.indexrelid::regclass::text, longer.indexrelid::regclass::text
    FROM pg_index shorter JOIN pg_index longer USING (indrelid) JOIN pg_class ON pg_class.oid = indrelid
    WHERE shorter.indexrelid <> longer.indexrelid AND NOT shorter.indisunique
        AND num_nonnulls(shorter.indpred, longer.indpred, shorter.indexprs, longer.indexprs) = 0
        AND starts_with(longer.indkey::text || ' ', shorter.indkey::text || ' ')
        AND starts_with(longer.indclass::text || ' ', shorter.indclass::text || ' ')
        AND relnamespace = current_schema()::regnamespace AND relname = ANY(%s)
"""


@pytest.mark.django_db
def test_no_index_has_only_the_first_columns_of_another() -> None:
    """Django gives every foreign key an index: `db_index=False` if a constraint or an index begins with it."""
    tables = [model._meta.db_table for model in apps.get_app_config("editorial").get_models()]
    with connection.cursor() as cursor:
        cursor.execute(_COVERED, [tables])
        assert cursor.fetchall() == []
