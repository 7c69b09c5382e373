"""HTTP client of the demo: each user has a token."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, Self, TypeVar

import httpx

from editorial.management.demo.case_data import DemoUser

Value = TypeVar("Value")

_API = "/api/v1"


class DemoFailed(Exception):
    """Something did not happen as scripted; the message says what happened and what to do."""


@dataclass(frozen=True, slots=True)
class Reason:
    """One reason of a refusal: a code, its meaning and, if any, the claim that it concerns."""

    code: str
    text: str
    claim: str = ""


class ApiError(Exception):
    """The API refused `request`, with reasons."""

    def __init__(self, request: str, status: int, reasons: tuple[Reason, ...]) -> None:
        self.request, self.status, self.reasons = request, status, reasons
        super().__init__(" ".join(reason.text for reason in reasons))


class Newsroom:
    """A running newsroom at a URL. A context manager, which closes its connections."""

    def __init__(self, url: str, *, timeout: float = 60, wait: Callable[[float], None] = time.sleep) -> None:
        """`timeout`: seconds to wait for the workers. `wait`: called when the API limits the rate."""
        self.url = url.rstrip("/")
        self._timeout, self._wait = timeout, wait
        # Bypass proxies: one for the internet cannot reach this machine.
        self._http = httpx.Client(base_url=self.url, timeout=30, follow_redirects=True, trust_env=False)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._http.close()

    @property
    def is_running(self) -> bool:
        """Whether a newsroom answers at the URL."""
        try:
            return self._http.get("/health/ready").status_code == 200
        except httpx.HTTPError:
            return False

    def log_in(self, person: DemoUser, password: str) -> ApiUser:
        """Log a user in. Raises DemoFailed if the newsroom does not know them."""
        try:
            token = self.send("POST", "/tokens", body={"username": person.username, "password": password})["token"]
        except ApiError as refusal:
            raise DemoFailed(
                f"{person.username} cannot sign in at {self.url}: {refusal}\n"
                "The demo users must exist, as in every newsroom started without --no-demo. To "
                "start a new one: NEWSROOM_DATA=/another/folder PORT=8123 make up"
            ) from refusal
        return ApiUser(self, person, token)

    def send(
        self, method: str, path: str, *, token: str = "", body: Any = None, query: Any = None, etag: str = ""
    ) -> Any:
        """Send a request and return the JSON. `etag`: the version to change. Raises ApiError with the reasons."""
        headers = ({"Authorization": f"Bearer {token}"} if token else {}) | ({"If-Match": etag} if etag else {})
        url = path if path.startswith("http") else f"{_API}{path}"
        try:
            response = self._http.request(method, url, json=body, params=query, headers=headers)
        except httpx.HTTPError as problem:
            raise DemoFailed(
                f"The newsroom at {self.url} does not answer ({problem}). Is it still running?"
            ) from problem
        if response.status_code == httpx.codes.TOO_MANY_REQUESTS:
            # Rate limit: the response says how long to wait.
            self._wait(float(response.headers.get("Retry-After", "5")))
            return self.send(method, path, token=token, body=body, query=query, etag=etag)
        if response.is_success:
            return response.json() if response.content else None
        raise ApiError(f"{method} {path}", response.status_code, tuple(_reasons(response)))

    def wait_until(self, fetch: Callable[[], Value], condition: Callable[[Value], bool], what: str) -> Value:
        """Poll until the condition holds. Raises DemoFailed if the workers take too long."""
        limit = time.monotonic() + self._timeout
        while not condition(value := fetch()):
            if time.monotonic() > limit:
                raise DemoFailed(
                    f"Waited {self._timeout:.0f} seconds {what} without success. Are the worker and the "
                    "dispatcher running? `make up` starts them and reports crashes."
                )
            time.sleep(0.2)
        return value


class ApiUser:
    def __init__(self, newsroom: Newsroom, person: DemoUser, token: str) -> None:
        self._newsroom, self._token = newsroom, token
        self.username, self.name = person.username, person.name
        self.role = next(iter(person.roles)).replace("_", "-")

    def get(self, path: str, **query: Any) -> Any:
        return self._newsroom.send("GET", path, token=self._token, query=query or None)

    def iterate(self, path: str, **query: Any) -> Iterator[Any]:
        """Every item of a list, page by page."""
        page = self.get(path, **query)
        while True:
            yield from page["results"]
            if not page.get("next"):
                return
            page = self._newsroom.send("GET", page["next"], token=self._token)

    def post(self, path: str, **body: Any) -> Any:
        return self._newsroom.send("POST", path, token=self._token, body=body)

    def log_out(self) -> None:
        self._newsroom.send("DELETE", "/tokens/current", token=self._token)

    def patch(self, path: str, **body: Any) -> Any:
        """PATCH the latest version: nobody else writes in the demo."""
        return self._newsroom.send("PATCH", path, token=self._token, body=body, etag="*")


def _reasons(response: httpx.Response) -> Iterator[Reason]:
    try:
        errors = response.json()["errors"]
    except (ValueError, KeyError, TypeError):
        yield Reason(str(response.status_code), f"The newsroom answered with status {response.status_code}.")
        return
    for error in errors:
        yield Reason(error["code"], error["detail"], error.get("claim", ""))
