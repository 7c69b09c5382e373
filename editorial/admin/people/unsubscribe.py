"""The page behind *Unsubscribe* in an email. It works without signing in, for what its signed link names only."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils.decorators import method_decorator
from django.views import View
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt

from editorial.models import EmailTiming, User, db_clock
from editorial.notifications import unsubscribing
from editorial.policy.roles import NotificationKind
from editorial.workflow.core.errors import ActionError
from editorial.workflow.people import email_preferences


# A mail program posts without a cookie; the signature proves that we sent the link to this person.
@method_decorator([csrf_exempt, never_cache], name="dispatch")
class UnsubscribeView(View):
    """GET asks, because programs follow links to check them; POST ends the emails."""

    def get(self, request: HttpRequest, token: str) -> HttpResponse:
        """Ask for confirmation."""
        _, kind = self._read(token)
        return self._page(request, kind, done=False)

    def post(self, request: HttpRequest, token: str) -> HttpResponse:
        """End the emails. Repeating this changes nothing."""
        user, kind = self._read(token)
        try:
            email_preferences.set_timing(kind=kind, timing=EmailTiming.NEVER, actor=user, now=db_clock.now())
        except ActionError:  # the account has lost its roles, or the kind has become mandatory
            raise Http404 from None
        return self._page(request, kind, done=True)

    def _read(self, token: str) -> tuple[User, NotificationKind]:
        signed = unsubscribing.read(token)
        user = User.objects.filter(pk=signed[0], is_active=True).first() if signed else None
        if signed is None or user is None:
            raise Http404
        return user, signed[1]

    def _page(self, request: HttpRequest, kind: NotificationKind, *, done: bool) -> HttpResponse:
        return TemplateResponse(request, "notifications/unsubscribe.html", {"kind": kind.label, "done": done})
