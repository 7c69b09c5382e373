"""Sign-in pages besides the sign-in form: redirect to the OpenID provider, its callback, and the second factor."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from django import forms
from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseNotFound, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_GET

from editorial.admin.framework.second_factor_fields import CodeField, PasskeyResponseField
from editorial.admin.people import second_step, sessions
from editorial.models import User, db_clock
from editorial.workflow.core.errors import ActionError
from editorial.workflow.people import factor_status, openid_provider, sign_in, single_sign_on, webauthn

if TYPE_CHECKING:
    from django.contrib.admin import AdminSite


class CodeForm(forms.Form):
    """The second factor: a code or a passkey."""

    code = CodeField(required=False)
    assertion = PasskeyResponseField()

    def __init__(self, *args: Any, user: User, **options: Any) -> None:
        super().__init__(*args, **options)
        if not factor_status.has_app(user):
            del self.fields["code"]


class SignInViews:
    """The sign-in views of one admin site."""

    def __init__(self, site: AdminSite) -> None:
        self.site = site

    def urls(self) -> list[URLPattern]:
        """Their URLs, under the sign-in page."""
        return [
            path("login/oidc/", never_cache(require_GET(self.start)), name="oidc_start"),
            path("login/oidc/callback/", never_cache(require_GET(self.callback)), name="oidc_callback"),
            path("login/second-factor/", self.second_factor, name="second_factor"),
        ]

    def start(self, request: HttpRequest) -> HttpResponse:
        """Redirect the browser to the provider, once the user has pressed the button on the sign-in page."""
        if not openid_provider.is_configured():
            return HttpResponseNotFound()
        if not _is_same_origin(request):
            return HttpResponseRedirect(f"{reverse('admin:login')}?{request.GET.urlencode()}".rstrip("?"))
        try:
            started = single_sign_on.start(
                next_url=_safe_next(request, request.GET.get("next", "")),
                address=sessions.address(request),
                redirect_uri=_redirect_uri(),
                now=db_clock.now(),
            )
        except ActionError as error:
            return _refuse(request, error)
        response = HttpResponseRedirect(started.url)
        response.set_cookie(
            settings.OIDC_COOKIE_NAME,
            started.state,
            max_age=single_sign_on.TTL,
            secure=settings.SESSION_COOKIE_SECURE,
            httponly=True,
            samesite="Lax",  # the provider redirects the browser back from another site
        )
        return response

    def callback(self, request: HttpRequest) -> HttpResponse:
        """Handle the provider's callback: sign the user in, or ask for their second factor."""
        if not openid_provider.is_configured():
            return HttpResponseNotFound()
        try:
            admitted = single_sign_on.finish(
                query=request.GET.dict(),
                state=request.COOKIES.get(settings.OIDC_COOKIE_NAME, ""),
                address=sessions.address(request),
                redirect_uri=_redirect_uri(),
                now=db_clock.now(),
            )
        except ActionError as error:
            response = _refuse(request, error)
        else:
            if admitted.needs_code:
                second_step.begin(request.session, admitted.user, next_url=admitted.next_url, now=db_clock.now())
                response = HttpResponseRedirect(reverse("admin:second_factor"))
            else:
                response = sessions.finish_sign_in(
                    request, admitted.user, admitted.next_url, used_provider_factor=admitted.used_second_factor
                )
        response.delete_cookie(settings.OIDC_COOKIE_NAME, samesite="Lax")
        return response

    def second_factor(self, request: HttpRequest) -> HttpResponse:
        """Ask a user who has passed the first factor for the second."""
        return _second_factor(request, self.site)


@never_cache
@sensitive_post_parameters()
def _second_factor(request: HttpRequest, site: AdminSite) -> HttpResponse:
    pending = second_step.pending(request.session, now=db_clock.now())
    if pending is None:
        messages.error(request, "This sign-in has expired. Start again.")
        return HttpResponseRedirect(reverse("admin:login"))
    user, next_url = pending
    sign_in.attach_session(user, request.session)
    form = CodeForm(request.POST or None, user=user)
    if request.method == "POST" and form.is_valid():
        try:
            sign_in.complete(
                user=user,
                code=form.cleaned_data.get("code", ""),
                assertion=form.cleaned_data["assertion"],
                address=sessions.address(request),
                interface="admin",
                device=sessions.known_device(request, user.get_username()),
                now=db_clock.now(),
            )
        except ActionError as error:
            for reason in error.reasons:
                form.add_error(None, reason.text)
        else:
            second_step.end(request.session)
            return sessions.finish_sign_in(request, user, next_url)
    options = webauthn.proof_options(actor=user, now=db_clock.now())
    context = {
        **site.each_context(request),
        "form": form,
        "title": "Second factor",
        "proof": json.dumps(options) if options else "",
    }
    return TemplateResponse(request, "editorial/second_factor_step.html", context)


def _refuse(request: HttpRequest, error: ActionError) -> HttpResponse:
    """Redirect to the sign-in page with the reasons. The URL of this page holds a used code."""
    for reason in error.reasons:
        messages.error(request, reason.text)
    return HttpResponseRedirect(reverse("admin:login"))


def _redirect_uri() -> str:
    """The callback, as registered with the provider."""
    return f"{settings.PUBLIC_URL.rstrip('/')}{reverse('admin:oidc_callback')}"


def _is_same_origin(request: HttpRequest) -> bool:
    """Whether a page of the newsroom led here. Links on other sites must not sign the user in unasked.

    Browsers send the header over HTTPS and to localhost; over plain HTTP to other hosts there is none.
    """
    origin = request.headers.get("Sec-Fetch-Site", "" if request.is_secure() else "same-origin")
    return origin == "same-origin"


def _safe_next(request: HttpRequest, url: str) -> str:
    """The URL, if it is on this site; otherwise an empty string."""
    is_internal = url_has_allowed_host_and_scheme(url, {request.get_host()}, require_https=request.is_secure())
    return url if is_internal and len(url) <= 2000 else ""
