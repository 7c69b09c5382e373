"""The editors' door itself: who may come in, and what everybody finds inside."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.contrib.auth.models import AbstractBaseUser
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponseBase
from django.template.response import TemplateResponse
from unfold.forms import AuthenticationForm
from unfold.sites import UnfoldAdminSite

from editorial.admin import visitors
from editorial.admin.acting import ActsByButton
from editorial.models import User

View = Callable[..., HttpResponseBase]


class LogIn(AuthenticationForm):
    """Lets in whoever works here. Django's own flags of staff and superusers mean nothing."""

    def confirm_login_allowed(self, user: AbstractBaseUser) -> None:
        """Refuse, in words, somebody who has an account and no role."""
        if not isinstance(user, User) or not visitors.belongs(user):
            raise ValidationError(
                "Your account has no role at any desk. Ask whoever looks after accounts to give you one.",
                code="no_role",
            )


class EditorsSite(UnfoldAdminSite):
    """The admin of the newsroom."""

    login_form = LogIn
    index_template = "editorial/dashboard.html"
    index_title = "What needs you now"

    def register(self, model_or_iterable: Any, admin_class: Any = None, **options: Any) -> None:
        """Take in the newsroom's own pages. What libraries would offer to edit by hand stays outside."""
        if admin_class is not None and issubclass(admin_class, ActsByButton):
            super().register(model_or_iterable, admin_class, **options)

    def has_permission(self, request: HttpRequest) -> bool:
        """Whoever has a role may come in; what they may do inside, `policy.access` says at each button."""
        known = visitors.facts(request)
        return known.active and bool(known.memberships)

    def admin_view(self, view: View, cacheable: bool = False) -> View:
        """As every admin view, on the visitor's own clock: a page is rendered before the clock is put back."""
        guarded = super().admin_view(view, cacheable)

        @wraps(view)
        def on_their_clock(request: HttpRequest, *args: Any, **given: Any) -> HttpResponseBase:
            with visitors.wall_clock(request):
                response = guarded(request, *args, **given)
                if isinstance(response, TemplateResponse):
                    response.render()
                return response

        return on_their_clock
