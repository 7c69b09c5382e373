"""Work on one case through the API, as its people do it."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from typing import Any

from editorial.management.demo.case_data import Case, Claim, Copy, Person, Source, Statement
from editorial.management.demo.client import Colleague, Newsroom, NotAsTold, Refusal
from editorial.management.demo.terminal import Stage


class Day:
    """A day in the newsroom: its people, who log in when they are needed, and the stage on which it is shown."""

    def __init__(self, stage: Stage, newsroom: Newsroom, people: tuple[Person, ...], password: str) -> None:
        self.stage, self.newsroom = stage, newsroom
        self._people, self._password = {person.username: person for person in people}, password
        self._here: dict[str, Colleague] = {}
        # What is filed today is told apart from what earlier days have filed.
        self.label = f"demo of {datetime.now(UTC):%d %b, %H:%M:%S}"

    def colleague(self, username: str) -> Colleague:
        """Somebody, logged in."""
        if username not in self._here:
            self._here[username] = self.newsroom.log_in(self._people[username], self._password)
        return self._here[username]

    def close(self) -> None:
        """Everybody logs out."""
        while self._here:
            with suppress(NotAsTold, Refusal):  # whoever cannot log out is logged out by the clock
                self._here.popitem()[1].log_out()


class Reporting:
    """One case, worked on today. `ids` leads from the case's own names to what was filed."""

    def __init__(self, day: Day, case: Case) -> None:
        self.day, self.case = day, case
        self.ids: dict[str, str] = {}
        self.reporter = day.colleague(case.reporter)
        desks = {desk["slug"]: desk["id"] for desk in self.reporter.each("/desks")}
        self.desk = desks[case.desk]

    @property
    def fact_checker(self) -> Colleague:
        """Who checks."""
        return self.day.colleague(self.case.fact_checker)

    @property
    def editor(self) -> Colleague:
        """Who decides."""
        return self.day.colleague(self.case.editor)

    def find(self, *names: str) -> None:
        """Look up sources that the newsroom knows already; enter those that it does not."""
        for name in names:
            source = self.case.source(name)
            known = [one for one in self.reporter.each("/sources", q=source.name) if one["name"] == source.name]
            self.ids[name] = known[-1]["id"] if known else self.register(source)

    def register(self, source: Source) -> str:
        """Enter a source; a name that must not be known goes into the vault."""
        stated: dict[str, Any] = {kind: self.ids[name] for kind, name in source.ties.items()}
        if source.gains:
            stated["gains"] = source.gains
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
                direct=statement.direct,
                got=statement.got,
                **exhibit,
                **stated,
            )["id"]
            for origin in statement.repeats:
                self.trace(statement.id, origin, by=self.reporter)

    def trace(self, derived: str, origin: str, *, by: Colleague) -> None:
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

    def pitch(self, copy: Copy) -> None:
        """Pitch a story and write it."""
        headline = f"{copy.headline} ({self.day.label})"
        self.ids["story"] = self.reporter.post("/stories", desk=self.desk, headline=headline, body=copy.body)["id"]
        self.reporter.patch(f"/stories/{self.ids['story']}", uses=self.uses(copy))

    def rewrite(self, copy: Copy) -> None:
        """Change the words, and how they use claims."""
        headline = f"{copy.headline} ({self.day.label})"
        self.reporter.patch(f"/stories/{self.ids['story']}", headline=headline, body=copy.body, uses=self.uses(copy))

    def uses(self, copy: Copy) -> list[dict[str, Any]]:
        """How the copy uses claims, in the API's words."""
        return [
            {
                "claim": self.ids[use.claim],
                "mode": use.mode,
                "central": use.central,
                "says_sources": use.says_sources,
                "relies": [self.ids[statement] for statement in use.relies],
            }
            for use in copy.uses
        ]

    def story(self) -> Any:
        """The story as it stands."""
        return self.reporter.get(f"/stories/{self.ids['story']}")

    def gate(self) -> Any:
        """What the gate says now."""
        return self.reporter.get(f"/stories/{self.ids['story']}/gate")

    def move(self, verb: str, by: Colleague, **stated: Any) -> Any:
        """Bring the story further."""
        return by.post(f"/stories/{self.ids['story']}/{verb}", **stated)

    def refused(self, verb: str, by: Colleague, **stated: Any) -> Refusal:
        """Try to bring the story further, and be refused."""
        try:
            self.move(verb, by, **stated)
        except Refusal as refusal:
            return refusal
        raise NotAsTold(f"The gate should have refused to {verb} the story, and let it through.")

    def tick_all(self, by: Colleague) -> int:
        """Put the copy editor's name under every condition of the gate. Returns how many there were."""
        owed = self.gate()["unticked"]
        for condition in owed:
            self.move("tick", by, **condition)
        return len(owed)

    def found(self, claim: str, holds: Callable[[Any], bool], what: str) -> Any:
        """What the engine finds of a claim, once that is so."""

        def look() -> Any:
            try:
                return self.reporter.get(f"/claims/{self.ids[claim]}/assessment")
            except Refusal as refusal:
                if refusal.status == 404:  # nothing was found yet
                    return None
                raise

        return self.day.newsroom.until(look, lambda seen: seen is not None and holds(seen), what)

    def tasks(self, claim: str, kind: str, number: int = 1) -> list[Any]:
        """The open tasks of one kind on a claim, once there are so many."""
        return self.day.newsroom.until(
            lambda: list(self.reporter.each("/reviews", claim=self.ids[claim], kind=kind, state="open")),
            lambda seen: len(seen) >= number,
            f"for {number} {kind} task{'s' * (number != 1)}",
        )

    def ended(self, task: Any) -> None:
        """Wait until nobody needs a task any more."""
        self.day.newsroom.until(
            lambda: [one["id"] for one in self.reporter.each("/reviews", claim=task["claim"], kind=task["kind"])],
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

    def told(self, colleague: Colleague, about: str, verb: str) -> str:
        """The subject of what somebody is told of something that happened to something, once they are."""

        def look() -> list[str]:
            told = [one for one in colleague.get("/notifications")["results"] if about in one["path"]]
            return [one["subject"] for one in told if colleague.get(f"/events/{one['event']}")["verb"] == verb]

        subjects = self.day.newsroom.until(look, bool, f"for {colleague.name} to be told of it ({verb})")
        return subjects[0].replace(f" ({self.day.label})", "")


def in_words(assessment: Any) -> str:
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
