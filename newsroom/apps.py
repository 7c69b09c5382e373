"""The wiring as a Django application: management commands and system checks."""

from django.apps import AppConfig


class NewsroomConfig(AppConfig):
    name = "newsroom"
    verbose_name = "Newsroom"

    def ready(self) -> None:
        from newsroom import checks, single_sign_on_checks  # noqa: F401
