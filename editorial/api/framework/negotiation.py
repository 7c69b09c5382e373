"""Content negotiation: a caller that accepts problems accepts JSON, because every error is JSON."""

from __future__ import annotations

from rest_framework.negotiation import DefaultContentNegotiation
from rest_framework.renderers import JSONRenderer
from rest_framework.request import Request

from editorial.api.framework import errors


class ContentNegotiation(DefaultContentNegotiation):
    """Answers `Accept: application/problem+json`, which generated clients send where an operation has errors."""

    def get_accept_list(self, request: Request) -> list[str]:
        """The accepted media types, with JSON beside that of problems."""
        accepted: list[str] = super().get_accept_list(request)
        is_problem = any(each.partition(";")[0].strip() == errors.MEDIA_TYPE for each in accepted)
        return [*accepted, JSONRenderer.media_type] if is_problem else accepted


class AnyTypeRenderer(JSONRenderer):
    """For responses that have a media type of their own, whatever `Accept` names. Errors are JSON."""

    media_type, format = "*/*", "any"
