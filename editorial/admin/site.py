"""The editors' door itself: who may come in, and what everybody finds inside."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from django import forms
from django.contrib.auth.models import AbstractBaseUser
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, URLResolver, path, reverse
from unfold.forms import AuthenticationForm
from unfold.sites import UnfoldAdminSite
from unfold.widgets import UnfoldAdminTextInputWidget

from editorial.admin.framework import request_user
from editorial.admin.framework.action_views import ActionAdminMixin
from editorial.admin.ops import status_page
from editorial.models import User, db_clock
from editorial.policy.actions import Action
from editorial.workflow.core.actions import ActionError
from editorial.workflow.people import sign_in

_SECOND_FACTOR_URL = "admin:editorial_secondfactor"
_ENROLLMENT_URL = f"{_SECOND_FACTOR_URL}_changelist"

View = Callable[..., HttpResponseBase]


class LoginForm(AuthenticationForm):
    """Lets in whoever works here. Django's own flags of staff and superusers mean nothing."""

    code = forms.CharField(
        label="Code",
        max_length=40,
        required=False,
        widget=UnfoldAdminTextInputWidget(attrs={"autocomplete": "one-time-code", "spellcheck": "false"}),
        help_text="If your account has a second factor: what your app shows now, or a recovery code.",
    )

    def clean(self) -> dict[str, Any]:
        """Find out whose name, password and code these are."""
        given = {name: self.cleaned_data.get(name) or "" for name in ("username", "password", "code")}
        address = self.request.META.get("REMOTE_ADDR") or None if self.request else None
        try:
            user = sign_in.sign_in(**given, address=address, interface="admin", now=db_clock.now())
        except ActionError as refusal:
            raise ValidationError([ValidationError(one.text, code=one.code) for one in refusal.reasons]) from None
        self.confirm_login_allowed(user)
        self.user_cache = user
        return self.cleaned_data

    def confirm_login_allowed(self, user: AbstractBaseUser) -> None:
        """Refuse, in words, somebody who has an account and no role."""
        if not isinstance(user, User) or not request_user.has_role(user):
            raise ValidationError(
                "Your account has no role at any desk. Ask whoever looks after accounts to give you one.",
                code="no_role",
            )


class NewsroomAdminSite(UnfoldAdminSite):
    """The admin of the newsroom."""

    login_form = LoginForm
    login_template = "editorial/login.html"
    index_template = "editorial/dashboard.html"
    index_title = "My work"

    def get_urls(self) -> list[URLResolver | URLPattern]:
        """The pages of nouns, and the one on which administrators see whether everything runs."""
        watching = path("operations/", self.admin_view(status_page.status_view(self)), name="operations")
        return [watching, *super().get_urls()]

    def register(self, model_or_iterable: Any, admin_class: Any = None, **options: Any) -> None:
        """Take in the newsroom's own pages. What libraries would offer to edit by hand stays outside."""
        if admin_class is not None and issubclass(admin_class, ActionAdminMixin):
            super().register(model_or_iterable, admin_class, **options)

    def has_permission(self, request: HttpRequest) -> bool:
        """Whoever has a role may come in; what they may do inside, `policy.access` says at each button."""
        known = request_user.actor_facts(request)
        return known.active and bool(known.memberships)

    def password_change(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        """A verb like any other."""
        url = reverse(f"{_SECOND_FACTOR_URL}_action_new", args=[Action.USER_CHANGE_PASSWORD.value])
        return HttpResponseRedirect(url)

    def admin_view(self, view: View, cacheable: bool = False) -> View:
        """As every admin view, on the visitor's own clock: a page is rendered before the clock is put back.

        Whose role asks for a second factor that they do not have, sets it up first.
        """
        guarded = super().admin_view(view, cacheable)

        @wraps(view)
        def on_their_clock(request: HttpRequest, *args: Any, **given: Any) -> HttpResponseBase:
            enrolment, log_out = reverse(_ENROLLMENT_URL), reverse("admin:logout")
            if not request.path.startswith((enrolment, log_out)) and request_user.must_enroll_second_factor(request):
                return HttpResponseRedirect(enrolment)
            with request_user.user_time_zone(request):
                response = guarded(request, *args, **given)
                if isinstance(response, TemplateResponse):
                    response.render()
                return response

        return on_their_clock
