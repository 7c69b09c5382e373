"""One user who sends every request in turn, for locust: `locust --headless -u 1 -f tests/proofs/load/locustfile.py`.

LOAD_PLAN names a file with the addresses and the SQL of the requests; LOAD_FIGURES is where to write the durations in
milliseconds. All sides of a request are measured within the same second, in a different order each time, so that
other load on the machine affects all of them alike.
"""

from __future__ import annotations

import json
import os
import random
import re
import sys
import time
from collections import defaultdict
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any
from uuid import uuid4

import psycopg
from locust import FastHttpUser, events, task
from locust.exception import StopUser

from tests.proofs.load.requests import API_REQUESTS, ApiRequest

PLAN = json.loads(Path(os.environ["LOAD_PLAN"]).read_text())
TIMINGS: dict[str, list[float]] = defaultdict(list)
_CHAIN = re.compile(r"\b((?:claim|statement|reviewtask):)[0-9a-f-]{36}")
_WARM_UP_ROUNDS = 20  # rounds that are not counted: plans, caches and connections are fresh


class LoadUser(FastHttpUser):
    """Sends requests, and records their durations."""

    host = "http://localhost"

    def on_start(self) -> None:
        """Connect to the databases too."""
        self._dice = random.Random(PLAN["seed"])  # noqa: S311
        self._rounds = 0
        self._databases = {
            size: psycopg.connect(side["database"], cursor_factory=psycopg.ClientCursor)
            for size, side in PLAN["sides"].items()
        }
        for database in self._databases.values():
            database.execute("CREATE TABLE IF NOT EXISTS load_commit (n int)")
            database.commit()

    @task
    def send_requests(self) -> None:
        """Send each request once to every side. Any error ends the run."""
        try:
            self._send_requests()
        except psycopg.Error as problem:
            self._abort(str(problem))

    def _send_requests(self) -> None:
        for question in API_REQUESTS:
            requests: list[Callable[[], None]] = [self._noop, self._authenticated_noop]
            for size in PLAN["sides"]:
                requests += [partial(self._ask, question, size), partial(self._run, question, size)]
            self._dice.shuffle(requests)
            for send_request in requests:
                send_request()
        self._rounds += 1
        if self._rounds == _WARM_UP_ROUNDS:
            TIMINGS.clear()
        if self._rounds == PLAN["rounds"] + _WARM_UP_ROUNDS:
            Path(os.environ["LOAD_FIGURES"]).write_text(json.dumps(TIMINGS))
            self.environment.runner.quit()

    def _ask(self, question: ApiRequest, size: str) -> None:
        side = PLAN["sides"][size]
        newsroom = side["house"]
        self._http(
            f"{question.name} | {size} | asked",
            question.method,
            f"{side['address']}/api/v1{question.path.format(**newsroom)}",
            headers={"Authorization": f"Bearer {newsroom['tokens'][question.who]}"},
            json=question.body(newsroom) if question.body else None,
        )

    def _noop(self) -> None:
        self._http("nothing", "GET", f"{PLAN['nothing']}/nothing")

    def _authenticated_noop(self) -> None:
        token = PLAN["sides"][PLAN["known_to"]]["house"]["tokens"]["rosa"]
        headers = {"Authorization": f"Bearer {token}"}
        self._http("nothing for somebody", "GET", f"{PLAN['nothing']}/nothing-for-somebody", headers=headers)

    def _http(self, name: str, method: str, address: str, **arguments: Any) -> None:
        began = time.perf_counter()
        with self.client.request(method, address, name=name, catch_response=True, **arguments) as response:
            elapsed = (time.perf_counter() - began) * 1000
            if response.status_code >= 400 or response.status_code == 0:
                self._abort(f"{name}: {response.status_code} {response.text}")
        TIMINGS[name].append(elapsed)

    def _abort(self, why: str) -> None:
        print(why, file=sys.stderr)  # noqa: T201
        self.environment.runner.quit()
        raise StopUser

    def _run(self, question: ApiRequest, size: str) -> None:
        """The same SQL. Its writes are rolled back, and a commit of one row is timed instead."""
        database = self._databases[size]
        statements = _fresh(PLAN["sides"][size]["sql"][question.name])
        began = time.perf_counter()
        with database.cursor() as cursor:
            for statement in statements:
                cursor.execute(statement)
                if cursor.description:
                    cursor.fetchall()
        elapsed = time.perf_counter() - began
        database.rollback()
        if question.method == "POST":
            began = time.perf_counter()
            database.execute("INSERT INTO load_commit VALUES (1)")
            database.commit()
            elapsed += time.perf_counter() - began
        TIMINGS[f"{question.name} | {size} | bare"].append(elapsed * 1000)


def _fresh(statements: list[str]) -> list[str]:
    """The statements with new event chains: the captured ones have grown since."""
    other: dict[str, str] = defaultdict(lambda: str(uuid4()))
    return [_CHAIN.sub(lambda chain: chain[1] + other[chain[0]], statement) for statement in statements]


@events.quitting.add_listener
def _fail_without_report(environment: Any, **_: Any) -> None:
    if not Path(os.environ["LOAD_FIGURES"]).exists():
        environment.process_exit_code = 1
