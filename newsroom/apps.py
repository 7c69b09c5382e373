"""The wiring as a Django application: its commands, and the checks of its variables."""

from django.apps import AppConfig


class NewsroomConfig(AppConfig):
    """The newsroom."""

    name = "newsroom"
    verbose_name = "Newsroom"

    def ready(self) -> None:
        """Register the checks."""
        from newsroom import checks  # noqa: F401
