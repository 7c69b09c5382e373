"""The lookups that a list's URL may use. Every list and every field is tried, so that a new one is covered."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from django.contrib.admin import SimpleListFilter
from django.db.models import Model
from django.test import RequestFactory
from django.urls import reverse

from editorial.admin.framework import lookups
from editorial.models import ReplyRequest, Source, Statement
from tests.admin.conftest import page_text, registered_pages

pytestmark = pytest.mark.exhaustive

LOOKUPS = ("", "__exact", "__startswith", "__regex", "__in", "__gt", "__isnull")
# What no list may ever be asked about, whatever its filters.
SECRETS = {"name", "description", "key", "identity", "token", "digest", "encrypted_secret", "password", "quote"}


def field_paths(model: type[Model], depth: int = 2) -> Iterator[str]:
    """Every path from a model to a field, two relations deep."""
    for field in model._meta.get_fields():
        yield field.name
        if depth and field.is_relation and field.related_model:
            yield from (f"{field.name}__{path}" for path in field_paths(field.related_model, depth - 1))


def expected_lookups(page) -> set[str]:
    """What the sidebar of a list offers, written down independently of the code that allows it."""
    offered = set()
    for item in page.list_filter:
        if isinstance(item, type) and issubclass(item, SimpleListFilter):
            offered.add(item.parameter_name)
        elif item.rpartition("__")[2] == "desk":
            offered |= {f"{item}__id__exact", f"{item}__isnull"}
        else:
            offered |= {item, f"{item}__exact", f"{item}__isnull"}
    return offered


def test_every_list_accepts_the_lookups_of_its_filters_and_no_other():
    request, tried = RequestFactory().get("/"), 0
    for model, page in registered_pages().items():
        offered = expected_lookups(page)
        for path in field_paths(model):
            for lookup in LOOKUPS:
                tried += 1
                allowed = page.lookup_allowed(f"{path}{lookup}", "1", request)
                assert allowed == (f"{path}{lookup}" in offered), (model, f"{path}{lookup}")
        fields = {part for lookup in page.allowed_lookups for part in lookup.split("__")}
        assert not fields & SECRETS, model
    assert tried > 5000


@pytest.mark.parametrize(
    "query",
    [
        {"key__startswith": "0"}, {"key": "0" * 64}, {"key": "\x00"}, {"name__regex": "("}, {"identity__token": "x"},
        {"desk__id__exact": "nowhere"}, {"unnamed__exact": "\x00"}, {"p": "0"}, {"p": "-1"}, {"p": "x"},
        {"p": "9" * 40}, {"q": "\x00"}, {"q": "x" * 5000}, {"_to_field": "key"}, {"nothing": "1"},
        {"e": "1"}, {"_popup": "1"},
    ],
)  # fmt: skip
def test_an_unlisted_lookup_gets_a_400_with_the_reason(visit, room, query):
    room.person()
    response = visit("edith").listing(Source, **query)
    assert response.status_code == 400, query
    assert "This filter or search is not available" in page_text(response)
    assert not any(value in page_text(response) for value in query.values() if len(value) > 5)


def test_the_filters_of_a_list_still_work(visit, room):
    unrated, rated = room.person("Una Unrated", reliability=""), room.person("Rhea Rated")
    browser = visit("edith")
    for query in (
        {"reliability__exact": "B"},
        {"reliability": "B"},
        {"desk__id__exact": str(room.desk.pk), "q": "rhea"},
    ):
        text = page_text(browser.listing(Source, **query))
        assert "Rhea Rated" in text, query
        assert "Una Unrated" not in text, query
    assert browser.listing(Source, o="1.-2", p="1").status_code == 200
    assert unrated.desk_id == rated.desk_id


@pytest.mark.parametrize(
    "path",
    ["r/1/01a/", "r/1/0b7cfa52-6d0f-4d0c-9a34-2d1b7c7a6f11/",
     "editorial/source/01a/change/", "editorial/source/%00/change/",
     "editorial/source/01a/history/", "editorial/source/01a/action/source.rate/", "editorial/exhibit/01a/file/",
     "editorial/source/action/%00/"],
)  # fmt: skip
def test_a_malformed_url_is_no_server_error(visit, path):
    response = visit("edith").client.get(reverse("admin:index") + path, follow=True)
    assert response.status_code in (200, 400, 404)


@pytest.mark.parametrize("query", [{"term": "\x00"}, {"term": "x" * 5000}, {"term": "", "page": "x"}])
def test_the_choices_of_a_field_refuse_what_cannot_be_searched_for(visit, query):
    field = {"app_label": "editorial", "model_name": "statement", "field_name": "source"}
    assert visit("edith").client.get(reverse("admin:autocomplete"), field | query).status_code == 400


def test_lists_are_not_sorted_by_the_name_of_a_source():
    pages = registered_pages()
    for model, relation in ((Statement, "source"), (ReplyRequest, "to")):
        (column,) = [each for each in pages[model].list_display if getattr(each, "__name__", "") == relation]
        assert not hasattr(column, "admin_order_field")


def test_the_allowed_lookups_are_those_of_the_filters():
    assert lookups.allowed_lookups(("unnamed", "desk"), Source) == {
        "unnamed", "unnamed__exact", "unnamed__isnull", "desk__id__exact", "desk__isnull",
    }  # fmt: skip
