"""Work on one case through the API, as its people do it."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from typing import Any

from editorial.management.demo.case_data import Case, Claim, DemoUser, Source, Statement, StoryCopy
from editorial.management.demo.client import ApiError, ApiUser, DemoFailed, Newsroom
from editorial.management.demo.terminal import Terminal


class DemoSession:
    """A day in the newsroom: its people, who log in when they are needed, and the stage on which it is shown."""

    def __init__(self, stage: Terminal, newsroom: Newsroom, people: tuple[DemoUser, ...], password: str) -> None:
        self.stage, self.newsroom = stage, newsroom
        self._people, self._password = {person.username: person for person in people}, password
        self._signed_in: dict[str, ApiUser] = {}
        # What is filed today is told apart from what earlier days have filed.
        self.label = f"demo of {datetime.now(UTC):%d %b, %H:%M:%S}"

    def colleague(self, username: str) -> ApiUser:
        """Somebody, logged in."""
        if username not in self._signed_in:
            self._signed_in[username] = self.newsroom.log_in(self._people[username], self._password)
        return self._signed_in[username]

    def close(self) -> None:
        """Everybody logs out."""
        while self._signed_in:
            with suppress(DemoFailed, ApiError):  # whoever cannot log out is logged out by the clock
                self._signed_in.popitem()[1].log_out()


class CasePlayer:
    """One case, worked on today. `ids` leads from the case's own names to what was filed."""

    def __init__(self, day: DemoSession, case: Case) -> None:
        self.day, self.case = day, case
        self.ids: dict[str, str] = {}
        self.reporter = day.colleague(case.reporter)
        desks = {desk["slug"]: desk["id"] for desk in self.reporter.iterate("/desks")}
        self.desk = desks[case.desk]

    @property
    def fact_checker(self) -> ApiUser:
        """Who checks."""
        return self.day.colleague(self.case.fact_checker)

    @property
    def editor(self) -> ApiUser:
        """Who decides."""
        return self.day.colleague(self.case.editor)

    def find(self, *names: str) -> None:
        """Look up sources that the newsroom knows already; enter those that it does not."""
        for name in names:
            source = self.case.source(name)
            known = [one for one in self.reporter.iterate("/sources", q=source.name) if one["name"] == source.name]
            self.ids[name] = known[-1]["id"] if known else self.register(source)

    def register(self, source: Source) -> str:
        """Enter a source; a name that must not be known goes into the vault."""
        stated: dict[str, Any] = {kind: self.ids[name] for kind, name in source.ties.items()}
        if source.benefits_if:
            stated["benefits_if"] = source.benefits_if
        if source.identity:
            stated |= {"identity_name": source.identity.name, "identity_known_by": source.identity.known_by}
        if source.establishes:
            stated["establishes"] = [self.ids[claim] for claim in source.establishes if claim in self.ids]
        self.ids[source.id] = self.reporter.post(
            "/sources", desk=self.desk, type=source.type, name=source.name, unnamed=source.unnamed, **stated
        )["id"]
        return self.ids[source.id]

    def rate(self, name: str, reliability: str) -> None:
        """Let the fact-checker rate a source."""
        self.fact_checker.post(f"/sources/{self.ids[name]}/rate", reliability=reliability)

    def claim(self, claim: Claim) -> None:
        """File a claim."""
        self.ids[claim.id] = self.reporter.post(
            "/claims",
            desk=self.desk,
            text=f"{claim.text} ({self.day.label})",
            kind=claim.kind,
            risk=claim.risk,
            adverse_to=[self.ids[party] for party in claim.adverse_to],
        )["id"]

    def exhibit(self, *names: str) -> None:
        """Archive copies."""
        for exhibit in self.case.exhibits:
            if exhibit.id in names:
                self.ids[exhibit.id] = self.reporter.post(
                    "/exhibits", desk=self.desk, title=exhibit.title, text=exhibit.text
                )["id"]

    def record(self, *statements: Statement, **stated: Any) -> None:
        """Record what was said, and whom it repeats."""
        for statement in statements:
            exhibit = {"exhibit": self.ids[statement.exhibit]} if statement.exhibit else {}
            self.ids[statement.id] = self.reporter.post(
                "/statements",
                claim=self.ids[statement.claim],
                source=self.ids[statement.source],
                stance=statement.stance,
                directness=statement.directness,
                obtained_by=statement.obtained_by,
                **exhibit,
                **stated,
            )["id"]
            for origin in statement.repeats:
                self.trace(statement.id, origin, by=self.reporter)

    def trace(self, derived: str, origin: str, *, by: ApiUser) -> None:
        """Note whom a statement repeats."""
        by.post("/relays", derived=self.ids[derived], origin=self.ids[origin])

    def ask(self, request: str, to: str, covers: list[str], asked: dict[str, str], *, ago: float, left: float) -> None:
        """Note what was put to a party `ago` hours ago, with `left` hours to answer from now on."""
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
        headline = f"{copy.headline} ({self.day.label})"
        self.ids["story"] = self.reporter.post("/stories", desk=self.desk, headline=headline, body=copy.body)["id"]
        self.reporter.patch(f"/stories/{self.ids['story']}", uses=self.uses(copy))

    def rewrite(self, copy: StoryCopy) -> None:
        """Change the words, and how they use claims."""
        headline = f"{copy.headline} ({self.day.label})"
        self.reporter.patch(f"/stories/{self.ids['story']}", headline=headline, body=copy.body, uses=self.uses(copy))

    def uses(self, copy: StoryCopy) -> list[dict[str, Any]]:
        """How the copy uses claims, in the API's words."""
        return [
            {
                "claim": self.ids[use.claim],
                "mode": use.mode,
                "central": use.central,
                "stated_source_count": use.stated_source_count,
                "relies_on": [self.ids[statement] for statement in use.relies_on],
            }
            for use in copy.uses
        ]

    def story(self) -> Any:
        """The story as it stands."""
        return self.reporter.get(f"/stories/{self.ids['story']}")

    def gate(self) -> Any:
        """What the gate says now."""
        return self.reporter.get(f"/stories/{self.ids['story']}/gate")

    def run_action(self, action: str, by: ApiUser, **stated: Any) -> Any:
        """Bring the story further."""
        return by.post(f"/stories/{self.ids['story']}/{action}", **stated)

    def expect_refusal(self, action: str, by: ApiUser, **stated: Any) -> ApiError:
        """Try to bring the story further, and be refused."""
        try:
            self.run_action(action, by, **stated)
        except ApiError as refusal:
            return refusal
        raise DemoFailed(f"The gate should have refused to {action} the story, and let it through.")

    def confirm_conditions(self, by: ApiUser) -> int:
        """Put the copy editor's name under every condition of the gate. Returns how many there were."""
        owed = self.gate()["unconfirmed"]
        for condition in owed:
            self.run_action("confirm-condition", by, **condition)
        return len(owed)

    def wait_for_finding(self, claim: str, holds: Callable[[Any], bool], what: str) -> Any:
        """What the engine finds of a claim, once that is so."""

        def look() -> Any:
            try:
                return self.reporter.get(f"/claims/{self.ids[claim]}/assessment")
            except ApiError as refusal:
                if refusal.status == 404:  # nothing was found yet
                    return None
                raise

        return self.day.newsroom.wait_until(look, lambda seen: seen is not None and holds(seen), what)

    def tasks(self, claim: str, kind: str, number: int = 1) -> list[Any]:
        """The open tasks of one kind on a claim, once there are so many."""
        return self.day.newsroom.wait_until(
            lambda: list(self.reporter.iterate("/reviews", claim=self.ids[claim], kind=kind, state="open")),
            lambda seen: len(seen) >= number,
            f"for {number} {kind} task{'s' * (number != 1)}",
        )

    def wait_until_closed(self, task: Any) -> None:
        """Wait until nobody needs a task any more."""
        self.day.newsroom.wait_until(
            lambda: [one["id"] for one in self.reporter.iterate("/reviews", claim=task["claim"], kind=task["kind"])],
            lambda live: task["id"] not in live,
            f"for the {task['kind']} task to be closed",
        )

    def sign(self, claim: str) -> None:
        """Let the fact-checker propose what was found, and the editor approve it."""
        proposal = self.fact_checker.post(f"/claims/{self.ids[claim]}/propose")
        self.editor.post(f"/signoffs/{proposal['id']}/approve")

    def read(self, *claims: str) -> str:
        """Let the standards editor and the lawyer read claims. Returns their names."""
        stanley, lena = self.day.colleague("stanley"), self.day.colleague("lena")
        for claim in claims:
            stanley.post(f"/claims/{self.ids[claim]}/read-standards")
            lena.post(f"/claims/{self.ids[claim]}/read-legal")
        return f"{stanley.name} and {lena.name}"

    def wait_for_notification(self, colleague: ApiUser, about: str, action: str) -> str:
        """The subject of what somebody is told of something that happened to something, once they are."""

        def look() -> list[str]:
            told = [one for one in colleague.get("/notifications")["results"] if about in one["path"]]
            return [one["subject"] for one in told if colleague.get(f"/events/{one['event']}")["action"] == action]

        subjects = self.day.newsroom.wait_until(look, bool, f"for {colleague.name} to be notified ({action})")
        return subjects[0].replace(f" ({self.day.label})", "")


def describe_finding(assessment: Any) -> str:
    """A finding in one line."""
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
