"""A state of the newsroom as plain rows: table → key → column → value. Actions of the model change a copy of one."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from datetime import datetime
from typing import Any

Row = dict[str, Any]
GONE_FROM_VIEW = ("spiked", "retracted")
LIVE = ("open", "taken")
ENDED = ("found", "exhausted")
SIGNED = ("proposed", "approved")
SIGNABLE = ("verified", "refuted")


class State:
    """Everything the model knows at one moment. Times are ISO texts in UTC, which sort in order of time."""

    def __init__(self, tables: dict[str, dict[str, Row]], now: datetime) -> None:
        self.tables, self.now = tables, now

    def __getitem__(self, table: str) -> dict[str, Row]:
        return self.tables[table]

    def copy(self) -> State:
        """A copy, to be changed."""
        return State(
            {name: {key: dict(row) for key, row in rows.items()} for name, rows in self.tables.items()}, self.now
        )

    def all(self, table: str, **like: Any) -> list[Row]:
        """The rows with these values."""
        wanted = like.items()
        return [row for row in self.tables[table].values() if all(row[name] == value for name, value in wanted)]

    def drop(self, table: str, **like: Any) -> None:
        """Remove the rows with these values."""
        wanted = like.items()
        rows = self.tables[table]
        self.tables[table] = {
            key: row for key, row in rows.items() if not all(row[name] == value for name, value in wanted)
        }

    def put(self, table: str, *key: Any, **row: Any) -> None:
        """Add a row under its natural key."""
        self.tables[table]["/".join(map(str, key))] = row

    # Claims

    def parts(self, claim: str) -> list[str]:
        """The members of a compound."""
        return [link["part"] for link in self.all("part", whole=claim)]

    def compounds(self, claim: str) -> list[str]:
        """The compounds it is a member of."""
        return [link["whole"] for link in self.all("part", part=claim)]

    def carried(self, claim: str) -> list[str]:
        """What an utterance carries."""
        return [link["carried"] for link in self.all("carry", utterance=claim)]

    def carriers(self, claim: str) -> list[str]:
        """The utterances that carry it."""
        return [link["utterance"] for link in self.all("carry", carried=claim)]

    def contained(self, *claims: str) -> set[str]:
        """These claims, their members and what they carry, at any depth: a story that uses them uses all."""
        return _closure(claims, lambda claim: [*self.parts(claim), *self.carried(claim)])

    def containing(self, claim: str) -> set[str]:
        """The claim and all that contain it."""
        return _closure([claim], lambda part: [*self.compounds(part), *self.carriers(part)])

    def live(self, claim: str) -> bool:
        """Neither dropped nor merged."""
        return not self["claim"][claim]["dropped"] and not self["claim"][claim]["merged_into"]

    def statements(self, *claims: str) -> list[Row]:
        """The statements on these claims."""
        return [row for row in self["statement"].values() if row["claim"] in claims]

    def using(self, claim: str) -> set[str]:
        """Stories that use it, or a claim that contains it."""
        about = self.containing(claim)
        return {use["story"] for use in self["use"].values() if use["claim"] in about}

    def writers(self, claim: str) -> set[str]:
        """The writers of those stories."""
        return {user for story in self.using(claim) for user in self.writers_of(story)}

    def signature(self, claim: str, kind: str, *states: str) -> Row | None:
        """The sign-off of that kind in one of these states; approved by default."""
        for row in self["signoff"].values():
            if (row["claim"], row["kind"]) == (claim, kind) and row["state"] in (states or ("approved",)):
                return row
        return None

    def void_all(self, claim: str) -> None:
        """Void all signatures: the text has changed."""
        for row in self.all("signoff", claim=claim):
            if row["state"] in SIGNED:
                row["state"] = "voided"
        if self["claim"][claim]["status"] in SIGNABLE:
            self["claim"][claim]["status"] = "under_investigation"

    # Stories

    def uses(self, story: str) -> dict[str, Row]:
        """Claim → how the story uses it."""
        return {row["claim"]: row for row in self.all("use", story=story)}

    def printed(self, story: str) -> dict[str, Row]:
        """Claim → its published use."""
        return {row["claim"]: row for row in self.all("printed", story=story)}

    def relied(self, story: str, claim: str) -> list[str]:
        """The statements that the copy relies on for this claim."""
        return sorted(row["statement"] for row in self.all("reliance", story=story, claim=claim))

    def authors(self, story: str) -> set[str]:
        """The authors."""
        return {row["user"] for row in self.all("author", story=story)}

    def writers_of(self, story: str) -> set[str]:
        """The authors, and who was one and wrote some of the copy."""
        wrote = {row["by"] for row in self.all("revision", story=story)}
        return self.authors(story) | wrote & {row["user"] for row in self.all("ever_author", story=story)}

    def revision(self, story: str) -> Row:
        """The latest revision."""
        return max(self.all("revision", story=story), key=lambda row: row["number"])

    # Desks

    def desks(self, table: str, key: str) -> set[str]:
        """The desks of an object."""
        row = self[table][key]
        if table == "claim":
            own = {self["claim"][claim]["desk"] for claim in self.containing(key)}
            return own | {self["story"][story]["desk"] for story in self.using(key)}
        if table == "request":
            return {desk for cover in self.all("cover", request=key) for desk in self.desks("claim", cover["claim"])}
        return self.desks("claim", row["claim"]) if "claim" in row else {row["desk"]}

    def differences(self, other: State) -> Iterator[str]:
        """The differences from another state; this one is the expected one."""
        for table, rows in self.tables.items():
            other_rows = other.tables[table]
            for key in sorted({*rows, *other_rows}):
                own_row, other_row = rows.get(key), other_rows.get(key)
                if own_row is None or other_row is None:
                    yield f"{table} {key}: expected {own_row}, found {other_row}"
                elif own_row != other_row:
                    parted = sorted(name for name in own_row if own_row[name] != other_row.get(name))
                    yield f"{table} {key}: " + "; ".join(
                        f"{name} expected {own_row[name]!r}, found {other_row.get(name)!r}" for name in parted
                    )


def _closure(claims: Iterable[str], linked: Callable[[str], list[str]]) -> set[str]:
    """These claims and all that they are linked to, directly or through others."""
    found: set[str] = set()
    waiting = list(claims)
    while waiting:
        if (claim := waiting.pop()) not in found:
            found.add(claim)
            waiting += linked(claim)
    return found


def established(source: Row) -> str:
    """What checking has shown."""
    if source["authenticity"] in ("unknown", "genuine"):
        return "genuine" if source["authenticated"] else "unknown"
    return str(source["authenticity"])
