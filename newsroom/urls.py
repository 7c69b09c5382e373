"""The URLs of the newsroom."""

from django.contrib import admin
from django.urls import include, path
from django.views.generic import RedirectView

from editorial.admin import registry as registry  # registers the pages of the admin
from editorial.admin.people.unsubscribe import UnsubscribeView
from newsroom import health
from newsroom.web import graceful_shutdown

urlpatterns = [
    path("", RedirectView.as_view(pattern_name="admin:index")),
    path("admin/", admin.site.urls),
    path("api/v1/", include("editorial.api.urls")),
    path("unsubscribe/<uuid:email_id>/<str:kind>", UnsubscribeView.as_view(), name="unsubscribe"),
    path("health/live", health.live),
    path("health/ready", health.ready),
    path("health/accepting", graceful_shutdown.accepting),
    path("health/queue", health.queue),
]

# Errors below /api/ outside of views (such as 404) also use the API's error format.
handler400 = "editorial.api.framework.errors.bad_request"
handler403 = "editorial.api.framework.errors.permission_denied"
handler404 = "editorial.api.framework.errors.page_not_found"
handler500 = "editorial.api.framework.errors.server_error"
