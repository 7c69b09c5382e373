"""Makes the newsroom's own site the default Django admin site."""

from collections.abc import Sequence
from importlib import import_module
from typing import Any

from django.contrib.admin.apps import SimpleAdminConfig
from django.contrib.admin.checks import check_admin_app
from django.core import checks


class NewsroomAdminConfig(SimpleAdminConfig):
    """The Django admin, on the newsroom's own site. Its pages are loaded with the URLs: workers need neither."""

    default_site = "editorial.admin.site.NewsroomAdminSite"

    def ready(self) -> None:
        """Load the pages before they are checked."""
        super().ready()
        checks.registry.registry.registered_checks.discard(check_admin_app)
        checks.register(_check_pages, checks.Tags.admin)


def _check_pages(app_configs: Sequence[Any] | None, **kwargs: Any) -> list[checks.CheckMessage]:
    import_module("newsroom.urls")
    return list(check_admin_app(app_configs, **kwargs))
