"""What both systems are asked, and how long it takes. Standard library only: Wagtail's own environment runs it, too."""

from __future__ import annotations

import http.client
import time
from abc import ABC, abstractmethod
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import NamedTuple
from urllib.parse import urlencode

SUBMIT, QUEUE, APPROVE, PUBLISH = "submit", "queue page", "approve", "approve and publish"
OPERATIONS = (SUBMIT, QUEUE, APPROVE, PUBLISH)
WRITES = (SUBMIT, APPROVE, PUBLISH)


class Request(NamedTuple):
    """One request of a client. `fields` are a form's; without any it is a GET, or a POST without a body."""

    method: str
    path: str
    headers: dict[str, str]
    fields: dict[str, str] | None = None


class Side(ABC):
    """One system, with drafts enough. Every other draft is for `APPROVE`, the rest for `PUBLISH`."""

    port: int

    @abstractmethod
    def call(self, operation: str) -> Callable[[], object]:
        """The operation on the next object, in this process."""

    @abstractmethod
    def requests(self, operation: str) -> list[Request]:
        """The same as requests, one after the other."""


class Client:
    """A connection to the web server of a side."""

    def __init__(self, port: int) -> None:
        self._connection = http.client.HTTPConnection("localhost", port, timeout=300)

    def send(self, request: Request) -> str:
        """The body of the response. An error, or a form that was refused, ends the run."""
        body = None if request.fields is None else urlencode(request.fields)
        form = {} if body is None else {"Content-Type": "application/x-www-form-urlencoded"}
        self._connection.request(request.method, request.path, body, {**request.headers, **form})
        response = self._connection.getresponse()
        text, location = response.read().decode(), response.headers["Location"] or ""
        expected = (302,) if request.fields is not None else (200, 201)
        if response.status not in expected or "login" in location:
            raise RuntimeError(f"{request.method} {request.path}: {response.status} {location}\n{text[:3000]}")
        return text


def measure(side: Side, operation: str, clients: int, count: int) -> float:
    """Milliseconds of the operation: in process without clients, with one over HTTP. With several: operations a second.

    Forms are opened beforehand; sending them is what is measured.
    """
    if not clients:
        call = side.call(operation)
        return _milliseconds(call)
    plans = [side.requests(operation) for _ in range(count)]
    if clients == 1:
        client = Client(side.port)
        client.send(side.requests(QUEUE)[0])  # connects
        return _milliseconds(lambda: [client.send(request) for plan in plans for request in plan]) / count

    def one_client(number: int) -> None:
        client = Client(side.port)
        for plan in plans[number::clients]:
            for request in plan:
                client.send(request)

    with ThreadPoolExecutor(clients) as pool:
        elapsed = _milliseconds(lambda: list(pool.map(one_client, range(clients))))
    return count / elapsed * 1000


def _milliseconds(call: Callable[[], object]) -> float:
    began = time.perf_counter()
    call()
    return (time.perf_counter() - began) * 1000
