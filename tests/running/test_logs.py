"""What a log line must never carry."""

import io
import logging

import pytest
from django.db import IntegrityError, connection, transaction

from newsroom import logs

CANARY = "Wilhelmina Canary"


@pytest.mark.django_db
@pytest.mark.parametrize("as_json", [True, False])
def test_a_database_error_is_logged_without_the_row_it_quotes(as_json):
    written = io.StringIO()
    handler = logging.StreamHandler(written)
    handler.setFormatter(logs.formatter(as_json=as_json))
    log = logging.getLogger("newsroom.tests.row_content")
    log.propagate = False
    log.addHandler(handler)
    insert = "INSERT INTO editorial_desk (id, name, slug) VALUES (gen_random_uuid(), %s, %s)"
    with pytest.raises(IntegrityError, match=CANARY) as broken, transaction.atomic(), connection.cursor() as cursor:
        cursor.executemany(insert, [(CANARY, "a"), (CANARY, "b")])
    log.error("it broke: %s", broken.value, exc_info=broken.value)
    log.removeHandler(handler)
    assert "IntegrityError" in written.getvalue()
    assert "duplicate key" in written.getvalue()
    assert CANARY not in written.getvalue()
