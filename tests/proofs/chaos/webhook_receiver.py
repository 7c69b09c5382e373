"""The receiver of webhooks of a run: it checks and notes every call, and now and then it fails or dawdles."""

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

# How the first call under an id is met: taken, refused, taken late, cut off without an answer. A second is taken: what
# fails again waits a minute and a half, then nine.
_RESPONSE_WEIGHTS = {"taken": 90, "refused": 4, "late": 4, "cut off": 2}
_DELAY = 2.0  # seconds


class WebhookEndpointServer(ThreadingHTTPServer):
    """An address that is told of a desk's events. What it notes, it notes before it answers."""

    daemon_threads = True

    def __init__(self, history: History, seed: int) -> None:
        super().__init__(("127.0.0.1", 0), _WebhookHandler)
        self.history, self.secret = history, ""
        self._met: set[str] = set()
        self._lock, self._dice = threading.Lock(), random.Random(seed)  # noqa: S311

    @property
    def address(self) -> str:
        """Where it is called."""
        return f"http://127.0.0.1:{self.server_address[1]}/newsroom"

    def response_kind(self, request_id: str) -> str:
        """How to meet a call under this id."""
        with self._lock:
            if request_id in self._met:
                return "taken"
            self._met.add(request_id)
            return self._dice.choices(list(_RESPONSE_WEIGHTS), list(_RESPONSE_WEIGHTS.values()))[0]

    def handle_error(self, *_: object) -> None:
        """Callers are killed in the middle of a call; that is nothing to speak of."""


class _WebhookHandler(BaseHTTPRequestHandler):
    server: WebhookEndpointServer

    def do_POST(self) -> None:
        """Check it, note it, answer it."""
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
        """Quietly."""

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
    """Take calls until the block ends. `subscribe` has it called."""
    taking = WebhookEndpointServer(history, seed)
    with serve_in_background(taking):
        yield taking


def subscribe(taking: WebhookEndpointServer, desk: str) -> None:
    """Have it told of the events of a desk, by the verb that an administrator would use."""
    from django.utils import timezone

    from editorial.models import Desk, User
    from editorial.workflow.ops import webhooks

    _, taking.secret = webhooks.add(
        desk_id=Desk.objects.get(slug=desk).pk,
        url=taking.address,
        actor=User.objects.get(username="alma"),
        now=timezone.now(),
    )
