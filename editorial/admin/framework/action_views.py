"""Verbs by button: the one way in which an editor changes anything from a page.

GET opens the verb's form; POST calls the verb, once, with the person and the time. A refusal comes back as sentences
on the same form, with everything that was typed still there.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db.models import Model
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.decorators import method_decorator
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from unfold.admin import ModelAdmin

from editorial.admin.framework import request_user
from editorial.admin.framework.action_buttons import Offer, VerbButton, offers
from editorial.admin.framework.action_forms import VerbForm
from editorial.models import db_clock
from editorial.operations import metrics
from editorial.workflow.core.actions import Conflict, Forbidden, Invalid, NotFound, Reason, Refused

_STATUS: tuple[tuple[type[Refused], int], ...] = ((NotFound, 404), (Forbidden, 403), (Conflict, 409), (Invalid, 422))


def status_of(refusal: Refused) -> int:
    """The HTTP status that says what kind of refusal it is."""
    return next((status for kind, status in _STATUS if isinstance(refusal, kind)), 400)


class ActsByButton(ModelAdmin):
    """An admin whose rows are changed by verbs alone. `buttons` act on a row, `list_buttons` begin without one."""

    buttons: Sequence[VerbButton] = ()
    list_buttons: Sequence[VerbButton] = ()

    def get_urls(self) -> list[URLPattern]:
        """The stock pages, and one address for each kind of button."""
        name = f"{self.opts.app_label}_{self.opts.model_name}_do"
        act = self.admin_site.admin_view(self.act_view)
        return [
            path("do/<str:slug>/", act, name=f"{name}_new"),
            path("<path:object_id>/do/<str:slug>/", act, name=name),
            *super().get_urls(),
        ]

    def offers(self, request: HttpRequest, row: Model | None = None) -> list[Offer]:
        """The buttons of a row's page, or of the list."""
        buttons = self.list_buttons if row is None else self.buttons
        return offers(buttons, row, request_user.facts(request), page=self.model)

    @method_decorator(never_cache)
    @method_decorator(sensitive_post_parameters())
    def act_view(self, request: HttpRequest, slug: str, object_id: str | None = None) -> HttpResponseBase:
        """Ask what the verb needs to know, or carry it out."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        button = next((one for one in self._all_buttons(object_id) if one.slug == slug), None)
        row = self.get_object(request, object_id) if object_id else None
        if button is None or (object_id and row is None):
            raise Http404("There is no such thing here, or none that you may see.")
        if request.method == "POST":
            return self._carry_out(request, button, row)
        form = button.form(actor=request_user.person(request), row=row, initial=button.form.starts_with(row))
        form.begin_with(request.GET)
        barred = button.allows(request_user.facts(request), row)
        reasons = [Reason("FORBIDDEN", text) for text in barred.reasons]
        return self._ask(request, button, row, form, reasons, status=200 if barred else 403)

    def _carry_out(self, request: HttpRequest, button: VerbButton, row: Model | None) -> HttpResponseBase:
        actor = request_user.person(request)
        form = button.form(request.POST, request.FILES, actor=actor, row=row)
        if not form.is_valid():
            return self._ask(request, button, row, form, status=422)
        named = {button.row_as: row.pk} if button.row_as and row is not None else {}
        try:
            result = button.call(**named, **button.fixed, **form.given(), actor=actor, now=db_clock.present())
        except Refused as refusal:
            metrics.refused("admin", (reason.code for reason in refusal.reasons))
            reasons = _beside_their_fields(form, refusal)
            if row is not None:
                row = self.get_object(request, str(row.pk)) or row
                form.keep_up_with(row)
            return self._ask(request, button, row, form, reasons, status=status_of(refusal))
        if button.shows:
            return self._show_once(request, button, row, result)
        messages.success(request, button.says(result))
        return HttpResponseRedirect(self._next(request, button, row, result))

    def _ask(
        self,
        request: HttpRequest,
        button: VerbButton,
        row: Model | None,
        form: VerbForm,
        reasons: Sequence[Reason] = (),
        *,
        status: int = 200,
    ) -> HttpResponse:
        context = {
            **self.admin_site.each_context(request),
            "title": button.label,
            "opts": self.opts,
            "button": button,
            "row": row,
            "form": form,
            "media": self.media + form.media,
            "reasons": reasons,
            "barred": status == 403,
            "next": self._asked_next(request),
            "back": self._asked_next(request) or self._page_of(row),
            "beside": self.beside(request, button, row),
            "now": timezone.now(),
        }
        return TemplateResponse(request, "editorial/action.html", context, status=status)

    def beside(self, request: HttpRequest, button: VerbButton, row: Model | None) -> dict[str, Any]:
        """What a page shows beside a verb's form, to decide by: a template under `template`, and what it needs."""
        return {}

    def _show_once(self, request: HttpRequest, button: VerbButton, row: Model | None, result: Any) -> HttpResponse:
        context = {
            **self.admin_site.each_context(request),
            "title": button.label,
            "opts": self.opts,
            "row": row,
            "result": result,
            "back": self._page_of(row),
        }
        response = TemplateResponse(request, button.shows or "", context)
        response["Cache-Control"] = "no-store, private"
        response["Referrer-Policy"] = "no-referrer"
        return response

    def _all_buttons(self, object_id: str | None) -> Sequence[VerbButton]:
        return self.buttons if object_id else self.list_buttons

    def _next(self, request: HttpRequest, button: VerbButton, row: Model | None, result: Any) -> str:
        return self._asked_next(request) or self._page_of(button.lands(row, result))

    def _asked_next(self, request: HttpRequest) -> str:
        asked = request.POST.get("next") or request.GET.get("next") or ""
        ours = url_has_allowed_host_and_scheme(asked, {request.get_host()}, require_https=request.is_secure())
        return asked if ours else ""

    def _page_of(self, row: Model | None) -> str:
        model = type(row) if row is not None else self.model
        if row is not None and self.admin_site.is_registered(model):
            return reverse(f"admin:editorial_{model._meta.model_name}_change", args=[row.pk])
        return reverse(f"admin:editorial_{self.opts.model_name}_changelist")


def _beside_their_fields(form: VerbForm, refusal: Refused) -> list[Reason]:
    """Put each reason beside the field it is about; those that are about no field of the form are returned."""
    rest = []
    for reason in refusal.reasons:
        name = next((name for name in (reason.field, f"{reason.field}_id") if name and name in form.fields), None)
        if name and not form.fields[name].widget.is_hidden:
            form.add_error(name, reason.text)
        else:
            rest.append(reason)
    return rest
