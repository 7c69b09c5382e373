"""The interactive page that shows the OpenAPI document."""

from __future__ import annotations

import threading
from typing import Any, ClassVar

from django.http import HttpResponse
from drf_spectacular.utils import extend_schema
from drf_spectacular.views import SpectacularAPIView, SpectacularSwaggerSplitView
from rest_framework.request import Request
from rest_framework.response import Response

# The interactive page loads nothing from other hosts and runs no inline script.
_CONTENT_SECURITY_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; "
    "connect-src 'self'; font-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
)
_making = threading.Lock()


class SchemaView(SpectacularAPIView):
    """The OpenAPI document. It is made once per process and format, because that takes seconds and needs no sign-in."""

    _documents: ClassVar[dict[str, bytes]] = {}

    @extend_schema(exclude=True)
    def get(self, request: Request, *args: Any, **kwargs: Any) -> Any:
        renderer: Any = request.accepted_renderer
        with _making:
            if renderer.media_type not in self._documents:
                response: Any = super().get(request, *args, **kwargs)  # type: ignore[no-untyped-call]
                self._documents[renderer.media_type] = renderer.render(response.data, renderer.media_type, {})
        return HttpResponse(
            self._documents[renderer.media_type],
            content_type=renderer.media_type,
            headers={"Content-Disposition": f'inline; filename="newsroom.{renderer.format}"'},
        )


class SwaggerView(SpectacularSwaggerSplitView):
    """The interactive documentation."""

    url_name = "schema"

    def finalize_response(self, request: Request, response: Response, *args: Any, **kwargs: Any) -> Response:
        response["Content-Security-Policy"] = _CONTENT_SECURITY_POLICY
        return super().finalize_response(request, response, *args, **kwargs)
