"""Idempotency keys are taken and not looked at: whoever asks again has it done again."""

from import_patch import patch_on_import


def _change(idempotency):
    idempotency.idempotent = lambda handler, request: handler


patch_on_import("editorial.api.framework.idempotency", _change)
