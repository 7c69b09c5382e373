"""The record cannot be rewritten: not by a verb, not by a query, not by a person at the database's prompt."""

from __future__ import annotations

from django.apps import apps

from editorial.models import Assessment, Event, StoryRevision
from tests.models.constraints import refused
from tests.support.sample_rows import one_of_everything

PROTECTED = "Cannot (update|delete)"
HISTORY = [model for model in apps.get_app_config("editorial").get_models() if hasattr(model, "pgh_tracked_model")]


def test_what_is_recorded_is_neither_changed_nor_deleted(room):
    one_of_everything(room)
    for model in (Event, Assessment, StoryRevision):
        first = model.objects.order_by("pk").first()
        with refused(PROTECTED):
            model.objects.filter(pk=first.pk).update(number=99)
        with refused(PROTECTED):
            model.objects.filter(pk=first.pk)._raw_delete("default")
    assert len(HISTORY) > 10
    for model in HISTORY:
        first = model.objects.order_by("pk").first()
        assert first is not None, f"nothing was remembered in {model.__name__}"
        with refused(PROTECTED):
            model.objects.filter(pk=first.pk).update(pgh_label="never")
        with refused(PROTECTED):
            model.objects.filter(pk=first.pk)._raw_delete("default")


def test_the_names_of_sources_are_in_no_history(room):
    columns = {
        field.name for model in HISTORY if "source" in model.__name__.lower() for field in model._meta.concrete_fields
    }
    assert "key" in columns
    assert not {"name", "description"} & columns
