"""The OpenAPI document, and the interactive page that shows it."""

from __future__ import annotations

from typing import Any

from drf_spectacular.views import SpectacularAPIView, SpectacularSwaggerSplitView
from rest_framework.request import Request
from rest_framework.response import Response

# The interactive page loads nothing from other hosts and runs no inline script.
_CONTENT_SECURITY_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; "
    "connect-src 'self'; font-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
)


class SchemaView(SpectacularAPIView):
    """The OpenAPI document."""


class SwaggerView(SpectacularSwaggerSplitView):
    """The interactive documentation."""

    url_name = "schema"

    def finalize_response(self, request: Request, response: Response, *args: Any, **kwargs: Any) -> Response:
        """The page, or its script."""
        response["Content-Security-Policy"] = _CONTENT_SECURITY_POLICY
        return super().finalize_response(request, response, *args, **kwargs)
