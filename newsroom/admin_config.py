"""Which site the Django admin opens: the editors' door, with its own rule of who may come in."""

from importlib import import_module

from django.contrib.admin.apps import AdminConfig


class NewsroomAdminConfig(AdminConfig):
    """The Django admin, on the newsroom's own site."""

    default_site = "editorial.admin.site.NewsroomAdminSite"

    def ready(self) -> None:
        """Make the site, then put the newsroom's pages into it."""
        super().ready()
        import_module("editorial.admin.registry")
