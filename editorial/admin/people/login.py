"""The sign-in page: name, password and code, or the link to the OpenID provider."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.contrib.auth.models import AbstractBaseUser
from django.contrib.auth.views import LoginView as DjangoLoginView
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from unfold.forms import AuthenticationForm

from editorial.admin.framework import request_user
from editorial.admin.framework.second_factor_fields import CodeField
from editorial.admin.people import second_step, sessions
from editorial.models import User, db_clock
from editorial.workflow.core.errors import ActionError
from editorial.workflow.people import factor_status, openid_provider, sign_in


class LoginForm(AuthenticationForm):
    """Admits users with a role. Django's staff and superuser flags are ignored."""

    # The user who must use a passkey next, on a separate page.
    second_step_user: User | None = None
    code = CodeField(
        required=False,
        help_text="If your account has a second factor: the code in your app, or a recovery code.",
    )

    def clean(self) -> dict[str, Any]:
        """Authenticate by name, password and code."""
        credentials = {name: self.cleaned_data.get(name) or "" for name in ("username", "password", "code")}
        try:
            user = sign_in.sign_in(
                **credentials,
                address=sessions.address(self.request),
                interface="admin",
                device=sessions.known_device(self.request, credentials["username"]),
                now=db_clock.now(),
            )
        except sign_in.SecondFactorRequired as error:
            self.confirm_login_allowed(error.user)
            self.second_step_user = error.user if factor_status.has_passkey(error.user) else None
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
            raise ValidationError(sessions.NO_ROLE, code="no_role")


class LoginView(DjangoLoginView):
    authentication_form = LoginForm
    template_name = "editorial/login.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(**kwargs) | _provider_link(self.request)

    def form_valid(self, form: Any) -> HttpResponse:
        return sessions.finish_sign_in(self.request, form.get_user(), self.get_redirect_url())

    def form_invalid(self, form: Any) -> HttpResponse:
        """Ask a user with a passkey for it on the next page."""
        if form.second_step_user is None:
            return super().form_invalid(form)
        second_step.begin(
            self.request.session, form.second_step_user, next_url=self.get_redirect_url(), now=db_clock.now()
        )
        return HttpResponseRedirect(reverse("admin:second_factor"))


def _provider_link(request: HttpRequest) -> dict[str, str]:
    """The name of the OpenID provider and the URL that starts a sign-in with it; empty if none is configured."""
    if not openid_provider.is_configured():
        return {}
    query = urlencode({"next": request.GET["next"]}) if "next" in request.GET else ""
    return {"provider": settings.OIDC_NAME, "provider_url": f"{reverse('admin:oidc_start')}?{query}".rstrip("?")}
