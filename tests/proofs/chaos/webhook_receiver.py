"""The webhook receiver of a run: checks and records every request, and sometimes fails or delays."""

from __future__ import annotations

import json
import random
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from standardwebhooks import Webhook, WebhookVerificationError

from tests.proofs.chaos.history import History
from tests.support.receivers import serve_in_background

# The response to the first request under an id: accepted, refused, late, or cut off. A second one is accepted:
# another failure would wait a minute and a half, then nine.
_RESPONSE_WEIGHTS = {"taken": 90, "refused": 4, "late": 4, "cut off": 2}
_DELAY = 2.0  # seconds


class WebhookEndpointServer(ThreadingHTTPServer):
    """A webhook endpoint for a desk's events. It records a request before it responds."""

    daemon_threads = True

    def __init__(self, history: History, seed: int) -> None:
        super().__init__(("127.0.0.1", 0), _WebhookHandler)
        self.history, self.secret = history, ""
        self._met: set[str] = set()
        self._lock, self._dice = threading.Lock(), random.Random(seed)  # noqa: S311

    @property
    def address(self) -> str:
        """Its URL."""
        return f"http://127.0.0.1:{self.server_address[1]}/newsroom"

    def response_kind(self, request_id: str) -> str:
        """The kind of response to a request under this id."""
        with self._lock:
            if request_id in self._met:
                return "taken"
            self._met.add(request_id)
            return self._dice.choices(list(_RESPONSE_WEIGHTS), list(_RESPONSE_WEIGHTS.values()))[0]

    def handle_error(self, *_: object) -> None:
        """Senders are killed in the middle of a request; that is expected."""


class _WebhookHandler(BaseHTTPRequestHandler):
    server: WebhookEndpointServer

    def do_POST(self) -> None:
        """Check it, record it, respond."""
        body = self.rfile.read(int(self.headers["content-length"])).decode()
        request_id = str(self.headers["webhook-id"])
        way = self.server.response_kind(request_id)
        self.server.history.record("call", id=request_id, event=_event(body), signed=self._is_signed(body), way=way)
        if way == "cut off":
            self.connection.close()
            return
        if way == "late":
            time.sleep(_DELAY)
        self.send_response(503 if way == "refused" else 204)
        self.end_headers()

    def log_message(self, *_: object) -> None:
        """Log nothing."""

    def _is_signed(self, body: str) -> bool:
        try:
            Webhook(self.server.secret).verify(body, dict(self.headers))
        except WebhookVerificationError:
            return False
        return True


def _event(body: str) -> str:
    return str(json.loads(body)["data"]["event"])


@contextmanager
def webhook_receiver(history: History, seed: int) -> Iterator[WebhookEndpointServer]:
    """Accept requests until the block ends. `subscribe` adds it as a webhook."""
    taking = WebhookEndpointServer(history, seed)
    with serve_in_background(taking):
        yield taking


def subscribe(taking: WebhookEndpointServer, desk: str) -> None:
    """Add it as a webhook of a desk, by the action that an administrator would use."""
    from django.utils import timezone

    from editorial.models import Desk, User
    from editorial.workflow.ops import webhooks

    _, taking.secret = webhooks.add(
        desk_id=Desk.objects.get(slug=desk).pk,
        url=taking.address,
        actor=User.objects.get(username="alma"),
        now=timezone.now(),
    )
