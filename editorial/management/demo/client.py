"""The demo's people as they reach the newsroom: over HTTP, each with a token of their own."""

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
    """Something did not happen as the demo tells it; the message says what, and what to do."""


@dataclass(frozen=True, slots=True)
class Reason:
    """One reason of a refusal: a code, what it means, and the claim it is about, if it is about one."""

    code: str
    text: str
    claim: str = ""


class ApiError(Exception):
    """The newsroom refused something (`asked`), with its reasons."""

    def __init__(self, asked: str, status: int, reasons: tuple[Reason, ...]) -> None:
        self.asked, self.status, self.reasons = asked, status, reasons
        super().__init__(" ".join(reason.text for reason in reasons))


class Newsroom:
    """A running newsroom at an address. Use it as a context, so that its connections are closed."""

    def __init__(self, url: str, *, timeout: float = 60, wait: Callable[[float], None] = time.sleep) -> None:
        """`timeout`: seconds that the workers get for anything. `wait`: called when the API limits the rate."""
        self.url = url.rstrip("/")
        self._patience, self._wait = timeout, wait
        # Straight to the address: a proxy set up for the world outside cannot reach this machine.
        self._http = httpx.Client(base_url=self.url, timeout=30, follow_redirects=True, trust_env=False)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._http.close()

    @property
    def is_running(self) -> bool:
        """Whether a newsroom answers there."""
        try:
            return self._http.get("/health/ready").status_code == 200
        except httpx.HTTPError:
            return False

    def log_in(self, person: DemoUser, password: str) -> ApiUser:
        """Let somebody in. Raises DemoFailed if the newsroom does not know them."""
        try:
            token = self.send("POST", "/tokens", body={"username": person.username, "password": password})["token"]
        except ApiError as refusal:
            raise DemoFailed(
                f"{person.username} cannot log in at {self.url}: {refusal}\n"
                "The demo's people have to be there. They are in every newsroom that was opened without --no-demo; to "
                "open a fresh one: NEWSROOM_DATA=/another/folder PORT=8123 make up"
            ) from refusal
        return ApiUser(self, person, token)

    def send(
        self, method: str, path: str, *, token: str = "", body: Any = None, query: Any = None, etag: str = ""
    ) -> Any:
        """Send a request and return the JSON. `etag`: the version to be changed. Raises ApiError with the reasons."""
        headers = ({"Authorization": f"Bearer {token}"} if token else {}) | ({"If-Match": etag} if etag else {})
        address = path if path.startswith("http") else f"{_API}{path}"
        try:
            answer = self._http.request(method, address, json=body, params=query, headers=headers)
        except httpx.HTTPError as problem:
            raise DemoFailed(f"The newsroom at {self.url} does not answer ({problem}). Is it still open?") from problem
        if answer.status_code == httpx.codes.TOO_MANY_REQUESTS:
            # So many have logged in during the last minute that the door wants us to wait; it says how long.
            self._wait(float(answer.headers.get("Retry-After", "5")))
            return self.send(method, path, token=token, body=body, query=query, etag=etag)
        if answer.is_success:
            return answer.json() if answer.content else None
        raise ApiError(f"{method} {path}", answer.status_code, tuple(_reasons(answer)))

    def wait_until(self, fetch: Callable[[], Value], condition: Callable[[Value], bool], what: str) -> Value:
        """Look again until it holds: the workers are on it. Raises DemoFailed when they take too long."""
        limit = time.monotonic() + self._patience
        while not condition(seen := fetch()):
            if time.monotonic() > limit:
                raise DemoFailed(
                    f"For {self._patience:.0f} seconds we have waited {what}, in vain. Are the worker and the "
                    "dispatcher running? `make up` starts them all and says so when one cannot be kept running."
                )
            time.sleep(0.2)
        return seen


class ApiUser:
    """Somebody at their desk, logged in."""

    def __init__(self, newsroom: Newsroom, person: DemoUser, token: str) -> None:
        self._newsroom, self._token = newsroom, token
        self.username, self.name = person.username, person.name
        self.role = next(iter(person.roles)).replace("_", "-")

    def get(self, path: str, **query: Any) -> Any:
        """Look at something."""
        return self._newsroom.send("GET", path, token=self._token, query=query or None)

    def iterate(self, path: str, **query: Any) -> Iterator[Any]:
        """Everything in a list, page after page."""
        page = self.get(path, **query)
        while True:
            yield from page["results"]
            if not page.get("next"):
                return
            page = self._newsroom.send("GET", page["next"], token=self._token)

    def post(self, path: str, **body: Any) -> Any:
        """Do something."""
        return self._newsroom.send("POST", path, token=self._token, body=body)

    def log_out(self) -> None:
        """Give the token up, so that nobody comes back with it."""
        self._newsroom.send("DELETE", "/tokens/current", token=self._token)

    def patch(self, path: str, **body: Any) -> Any:
        """Change something, whatever became of it since it was seen: on this stage nobody else writes."""
        return self._newsroom.send("PATCH", path, token=self._token, body=body, etag="*")


def _reasons(answer: httpx.Response) -> Iterator[Reason]:
    try:
        told = answer.json()["errors"]
    except (ValueError, KeyError, TypeError):
        yield Reason(str(answer.status_code), f"The newsroom answered with status {answer.status_code}.")
        return
    for error in told:
        yield Reason(error["code"], error["detail"], error.get("claim", ""))
