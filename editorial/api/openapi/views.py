"""The interactive page that shows the OpenAPI document."""

from __future__ import annotations

import threading
from typing import Any, ClassVar

from csp.decorators import csp_update
from django.http import HttpResponse
from django.utils.decorators import method_decorator
from drf_spectacular.utils import extend_schema
from drf_spectacular.views import SpectacularAPIView, SpectacularSwaggerSplitView
from rest_framework.request import Request

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


# The style sheet of the interactive page has icons in data URLs.
@method_decorator(csp_update({"img-src": ["data:"]}), name="dispatch")
class SwaggerView(SpectacularSwaggerSplitView):
    """The interactive documentation."""

    url_name = "schema"
