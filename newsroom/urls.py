"""Every address of the newsroom."""

from django.contrib import admin
from django.urls import include, path
from django.views.generic import RedirectView

from newsroom import health

urlpatterns = [
    path("", RedirectView.as_view(pattern_name="admin:index")),
    path("admin/", admin.site.urls),
    path("api/v1/", include("editorial.api.urls")),
    path("health/live", health.live),
    path("health/ready", health.ready),
]
