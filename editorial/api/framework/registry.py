"""The API's views by resource name, for the OpenAPI document.

`urls.py` registers them; the order of registration is the order of the document's tags.
"""

from __future__ import annotations

from rest_framework.views import APIView

views: dict[str, type[APIView]] = {}


def register(name: str, view: type[APIView]) -> None:
    """Register the view under the name of its resource."""
    views[name] = view
