"""The views of the API by the name of their resource, for what describes them.

`urls.py` registers them; the order of registration is the order of the tags in the OpenAPI document.
"""

from __future__ import annotations

from rest_framework.views import APIView

views: dict[str, type[APIView]] = {}


def register(name: str, view: type[APIView]) -> None:
    """Make the view known by the name of its resource."""
    views[name] = view
