"""The one Django application, sliced by layer."""

from django.apps import AppConfig


class EditorialConfig(AppConfig):
    """Registers the models, the admin and the tasks of the newsroom."""

    name = "editorial"
    verbose_name = "Newsroom"
    default_auto_field = "django.db.models.BigAutoField"
