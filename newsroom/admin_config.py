"""Makes the newsroom's own site the default Django admin site."""

from importlib import import_module

from django.contrib.admin.apps import AdminConfig


class NewsroomAdminConfig(AdminConfig):
    """The Django admin, on the newsroom's own site."""

    default_site = "editorial.admin.site.NewsroomAdminSite"

    def ready(self) -> None:
        """Create the site, then register the newsroom's pages."""
        super().ready()
        import_module("editorial.admin.registry")
