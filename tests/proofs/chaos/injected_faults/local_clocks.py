"""Leases and due times use each host's clock instead of the shared one."""

from import_patch import patch_on_import


def _change(db_clock):
    from django.utils import timezone

    db_clock.now = lambda: timezone.now()


patch_on_import("editorial.models.db_clock", _change)
