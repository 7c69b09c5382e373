"""A client of the API that retries under one key while the response is unknown or temporary."""

from __future__ import annotations

import json
import random
import time
from dataclasses import dataclass
from http.client import HTTPConnection, HTTPException
from typing import Any
from urllib.parse import urlencode, urlsplit
from uuid import uuid4

from tests.proofs.chaos.history import History

_TIMEOUT = 20.0  # seconds per response
_GIVE_UP_AFTER = 60.0  # seconds until the client gives up on a write
_KEEP_ALIVE = 1.5  # seconds for which an idle connection is reused; the server closes it after two
_PREFIX = "/api/v1"


@dataclass(frozen=True, slots=True)
class Response:
    """A response."""

    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def succeeded(self) -> bool:
        """Whether it succeeded."""
        return 200 <= self.status < 300

    def body_json(self) -> Any:
        """The body, read as JSON; an empty one is an empty object."""
        return json.loads(self.body) if self.body else {}

    def codes(self) -> list[str]:
        """The error codes of a problem."""
        try:
            return sorted({error["code"] for error in self.body_json()["errors"]})
        except (ValueError, KeyError, TypeError):
            return []


class RetryingClient:
    """A user of the API. Every response is recorded: the history is the only record of acknowledged writes.

    Each write has its own Idempotency-Key, and is retried under it until it is answered: so it is executed once.
    Every new object also carries a `marker`, by which duplicates are found.
    """

    def __init__(self, address: str, username: str, history: History) -> None:
        self.username, self._history = username, history
        where = urlsplit(address)
        self._http = HTTPConnection(where.hostname or "", where.port, timeout=_TIMEOUT)
        self._used_at = 0.0
        self._headers = {"Content-Type": "application/json"}
        self._dice = random.Random(username)  # noqa: S311

    def log_in(self, password: str) -> str:
        """Get a token before any process is killed, for `use_token` of other clients of the same user."""
        response = self._request("POST", "/tokens", {"username": self.username, "password": password})
        assert response.succeeded, response
        token = str(response.body_json()["token"])
        self.use_token(token)
        return token

    def use_token(self, token: str) -> None:
        """Use an existing token."""
        self._headers["Authorization"] = f"Bearer {token}"

    def get(self, path: str, **query: Any) -> Any:
        """Read; None if reading is impossible at present."""
        try:
            response = self._request("GET", f"{path}?{urlencode(query)}" if query else path)
            return response.body_json() if response.succeeded and response.body else None
        except (OSError, HTTPException):
            return None

    def write(self, action: str, path: str, *, marker: str = "", method: str = "POST", **body: Any) -> Any:
        """Write, until acknowledged or refused. Returns the response; None if it was refused or given up."""
        headers = {"Idempotency-Key": str(uuid4())}
        limit = time.monotonic() + _GIVE_UP_AFTER
        while time.monotonic() < limit:
            try:
                if method == "PATCH" and "If-Match" not in headers:
                    headers["If-Match"] = self._version(path)
                response = self._request(method, path, body, **headers)
            except (OSError, HTTPException) as problem:
                self._record("unknown", action, path, marker, kind=type(problem).__name__)
                self._sleep(0.5)
                continue
            if response.succeeded:
                data = response.body_json()
                if data:
                    again = "Idempotency-Replayed" in response.headers
                    self._record("acknowledged", action, path, marker, id=data.get("id", ""), again=again)
                return data
            if _is_final(response):
                self._record("refused", action, path, marker, status=response.status, codes=response.codes())
                return None
            if response.status == 412:  # the row has changed: read the new version and update that
                headers = {"Idempotency-Key": str(uuid4())}
            self._record(
                "shut",
                action,
                path,
                marker,
                status=response.status,
                told=_error_format(response),
                codes=response.codes(),
            )
            self._sleep(float(response.headers.get("Retry-After", "0.5")))
        self._record("gave up", action, path, marker)
        return None

    def file_case(self, desk: str, texts: list[str]) -> None:
        """File several claims in one request; each is recorded as if it had been filed by itself."""
        data = self.write(
            "case.file", "/cases", desk=desk, claims=[{"text": text, "risk": "routine"} for text in texts]
        )
        filed = [each["id"] for each in data["filed"]] if data else [""] * len(texts)
        for text, claim in zip(texts, filed, strict=True):
            self._record("acknowledged" if data else "gave up", "claim.file", "/cases", text, id=claim, again=False)

    def close(self) -> None:
        """Close the connection."""
        self._http.close()

    def _version(self, path: str) -> str:
        """The current ETag of a row."""
        return self._request("GET", path).headers.get("ETag", "*")

    def _request(self, method: str, path: str, data: Any = None, **headers: str) -> Response:
        if time.monotonic() - self._used_at > _KEEP_ALIVE:
            self._http.close()
        body = None if data is None else json.dumps(data).encode()
        try:
            self._http.request(method, _PREFIX + path, body, self._headers | headers)
            response = self._http.getresponse()
            read = Response(
                response.status, {name.title(): value for name, value in response.getheaders()}, response.read()
            )
        except BaseException:
            self._http.close()
            raise
        self._used_at = time.monotonic()
        return read

    def _record(self, what: str, action: str, path: str, marker: str, **details: Any) -> None:
        self._history.record(what, by=self.username, verb=action, path=path, marker=marker, **details)

    def _sleep(self, seconds: float) -> None:
        time.sleep(min(seconds, 3.0) * self._dice.uniform(0.5, 1.0))


def _is_final(response: Response) -> bool:
    """Whether a retry would get the same response. Conflicts in progress and stale versions are retried."""
    passing = response.status >= 500 or response.status in (412, 429) or "IDEMPOTENCY_IN_PROGRESS" in response.codes()
    return not passing


def _error_format(response: Response) -> str:
    """The form of an error: a problem with a time to retry, or something else."""
    kind = response.headers.get("Content-Type", "").split(";")[0]
    if kind != "application/problem+json":
        return f"{kind}: {response.body[:120].decode(errors='replace')}"
    return "problem, retry later" if "Retry-After" in response.headers else "problem"
