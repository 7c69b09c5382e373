"""A steady load: claims and statements over the API at a given rate, with the latency of each response."""

from __future__ import annotations

import itertools
import threading
import time
from dataclasses import dataclass
from typing import Any

import httpx

from editorial.management.demo import loader
from tests.proofs.chaos.system import SystemUnderTest

_CALLERS = 4
_LONGEST = 60.0  # seconds per response


@dataclass(frozen=True, slots=True)
class WriteResult:
    """A response to a write: its due time (monotonic), its latency from then, and its status."""

    due: float
    seconds: float
    path: str
    status: int


class LoadGenerator:
    """A number of claims per second, each with one statement, from `start` to `stop`.

    Latencies count from the due time of a write, so that a blocked client does not hide the delay of others.
    """

    def __init__(self, system: SystemUnderTest, *, rate: float, name: str = "load") -> None:
        self._address, self._rate, self._name = f"{system.address}/api/v1", rate, name
        self._numbers = itertools.count()
        self._over = threading.Event()
        self._threads: list[threading.Thread] = []
        self._lock = threading.Lock()
        self.answers: list[WriteResult] = []
        self.claims: list[str] = []  # ids, in the order of acknowledgement

    def log_in(self) -> None:
        """Sign in, and register the source of the statements. Needed once, while all servers are up."""
        with httpx.Client(base_url=self._address, timeout=_LONGEST, trust_env=False) as client:
            response = client.post("/tokens", json={"username": "mina", "password": loader.PASSWORD})
            self._headers = {"Authorization": f"Bearer {response.raise_for_status().json()['token']}"}
            desks = client.get("/desks", headers=self._headers).raise_for_status().json()["results"]
            self._desk = next(desk["id"] for desk in desks if desk["slug"] == "politics")
            fields = {"desk": self._desk, "type": "person", "name": f"{self._name}'s source"}
            source = client.post("/sources", json=fields, headers=self._headers)
            self._source = source.raise_for_status().json()["id"]

    def start(self) -> None:
        """Start sending."""
        self._began = time.monotonic()
        self._threads = [threading.Thread(target=self._call, daemon=True) for _ in range(_CALLERS)]
        for thread in self._threads:
            thread.start()

    def stop(self) -> None:
        """Stop sending, and wait for the last responses."""
        self._over.set()
        for thread in self._threads:
            thread.join()

    def file(self, text: str) -> str:
        """File one extra claim; its id."""
        with self._client() as client:
            return str(self._claim(client, text, time.monotonic())["id"])

    def latencies(self, begin: float, end: float, path: str = "") -> list[float]:
        """The latencies of the successful writes that were due in this time (monotonic), in seconds."""
        return [a.seconds for a in self.answers if begin <= a.due < end and path in a.path and a.status == 201]

    def failed(self, begin: float, end: float) -> list[WriteResult]:
        """The failed writes of this time."""
        return [response for response in self.answers if begin <= response.due < end and response.status != 201]

    def _call(self) -> None:
        with self._client() as client:
            while not self._over.is_set():
                number = next(self._numbers)
                due = self._began + number / self._rate
                if self._over.wait(max(0.0, due - time.monotonic())):
                    return
                claim = self._claim(client, f"{self._name} {number}", due)
                if claim:
                    fields = {
                        "claim": claim["id"], "source": self._source, "stance": "affirms",
                        "directness": "first_hand", "quote": f"{self._name} {number}, as I saw it",
                    }  # fmt: skip
                    self._write(client, "/statements", fields, time.monotonic())

    def _claim(self, client: httpx.Client, text: str, due: float) -> Any:
        fields = {"desk": self._desk, "text": text, "risk": "routine"}
        claim = self._write(client, "/claims", fields, due)
        if claim:
            with self._lock:
                self.claims.append(claim["id"])
        return claim

    def _write(self, client: httpx.Client, path: str, fields: dict[str, str], due: float) -> Any:
        try:
            response = client.post(path, json=fields)
            status = response.status_code
        except httpx.HTTPError:
            status = 0
        with self._lock:
            self.answers.append(WriteResult(due, time.monotonic() - due, path, status))
        return response.json() if status == 201 else None

    def _client(self) -> httpx.Client:
        return httpx.Client(base_url=self._address, timeout=_LONGEST, trust_env=False, headers=self._headers)
