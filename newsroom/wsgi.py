"""The WSGI entry point that gunicorn serves."""

import os
from collections.abc import Iterable
from importlib import import_module
from typing import Any

from django.conf import settings
from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "newsroom.settings")
os.environ["NEWSROOM_WEB"] = "1"

_django = get_wsgi_application()
_ = settings.SECRET_KEY  # raises ImproperlyConfigured without one: nobody could sign in


def application(environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
    """Ignore the request's charset: an invalid one would make Django fail before our code could respond."""
    parts = environ.get("CONTENT_TYPE", "").split(";")
    environ["CONTENT_TYPE"] = ";".join(part for part in parts if not part.strip().lower().startswith("charset"))
    return _django(environ, start_response)


import_module(settings.ROOT_URLCONF)  # before the process forks, and before the first request
