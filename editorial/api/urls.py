"""Addresses of the API, under /api/v1/."""

from typing import Any

from django.urls import URLPattern, URLResolver, path
from rest_framework.routers import SimpleRouter

from editorial.api.evidence.briefings import Briefings
from editorial.api.evidence.cases import Cases
from editorial.api.evidence.claims import Claims
from editorial.api.evidence.exhibits import Exhibits
from editorial.api.evidence.sources import Sources
from editorial.api.evidence.statements import Relays, Statements
from editorial.api.imports.imports import ImportRows, Imports
from editorial.api.openapi.views import Description, Pages
from editorial.api.ops.events import Events
from editorial.api.ops.notifications import Notifications
from editorial.api.ops.webhooks import Webhooks
from editorial.api.people.desks import Desks
from editorial.api.people.me import MyselfView
from editorial.api.people.subscriptions import Subscriptions
from editorial.api.people.tokens import Tokens
from editorial.api.review.assessments import Assessments
from editorial.api.review.policies import Policies
from editorial.api.review.replies import ReplyRequests
from editorial.api.review.signoffs import Signoffs
from editorial.api.review.tasks import Reviews
from editorial.api.stories.stories import Stories

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
