"""The search page, and what the palette (static/editorial/palette.js) offers while somebody types."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django import forms
from django.contrib.admin import AdminSite
from django.http import HttpRequest, JsonResponse
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from editorial.admin.framework import request_user
from editorial.admin.framework.action_views import ActionAdminMixin
from editorial.models import Desk
from editorial.policy.actions import Action
from editorial.policy.vocabulary import SearchedType
from editorial.workflow.stories import search, search_results
from editorial.workflow.stories.search_results import ExcerptPart, Found

_LIMIT, _LIMIT_OF_PALETTE = 50, 8
_PLURALS = {
    SearchedType.STORY: "Stories",
    SearchedType.CLAIM: "Claims",
    SearchedType.STATEMENT: "Statements",
    SearchedType.SOURCE: "Sources",
    SearchedType.EXHIBIT: "Archived copies",
}


class SearchForm(forms.Form):
    """What is searched for."""

    q = forms.CharField(max_length=search.MAX_LENGTH, strip=True)
    type = forms.ChoiceField(choices=SearchedType.choices(), required=False)
    desk = forms.UUIDField(required=False)


def search_view(site: AdminSite) -> Callable[[HttpRequest], TemplateResponse]:
    """The search page of this site."""

    def view(request: HttpRequest) -> TemplateResponse:
        form = SearchForm(request.GET)
        context = {
            **site.each_context(request),
            "title": "Search",
            "text": request.GET.get("q", "")[: search.MAX_LENGTH],
        }
        context["desks"] = list(Desk.objects.order_by("name"))
        if form.is_valid():
            context |= _results(request, form.cleaned_data)
        return TemplateResponse(request, "editorial/search/page.html", context | {"form": form})

    return view


def palette_view(site: AdminSite) -> Callable[[HttpRequest], JsonResponse]:
    """The palette's answers: actions that need no row, and what is found."""

    def view(request: HttpRequest) -> JsonResponse:
        form = SearchForm(request.GET)
        if not form.is_valid():
            return JsonResponse({"actions": list(_actions(site, request)), "found": []})
        reader = request_user.actor_facts(request)
        results = search.find(form.cleaned_data["q"], reader, as_typed=True, limit=_LIMIT_OF_PALETTE)
        found = [
            {"type": SearchedType(each.kind).label, "label": each.title, "url": url(each)}
            for each in search_results.show(results, reader)
        ]
        return JsonResponse({"found": found})

    return view


def _actions(site: AdminSite, request: HttpRequest) -> Iterator[dict[str, str]]:
    """The forms of the lists that this user may open."""
    reader = request_user.actor_facts(request)
    for model, page in site._registry.items():
        if isinstance(page, ActionAdminMixin) and page.has_view_permission(request):
            for button in page.list_buttons:
                if not button.one_click and button.allows_without_row(reader):
                    yield {"label": button.label, "url": button.get_url(None, model, {})}


def _results(request: HttpRequest, named: dict[str, Any]) -> dict[str, Any]:
    reader, desk = request_user.actor_facts(request), named["desk"]
    results = search.find(named["q"], reader, desk=desk, limit=_LIMIT)
    counts = [(kind, _PLURALS[SearchedType(kind)], _capped(count)) for kind, count in results.counts.items() if count]
    if named["type"]:  # counted for all types, so that the filter shows what the others hold
        results = search.find(named["q"], reader, desk=desk, kinds=[named["type"]], limit=_LIMIT)
    found = [
        {"label": SearchedType(each.kind).label, "found": each, "url": url(each), "excerpt": marked(each.excerpt)}
        for each in search_results.show(results, reader)
    ]
    save = _save_url(named["q"], named["type"], desk)
    return {
        "save_url": save,
        "found": found,
        "counts": counts,
        "misspelt": results.misspelt,
        "type": named["type"],
        "desk": desk,
    }


def _save_url(text: str, kind: str, desk: UUID | None) -> str:
    """The form that saves this search (saved_searches.py)."""
    query = {"q": text} | ({"types": kind} if kind else {}) | ({"desk_id": str(desk)} if desk else {})
    path = reverse("admin:editorial_savedsearch_action_new", args=[Action.SAVED_SEARCH_SAVE])
    return f"{path}?{urlencode(query)}"


def _capped(count: int) -> str:
    return f"{count}+" if count >= search.CANDIDATES else str(count)


def url(found: Found) -> str:
    """The page of what was found."""
    return reverse(f"admin:editorial_{found.kind}_change", args=[found.id])


def marked(excerpt: list[ExcerptPart]) -> SafeString:
    """The excerpt as HTML, with the words marked and everything escaped."""
    pieces = (format_html("<mark>{}</mark>" if part["matches"] else "{}", part["text"]) for part in excerpt)
    return format_html_join("", "{}", ((piece,) for piece in pieces))
