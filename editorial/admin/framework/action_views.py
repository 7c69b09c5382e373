"""Views of action buttons: the only way to change anything in the admin.

GET shows the action's form; POST runs the action once with the user and the time. Errors are shown as sentences on the
same form, with all input kept.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, cast

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db.models import Model
from django.http import (
    Http404,
    HttpRequest,
    HttpResponse,
    HttpResponseBase,
    HttpResponseRedirect,
    JsonResponse,
    QueryDict,
)
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.decorators import method_decorator
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from unfold.admin import ModelAdmin

from editorial.admin.framework import conflicts, drafts, labels, open_forms, request_user, second_factor_fields
from editorial.admin.framework.action_buttons import ActionButton, BoundButton, bind_buttons
from editorial.admin.framework.action_forms import ActionForm, VersionedActionForm
from editorial.models import User, db_clock
from editorial.operations import metrics
from editorial.policy.access import ActorFacts
from editorial.workflow.core.errors import (
    ActionError,
    Conflict,
    Forbidden,
    NotFound,
    Reason,
    ValidationFailed,
    VersionConflict,
)

_HTTP_STATUS: tuple[tuple[type[ActionError], int], ...] = (
    (NotFound, 404),
    (Forbidden, 403),
    (Conflict, 409),
    (ValidationFailed, 422),
)
# Sent by static/editorial/new_rows.js, which wants the created row and not its page.
_IN_DIALOG = "X-In-Dialog"


def http_status_of(error: ActionError) -> int:
    """The HTTP status of an action error."""
    return next((status for kind, status in _HTTP_STATUS if isinstance(error, kind)), 400)


class ActionAdminMixin(ModelAdmin):
    """An admin whose rows change only through actions. `buttons` act on a row, `list_buttons` need none."""

    buttons: Sequence[ActionButton] = ()
    list_buttons: Sequence[ActionButton] = ()

    def get_urls(self) -> list[URLPattern]:
        """Django's URLs and one URL per action."""
        name = f"{self.opts.app_label}_{self.opts.model_name}_action"
        view = self.admin_site.admin_view(self.action_view)
        editing = self.admin_site.admin_view(self.editing_view)
        return [
            path("action/<str:slug>/", view, name=f"{name}_new"),
            path("<path:object_id>/action/<str:slug>/", view, name=name),
            *([path("<path:object_id>/editing/", editing, name=self._editing_name)] if self._has_text_to_edit else []),
            *super().get_urls(),
        ]

    def visible_or_404(self, request: HttpRequest, object_id: str) -> Any:
        """The row of a further page, if the user may see it."""
        row = self.get_object(request, object_id) if self.has_view_permission(request) else None
        if row is None:
            raise Http404("Not found, or you may not see it.")
        return row

    @property
    def _has_text_to_edit(self) -> bool:
        """Whether two people may edit a row at the same time, so that each should know of the other."""
        return any(issubclass(button.form, VersionedActionForm) for button in self.buttons)

    @property
    def _editing_name(self) -> str:
        return f"{self.opts.app_label}_{self.opts.model_name}_editing"

    def editing_url(self, row: Model | None) -> str:
        """Where the browser asks who is editing the row; empty if nobody can."""
        if row is None or not self._has_text_to_edit:
            return ""
        return reverse(f"admin:{self._editing_name}", args=[row.pk])

    def editing_view(self, request: HttpRequest, object_id: str) -> JsonResponse:
        """Who else is editing the row. With POST the user says: so am I."""
        row = self.visible_or_404(request, object_id)
        user, now = request_user.current_user(request), timezone.now()
        if request.method == "POST":
            open_forms.announce(row, user, now)
        return JsonResponse({"text": open_forms.sentence(open_forms.others(row, user, now))})

    def bound_buttons(self, request: HttpRequest, row: Model | None = None) -> list[BoundButton]:
        """The buttons of a row's page, or of the list."""
        buttons = self.list_buttons if row is None else self.buttons
        return bind_buttons(buttons, row, request_user.actor_facts(request), page=self.model)

    def creation_link(self, actor: ActorFacts) -> dict[str, str]:
        """The attributes by which a field offers to create such a row in a dialog; none if the user may not."""
        button = next((button for button in self.list_buttons if button.creates), None)
        if button is None or not button.allows_without_row(actor):
            return {}
        return {"data-new-url": button.get_url(None, self.model, {}), "data-new-label": f"New {self.opts.verbose_name}"}

    @method_decorator(never_cache)
    @method_decorator(sensitive_post_parameters())
    def action_view(self, request: HttpRequest, slug: str, object_id: str | None = None) -> HttpResponseBase:
        """Show the action's form, or run the action."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        buttons = self.buttons if object_id else self.list_buttons
        button = next((button for button in buttons if button.slug == slug), None)
        row = self.get_object(request, object_id) if object_id else None
        if button is None or (object_id and row is None):
            raise Http404("Not found, or you may not see it.")
        if request.method == "POST":
            return self._run_action(request, button, row)
        form = _open_form(button, request_user.current_user(request), row)
        form.apply_query(request.GET)
        decision = button.allows(request_user.actor_facts(request), row)
        reasons = [Reason("FORBIDDEN", text) for text in decision.reasons]
        return self._render_form(request, button, row, form, reasons, status=200 if decision else 403)

    def _run_action(self, request: HttpRequest, button: ActionButton, row: Model | None) -> HttpResponseBase:
        actor = request_user.current_user(request)
        data: QueryDict = request.POST
        if isinstance(current := _open_form(button, actor, row), VersionedActionForm):
            data = conflicts.resolve(data, current)
        form = button.form(data, request.FILES, actor=actor, row=row)
        if not form.is_valid():
            return self._render_form(request, button, row, form, status=422)
        row_kwarg = {button.pk_kwarg: row.pk} if button.pk_kwarg and row is not None else {}
        try:
            result = button.handler(
                **row_kwarg, **button.extra_kwargs, **form.action_kwargs(), actor=actor, now=db_clock.now()
            )
        except ActionError as error:
            metrics.count_rejections("admin", (reason.code for reason in error.reasons))
            reasons = _add_field_errors(form, error)
            if row is not None:
                row = self.get_object(request, str(row.pk)) or row
            conflict = None
            if isinstance(error, VersionConflict) and isinstance(form, VersionedActionForm):
                current = cast(VersionedActionForm, _open_form(button, actor, row))
                conflict, data = conflicts.view(form, current, row, request_user.actor_facts(request))
                form = button.form(data, request.FILES, actor=actor, row=row)
            status = http_status_of(error)
            return self._render_form(request, button, row, form, reasons, status=status, conflict=conflict)
        if button.result_template:
            return drafts.mark_saved(request, self._render_result_once(request, button, row, result))
        if _IN_DIALOG in request.headers:
            return JsonResponse({"id": str(result.pk), "text": labels.row_label(result)})
        if row is not None and isinstance(form, VersionedActionForm):
            open_forms.leave(row, actor, timezone.now())
        messages.success(request, button.get_success_message(result))
        url = self._requested_next_url(request) or self._url_of(button.redirect_to(row, result))
        return drafts.mark_saved(request, HttpResponseRedirect(url))

    def _render_form(
        self,
        request: HttpRequest,
        button: ActionButton,
        row: Model | None,
        form: ActionForm,
        reasons: Sequence[Reason] = (),
        *,
        status: int = 200,
        conflict: conflicts.ConflictView | None = None,
    ) -> HttpResponse:
        next_url = self._requested_next_url(request)
        context = self._action_context(request, button, row) | {
            "form": form,
            "seen": conflicts.seen(form) if isinstance(form, VersionedActionForm) else "",
            "conflict": conflict,
            "draft": drafts.form_draft(request) if form.visible_fields() else None,
            "media": self.media + form.media,
            "reasons": reasons,
            "action_denied": status == 403,
            "next": next_url,
            "back": next_url or self._url_of(row),
            "panel": self.get_context_panel(request, button, row),
            "now": timezone.now(),
            "editing_url": self.editing_url(row) if isinstance(form, VersionedActionForm) else "",
            "editing_method": "POST",
        }
        return TemplateResponse(request, "editorial/action.html", context, status=status)

    def _action_context(self, request: HttpRequest, button: ActionButton, row: Model | None) -> dict[str, Any]:
        site = self.admin_site.each_context(request)
        return {**site, "title": button.label, "opts": self.opts, "button": button, "row": row}

    def get_context_panel(self, request: HttpRequest, button: ActionButton, row: Model | None) -> dict[str, Any]:
        """The panel beside an action's form: its template and context.

        `supports_decision`: what the decision rests on. It comes before the form.
        """
        return second_factor_fields.panel(request, button.form)

    def _render_result_once(
        self, request: HttpRequest, button: ActionButton, row: Model | None, result: Any
    ) -> HttpResponse:
        context = self._action_context(request, button, row) | {"result": result, "back": self._url_of(row)}
        response = TemplateResponse(request, button.result_template or "", context)
        response["Cache-Control"] = "no-store, private"
        response["Referrer-Policy"] = "no-referrer"
        return response

    def _requested_next_url(self, request: HttpRequest) -> str:
        url = request.POST.get("next") or request.GET.get("next") or ""
        is_internal = url_has_allowed_host_and_scheme(url, {request.get_host()}, require_https=request.is_secure())
        return url if is_internal else ""

    def _url_of(self, row: Model | None) -> str:
        model = type(row) if row is not None else self.model
        if row is not None and self.admin_site.is_registered(model):
            return reverse(f"admin:editorial_{model._meta.model_name}_change", args=[row.pk])
        return reverse(f"admin:editorial_{self.opts.model_name}_changelist")


def _open_form(button: ActionButton, actor: User, row: Model | None) -> ActionForm:
    """The form as it opens now."""
    return button.form(actor=actor, row=row, initial=button.form.initial_for_row(row))


def _add_field_errors(form: ActionForm, error: ActionError) -> list[Reason]:
    """Attach each reason to its field; return the reasons without one."""
    general_reasons = []
    for reason in error.reasons:
        if place := form.locate(reason.field):
            field_form, name = place
            field_form.add_error(name, reason.text)
        else:
            general_reasons.append(reason)
    return general_reasons
