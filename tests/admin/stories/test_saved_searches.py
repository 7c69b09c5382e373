"""Saved searches in the admin: saved from the search page, listed, renamed, muted and deleted by their owner."""

from __future__ import annotations

from django.urls import reverse

from editorial.models import SavedSearch
from editorial.workflow.stories import saved_searches
from tests.admin.conftest import page_text


def test_a_search_is_saved_from_its_page_renamed_muted_and_deleted(visit, room):
    browser = visit("rosa")
    url = f"{reverse('admin:search')}?q=dredging&type=claim&desk={room.desk.pk}"
    page = browser.client.get(url).content.decode()
    form_url = reverse("admin:editorial_savedsearch_action_new", args=["saved_search.save"])
    query = f"q=dredging&amp;types=claim&amp;desk_id={room.desk.pk}"
    assert f'href="{form_url}?{query}"' in page
    form = browser.client.get(f"{form_url}?{query.replace('&amp;', '&')}").content.decode()
    assert 'value="dredging"' in form
    saved = browser.submit(SavedSearch, "saved_search.save", q="dredging", name="Harbour", types=["claim"])
    assert saved.status_code == 302, page_text(saved)
    row = SavedSearch.objects.get()
    assert (row.user.username, row.types, row.name) == ("rosa", ["claim"], "Harbour")
    assert "Harbour" in page_text(browser.listing(SavedSearch))
    assert f"{reverse('admin:search')}?q=dredging&amp;type=claim" in browser.page(row).content.decode()
    for slug, data in (
        ("saved_search.revise", {"name": "Port", "expected_version": "1"}),
        ("saved_search.revise.mute", {}),
    ):
        assert browser.submit(row, slug, **data).status_code == 302, slug
    row.refresh_from_db()
    assert (row.name, row.muted) == ("Port", True)
    assert browser.submit(row, "saved_search.revise.unmute").status_code == 302
    assert browser.submit(row, "saved_search.delete").status_code == 302
    assert not SavedSearch.objects.exists()


def test_nobody_else_sees_it(visit, room):
    row = saved_searches.save(name="Harbour", q="dredging", actor=room.people["rosa"], now=room.now)
    for name in ("edith", "ada"):
        browser = visit(name)
        assert "Harbour" not in page_text(browser.listing(SavedSearch))
        assert "dredging" not in page_text(browser.page(row))
        assert browser.submit(row, "saved_search.delete").status_code == 404
    assert SavedSearch.objects.exists()
