"""The interactive page that shows the OpenAPI document."""

from __future__ import annotations

from typing import Any

from drf_spectacular.views import SpectacularSwaggerSplitView
from rest_framework.request import Request
from rest_framework.response import Response

# The interactive page loads nothing from other hosts and runs no inline script.
_CONTENT_SECURITY_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; "
    "connect-src 'self'; font-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
)


class SwaggerView(SpectacularSwaggerSplitView):
    """The interactive documentation."""

    url_name = "schema"

    def finalize_response(self, request: Request, response: Response, *args: Any, **kwargs: Any) -> Response:
        response["Content-Security-Policy"] = _CONTENT_SECURITY_POLICY
        return super().finalize_response(request, response, *args, **kwargs)
