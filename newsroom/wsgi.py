"""The WSGI entry point that gunicorn serves."""

import os
from collections.abc import Iterable
from typing import Any

from django.core.wsgi import get_wsgi_application

from newsroom.local.supervisor import readiness
from newsroom.web import graceful_shutdown, socket_timeouts

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "newsroom.settings")

_django = get_wsgi_application()


def application(environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
    """Ignore the request's charset: an invalid one would make Django fail before our code could respond.

    Also set the socket timeout.
    """
    socket_timeouts.set_timeout(environ)
    parts = environ.get("CONTENT_TYPE", "").split(";")
    environ["CONTENT_TYPE"] = ";".join(part for part in parts if not part.strip().lower().startswith("charset"))
    return _django(environ, start_response)


graceful_shutdown.install()
readiness.mark_ready()
