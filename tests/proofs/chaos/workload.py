"""The users of a run: reporters, fact-checkers, editors, each a thread."""

from __future__ import annotations

import itertools
import queue
import random
import threading
import time
from collections.abc import Callable
from typing import Any

from editorial.management.demo import loader
from tests.proofs.chaos.history import History
from tests.proofs.chaos.retrying_client import RetryingClient
from tests.proofs.chaos.system import SystemUnderTest

_DESKS = {"politics": ("mina", "felix", "edith"), "city": ("tomas", "ines", "ravi")}
# Reporters share one username: one client for every claim per one and a half seconds, within these bounds.
_FEWEST_REPORTERS, _MOST_REPORTERS = 3, 12
_CASES = 2.0  # per second at most get statements and a story. With many claims to
# file, the others follow in one request each time, as a case.
_STANCES = ("affirms", "affirms", "affirms", "denies", "declines")


class Workload:
    """The work of all users from `start` to `stop`: a number of claims, spread evenly over the time."""

    def __init__(self, system: SystemUnderTest, history: History, *, seed: int, claims: int, seconds: float) -> None:
        self._system, self._history, self._seed, self._claims, self._seconds = system, history, seed, claims, seconds
        self._numbers = itertools.count()
        self._reporters = round(min(max(claims / seconds / 3, _FEWEST_REPORTERS), _MOST_REPORTERS))
        self._case = max(1, round(claims / seconds / _CASES))  # one claim in this many gets statements and a story
        self._over = threading.Event()
        self._callers: list[RetryingClient] = []
        self._tokens: dict[str, str] = {}  # one per user: the API allows ten logins a minute
        self._threads: list[threading.Thread] = []
        self._sources: dict[str, queue.Queue[str]] = {desk: queue.Queue() for desk in _DESKS}
        self._stories: dict[str, queue.Queue[str]] = {desk: queue.Queue() for desk in _DESKS}

    def start(self) -> None:
        """Sign in every user, then start to work."""
        known = {desk["slug"]: desk["id"] for desk in self._client("alma").get("/desks")["results"]}
        for desk, (reporter, checker, editor) in _DESKS.items():
            for _ in range(self._reporters):
                self._add_worker(self._run_reporter, self._client(reporter), desk, known[desk])
            self._add_worker(self._run_fact_checker, self._client(checker), desk)
            self._add_worker(self._run_editor, self._client(editor), self._client("cora"), desk)
        self._began = time.monotonic()
        for thread in self._threads:
            thread.start()

    def wait_until_filed(self) -> None:
        """Wait until every claim is filed with all that belongs to it."""
        for thread in self._threads:
            if thread.name == self._run_reporter.__name__:
                thread.join()

    def stop(self) -> None:
        """Wait until every user has finished the current action."""
        self._over.set()
        for thread in self._threads:
            thread.join()
        for client in self._callers:
            client.close()

    def file_one(self, number: int) -> str:
        """One extra claim, after the run; its id."""
        client = self._client("mina")
        desk = next(desk for desk in client.get("/desks")["results"] if desk["slug"] == "politics")
        return str(self._file(client, desk["id"], f"roll call {number} of seed {self._seed}")["id"])

    def _client(self, username: str) -> RetryingClient:
        client = RetryingClient(self._system.address, username, self._history)
        if username in self._tokens:
            client.use_token(self._tokens[username])
        else:
            self._tokens[username] = client.log_in(loader.PASSWORD)
        self._callers.append(client)
        return client

    def _add_worker(self, work: Callable[..., None], *arguments: Any) -> None:
        dice = random.Random(f"{self._seed} {len(self._threads)}")  # noqa: S311
        self._threads.append(threading.Thread(target=work, name=work.__name__, args=(*arguments, dice), daemon=True))

    # --- The users ----------------------------------------------------------------------------------------------------

    def _run_reporter(self, client: RetryingClient, desk: str, desk_id: str, dice: random.Random) -> None:
        known: list[str] = []
        while (first := next(self._numbers) * self._case) < self._claims:
            time.sleep(max(0.0, self._began + first * self._seconds / self._claims - time.monotonic()))
            marker, case = f"{self._seed}-{first}", first // self._case
            if len(known) < 2 or case % 3 == 0:
                source = client.write(
                    "source.register", "/sources", marker=f"source {marker}", desk=desk_id, type="person",
                    name=f"source {marker}",
                )  # fmt: skip
                if source:
                    known.append(source["id"])
                    self._sources[desk].put(source["id"])
            claim = self._file(client, desk_id, f"claim {marker}", risk=dice.choice(("routine", "contentious")))
            if claim and known:
                self._record(client, claim["id"], known[-6:], marker, dice)
                if case % 4 == 0:
                    self._pitch(client, desk, desk_id, claim["id"], marker)
            others = range(first + 1, min(first + self._case, self._claims))
            if others:
                client.file_case(desk_id, [f"claim {self._seed}-{number}" for number in others])

    def _file(self, client: RetryingClient, desk_id: str, text: str, **fields: Any) -> Any:
        return client.write("claim.file", "/claims", marker=text, desk=desk_id, text=text, **fields)

    def _record(self, client: RetryingClient, claim: str, known: list[str], marker: str, dice: random.Random) -> None:
        for number in range(dice.randint(1, 3)):
            quote = f"statement {marker}-{number}"
            client.write(
                "statement.record", "/statements", marker=quote, claim=claim, source=dice.choice(known),
                stance=dice.choice(_STANCES), directness="first_hand", quote=quote,
            )  # fmt: skip

    def _pitch(self, client: RetryingClient, desk: str, desk_id: str, claim: str, marker: str) -> None:
        headline = f"story {marker}"
        story = client.write(
            "story.pitch", "/stories", marker=headline, desk=desk_id, headline=headline, body="As we hear …"
        )
        if not story:
            return
        uses = [{"claim": claim, "mode": "attributed"}]
        client.write("story.revise", f"/stories/{story['id']}", method="PATCH", body="As we hear, it is so.", uses=uses)
        client.write("story.submit", f"/stories/{story['id']}/submit")
        self._stories[desk].put(story["id"])

    def _run_fact_checker(self, client: RetryingClient, desk: str, dice: random.Random) -> None:
        while not self._over.is_set():
            if source := _next(self._sources[desk]):
                client.write("source.rate", f"/sources/{source}/rate", reliability=dice.choice("ABCD"))
                if dice.random() < 0.7:
                    self._sources[desk].put(source)  # it will be assessed again
            if task := client.write("review.take", "/reviews/take"):
                client.write(
                    "review.finish", f"/reviews/{task['id']}/finish", outcome="exhausted", note="Asked around."
                )
            self._over.wait(0.3)

    def _run_editor(self, client: RetryingClient, copy_editor: RetryingClient, desk: str, _: random.Random) -> None:
        while not self._over.is_set() or not self._stories[desk].empty():
            story = _next(self._stories[desk])
            if story and client.write("story.clear", f"/stories/{story}/clear"):
                verdict = copy_editor.get(f"/stories/{story}/gate") or {"unconfirmed": []}
                for condition in verdict["unconfirmed"]:
                    copy_editor.write("story.confirm_condition", f"/stories/{story}/confirm-condition", **condition)
                client.write("story.publish", f"/stories/{story}/publish")
            self._over.wait(0.2)


def _next(waiting: queue.Queue[str]) -> str | None:
    try:
        return waiting.get_nowait()
    except queue.Empty:
        return None
