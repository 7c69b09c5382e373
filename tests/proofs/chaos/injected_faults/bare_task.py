"""No fault: a Celery task that does nothing, to compare jobs with."""

from import_patch import patch_on_import


def _change(tasks):
    @tasks.shared_task(name="bare")
    def bare():
        """Do nothing."""


patch_on_import("editorial.tasks", _change)
