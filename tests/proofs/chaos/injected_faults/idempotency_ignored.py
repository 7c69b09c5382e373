"""Idempotency keys are accepted and ignored: a retry is executed again."""

from import_patch import patch_on_import


def _change(idempotency):
    idempotency.idempotent = lambda handler, request: handler


patch_on_import("editorial.api.framework.idempotency", _change)
