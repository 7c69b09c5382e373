"""The development pages, for administrators, and the receiver. On a server none of these URLs exists."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from csp.constants import NONE, SELF, UNSAFE_INLINE
from csp.decorators import csp, csp_update
from django.conf import settings
from django.contrib import messages
from django.contrib.admin import AdminSite
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.views.decorators.clickjacking import xframe_options_sameorigin
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from editorial.admin.framework import request_user
from editorial.admin.ops.development import received_webhooks, sent_email
from editorial.admin.ops.development.answers import AnswerForm
from editorial.models import db_clock

View = Callable[..., HttpResponse]

_with_frame: Any = csp_update({"frame-src": [SELF]})
# A frame without scripts, forms and access to the page around it. Emails are styled inline, as mail programs require.
_in_sandbox: Any = csp(
    {
        "default-src": [NONE],
        "style-src": [UNSAFE_INLINE],
        "frame-ancestors": [SELF],
        "base-uri": [NONE],
        "form-action": [NONE],
        "sandbox": True,
    }
)


class DevelopmentPages:
    """The URLs of these pages on an admin site; none unless this is a development newsroom with the demo."""

    def __init__(self, site: AdminSite) -> None:
        self.site = site

    def urls(self) -> Iterator[URLPattern]:
        """The pages and the receiver."""
        if not settings.DEVELOPMENT_PAGES:
            return
        yield self._page("email/", self.email_list, "development_email")
        yield self._page("email/<str:name>/", _with_frame(self.email), "development_one_email")
        html = xframe_options_sameorigin(_in_sandbox(self.email_html))
        yield self._page("email/<str:name>/html/", html, "development_email_html")
        yield self._page("answer/", self.answer, "development_answer")
        yield self._page("webhooks/", self.webhook_list, "development_webhooks")
        # Our own worker posts without a session; the signature shows from whom it is.
        receiver = csrf_exempt(require_POST(_receive))
        yield path("development/webhooks/receive/", receiver, name="development_receiver")

    def email_list(self, request: HttpRequest) -> HttpResponse:
        """The newest emails."""
        return self._render(request, "email_list", "Email sent", emails=sent_email.newest())

    def email(self, request: HttpRequest, name: str) -> HttpResponse:
        """One email: headers, plain text, and HTML in a frame."""
        email = _require_email(name)
        return self._render(request, "email", email.subject, email=email)

    def email_html(self, request: HttpRequest, name: str) -> HttpResponse:
        """The HTML of one email, as its sender wrote it."""
        return HttpResponse(_require_email(name).html)

    def answer(self, request: HttpRequest) -> HttpResponse:
        """A form that answers a request for comment by email."""
        form = AnswerForm(request.POST or None)
        if request.method == "POST" and form.is_valid():
            form.deliver()
            messages.success(request, "Sent. It is collected within seconds.")
            return HttpResponseRedirect(reverse("admin:editorial_receivedanswer_changelist"))
        return self._render(request, "answer", "Answer a request", form=form)

    def webhook_list(self, request: HttpRequest) -> HttpResponse:
        """The newest webhooks received."""
        return self._render(
            request,
            "webhook_list",
            "Webhooks received",
            webhooks=received_webhooks.newest(),
            receiver=settings.DEVELOPMENT_WEBHOOK_URL,
        )

    def _render(self, request: HttpRequest, template: str, title: str, **context: Any) -> TemplateResponse:
        context |= {**self.site.each_context(request), "title": title}
        return TemplateResponse(request, f"editorial/development/{template}.html", context)

    def _page(self, route: str, view: View, name: str) -> URLPattern:
        return path(f"development/{route}", self.site.admin_view(_for_administrators(view)), name=name)


def _for_administrators(view: View) -> View:
    """Only for those who may see everything that the demo's people are sent."""

    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not request_user.is_organization_admin(request):
            raise PermissionDenied
        response = view(request, *args, **kwargs)
        response.headers["Cache-Control"] = "no-store, private"
        return response

    return guarded


def _require_email(name: str) -> sent_email.SentEmail:
    email = sent_email.read(name)
    if email is None:
        raise Http404
    return email


def _receive(request: HttpRequest) -> HttpResponse:
    received_webhooks.receive(request.body, request.headers, now=db_clock.now())
    return HttpResponse(status=204)
