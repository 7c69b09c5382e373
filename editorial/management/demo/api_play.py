"""Works on a case through the API, as its staff would."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from typing import Any

from editorial.management.demo.case_data import Case, Claim, DemoUser, Source, StoryCopy
from editorial.management.demo.case_items import case_items
from editorial.management.demo.client import ApiError, ApiUser, DemoFailed, Newsroom
from editorial.management.demo.terminal import Terminal


class DemoSession:
    """A demo day: its users, logged in when needed, and the terminal that shows it."""

    def __init__(self, stage: Terminal, newsroom: Newsroom, people: tuple[DemoUser, ...], password: str) -> None:
        self.stage, self.newsroom = stage, newsroom
        self._people, self._password = {person.username: person for person in people}, password
        self._signed_in: dict[str, ApiUser] = {}
        # Distinguishes today's material from that of earlier runs.
        self.label = f"demo of {datetime.now(UTC):%d %b, %H:%M:%S}"

    def colleague(self, username: str) -> ApiUser:
        """The user, logged in."""
        if username not in self._signed_in:
            self._signed_in[username] = self.newsroom.log_in(self._people[username], self._password)
        return self._signed_in[username]

    def close(self) -> None:
        """Log everyone out."""
        while self._signed_in:
            with suppress(DemoFailed, ApiError):  # otherwise the token expires by itself
                self._signed_in.popitem()[1].log_out()


class CasePlayer:
    """One case in today's demo. `ids` maps the case's own names to object ids."""

    def __init__(self, day: DemoSession, case: Case) -> None:
        self.day, self.case = day, case
        self.ids: dict[str, str] = {}
        self.reporter = day.colleague(case.reporter)
        desks = {desk["slug"]: desk["id"] for desk in self.reporter.iterate("/desks")}
        self.desk = desks[case.desk]

    @property
    def fact_checker(self) -> ApiUser:
        return self.day.colleague(self.case.fact_checker)

    @property
    def editor(self) -> ApiUser:
        return self.day.colleague(self.case.editor)

    def find(self, sources: Iterable[Source]) -> list[Source]:
        """Look up known sources by name; return the others."""
        unknown = []
        for source in sources:
            known = [row for row in self.reporter.iterate("/sources", q=source.name) if row["name"] == source.name]
            if known:
                self.ids[source.id] = known[-1]["id"]
            else:
                unknown.append(source)
        return unknown

    def file(self, **data: Any) -> None:
        """File sources, claims, statements or a story as one case."""
        result = self.reporter.post("/cases", desk=self.desk, **case_items(self.ids, **data))
        self.ids |= {item["ref"]: item["id"] for item in result["filed"] if item["ref"]}

    def rate(self, name: str, reliability: str) -> None:
        """Rate a source as the fact-checker."""
        self.fact_checker.post(f"/sources/{self.ids[name]}/rate", reliability=reliability)

    def labelled(self, *claims: Claim) -> list[Claim]:
        """The claims with today's label, which tells them from those of earlier runs."""
        return [claim.model_copy(update={"text": f"{claim.text} ({self.day.label})"}) for claim in claims]

    def exhibit(self, *names: str) -> None:
        """Archive copies."""
        for exhibit in self.case.exhibits:
            if exhibit.id in names:
                self.ids[exhibit.id] = self.reporter.post(
                    "/exhibits", desk=self.desk, title=exhibit.title, text=exhibit.text
                )["id"]

    def trace(self, derived: str, origin: str, *, by: ApiUser) -> None:
        """Link a statement to the statement that it repeats."""
        by.post("/relays", derived=self.ids[derived], origin=self.ids[origin])

    def ask(self, request: str, to: str, covers: list[str], asked: dict[str, str], *, ago: float, left: float) -> None:
        """Log a request for comment sent `ago` hours ago, due in `left` hours."""
        now = datetime.now(UTC)
        self.ids[request] = self.reporter.post(
            "/reply-requests",
            to=self.ids[to],
            covers=[self.ids[claim] for claim in covers],
            sent_at=(now - timedelta(hours=ago)).isoformat(),
            deadline_at=(now + timedelta(hours=left)).isoformat(),
            **asked,
        )["id"]

    def pitch(self, copy: StoryCopy) -> None:
        """Pitch a story and write it."""
        self.file(stories=[self._labelled_copy(copy)])

    def rewrite(self, copy: StoryCopy) -> None:
        """Replace the copy and its claim uses."""
        (story,) = case_items(self.ids, stories=[self._labelled_copy(copy)])["stories"]
        self.reporter.patch(f"/stories/{self.ids[story.pop('ref')]}", **story)

    def _labelled_copy(self, copy: StoryCopy) -> StoryCopy:
        return copy.model_copy(update={"headline": f"{copy.headline} ({self.day.label})"})

    def story(self) -> Any:
        return self.reporter.get(f"/stories/{self.ids['story']}")

    def gate(self) -> Any:
        return self.reporter.get(f"/stories/{self.ids['story']}/gate")

    def run_action(self, action: str, by: ApiUser, **stated: Any) -> Any:
        """Run a story action."""
        return by.post(f"/stories/{self.ids['story']}/{action}", **stated)

    def expect_refusal(self, action: str, by: ApiUser, **stated: Any) -> ApiError:
        """Run a story action that must be refused; return the error."""
        try:
            self.run_action(action, by, **stated)
        except ApiError as refusal:
            return refusal
        raise DemoFailed(f"The gate should have refused to {action} the story but let it through.")

    def confirm_conditions(self, by: ApiUser) -> int:
        """Confirm every condition of the gate as the copy editor. Returns how many there were."""
        owed = self.gate()["unconfirmed"]
        for condition in owed:
            self.run_action("confirm-condition", by, **condition)
        return len(owed)

    def wait_for_finding(self, claim: str, holds: Callable[[Any], bool], what: str) -> Any:
        """The assessment of a claim, once the condition holds."""

        def look() -> Any:
            try:
                return self.reporter.get(f"/claims/{self.ids[claim]}/assessment")
            except ApiError as refusal:
                if refusal.status == 404:  # not assessed yet
                    return None
                raise

        return self.day.newsroom.wait_until(look, lambda seen: seen is not None and holds(seen), what)

    def tasks(self, claim: str, kind: str, number: int = 1) -> list[Any]:
        """The open tasks of one kind on a claim, once there are enough."""
        return self.day.newsroom.wait_until(
            lambda: list(self.reporter.iterate("/reviews", claim=self.ids[claim], kind=kind, state="open")),
            lambda seen: len(seen) >= number,
            f"for {number} {kind} task{'s' * (number != 1)}",
        )

    def wait_until_closed(self, task: Any) -> None:
        """Wait until the task is closed as no longer needed."""
        self.day.newsroom.wait_until(
            lambda: [one["id"] for one in self.reporter.iterate("/reviews", claim=task["claim"], kind=task["kind"])],
            lambda live: task["id"] not in live,
            f"for the {task['kind']} task to be closed",
        )

    def sign(self, claim: str) -> None:
        """Propose the finding as the fact-checker and approve it as the editor."""
        proposal = self.fact_checker.post(f"/claims/{self.ids[claim]}/propose")
        self.editor.post(f"/signoffs/{proposal['id']}/approve")

    def read(self, *claims: str) -> str:
        """Complete the standards and legal reviews of claims. Returns the names of both reviewers."""
        stanley, lena = self.day.colleague("stanley"), self.day.colleague("lena")
        for claim in claims:
            stanley.post(f"/claims/{self.ids[claim]}/read-standards")
            lena.post(f"/claims/{self.ids[claim]}/read-legal")
        return f"{stanley.name} and {lena.name}"

    def wait_for_notification(self, colleague: ApiUser, about: str, action: str) -> str:
        """The subject of the user's notification about that action on that object, once it arrives."""

        def look() -> list[str]:
            told = [one for one in colleague.get("/notifications")["results"] if about in one["path"]]
            return [one["subject"] for one in told if colleague.get(f"/events/{one['event']}")["action"] == action]

        subjects = self.day.newsroom.wait_until(look, bool, f"for {colleague.name} to be notified ({action})")
        return subjects[0].replace(f" ({self.day.label})", "")


def describe_finding(assessment: Any) -> str:
    """An assessment in one line."""
    finding = assessment["finding"].replace("_", " ")
    basis = f" by {assessment['basis']}" if assessment["basis"] else ""
    contested = ", contested" if assessment["contested"] else ""
    counts = [
        _count(assessment["origins"], "origin", "origins"),
        f"{assessment['independent']} independent for it",
        *([f"{assessment['against']} against"] if assessment["against"] else []),
    ]
    return f"{finding}{basis}{contested} · {', '.join(counts)}"


def _count(number: int, one: str, many: str) -> str:
    return f"{number} {one if number == 1 else many}"
