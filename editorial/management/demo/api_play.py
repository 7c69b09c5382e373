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
    """A demo day: its users, signed in when needed, and the terminal that shows it."""

    def __init__(self, terminal: Terminal, newsroom: Newsroom, people: tuple[DemoUser, ...], password: str) -> None:
        self.terminal, self.newsroom = terminal, newsroom
        self._people, self._password = {person.username: person for person in people}, password
        self._signed_in: dict[str, ApiUser] = {}
        # Distinguishes today's material from that of earlier runs.
        self.label = f"demo of {datetime.now(UTC):%d %b, %H:%M:%S}"

    def colleague(self, username: str) -> ApiUser:
        """The user, signed in."""
        if username not in self._signed_in:
            self._signed_in[username] = self.newsroom.log_in(self._people[username], self._password)
        return self._signed_in[username]

    def close(self) -> None:
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
        for exhibit in self.case.exhibits:
            if exhibit.id in names:
                self.ids[exhibit.id] = self.reporter.post(
                    "/exhibits", desk=self.desk, title=exhibit.title, text=exhibit.text
                )["id"]

    def trace(self, derived: str, origin: str, *, by: ApiUser) -> None:
        """Link a statement to the statement that it repeats."""
        by.post("/relays", derived=self.ids[derived], origin=self.ids[origin])

    def ask(
        self,
        request: str,
        to: str,
        covers: list[str],
        question: dict[str, str],
        *,
        sent_hours_ago: float,
        due_in_hours: float,
    ) -> None:
        """Log a request for comment that was sent some hours ago and is due in some hours."""
        now = datetime.now(UTC)
        self.ids[request] = self.reporter.post(
            "/reply-requests",
            to=self.ids[to],
            covers=[self.ids[claim] for claim in covers],
            sent_at=(now - timedelta(hours=sent_hours_ago)).isoformat(),
            deadline_at=(now + timedelta(hours=due_in_hours)).isoformat(),
            **question,
        )["id"]

    def pitch(self, copy: StoryCopy) -> None:
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

    def run_action(self, action: str, by: ApiUser, **fields: Any) -> Any:
        return by.post(f"/stories/{self.ids['story']}/{action}", **fields)

    def expect_refusal(self, action: str, by: ApiUser, **fields: Any) -> ApiError:
        """Run a story action that must be refused; return the error."""
        try:
            self.run_action(action, by, **fields)
        except ApiError as refusal:
            return refusal
        raise DemoFailed(f"The gate should have refused to {action} the story but let it through.")

    def confirm_conditions(self, by: ApiUser) -> int:
        """Confirm every condition of the gate as the copy editor. Returns how many there were."""
        conditions = self.gate()["unconfirmed"]
        for condition in conditions:
            self.run_action("confirm-condition", by, **condition)
        return len(conditions)

    def wait_for_finding(self, claim: str, condition: Callable[[Any], bool]) -> Any:
        """The assessment of a claim, once the condition holds."""

        def fetch() -> Any:
            try:
                return self.reporter.get(f"/claims/{self.ids[claim]}/assessment")
            except ApiError as refusal:
                if refusal.status == 404:  # not assessed yet
                    return None
                raise

        return self.day.newsroom.wait_until(
            fetch, lambda latest: latest is not None and condition(latest), f"for the worker to assess “{claim}”"
        )

    def show_finding(self, label: str, claim: str, condition: Callable[[Any], bool], note: str = "") -> Any:
        """Wait for the assessment of a claim, show it and return it."""
        assessment = self.wait_for_finding(claim, condition)
        self.day.terminal.show_result(f"{label}: {describe_finding(assessment)}.{note}")
        return assessment

    def wait_for_remedy(self, remedy: str) -> str:
        """Why the published story owes this remedy, once the worker has flagged it."""
        story = self.day.newsroom.wait_until(
            self.story,
            lambda latest: latest["pending_remedy"] and latest["remedy"] != "none",  # read one after the other
            "for the worker to flag the story",
        )
        if story["remedy"] != remedy:
            raise DemoFailed(f"The story should owe this remedy: {remedy}. It owes: {story['remedy']}.")
        return str(story["pending_remedy"]["because"])

    def tasks(self, claim: str, kind: str, number: int = 1) -> list[Any]:
        """The open tasks of one kind on a claim, once there are enough."""
        return self.day.newsroom.wait_until(
            lambda: list(self.reporter.iterate("/reviews", claim=self.ids[claim], kind=kind, state="open")),
            lambda tasks: len(tasks) >= number,
            f"for {number} {kind} task{'s' * (number != 1)}",
        )

    def wait_until_closed(self, task: Any) -> None:
        """Wait until the task is closed as no longer needed."""
        self.day.newsroom.wait_until(
            lambda: [row["id"] for row in self.reporter.iterate("/reviews", claim=task["claim"], kind=task["kind"])],
            lambda open_ids: task["id"] not in open_ids,
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

        def fetch() -> list[str]:
            notices = [row for row in colleague.get("/notifications")["results"] if row["object"]["id"] == about]
            return [row["subject"] for row in notices if colleague.get(f"/events/{row['event']}")["action"] == action]

        subjects = self.day.newsroom.wait_until(fetch, bool, f"for {colleague.name} to be notified ({action})")
        return subjects[0].replace(f" ({self.day.label})", "")


def expect_codes(refusal: ApiError, *codes: str) -> None:
    """Fail unless the refusal names these codes."""
    missing = set(codes) - {reason.code for reason in refusal.reasons}
    if missing:
        raise DemoFailed(f"The gate should have named {', '.join(sorted(missing))}; it says: {refusal}")


def explained_codes(refusal: ApiError, gate: Any) -> list[tuple[str, str]]:
    """Each code once, with its meaning and the number of claims that it concerns."""
    meanings = {code["code"]: code["text"] for use in gate["uses"] for code in use["codes"]}
    claims: dict[str, set[str]] = {}
    for reason in refusal.reasons:
        claims.setdefault(reason.code, set()).add(reason.claim)
    return [(code, meanings[code] + (f" (On {len(on)} claims.)" if len(on) > 1 else "")) for code, on in claims.items()]


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


def _count(number: int, singular: str, plural: str) -> str:
    return f"{number} {singular if number == 1 else plural}"
