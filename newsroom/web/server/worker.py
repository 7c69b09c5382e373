"""The worker process: gunicorn's life cycle around our loop."""

from __future__ import annotations

from gunicorn.workers.base import Worker


class BufferingWorker(Worker):
    """Serves requests that have arrived completely, each in one of a few threads."""

    def run(self) -> None:
        """Serve until asked to stop."""
        from newsroom.web.server import loop  # requires Django, which is set up after gunicorn loads this class

        loop.serve(self)
