"""Consequences of the facts of a state, by the second implementation of the rules in tests/proofs/reference."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Any
from unittest import mock

from tests.proofs.model.spec.state import ENDED, LIVE, SIGNABLE, Row, State, established
from tests.proofs.reference.rules import counting, finding, gate, remedy, replies, story, thresholds
from tests.proofs.reference.rules.facts import World

_TIES = ("org", "speaks_for", "parent", "author", "issuer", "benefits_if", "camp")


class Oracle:
    """The rules applied to some claims of a state, all that they contain, their compounds, and the members of those."""

    def __init__(self, state: State, claims: set[str], rules: dict[str, Any]) -> None:
        self.state, self.rules = state, rules
        claims = state.contained(*claims)
        self.claims = claims | {compound for claim in claims for compound in state.compounds(claim)}
        self.claims |= {part for compound in self.claims for part in state.parts(compound)}
        self.identity = identities(state)
        self.world = World(self._scenario())

    def _scenario(self) -> dict[str, Any]:
        state, claims = self.state, self.claims
        settles = {
            effect: _grouped(state.all("dispositive_evidence", effect=effect))
            for effect in ("establishes", "contradicts")
        }
        statements = [row for row in state.statements(*claims) if not row["struck"]]
        ids = {row["id"] for row in statements}
        return {
            "now": state.now.isoformat(),
            "claims": [
                {
                    "id": claim,
                    "kind": state["claim"][claim]["kind"],
                    "risk": state["claim"][claim]["risk"],
                    "adverse_to": [link["source"] for link in state.all("adverse", claim=claim)],
                    "parts": state.parts(claim),
                    "carries": [carried for carried in state.carried(claim) if carried in claims],
                }
                for claim in claims
            ],
            "sources": [
                {
                    "id": key,
                    "type": row["type"],
                    "reliability": row["reliability"] or "F",
                    "unnamed": row["unnamed"],
                    "editor_knows": row["editor_knows"],
                    "authenticity": established(row),
                    "key": self.identity[key],
                    **{name: row[name] or None for name in _TIES},
                    **{effect: settled.get(key, []) for effect, settled in settles.items()},
                }
                for key, row in state["source"].items()
            ],
            "statements": [
                {
                    **{
                        name: row[name]
                        for name in ("id", "claim", "source", "stance", "directness", "terms", "obtained_by")
                    },
                    "briefing": row["briefing"],
                    "ended": row["ended"],
                    "benefits_if": row["benefits_if"] or None,
                    "inducement": row["inducement"] or None,
                    "collector_conflict": row["collector_conflict"],
                    "translation": row["translation"] or None,
                    "informant": row["informant"] or "unknown",
                    **({"embargo_until": row["embargo_until"]} if row["embargo_until"] else {}),
                }
                for row in statements
            ],
            "relays": [
                (row["derived"], row["origin"])
                for row in state["relay"].values()
                if row["derived"] in ids and row["origin"] in ids
            ],
            "replies": [each for key, row in state["request"].items() for each in self._requests(key, row)],
            "tasks": {claim: standing(state, claim) for claim in claims},
        }

    def _requests(self, key: str, row: Row) -> Iterator[dict[str, Any]]:
        """Claims that were reworded since are owed another request, but a false decline stays false."""
        covers = self.state.all("cover", request=key)
        request = self._request(row)
        yield request | {"covers": [cover["claim"] for cover in covers if not cover["reworded"]]}
        if row["outcome"] in ("declined", "no_response"):
            reworded = [cover["claim"] for cover in covers if cover["reworded"]]
            yield request | {"covers": reworded, "specific": False}

    def _request(self, row: Row) -> dict[str, Any]:
        deadline = row["deadline_at"]
        hours = (datetime.fromisoformat(deadline) - datetime.fromisoformat(row["sent_at"])) if deadline else None
        return {
            "to": row["to"],
            "hours": hours.total_seconds() / 3600 if hours else 0,
            "deadline_passed": deadline is not None and datetime.fromisoformat(deadline) <= self.state.now,
            "outcome": row["outcome"],
            "reason": row["reason"],
            "respondent_key": self.identity.get(row["respondent_key"], row["respondent_key"]) or None,
        }

    # Findings and signatures

    def found(self, claim: str) -> str:
        """The finding; None for an opinion."""
        with self._policy():
            return finding.finding(self.world, claim) or ""

    def contested(self, claim: str) -> bool:
        """Whether there is a live denial."""
        return finding.contested(self.world, claim)

    def basis(self, claim: str) -> str:
        """The basis of a verified claim."""
        with self._policy():
            return finding.basis(self.world, claim) or ""

    def missing(self, claim: str) -> set[str]:
        """The unmet requirements of the nearest row."""
        with self._policy():
            return {lack["requirement"] for lack in finding.missing(self.world, claim)}

    def owed_replies(self, claim: str) -> dict[str, str]:
        """Party (as its identity) → the code of its right of reply."""
        with self._policy():
            if self.world.risk(claim) not in replies.WINDOW:
                return {}
            codes = {party: replies.code_of(self.world, claim, party) for party in self.world.parties(claim)}
        return {self.identity[party]: code for party, code in codes.items() if code}

    def collectors(self, claim: str) -> set[str]:
        """The collectors of evidence that counts, for the claim or a member of it."""
        bodies, sides = self.world.bodies(claim), ("affirms", "denies")
        counted = {
            statement for body in bodies for side in sides for statement in counting.counted(self.world, body, side)
        }
        return {self.state["statement"][statement]["collected_by"] for statement in counted}

    def read(self, claim: str, kind: str) -> bool:
        """Whether it has this review, or its risk needs none."""
        return self.world.risk(claim) != "serious" or self.state.signature(claim, kind) is not None

    def stands(self, claim: str, authors: set[str] | None = None) -> bool:
        """Whether the claim, taken alone, has the signatures that its finding needs, by four eyes.

        `authors`: those of one story; by default, of every story that uses the claim.
        """
        finding, signoff = self.found(claim), self.state.signature(claim, "finding")
        four_eyes = self.clean(claim, self.state.writers(claim) if authors is None else authors)
        is_signed = finding not in SIGNABLE or (signoff is not None and signoff["finding"] == finding)
        return four_eyes and is_signed and self.read(claim, "standards")

    def signed(self, claim: str, authors: set[str] | None = None) -> bool:
        """Whether it and all its members are signed."""
        return all(self.stands(body, authors) for body in self.world.whole(claim))

    def status(self, claim: str) -> str:
        """Verified and refuted take effect once signed, every other finding immediately."""
        finding = self.found(claim)
        return finding if finding not in SIGNABLE or self.signed(claim) else "under_investigation"

    def clean(self, claim: str, authors: set[str]) -> bool:
        """Whether its approver neither wrote, collected nor proposed."""
        signoff = self.state.signature(claim, "finding")
        involved = authors | self.collectors(claim)
        return signoff is None or (
            signoff["decided_by"] not in involved and signoff["decided_by"] != signoff["proposed_by"]
        )

    # Gate and remedy

    def complete(self, uses: dict[str, Row]) -> dict[str, Row]:
        """The uses and those that are carried, with the sources that the copy states for them."""
        world = World(self.world.scenario | {"use": {claim: use["mode"] for claim, use in uses.items()}})
        carried = {"mode": "attributed", "central": False}
        return uses | {claim: {"says": None} | uses.get(claim, {}) | carried for claim in story.carried(world)}

    def gate(self, story_id: str) -> dict[str, set[str]]:
        """Claim → the codes of the story's use of it, carried uses included."""
        authors, uses = self.state.writers_of(story_id), self.complete(self.state.uses(story_id))
        scenario = self.world.scenario | {
            "use": {claim: use["mode"] for claim, use in self.state.uses(story_id).items()},
            "signoffs": {
                claim: {
                    "legal": self.read(claim, "legal"),
                    "standards": self.read(claim, "standards"),
                    "four_eyes": self.clean(claim, authors),
                }
                for claim in self.claims
            },
        }
        codes = {}
        for claim, use in uses.items():
            relied = {"relies_on": self.state.relied(story_id, claim), "stated_source_count": {claim: use["says"]}}
            with self._policy(), mock.patch.object(story, "signed", lambda _, body: self.signed(body, authors)):
                codes[claim] = gate.codes(World(scenario | relied), claim, use["mode"])
        return codes

    def remedy(self, story_id: str) -> tuple[str, set[str]]:
        """The story's remedy and its claims, by the findings, signed or not."""
        remedies = {}
        printed = self.state.printed(story_id)
        since = {"finding": "unverified", "contested": False}  # what it turned out to carry only later
        for claim, use in self.complete(printed).items():
            use = printed[claim] if printed.get(claim, {}).get("mode") == use["mode"] else use | since
            if self.world.is_judgement(claim):
                use = use | {"finding": None}
            self.world.scenario["stated_source_count"] = {claim: use["says"]}
            with self._policy():
                remedies[claim] = remedy.of_use(self.world, claim, {**use, "finding": use["finding"] or None})
        worst = max(remedies.values(), key=remedy.LEAST_FIRST.index, default="none")
        return worst, {claim for claim, kind in remedies.items() if kind != "none"}

    @contextmanager
    def _policy(self) -> Iterator[None]:
        with (
            mock.patch.object(thresholds, "ROWS", self.rules["rows"]),
            mock.patch.object(replies, "WINDOW", self.rules["window"]),
        ):
            yield


def verdict(codes: dict[str, set[str]]) -> str:
    """The gate of a story with these codes."""
    return gate.verdict({code for codes_of_claim in codes.values() for code in codes_of_claim})


def standing(state: State, claim: str) -> str:
    """The progress of a claim's tasks."""
    states = {task["state"] for task in state.all("task", claim=claim)}
    return "open" if states & set(LIVE) else "exhausted" if states & set(ENDED) else "none"


def identities(state: State) -> dict[str, str]:
    """Every source id and token → its identity: by mergers and equal tokens, however long the chain."""
    leader: dict[str, str] = {}

    def find(name: str) -> str:
        while leader.setdefault(name, name) != name:
            name = leader[name]
        return name

    for key, row in state["source"].items():
        find(key)
        for other in (row["key"], row["merged_into"]):
            if other:
                first, second = sorted((find(key), find(other)))
                leader[second] = first
    return {name: find(name) for name in leader}


def _grouped(links: list[Row]) -> dict[str, list[str]]:
    groups: dict[str, list[str]] = {}
    for link in links:
        groups.setdefault(link["source"], []).append(link["claim"])
    return groups
