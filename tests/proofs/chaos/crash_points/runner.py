"""Runs crash points: for each a fresh copy of the newsroom, a kill, the same request again, and a comparison."""

from __future__ import annotations

import itertools
import json
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import psycopg
from psycopg import sql

from tests.proofs.chaos.crash_points.effects import EffectReader, Effects, difference
from tests.proofs.chaos.crash_points.writes import WriteCase
from tests.support.servers import ROOT, database_url

_RETRY_TIMEOUT = 15  # seconds for which a retry may be answered that the first request is still running
TEMPLATE = "crash_points_world"


@dataclass(slots=True)
class CrashPointResult:
    """The result of one write: its number of crash points, and the violations after any of them."""

    points: int = 0
    problems: list[str] = field(default_factory=list)


class CrashPointRunner:
    """A web process that can be killed, and copies of one newsroom for it."""

    def __init__(self, data: Path, template: str, *, name: str = "", environment: dict[str, str] | None = None) -> None:
        self._data, self._copy = data, f"crash_point{name}"
        self._door = _ForkingServer(data, environment or {})
        with self._server() as server:
            server.execute(sql.SQL("DROP DATABASE IF EXISTS {}").format(sql.Identifier(TEMPLATE + name)))
        self._world = TEMPLATE + name
        self._make(self._world, template)
        built = self._door.command("build", database=self._world)
        self._tokens, self._things = built["tokens"], built["things"]
        self._eye = EffectReader(self._url(self._world))

    def close(self) -> None:
        """End the web process."""
        self._door.close()

    def run(self, scenario: WriteCase, *, every: int = 1, first: int = 1) -> CrashPointResult:
        """Kill at each crash point (or each `every`th), retry, and compare with an undisturbed request."""
        outcome = CrashPointResult()
        expected = self._run_without_crash(scenario)
        if isinstance(expected, str):
            outcome.problems.append(expected)
            return outcome
        for number in itertools.count(first, every):
            at = self._kill_and_retry(scenario, number, expected, outcome)
            if at is None:
                return outcome
            outcome.points += 1
        raise AssertionError("unreachable")

    def _run_without_crash(self, scenario: WriteCase) -> tuple[str, Effects] | str:
        with self._fresh_database():
            response = self._request(scenario)
            if not 200 <= response["status"] < 300:
                return f"Undisturbed it is answered {response['status']}: {response['body'][:500]}"
            return self._result_of(response)

    def _kill_and_retry(
        self, scenario: WriteCase, number: int, expected: tuple[str, Effects], outcome: CrashPointResult
    ) -> str | None:
        """The crash point; None if the request ended before it."""
        with self._fresh_database():
            first = self._request(scenario, kill_at=number)
            self._wait_for_its_end()
            response, effects = self._result_of(self._retry_until_answered(scenario))
            where = f"moment {number}, {first['at'] if first['killed'] else 'after the answer'}"
            if response != expected[0]:
                outcome.problems.append(f"{where}: answered {response[:300]} instead of {expected[0][:300]}")
            outcome.problems += [f"{where}: {problem}" for problem in difference(expected[1], effects)]
            return first["at"] if first["killed"] else None

    def _result_of(self, response: dict[str, Any]) -> tuple[str, Effects]:
        """The response, and the effects once all follow-up jobs are done."""
        self._door.command("work", database=self._copy)
        return f"{response['status']} {self._eye.plain(response['body'])}", self._eye.effects(self._url(self._copy))

    def _retry_until_answered(self, scenario: WriteCase) -> dict[str, Any]:
        limit = time.monotonic() + _RETRY_TIMEOUT
        while "IDEMPOTENCY_IN_PROGRESS" in (response := self._request(scenario))["body"] and time.monotonic() < limit:
            time.sleep(0.05)
        return response

    def _request(self, scenario: WriteCase, *, kill_at: int = 0) -> dict[str, Any]:
        path, body = scenario.of(self._things)
        headers = {"Authorization": f"Bearer {self._tokens[scenario.by]}", "Idempotency-Key": "one-write"}
        if scenario.method == "PATCH":
            headers["If-Match"] = self._version(path, headers)
        return self._send(scenario.method, path, headers, body, kill_at)

    def _version(self, path: str, headers: dict[str, str]) -> str:
        """The ETag before the first attempt."""
        if path not in self._versions:
            self._versions[path] = self._send("GET", path, headers, None, 0)["headers"].get("ETag", "*")
        return self._versions[path]

    def _send(self, method: str, path: str, headers: dict[str, str], body: Any, kill_at: int) -> dict[str, Any]:
        return self._door.command(
            "request", database=self._copy, method=method, path=path, headers=headers, body=body, kill_at=kill_at
        )

    @contextmanager
    def _fresh_database(self) -> Iterator[None]:
        """A copy of the newsroom, dropped at the end."""
        self._versions: dict[str, str] = {}
        self._make(self._copy, self._world)
        try:
            yield
        finally:
            with self._server() as server:
                server.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(self._copy)))

    def _wait_for_its_end(self) -> None:
        """PostgreSQL notices a killed client at its next check; until then its locks are held."""
        with self._server() as server:
            while server.execute("SELECT FROM pg_stat_activity WHERE datname = %s", [self._copy]).rowcount:
                time.sleep(0.002)

    def _make(self, name: str, template: str) -> None:
        make = sql.SQL("CREATE DATABASE {} TEMPLATE {} STRATEGY FILE_COPY")  # less than half of the default
        with self._server() as server:
            server.execute(make.format(sql.Identifier(name), sql.Identifier(template)))

    def _server(self) -> psycopg.Connection[Any]:
        return psycopg.connect(self._url("postgres"), autocommit=True)

    def _url(self, database: str) -> str:
        return database_url(self._data, database)


class _ForkingServer:
    """The process of forking_server.py."""

    def __init__(self, data: Path, environment: dict[str, str]) -> None:
        from tests.support.live import clean_environment

        variables = clean_environment(
            NEWSROOM_DATA=str(data), DJANGO_SETTINGS_MODULE="newsroom.settings", LOG_LEVEL="ERROR", **environment
        )
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tests.proofs.chaos.crash_points.forking_server"],
            cwd=ROOT,
            env=variables,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            start_new_session=True,
        )

    def command(self, what: str, **arguments: Any) -> dict[str, Any]:
        """Send a command; its result."""
        assert self._process.stdin
        assert self._process.stdout
        self._process.stdin.write(json.dumps({"do": what, **arguments}) + "\n")
        self._process.stdin.flush()
        result: dict[str, Any] = json.loads(self._process.stdout.readline())
        assert "failed" not in result, result["failed"]
        return result

    def close(self) -> None:
        """End the process."""
        self._process.communicate()
