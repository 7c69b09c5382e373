"""Idempotency keys are taken and not looked at: whoever asks again has it done again."""

from planting import plant


def _change(retries):
    retries.safe = lambda handler, request: handler


plant("editorial.api.framework.idempotency", _change)
