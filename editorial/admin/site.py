"""The admin site: login, permissions and URLs."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any
from urllib.parse import urlencode

from django import forms
from django.conf import settings
from django.contrib.auth.models import AbstractBaseUser
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, URLResolver, path, reverse
from unfold.forms import AuthenticationForm
from unfold.sites import UnfoldAdminSite
from unfold.widgets import UnfoldAdminTextInputWidget

from editorial.admin.framework import lookups, request_user
from editorial.admin.framework.action_views import ActionAdminMixin
from editorial.admin.ops import status_page
from editorial.admin.people import second_step
from editorial.admin.people.sign_in_views import SignInViews, safe_next
from editorial.models import User, db_clock
from editorial.policy.actions import Action
from editorial.policy.people.sign_ins import KNOWN_DEVICE_TTL
from editorial.workflow.core.errors import ActionError
from editorial.workflow.people import devices, openid_provider, sign_in, webauthn

_SECOND_FACTOR_URL = "admin:editorial_secondfactor"
_ENROLLMENT_URL = f"{_SECOND_FACTOR_URL}_changelist"

_DEVICE_COOKIE = "newsroom_device"

View = Callable[..., HttpResponseBase]


class LoginForm(AuthenticationForm):
    """Admits users with a role. Django's staff and superuser flags are ignored."""

    # The user who must use a passkey next, on a separate page.
    second_step_user: User | None = None
    code = forms.CharField(
        label="Code",
        max_length=40,
        required=False,
        widget=UnfoldAdminTextInputWidget(attrs={"autocomplete": "one-time-code", "spellcheck": "false"}),
        help_text="If your account has a second factor: the code in your app, or a recovery code.",
    )

    def clean(self) -> dict[str, Any]:
        """Authenticate by name, password and code."""
        credentials = {name: self.cleaned_data.get(name) or "" for name in ("username", "password", "code")}
        address = self.request.META.get("REMOTE_ADDR") or None if self.request else None
        try:
            cookie = self.request.COOKIES.get(_DEVICE_COOKIE, "") if self.request else ""
            device = devices.recognize(credentials["username"], cookie=cookie)
            user = sign_in.sign_in(**credentials, address=address, interface="admin", device=device, now=db_clock.now())
        except sign_in.SecondFactorRequired as error:
            self.second_step_user = error.user if webauthn.has_passkey(error.user) else None
            raise ValidationError(error.reasons[0].text, code=error.reasons[0].code) from None
        except ActionError as error:
            raise ValidationError(
                [ValidationError(reason.text, code=reason.code) for reason in error.reasons]
            ) from None
        self.confirm_login_allowed(user)
        self.user_cache = user
        return self.cleaned_data

    def confirm_login_allowed(self, user: AbstractBaseUser) -> None:
        """Reject accounts without a role."""
        if not isinstance(user, User) or not request_user.has_role(user.facts()):
            raise ValidationError(
                "Your account has no role at any desk. Ask an administrator to grant you one.",
                code="no_role",
            )


class NewsroomAdminSite(UnfoldAdminSite):
    login_form = LoginForm
    login_template = "editorial/login.html"
    index_template = "editorial/dashboard.html"
    index_title = "My work"

    def get_urls(self) -> list[URLResolver | URLPattern]:
        """The model pages and the status page."""
        status = path("operations/", self.admin_view(status_page.status_view(self)), name="operations")
        # Django's redirect to any object by type and id is left out: nothing uses it, and malformed ids crash it.
        urls = [url for url in super().get_urls() if not _is_view_on_site(url)]
        return [status, *SignInViews(self).urls(), *urls]

    def autocomplete_view(self, request: HttpRequest) -> HttpResponseBase:
        """The rows that a field offers, labelled for this user."""
        return lookups.AutocompleteView.as_view(admin_site=self)(request)

    def register(self, model_or_iterable: Any, admin_class: Any = None, **options: Any) -> None:
        """Register only the newsroom's admins; those of libraries would allow direct edits."""
        if admin_class is not None and issubclass(admin_class, ActionAdminMixin):
            super().register(model_or_iterable, admin_class, **options)

    def has_permission(self, request: HttpRequest) -> bool:
        """Admit any user with a role; `policy.access` decides each action."""
        return request_user.has_role(request_user.actor_facts(request))

    def login(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        """Sign in, and remember the browser for login throttling."""
        response = super().login(request, {**_provider_link(request), **(extra_context or {})})
        form = (getattr(response, "context_data", None) or {}).get("form")
        if isinstance(form, LoginForm) and form.second_step_user is not None:
            next_url = safe_next(request, request.POST.get("next") or request.GET.get("next", ""))
            second_step.begin(request.session, form.second_step_user, next_url=next_url, now=db_clock.now())
            return HttpResponseRedirect(reverse("admin:second_factor"))
        if request.method == "POST" and isinstance(request.user, User):
            response.set_cookie(
                _DEVICE_COOKIE,
                devices.remember(request.user.username, cookie=request.COOKIES.get(_DEVICE_COOKIE, "")),
                max_age=KNOWN_DEVICE_TTL,
                path=reverse("admin:login"),
                secure=settings.SESSION_COOKIE_SECURE,
                httponly=True,
                samesite="Strict",
            )
        return response

    def password_change(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        """Password change is an action."""
        url = reverse(f"{_SECOND_FACTOR_URL}_action_new", args=[Action.USER_CHANGE_PASSWORD.value])
        return HttpResponseRedirect(url)

    def admin_view(self, view: View, cacheable: bool = False) -> View:
        """Any admin view, rendered for this user and in their time zone, therefore before the view returns.

        Users who lack a required second factor are sent to set it up first.
        """
        protected_view = super().admin_view(view, cacheable)

        @wraps(view)
        def zoned_view(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            enrollment, log_out = reverse(_ENROLLMENT_URL), reverse("admin:logout")
            if not request.path.startswith((enrollment, log_out)) and request_user.must_enroll_second_factor(request):
                return HttpResponseRedirect(enrollment)
            with request_user.user_time_zone(request), request_user.reading(request):
                response = protected_view(request, *args, **kwargs)
                if isinstance(response, TemplateResponse):
                    response.render()
                return response

        return zoned_view


def _provider_link(request: HttpRequest) -> dict[str, str]:
    """The name of the OpenID provider and the URL that starts a sign-in with it; empty if none is configured."""
    if not openid_provider.is_configured():
        return {}
    query = urlencode({"next": request.GET["next"]}) if "next" in request.GET else ""
    return {"provider": settings.OIDC_NAME, "provider_url": f"{reverse('admin:oidc_start')}?{query}".rstrip("?")}


def _is_view_on_site(url: URLResolver | URLPattern) -> bool:
    return isinstance(url, URLPattern) and url.name == "view_on_site"
