"""The page behind *Unsubscribe* in an email. It works without signing in, for the email that its link names only."""

from __future__ import annotations

from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils.decorators import method_decorator
from django.views import View
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt

from editorial.models import EmailTiming, User, db_clock
from editorial.notifications import unsubscribe_links
from editorial.policy.roles import NotificationKind
from editorial.workflow.core.errors import ActionError
from editorial.workflow.people import email_preferences


# A mail program posts without a cookie; only who has the email knows its id.
@method_decorator([csrf_exempt, never_cache], name="dispatch")
class UnsubscribeView(View):
    """GET asks, because programs follow links to check them; POST ends the emails."""

    def get(self, request: HttpRequest, email_id: UUID, kind: str) -> HttpResponse:
        """Ask for confirmation."""
        _, ended = self._read(email_id, kind)
        return self._page(request, ended, done=False)

    def post(self, request: HttpRequest, email_id: UUID, kind: str) -> HttpResponse:
        """End the emails. Repeating this changes nothing."""
        user, ended = self._read(email_id, kind)
        try:
            email_preferences.set_timing(kind=ended, timing=EmailTiming.NEVER, actor=user, now=db_clock.now())
        except ActionError:  # the account has lost its roles, or the kind has become mandatory
            raise Http404 from None
        return self._page(request, ended, done=True)

    def _read(self, email_id: UUID, kind: str) -> tuple[User, NotificationKind]:
        recipient = unsubscribe_links.recipient_of(email_id, kind)
        if recipient is None:
            raise Http404
        return recipient

    def _page(self, request: HttpRequest, kind: NotificationKind, *, done: bool) -> HttpResponse:
        return TemplateResponse(request, "notifications/unsubscribe.html", {"kind": kind.label, "done": done})
