"""Read-only admin pages: a list and a page per row. Changes are possible through actions only."""

from __future__ import annotations

from typing import Any, ClassVar

from django.core.exceptions import PermissionDenied
from django.db.models import Model, QuerySet
from django.http import HttpRequest, HttpResponseBase, HttpResponseNotAllowed, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone

from editorial.admin.framework import history, request_user
from editorial.admin.framework.action_views import ActionAdminMixin
from editorial.policy.roles import Role

_SAFE_METHODS = ("GET", "HEAD")


class ReadOnlyAdmin(ActionAdminMixin):
    """The admin of one model: a list, a page per row, and buttons. Django's edit forms are disabled."""

    detail_template = "editorial/detail.html"
    change_list_template = "editorial/change_list.html"
    actions = None
    list_per_page = 50
    show_full_result_count = False
    show_facets = False
    list_filter_sheet = True
    # Fields or methods that the default page shows, in this order.
    detail_fields: ClassVar[tuple[str, ...]] = ()
    # Related rows that the list and the page show.
    select_related: ClassVar[tuple[str, ...]] = ()
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
        return super().changelist_view(request, context | (extra_context or {}))

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponseBase:
        """The page of one row."""
        if request.method not in _SAFE_METHODS:
            return HttpResponseNotAllowed(_SAFE_METHODS)
        if not self.has_view_permission(request):
            raise PermissionDenied
        row = self.get_object(request, object_id)
        if row is None:
            return self._get_obj_does_not_exist_redirect(request, self.opts, object_id)
        context = {
            **self.admin_site.each_context(request),
            "title": self.title(row),
            "opts": self.opts,
            "row": row,
            "original": row,
            "buttons": self.bound_buttons(request, row),
            "now": timezone.now(),
            "media": self.media,
            **self.get_page_context(request, row),
        }
        return TemplateResponse(request, self.detail_template, context)

    def history_view(
        self, request: HttpRequest, object_id: str, extra_context: dict[str, Any] | None = None
    ) -> HttpResponseBase:
        """Redirect to the audit log on the row's page."""
        name = f"admin:{self.opts.app_label}_{self.opts.model_name}_change"
        return HttpResponseRedirect(f"{reverse(name, args=[object_id])}#audit-log")

    def title(self, row: Any) -> str:
        """The title of the page."""
        return str(row)

    def get_page_context(self, request: HttpRequest, row: Any) -> dict[str, Any]:
        """The context of the page's template. Default: fields, values and audit log."""
        return {"detail_rows": self.detail_rows(row), "events": history.entries_for(row)}

    def detail_rows(self, row: Any) -> list[tuple[str, Any]]:
        """The non-empty fields of the default page, with their labels."""
        detail_rows = [self._detail_row(row, name) for name in self.detail_fields]
        return [(label, value) for label, value in detail_rows if value not in (None, "")]

    def _detail_row(self, row: Any, name: str) -> tuple[str, Any]:
        method = getattr(self, name, None)
        if callable(method):
            return getattr(method, "short_description", name.replace("_", " ").capitalize()), method(row)
        label = str(self.opts.get_field(name).verbose_name)
        display = getattr(row, f"get_{name}_display", None)
        return label[:1].upper() + label[1:], display() if callable(display) else getattr(row, name)
