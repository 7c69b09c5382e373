from typing import Any

from django.http import HttpRequest


def sections(request: HttpRequest) -> list[dict[str, Any]]:
    return []
