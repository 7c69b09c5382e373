"""Recorded rows cannot be rewritten: neither by an action, nor by a query, nor at the database's prompt."""

from __future__ import annotations

import pytest
from django.apps import apps

from editorial.models import Assessment, CommentRevision, DeliveryAttempt, Event, StoryRevision
from tests.models.constraints import assert_rejected_by_database
from tests.support.sample_rows import create_row_of_each_model

pytestmark = pytest.mark.exhaustive

PROTECTED = "Cannot (update|delete)"
HISTORY = [model for model in apps.get_app_config("editorial").get_models() if hasattr(model, "pgh_tracked_model")]


def test_recorded_rows_are_neither_changed_nor_deleted(room):
    create_row_of_each_model(room)
    for model in (Event, Assessment, StoryRevision, CommentRevision, DeliveryAttempt):
        first = model.objects.order_by("pk").first()
        with assert_rejected_by_database(PROTECTED):
            model.objects.filter(pk=first.pk).update(number=99)
        with assert_rejected_by_database(PROTECTED):
            model.objects.filter(pk=first.pk)._raw_delete("default")
    assert len(HISTORY) > 10
    for model in HISTORY:
        first = model.objects.order_by("pk").first()
        assert first is not None, f"nothing was remembered in {model.__name__}"
        with assert_rejected_by_database(PROTECTED):
            model.objects.filter(pk=first.pk).update(pgh_label="never")
        with assert_rejected_by_database(PROTECTED):
            model.objects.filter(pk=first.pk)._raw_delete("default")


def test_source_names_are_in_no_history(room):
    columns = {
        field.name for model in HISTORY if "source" in model.__name__.lower() for field in model._meta.concrete_fields
    }
    assert "key" in columns
    assert not {"name", "description"} & columns
