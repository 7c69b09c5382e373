"""Read-only admin pages: a list and a page per row. Changes are possible through actions only."""

from __future__ import annotations

import re
from collections.abc import Collection
from functools import cache, partial
from typing import Any, ClassVar

from django.contrib.admin.options import IncorrectLookupParameters
from django.contrib.admin.views.main import PAGE_VAR
from django.core.exceptions import BadRequest, PermissionDenied, SuspiciousOperation
from django.db import DataError
from django.db.models import Model, Q, QuerySet
from django.http import HttpRequest, HttpResponseBase, HttpResponseNotAllowed, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone

from editorial.admin.framework import auto_refresh, history, labels, lookups, request_user
from editorial.admin.framework.action_views import ActionAdminMixin
from editorial.admin.framework.counts import CappedPaginator
from editorial.models.unions import keys_of_any
from editorial.policy.roles import Role
from editorial.workflow.evidence.confidentiality import disclosure

_SAFE_METHODS = ("GET", "HEAD")
_MAX_WORDS = 10  # of a search; each is looked up by itself


class ReadOnlyAdmin(ActionAdminMixin):
    """The admin of one model: a list, a page per row, and buttons. Django's edit forms are disabled."""

    detail_template = "editorial/detail.html"
    change_list_template = "editorial/change_list.html"
    actions = None
    list_per_page = 50
    ordering: tuple[str, ...] = ("-id",)
    show_full_result_count = False
    show_facets = False
    list_filter_sheet = True
    # Fields or methods that the default page shows, in this order.
    detail_fields: ClassVar[tuple[str, ...]] = ()
    # Related rows that the list and the page show.
    select_related: ClassVar[tuple[str, ...]] = ()
    # Relations to sources that the search covers by name, as far as the user may see them.
    searched_sources: ClassVar[tuple[str, ...]] = ()
    # The page of a row asks for changes every so many seconds; 0: never.
    refresh_seconds: ClassVar[int] = 0
    # Whether the change log has all that the page shows; otherwise each request for changes gets the whole page.
    changes_are_logged: ClassVar[bool] = True
    # A role for all desks that is required to see the model at all.
    required_role: ClassVar[Role | None] = None

    def has_module_permission(self, request: HttpRequest) -> bool:
        """Whether the model is in the navigation."""
        return self.has_view_permission(request)

    def has_view_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        """Whether the user may see the model; `get_queryset` limits the rows."""
        facts = request_user.actor_facts(request)
        has_required_role = self.required_role is None or (self.required_role, None) in facts.memberships
        return request_user.has_role(facts) and has_required_role

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Never: rows are created by actions."""
        return False

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        """Never: rows are changed by actions."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        """Never: nothing is deleted."""
        return False

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        """The rows that the user may see."""
        rows: Any = super().get_queryset(request)
        if self.select_related:
            rows = rows.select_related(*self.select_related)
        return rows.visible_to(request_user.actor_facts(request)) if hasattr(rows, "visible_to") else rows

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponseBase:
        """The list, with its buttons."""
        if request.method not in _SAFE_METHODS:
            return HttpResponseNotAllowed(_SAFE_METHODS)
        context = {"buttons": self.bound_buttons(request), "now": timezone.now()}
        try:
            lookups.check_query(request, self.allowed_lookups)
            return super().changelist_view(request, context | (extra_context or {}))
        except (BadRequest, SuspiciousOperation) as error:
            reason = str(error) if isinstance(error, BadRequest) else "This list has no such filter."
        context = {**self.admin_site.each_context(request), "title": self.opts.verbose_name_plural, "reason": reason}
        return TemplateResponse(request, "editorial/bad_request.html", context | {"opts": self.opts}, status=400)

    @property
    def allowed_lookups(self) -> frozenset[str]:
        """The lookups that the list accepts: those of its filters."""
        return lookups.allowed_lookups(self.list_filter, self.model)

    def lookup_allowed(self, lookup: str, value: str, request: HttpRequest | None = None) -> bool:
        """Only what the list offers. Django's default allows every column, and so reads columns out by their prefix."""
        return lookup in self.allowed_lookups

    def get_changelist_instance(self, request: HttpRequest) -> Any:
        """The list. A value that does not fit its filter is an error, not a redirect to the unfiltered list."""
        try:
            return super().get_changelist_instance(request)
        except (IncorrectLookupParameters, ValueError, DataError):
            raise BadRequest(
                "The URL names a filter or page that does not exist. Use the filters beside the list."
            ) from None

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Any], search_term: str
    ) -> tuple[QuerySet[Any], bool]:
        """The rows with every word, in a searched field or in the name of a source that the user may see."""
        reader = request_user.actor_facts(request)
        words = list(dict.fromkeys(search_term.split())) if self.search_fields else []
        if len(words) > _MAX_WORDS:
            raise BadRequest(f"Search for {_MAX_WORDS} words at most.")
        for word in words:
            matches = [self.search_condition(name, word) for name in self.search_fields]
            if self.searched_sources:
                names = disclosure.named_like(word, reader).values("pk")
                matches += [Q(**{f"{name}__in": names}) for name in self.searched_sources]
            rows = self.model._default_manager.all()
            queryset = queryset.filter(Q(pk__in=keys_of_any(rows, *matches)) if len(matches) > 1 else matches[0])
        return queryset, False

    def search_condition(self, field: str, word: str) -> Q:
        """The rows with this word in the field, in any case; a pattern, for which PostgreSQL has trigram indexes."""
        return Q(**{f"{field}__iregex": re.escape(word)})

    def get_paginator(self, request: HttpRequest, *arguments: Any, **options: Any) -> CappedPaginator:
        """Pages without a count of all rows."""
        number = request.GET.get(PAGE_VAR) or request.GET.get("page", "")  # of a list, or of an autocomplete field
        return CappedPaginator(*arguments, **options, current_page=int(number) if lookups.is_page_number(number) else 1)

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponseBase:
        """The page of one row."""
        if request.method not in _SAFE_METHODS:
            return HttpResponseNotAllowed(_SAFE_METHODS)
        if not self.has_view_permission(request):
            raise PermissionDenied
        if not self.changes_are_logged:
            return self._page(request, object_id)
        return auto_refresh.respond(request, lambda: self._page(request, object_id))

    def _page(self, request: HttpRequest, object_id: str) -> HttpResponseBase:
        row = self.get_object(request, object_id)
        if row is None:
            return self._get_obj_does_not_exist_redirect(request, self.opts, object_id)
        context = {
            **self.admin_site.each_context(request),
            "title": self.title(row),
            "opts": self.opts,
            "row": row,
            "original": row,
            "buttons": cache(partial(self.bound_buttons, request, row)),  # some pages have their own
            "now": timezone.now(),
            "media": self.media,
            "refresh_seconds": self.refresh_seconds,
            "editing_url": self.editing_url(row),
            **self.get_page_context(request, row),
        }
        return TemplateResponse(request, self.detail_template, context)

    def further_page(self, request: HttpRequest, template: str, row: Any, **context: Any) -> TemplateResponse:
        """A page about a row besides its own."""
        shared = {"opts": self.opts, "row": row, "now": timezone.now(), "media": self.media}
        return TemplateResponse(request, template, self.admin_site.each_context(request) | shared | context)

    def history_view(
        self, request: HttpRequest, object_id: str, extra_context: dict[str, Any] | None = None
    ) -> HttpResponseBase:
        """Redirect to the audit log on the row's page."""
        name = f"admin:{self.opts.app_label}_{self.opts.model_name}_change"
        return HttpResponseRedirect(f"{reverse(name, args=[object_id])}#audit-log")

    def title(self, row: Any) -> str:
        return labels.row_label(row)

    def get_page_context(self, request: HttpRequest, row: Any) -> dict[str, Any]:
        """The context of the page's template. Default: fields, values and audit log."""
        return {
            "detail_rows": self.detail_rows(row),
            "events": history.entries_for(row, request_user.actor_facts(request)),
        }

    def detail_rows(self, row: Any, *, without: Collection[str] = ()) -> list[tuple[str, Any]]:
        """The non-empty fields of the default page, with their labels."""
        detail_rows = [self._detail_row(row, name) for name in self.detail_fields if name not in without]
        return [(label, value) for label, value in detail_rows if value not in (None, "")]

    def _detail_row(self, row: Any, name: str) -> tuple[str, Any]:
        method = getattr(self, name, None)
        if callable(method):
            return getattr(method, "short_description", name.replace("_", " ").capitalize()), method(row)
        label = str(self.opts.get_field(name).verbose_name)
        display = getattr(row, f"get_{name}_display", None)
        return label[:1].upper() + label[1:], display() if callable(display) else getattr(row, name)
