"""A person's way to the newsroom: over HTTP, trying again while the answer is unknown or the door is shut."""

from __future__ import annotations

import random
import time
from typing import Any

import httpx

from tests.chaos.history import History

_LONGEST = 20.0  # seconds for one answer
_PATIENCE = 45.0  # seconds until somebody gives up on a write


class Caller:
    """Somebody who works over the API. Every answer is noted; there is nobody else to ask what was acknowledged.

    The API takes no idempotency keys yet: trying again after an answer that never came may do the thing twice. Every
    new thing therefore carries a `marker`, by which such twins are found and counted.
    """

    def __init__(self, address: str, username: str, history: History) -> None:
        self.username, self._history = username, history
        self._http = httpx.Client(base_url=f"{address}/api/v1", timeout=_LONGEST, trust_env=False)
        self._dice = random.Random(username)  # noqa: S311

    def log_in(self, password: str) -> str:
        """Get a token, before anything is killed; the token, with which `come_with` lets others of the name in."""
        answer = self._http.post("/tokens", json={"username": self.username, "password": password})
        answer.raise_for_status()
        token = str(answer.json()["token"])
        self.come_with(token)
        return token

    def come_with(self, token: str) -> None:
        """Use a token that one has."""
        self._http.headers["Authorization"] = f"Bearer {token}"

    def get(self, path: str, **query: Any) -> Any:
        """Read, or None if it cannot be read at present."""
        try:
            answer = self._http.get(path, params=query or None)
            return answer.json() if answer.is_success and answer.content else None
        except httpx.HTTPError:
            return None

    def do(self, verb: str, path: str, *, marker: str = "", method: str = "POST", **stated: Any) -> Any:
        """Write, until it is acknowledged or refused. Returns the answer; None where it was refused or given up."""
        limit = time.monotonic() + _PATIENCE
        while time.monotonic() < limit:
            try:
                answer = self._http.request(method, path, json=stated)
            except httpx.HTTPError as problem:
                self._note("unknown", verb, path, marker, kind=type(problem).__name__)
                self._pause(0.5)
                continue
            if answer.is_success:
                told = answer.json() if answer.content else {}
                if told:
                    self._note("acknowledged", verb, path, marker, id=told.get("id", ""))
                return told
            if answer.status_code < 500 and answer.status_code != 429:
                self._note("refused", verb, path, marker, status=answer.status_code, codes=_codes(answer))
                return None
            self._note("shut", verb, path, marker, status=answer.status_code, told=_told(answer), codes=_codes(answer))
            self._pause(float(answer.headers.get("Retry-After", "1")))
        self._note("gave up", verb, path, marker)
        return None

    def close(self) -> None:
        """Hang up."""
        self._http.close()

    def _note(self, what: str, verb: str, path: str, marker: str, **details: Any) -> None:
        self._history.note(what, by=self.username, verb=verb, path=path, marker=marker, **details)

    def _pause(self, seconds: float) -> None:
        time.sleep(min(seconds, 3.0) * self._dice.uniform(0.5, 1.0))


def _codes(answer: httpx.Response) -> list[str]:
    try:
        return sorted({error["code"] for error in answer.json()["errors"]})
    except (ValueError, KeyError, TypeError):
        return []


def _told(answer: httpx.Response) -> str:
    """The form in which trouble was told: a problem with a time to come back, or something else."""
    kind = answer.headers.get("Content-Type", "").split(";")[0]
    if kind != "application/problem+json":
        return f"{kind}: {answer.text[:120]}"
    return "problem, retry later" if "Retry-After" in answer.headers else "problem"
