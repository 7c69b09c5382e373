"""Users who work over HTTP while the newsroom is disturbed: reading, writing, on kept and fresh connections.

None of them retries: every failed request is counted.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from uuid import uuid4

import httpx

_PAUSES = {True: 4.0, False: 0.05}  # seconds after a write and after a read; workers have to keep up with the writes


@dataclass
class TrafficGenerator:
    """The requests of a user, and their results."""

    address: str
    token: str
    desk: str
    succeeded: int = 0
    slowest: float = 0.0
    claims: list[str] = field(default_factory=list)
    failures: list[str] = field(default_factory=list)
    _stopped: threading.Event = field(default_factory=threading.Event)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    @contextmanager
    def running(self) -> Iterator[None]:
        """Send requests while the block runs."""
        threads = [
            threading.Thread(
                target=self._work, args=(writing, keep_alive), name="kept" if keep_alive else "fresh", daemon=True
            )
            for writing in (True, False)
            for keep_alive in (True, False)
            for _ in range(2)
        ]
        for thread in threads:
            thread.start()
        try:
            yield
        finally:
            self._stopped.set()
            for thread in threads:
                thread.join(timeout=90)

    def _work(self, writing: bool, keep_alive: bool) -> None:
        client = self._client()
        while not self._stopped.is_set():
            if not keep_alive:
                client.close()
                client = self._client()
            self._write(client) if writing else self._read(client)
            self._stopped.wait(_PAUSES[writing])
        client.close()

    def _client(self) -> httpx.Client:
        return httpx.Client(
            base_url=self.address, headers={"Authorization": f"Bearer {self.token}"}, timeout=60, trust_env=False
        )

    def _read(self, client: httpx.Client) -> None:
        self._request(client, "GET", "/api/v1/claims")

    def _write(self, client: httpx.Client) -> None:
        body = {"desk": self.desk, "text": f"Claim {uuid4()}", "risk": "routine"}
        if response := self._request(client, "POST", "/api/v1/claims", json=body):
            with self._lock:
                self.claims.append(response.json()["id"])

    def _request(self, client: httpx.Client, method: str, path: str, **more: object) -> httpx.Response | None:
        began = time.monotonic()
        try:
            response = client.request(method, path, **more)  # type: ignore[arg-type]
        except httpx.HTTPError as problem:
            failure = f"{threading.current_thread().name} {method} {path}: {type(problem).__name__} {problem}"
        else:
            failure = (
                "" if response.status_code < 400 else f"{method} {path}: {response.status_code} {response.text[:200]}"
            )
        with self._lock:
            self.succeeded += not failure
            self.slowest = max(self.slowest, time.monotonic() - began)
            if failure:
                self.failures.append(failure)
        return None if failure else response


def log_in(address: str, username: str, password: str) -> TrafficGenerator:
    """A traffic generator signed in as one user."""
    with httpx.Client(base_url=f"{address}/api/v1", timeout=60, trust_env=False) as client:
        token = client.post("/tokens", json={"username": username, "password": password})
        token.raise_for_status()
        client.headers["Authorization"] = f"Bearer {token.json()['token']}"
        desks = client.get("/desks").raise_for_status().json()["results"]
        desk = next(desk["id"] for desk in desks if desk["slug"] == "politics")
    return TrafficGenerator(address, token.json()["token"], desk)
