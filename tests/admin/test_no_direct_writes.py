"""The admin writes through actions only."""

from __future__ import annotations

import pytest
from django.contrib import admin
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from editorial.admin.framework.read_only_admin import ReadOnlyAdmin
from editorial.models import Claim, Event
from tests.admin.conftest import AdminBrowser, action_url, page_text, registered_pages
from tests.support.sample_newsroom import create_row_of_each_kind

WRITING = ("INSERT", "UPDATE", "DELETE", "TRUNCATE")
STOCK = {"auth_user", "editorial_session"}


def test_every_page_is_read_only(rf):
    for page in registered_pages().values():
        assert isinstance(page, ReadOnlyAdmin)
        request = rf.get("/")
        assert not page.has_add_permission(request)
        assert not page.has_change_permission(request)
        assert not page.has_delete_permission(request)
        assert page.actions is None
        assert not page.list_editable
        assert not page.inlines


@pytest.mark.exhaustive
def test_djangos_own_forms_are_closed(room, people):
    rows, root = create_row_of_each_kind(room), people["ada"]
    root.is_superuser = root.is_staff = True
    root.save()
    browser = AdminBrowser(root)
    before = Event.objects.count()
    for model, page in registered_pages().items():
        name = f"admin:editorial_{model._meta.model_name}"
        assert browser.client.get(reverse(f"{name}_add")).status_code == 403
        assert browser.client.post(reverse(f"{name}_add"), {"text": "x"}).status_code == 403
        assert browser.client.post(reverse(f"{name}_changelist"), {"action": "delete_selected"}).status_code == 405
        assert page.get_actions(browser.client.get("/admin/").wsgi_request) == {}
    for row in rows.values():
        name = f"admin:editorial_{row._meta.model_name}"
        assert browser.client.post(reverse(f"{name}_change", args=[row.pk]), {"text": "x"}).status_code == 405
        assert browser.client.post(reverse(f"{name}_delete", args=[row.pk]), {"post": "yes"}).status_code in (403, 302)
        assert type(row).objects.filter(pk=row.pk).exists()
    assert Event.objects.count() == before


@pytest.mark.exhaustive
def test_reading_writes_nothing(room, people):
    rows, browser = create_row_of_each_kind(room), AdminBrowser(people["rosa"])
    browser.client.get(reverse("admin:index"))
    with CaptureQueriesContext(connection) as queries:
        browser.client.get(reverse("admin:index"))
        for row in rows.values():
            browser.page(row)
            for button in registered_pages()[type(row)].buttons[:2]:
                browser.open_form(row, button.slug)
    written = [query["sql"] for query in queries.captured_queries if query["sql"].lstrip().upper().startswith(WRITING)]
    assert not written


@pytest.mark.parametrize("button", ["claim.revise", "claim.drop", "statement.record"])
def test_the_superuser_flag_permits_no_action(room, people, button):
    people["lara"].is_superuser = people["lara"].is_staff = True
    people["lara"].save()
    claim, lawyer = room.claim(), AdminBrowser(people["lara"])
    assert lawyer.open_form(claim, button).status_code == 403
    data = {
        "text": "x",
        "kind": "content",
        "risk": "routine",
        "expected_version": 1,
        "reason": "x",
        "obtained_by": "us",
    }
    data |= {"source_id": str(room.person().pk), "stance": "affirms", "directness": "first_hand"}
    assert lawyer.submit(claim, button, **data).status_code == 403
    claim.refresh_from_db()
    assert (claim.text, claim.dropped_at, claim.statements.count()) == ("The gate was open.", None, 0)


def test_choices_offer_visible_rows_only(room, people, city):
    other = room.claim("At the city desk.", by="hugo", desk_id=city.pk)
    claim = room.claim()
    response = AdminBrowser(people["felix"]).submit(claim, "claim.merge", into_id=str(other.pk))
    assert response.status_code == 422
    assert "Select a valid choice" in page_text(response)
    choices = AdminBrowser(people["felix"]).client.get(
        reverse("admin:autocomplete"),
        {"term": "", "app_label": "editorial", "model_name": "claim", "field_name": "merged_into"},
    )
    assert {row["id"] for row in choices.json()["results"]} == {str(claim.pk)}


def test_only_models_of_the_project_are_registered():
    assert all(isinstance(page, ReadOnlyAdmin) for page in admin.site._registry.values())
    assert action_url(Claim, "claim.file").startswith("/admin/")
