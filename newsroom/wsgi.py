"""The WSGI entry point that gunicorn serves."""

import os
from collections.abc import Iterable
from typing import Any

from django.conf import settings
from django.core.wsgi import get_wsgi_application

from newsroom.local.supervisor import readiness
from newsroom.web import graceful_shutdown

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "newsroom.settings")

_django = get_wsgi_application()
_ = settings.SECRET_KEY  # raises ImproperlyConfigured without one: nobody could sign in


def application(environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
    """Ignore the request's charset: an invalid one would make Django fail before our code could respond."""
    parts = environ.get("CONTENT_TYPE", "").split(";")
    environ["CONTENT_TYPE"] = ";".join(part for part in parts if not part.strip().lower().startswith("charset"))
    return _django(environ, start_response)


graceful_shutdown.install()
readiness.mark_ready()
