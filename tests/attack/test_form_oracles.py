"""Oracles in the admin's forms: submitting the id of a protected source is like submitting one that does not exist.

Every field that takes a row, of every button on every page and list, from the admin's registry.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple

import pytest
from django import forms
from django.db.models import Model
from django.urls import reverse

from editorial.admin.framework.action_buttons import ActionButton
from editorial.models import Source, User
from tests.admin.conftest import AdminBrowser, action_url, registered_pages
from tests.attack.test_oracles import assert_alike

pytestmark = pytest.mark.exhaustive


class Entry(NamedTuple):
    """A field of a form that takes a row, and a valid submission of its form."""

    target: Any
    button: ActionButton
    name: str
    data: dict[str, Any]
    takes_source: bool


def entries(reader: User) -> Iterator[Entry]:
    """Every field that takes a row, of the buttons on the newest row of each model that the reader may see."""
    for model, page in registered_pages().items():
        row = newest_visible(model, reader)
        buttons = [
            *((button, row) for button in page.buttons if row),
            *((button, None) for button in page.list_buttons),
        ]
        for button, subject in buttons:
            initial = button.form.initial_for_row(subject)
            form = button.form(actor=reader, row=subject, initial=initial)
            parts = [form, *getattr(form, "answers", ())]
            data = {key: value for part in parts for key, value in valid_data(part).items()}
            for part in parts:
                for name, field in part.fields.items():
                    if isinstance(field, forms.ModelChoiceField):
                        rows: Any = getattr(field, "rows", field.queryset)
                        yield Entry(subject or model, button, part.add_prefix(name), data, rows.model is Source)


def newest_visible(model: type[Model], reader: User) -> Model | None:
    rows: Any = model._default_manager.order_by("-pk")
    return (rows.visible_to(reader.facts()) if hasattr(rows, "visible_to") else rows).first()


def valid_data(form: forms.Form) -> dict[str, Any]:
    """Values that a form accepts."""
    values = {name: form.initial.get(name, field.initial) or example(field) for name, field in form.fields.items()}
    return {form.add_prefix(name): value for name, value in values.items() if value not in (None, "", [], False)}


def example(field: forms.Field) -> Any:
    match field:
        case _ if not field.required:
            return None
        case forms.ModelChoiceField():
            return next((str(key) for key in field.queryset.values_list("pk", flat=True)[:1]), None)
        case forms.ChoiceField():
            return next((value for value, _ in field.choices if value), None)
        case forms.DateTimeField():
            return "2031-03-09T09:00"
        case forms.IntegerField() | forms.BooleanField():
            return 1
        case _:
            return "Some words."


def submit(browser: AdminBrowser, entry: Entry, key: str) -> Any:
    return browser.client.post(action_url(entry.target, entry.button.slug), entry.data | {entry.name: key})


@pytest.mark.slow
def test_no_field_of_a_form_distinguishes_a_protected_source_from_a_random_id(planted, stranger, rows, subtests):
    browser, hidden, tried = AdminBrowser(stranger), str(planted.sources["speaker"].pk), 0
    for entry in entries(stranger):
        where = f"{entry.button.slug}: {entry.name}"
        with subtests.test(where):
            assert_alike(lambda key, entry=entry: submit(browser, entry, key), hidden, where)
            url = action_url(entry.target, entry.button.slug)
            assert_alike(lambda key, url=url, entry=entry: browser.client.get(url, {entry.name: key}), hidden, where)
        tried += entry.takes_source
    assert tried > 15


def test_every_field_that_takes_a_source_distinguishes_a_visible_one(planted, stranger, rows):
    """Proves that the comparison reaches the look-up of the source."""
    browser, alike = AdminBrowser(stranger), []
    for entry in (entry for entry in entries(stranger) if entry.takes_source):
        try:
            assert_alike(lambda key, entry=entry: submit(browser, entry, key), rows["source"], entry.name)
        except AssertionError:
            continue
        alike.append(f"{entry.button.slug}: {entry.name}")
    assert alike == []


def test_no_autocomplete_finds_a_protected_source(planted, stranger, subtests):
    """Every relation to a source that the admin's autocomplete answers for."""
    client, start, found = AdminBrowser(stranger).client, reverse("admin:autocomplete"), set()
    for model in registered_pages():
        for field in model._meta.get_fields():
            if field.related_model is not Source or field.auto_created:
                continue
            for term in ("", "facecanary", "realcanary"):
                query = {"app_label": "editorial", "model_name": model._meta.model_name, "field_name": field.name}
                answer = client.get(start, query | {"term": term})
                with subtests.test(f"{model.__name__}.{field.name}: {term}"):
                    assert not any(key in answer.content.decode() for key in planted.ids)
                    assert "canary" not in answer.content.decode()
            found.add(f"{model.__name__}.{field.name}")
    assert {"Statement.source", "Statement.informant", "Claim.adverse_to", "ReplyRequest.to"} <= found


def test_the_search_of_the_navigation_finds_no_protected_source(planted, stranger):
    client = AdminBrowser(stranger).client
    for term in ("facecanary", "realcanary", planted.sources["speaker"].name):
        assert "canary" not in client.get(reverse("admin:search"), {"s": term}).content.decode().replace(term, "")
