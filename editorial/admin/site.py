"""The admin site: login, permissions and URLs."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial, wraps
from typing import Any, cast

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, URLResolver, path, reverse
from unfold.sites import UnfoldAdminSite

from editorial.admin.framework import auto_refresh, drafts, lookups, request_user
from editorial.admin.framework.action_views import ActionAdminMixin
from editorial.admin.ops import status_page
from editorial.admin.ops.development.views import DevelopmentPages
from editorial.admin.people.login import LoginView
from editorial.admin.people.sign_in_views import SignInViews
from editorial.admin.stories import search_page
from editorial.models import User
from editorial.policy.actions import Action
from editorial.workflow.people import openid_provider, sign_in

_SECOND_FACTOR_URL = "admin:editorial_secondfactor"
_ENROLLMENT_URL = f"{_SECOND_FACTOR_URL}_changelist"

View = Callable[..., HttpResponseBase]


class NewsroomAdminSite(UnfoldAdminSite):
    logout_template = "editorial/logged_out.html"
    index_template = "editorial/home/page.html"
    index_title = "My work"

    def get_urls(self) -> list[URLResolver | URLPattern]:
        """The model pages, the status page and the check of a form before it is submitted."""
        status = path("operations/", self.admin_view(status_page.status_view(self)), name="operations")
        # Left out: Django's redirect to any object by type and id, which nothing uses and malformed ids crash; and the
        # theme's search, which matches names of pages only.
        urls = [url for url in super().get_urls() if not _is_left_out(url)]
        search = path("search/", self.admin_view(search_page.search_view(self)), name="search")
        palette = path("search/palette/", self.admin_view(search_page.palette_view(self)), name="search_palette")
        form_check = path("form-check/", self.admin_view(drafts.check_view), name="form_check")
        own = [status, form_check, search, palette]
        return [*own, *SignInViews(self).urls(), *DevelopmentPages(self).urls(), *urls]

    def index(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        """The home page, which refreshes itself."""
        response = auto_refresh.respond(request, partial(super().index, request, extra_context))
        return cast(HttpResponse, response)

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
        """The sign-in page; signed-in users go to their work."""
        if request.method == "GET" and self.has_permission(request):
            return HttpResponseRedirect(reverse("admin:index"))
        context = self.each_context(request) | {"title": "Sign in", "app_path": request.get_full_path()}
        return cast(HttpResponse, LoginView.as_view(extra_context=context | (extra_context or {}))(request))

    def logout(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        """Sign out, and have the browser clear its cache. Linked users can then sign out at the provider as well."""
        is_linked = isinstance(request.user, User) and sign_in.is_linked(request.user)
        response = cast(HttpResponse, super().logout(request, extra_context))
        if is_linked and isinstance(response, TemplateResponse) and response.context_data is not None:
            return_to = f"{settings.PUBLIC_URL.rstrip('/')}{reverse('admin:login')}"
            response.context_data |= {
                "provider": settings.OIDC_NAME,
                "provider_log_out_url": openid_provider.log_out_url(return_to=return_to),
            }
        response.headers["Clear-Site-Data"] = '"cache", "storage"'
        return response

    def password_change(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        """Password change is an action."""
        return HttpResponseRedirect(_password_url())

    def admin_view(self, view: View, cacheable: bool = False) -> View:
        """Any admin view, rendered for this user and in their time zone, therefore before the view returns.

        Users with a temporary password or without a required second factor are sent to change it or set it up first.
        """
        protected_view = super().admin_view(view, cacheable)

        @wraps(view)
        def zoned_view(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            enrollment, log_out, password = reverse(_ENROLLMENT_URL), reverse("admin:logout"), _password_url()
            if request.path not in (password, log_out) and request_user.must_change_password(request):
                if not len(messages.get_messages(request)):  # scripts of a page are redirected, too
                    messages.warning(request, "An administrator chose your password. Choose your own to continue.")
                return HttpResponseRedirect(password)
            if not request.path.startswith((enrollment, log_out)) and request_user.must_enroll_second_factor(request):
                return HttpResponseRedirect(enrollment)
            with request_user.user_time_zone(request), request_user.reading(request):
                response = protected_view(request, *args, **kwargs)
                if isinstance(response, TemplateResponse):
                    response.render()
                return response

        return zoned_view


def _password_url() -> str:
    return reverse(f"{_SECOND_FACTOR_URL}_action_new", args=[Action.USER_CHANGE_PASSWORD.value])


def _is_left_out(url: URLResolver | URLPattern) -> bool:
    return isinstance(url, URLPattern) and url.name in ("view_on_site", "search")
