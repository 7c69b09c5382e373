"""Addresses of the API, under /api/v1/."""

from typing import Any

from django.urls import URLPattern, URLResolver, path
from rest_framework.routers import SimpleRouter

from editorial.api.assessments import Assessments
from editorial.api.briefings import Briefings
from editorial.api.cases import Cases
from editorial.api.claims import Claims
from editorial.api.desks import Desks
from editorial.api.events import Events
from editorial.api.exhibits import Exhibits
from editorial.api.imports import ImportRows, Imports
from editorial.api.notifications import Notifications
from editorial.api.people import MyselfView
from editorial.api.policies import Policies
from editorial.api.reference import Description, Pages
from editorial.api.replies import ReplyRequests
from editorial.api.reviews import Reviews
from editorial.api.signoffs import Signoffs
from editorial.api.sources import Sources
from editorial.api.statements import Relays, Statements
from editorial.api.stories import Stories
from editorial.api.subscriptions import Subscriptions
from editorial.api.tokens import Tokens
from editorial.api.webhooks import Webhooks

RESOURCES: dict[str, Any] = {
    "tokens": Tokens,
    "stories": Stories,
    "claims": Claims,
    "assessments": Assessments,
    "sources": Sources,
    "statements": Statements,
    "relays": Relays,
    "briefings": Briefings,
    "exhibits": Exhibits,
    "imports": Imports,
    "import-rows": ImportRows,
    "reply-requests": ReplyRequests,
    "reviews": Reviews,
    "signoffs": Signoffs,
    "policies": Policies,
    "desks": Desks,
    "events": Events,
    "notifications": Notifications,
    "subscriptions": Subscriptions,
    "webhooks": Webhooks,
}
# In the order in which the description tells of them.
NOUNS: dict[str, Any] = {"tokens": Tokens, "me": MyselfView, "cases": Cases, **RESOURCES}

router = SimpleRouter(trailing_slash=False, use_regex_path=False)
for name, resource in RESOURCES.items():
    router.register(name, resource, basename=name)

urlpatterns: list[URLPattern | URLResolver] = [
    path("me", MyselfView.as_view()),
    path("cases", Cases.as_view()),
    *router.urls,
    path("schema", Description.as_view(), name="schema"),
    path("docs", Pages.as_view(), name="docs"),
]
