"""Durations of every question and action at both sizes, in milliseconds.

Both sides of a question are asked within the same second, so that other load on the machine affects them alike.
"""

from __future__ import annotations

import http.client
import socket
import sys
import time
from collections import defaultdict
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager, ExitStack, contextmanager
from pathlib import Path
from typing import NamedTuple

from django.conf import settings
from django.db import connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from editorial.api.urls import RESOURCES
from editorial.policy.roles import Scope
from tests.api.conftest import create_token
from tests.proofs.load.actions import steps
from tests.proofs.load.populate import CROWDED, crowded_claims, filled_database, use_database
from tests.proofs.load.questions import API, NO_ID, Question, every_question
from tests.support.cast import Room
from tests.support.live import RunningProcess, deployment_environment, free_port, wait_until

Timings = dict[str, list[float]]

NOTHING, NOTHING_FOR_SOMEBODY = "nothing", "nothing-for-somebody"
_OBJECTS = ("claims", "stories", "sources", "statements", "reviews")
COMPARED = [Question("rosa", f"{API}{name}").name for name in RESOURCES] + [
    Question("rosa", f"{API}{name}/{NO_ID}").name for name in _OBJECTS
]
"""The questions of the API that are compared with their SQL: each list, and single objects."""
_CLIENTS, _SECONDS = 8, 5.0  # of the throughput


class Web:
    """A connection to a web server."""

    def __init__(self, port: int) -> None:
        self.port = port
        self._connection = http.client.HTTPConnection("localhost", port, timeout=300)

    def get(self, path: str, headers: dict[str, str]) -> float:
        """The milliseconds that it takes. An error ends the run."""
        began = time.perf_counter()
        self._connection.request("GET", path, headers=headers)
        response = self._connection.getresponse()
        body = response.read()
        elapsed = (time.perf_counter() - began) * 1000
        if response.status >= 500 or response.status in (401, 429) or "login" in (response.headers["Location"] or ""):
            sys.exit(f"{path}: {response.status}\n{body.decode()[:2000]}")
        return elapsed


class Side(NamedTuple):
    """A newsroom of one size, with its web server."""

    claims: int
    room: Room
    questions: dict[str, Question]
    headers: dict[str, dict[str, str]]
    web: Web

    @property
    def name(self) -> str:
        return f"{self.claims:,}"

    def ask(self, name: str) -> float:
        question = self.questions[name]
        return self.web.get(question.path, self.headers[question.who])


@contextmanager
def filled_side(data: Path, claims: int) -> Iterator[Side]:
    """A newsroom in a database of its own."""
    began = time.monotonic()
    with filled_database(data, claims) as room, ExitStack() as stack:
        questions = {question.name: question for question in every_question(room.people)}
        for size, claim in zip(CROWDED.values(), crowded_claims(), strict=True):
            path = reverse("admin:editorial_claim_change", args=[claim.pk])
            questions[f"a claim page with {size:,} statements"] = Question("rosa", path)
        headers = {name: headers_of(room, name) for name in {question.who for question in questions.values()}}
        web = stack.enter_context(running_web(environment(data, claims)))
        say(f"{claims:,} claims and {len(questions)} questions, prepared in {time.monotonic() - began:.0f} s")
        yield Side(claims, room, questions, headers, web)


def headers_of(room: Room, name: str) -> dict[str, str]:
    """Of a browser that is signed in, and of a client with a token."""
    browser, token = Client(), create_token(room.people[name], list(Scope))
    browser.force_login(room.people[name])
    session = browser.cookies[settings.SESSION_COOKIE_NAME].value
    return {"Authorization": f"Bearer {token}", "Cookie": f"__Host-sessionid={session}"}


def running_nothing(data: Path, side: Side) -> AbstractContextManager[Web]:
    """A web server with views that do nothing, for the users of this side."""
    return running_web({**environment(data, side.claims), "DJANGO_SETTINGS_MODULE": "tests.proofs.load.settings"})


