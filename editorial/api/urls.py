"""URLs of the API, under /api/v1/."""

from django.urls import URLPattern, URLResolver, path
from rest_framework.routers import SimpleRouter

from editorial.api.evidence.briefings import BriefingViewSet
from editorial.api.evidence.claim_review_feed import ClaimReviewFeedView
from editorial.api.evidence.claims import ClaimViewSet
from editorial.api.evidence.exhibits import ExhibitViewSet
from editorial.api.evidence.related_claims import RelatedClaimsView
from editorial.api.evidence.sources import SourceViewSet
from editorial.api.evidence.statements import RelayViewSet, StatementViewSet
from editorial.api.framework import registry
from editorial.api.framework.viewsets import ResourceViewSet
from editorial.api.imports.imports import ImportRowViewSet, ImportViewSet
from editorial.api.imports.scheduled_imports import ScheduledImportViewSet
from editorial.api.openapi.views import SchemaView, SwaggerView
from editorial.api.ops.events import EventViewSet
from editorial.api.ops.notification_records import NotificationRecordViewSet
from editorial.api.ops.notifications import NotificationViewSet
from editorial.api.ops.webhook_deliveries import WebhookDeliveryViewSet
from editorial.api.ops.webhooks import WebhookViewSet
from editorial.api.people.account_changes import AccountChangeViewSet
from editorial.api.people.chat_channels import ChatChannelViewSet
from editorial.api.people.desks import DeskViewSet
from editorial.api.people.duty_shifts import DutyShiftViewSet
from editorial.api.people.email_preferences import EmailPreferenceViewSet
from editorial.api.people.me import MeView
from editorial.api.people.sessions import SessionViewSet
from editorial.api.people.subscriptions import SubscriptionViewSet
from editorial.api.people.tokens import TokenViewSet
from editorial.api.review.assessments import AssessmentViewSet
from editorial.api.review.comments import CommentViewSet
from editorial.api.review.emailed_comments import EmailedCommentViewSet
from editorial.api.review.policies import PolicyViewSet
from editorial.api.review.received_answers import ReceivedAnswerViewSet
from editorial.api.review.replies import ReplyRequestViewSet
from editorial.api.review.signoffs import SignoffViewSet
from editorial.api.review.tasks import ReviewTaskViewSet
from editorial.api.stories.cases import CaseView
from editorial.api.stories.revisions import StoryRevisionViewSet
from editorial.api.stories.saved_searches import SavedSearchViewSet
from editorial.api.stories.search import SearchView
from editorial.api.stories.stories import StoryViewSet

RESOURCES: dict[str, type[ResourceViewSet]] = {
    "tokens": TokenViewSet,
    "stories": StoryViewSet,
    "story-revisions": StoryRevisionViewSet,
    "claims": ClaimViewSet,
    "assessments": AssessmentViewSet,
    "sources": SourceViewSet,
    "statements": StatementViewSet,
    "relays": RelayViewSet,
    "briefings": BriefingViewSet,
    "exhibits": ExhibitViewSet,
    "imports": ImportViewSet,
    "import-rows": ImportRowViewSet,
    "scheduled-imports": ScheduledImportViewSet,
    "reply-requests": ReplyRequestViewSet,
    "received-answers": ReceivedAnswerViewSet,
    "reviews": ReviewTaskViewSet,
    "signoffs": SignoffViewSet,
    "comments": CommentViewSet,
    "emailed-comments": EmailedCommentViewSet,
    "policies": PolicyViewSet,
    "sessions": SessionViewSet,
    "desks": DeskViewSet,
    "account-changes": AccountChangeViewSet,
    "events": EventViewSet,
    "notifications": NotificationViewSet,
    "notification-records": NotificationRecordViewSet,
    "saved-searches": SavedSearchViewSet,
    "subscriptions": SubscriptionViewSet,
    "email-preferences": EmailPreferenceViewSet,
    "chat-channels": ChatChannelViewSet,
    "duty-shifts": DutyShiftViewSet,
    "webhooks": WebhookViewSet,
    "webhook-deliveries": WebhookDeliveryViewSet,
}

# The OpenAPI document lists its tags in this order.
registry.register("tokens", TokenViewSet)
registry.register("me", MeView)
registry.register("cases", CaseView)
registry.register("search", SearchView)
for name, resource in RESOURCES.items():
    registry.register(name, resource)

router = SimpleRouter(trailing_slash=False, use_regex_path=False)
for name, resource in RESOURCES.items():
    router.register(name, resource, basename=name)

urlpatterns: list[URLPattern | URLResolver] = [
    path("me", MeView.as_view()),
    path("cases", CaseView.as_view()),
    path("search", SearchView.as_view()),
    path("claims/claim-reviews", ClaimReviewFeedView.as_view()),
    path("claims/related", RelatedClaimsView.as_view()),
    *router.urls,
    path("schema", SchemaView.as_view(), name="schema"),
    path("docs", SwaggerView.as_view(), name="docs"),
]