@contextmanager
def running_web(environment: dict[str, str]) -> Iterator[Web]:
    """A web server as `make up` starts it."""
    web = Web(free_port())
    command = [sys.executable, "-m", "newsroom.processes", "web"]
    process = RunningProcess(command, {**environment, "PORT": str(web.port)})
    try:
        wait_until(lambda: is_listening(web.port), within=60)
        yield web
    finally:
        process.stop()


def is_listening(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("localhost", port)) == 0


def environment(data: Path, claims: int) -> dict[str, str]:
    return deployment_environment(data, database=f"load_{claims}", redis=settings.REDIS_URL)


def measure(sides: list[Side], nothing: Web, rounds: int) -> Timings:
    """The durations by question and side."""
    timings: Timings = defaultdict(list)
    sql = {side.name: {name: _sql_of(side, name) for name in COMPARED} for side in sides}
    for number in range(rounds + 1):
        if number == 1:
            timings.clear()  # in the first round, plans, caches and connections are fresh
        for name in sides[0].questions:
            for side in sides:
                timings[f"{name} | {side.name}"].append(side.ask(name))
        for name in COMPARED:
            timings[NOTHING].append(nothing.get(f"/{NOTHING}", {}))
            timings[NOTHING_FOR_SOMEBODY].append(nothing.get(f"/{NOTHING_FOR_SOMEBODY}", sides[-1].headers["rosa"]))
            for side in sides:
                timings[f"{name} | {side.name} | bare"].append(_run(side, sql[side.name][name]))
        for side in sides:
            for name, elapsed in _actions(side):
                timings[f"{name} | {side.name}"].append(elapsed)
    return timings


def _sql_of(side: Side, name: str) -> list[str]:
    """The statements of a question, as a process sends them that has read its caches before."""
    use_database(f"load_{side.claims}")
    question, statements = side.questions[name], []
    client = Client(headers={"authorization": side.headers[question.who]["Authorization"]})
    for _ in range(2):
        with CaptureQueriesContext(connection) as captured:
            client.get(question.path)
        statements = [query["sql"] for query in captured.captured_queries]
    return statements


def _run(side: Side, statements: list[str]) -> float:
    """The same SQL, bare."""
    use_database(f"load_{side.claims}")
    with connection.cursor() as cursor:
        began = time.perf_counter()
        for statement in statements:
            cursor.cursor.execute(statement)
            cursor.cursor.fetchall()
    return (time.perf_counter() - began) * 1000


def _actions(side: Side) -> Iterator[tuple[str, float]]:
    """Every step of a claim and a story, rolled back."""
    use_database(f"load_{side.claims}")
    with transaction.atomic():
        for name, step in steps(side.room):
            began = time.perf_counter()
            step()
            yield name, (time.perf_counter() - began) * 1000
        transaction.set_rollback(True)


def throughput(side: Side, nothing: Web) -> dict[str, float]:
    """Requests per second of eight clients, by what they ask."""
    names = (COMPARED[2], COMPARED[len(RESOURCES)])  # the list of claims, and a claim
    asked = {name: (side.web.port, side.questions[name].path) for name in names}
    asked[NOTHING_FOR_SOMEBODY] = (nothing.port, f"/{NOTHING_FOR_SOMEBODY}")

    def one_client(port: int, path: str) -> int:
        web, count, end = Web(port), 0, time.monotonic() + _SECONDS
        while time.monotonic() < end:
            web.get(path, side.headers["rosa"])
            count += 1
        return count

    with ThreadPoolExecutor(_CLIENTS) as pool:
        return {
            name: sum(pool.map(one_client, [port] * _CLIENTS, [path] * _CLIENTS)) / _SECONDS
            for name, (port, path) in asked.items()
        }


def say(text: str) -> None:
    """Print a line for the operator."""
    print(text, flush=True)  # noqa: T201
