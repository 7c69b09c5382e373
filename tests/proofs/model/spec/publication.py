"""Publication and after: publish, correct, withhold, retract."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from tests.proofs.model.spec.actions import Attempt, Chooser, Ground
from tests.proofs.model.spec.stories import (
    Spike,
    StoryAction,
    codes_of,
    confirmed_none,
    gate_of,
    lapse_correction,
    lists_claims,
)

DUE = {"update": 24, "editors_note": 8, "correction": 4, "retraction": 1}
"""Hours until the correction of each remedy is due."""


class Publish(StoryAction):
    """The gate must be open under the lock that publishes."""

    name = "story.publish"

    def against(self, a: Attempt) -> Iterator[Ground]:
        scratch = a.within(a.state.copy())
        refresh_remedy(scratch)
        for codes in codes_of(scratch).values():
            yield from (("Conflict", code) for code in codes if code.startswith("E_") and not _overridden(a, code))
            if "E_FALSE_DECLINE" in codes:  # as everybody but custodians reads it
                yield "Conflict", "ASK_CUSTODIAN"
        if not lists_claims(a.state, a["story"]) and not confirmed_none(a.state, a["story"]):
            yield "Conflict", "NO_CLAIMS_LISTED"
        for claim, codes in codes_of(scratch).items():
            yield from (("Conflict", code) for code in codes if code.startswith("C_") and not _ticked(a, claim, code))

    def effect(self, a: Attempt) -> None:
        refresh_remedy(a)
        codes, story = codes_of(a), a["story"]
        a.state.drop("printed", story=story)
        for claim, use in a.oracle(*a.state.uses(story)).complete(a.state.uses(story)).items():
            row = a.state["claim"][claim]
            use = use | {"story": story, "claim": claim, "finding": row["status"], "contested": row["contested"]}
            a.state.put("printed", story, claim, **use)
        number = a.state.revision(story)["number"]
        row = self.move(a)
        row.update(publish_at=None, planned_at=None, printed_revision=number, remedy="none")
        row["gate"] = gate_of(a.state, story, codes)


class Correct(Publish):
    name = "story.correct"

    def more(self, draw: Chooser, story: str) -> dict[str, Any]:
        return {"reason": "It was the other gate." if draw.usually() else " "}

    def effect(self, a: Attempt) -> None:
        row = a.row("story", "story")
        close_correction(a, by=a.actor.id if a.actor else row["correction_by"], fresh=True)
        lapse_correction(row)
        super().effect(a)


class Withhold(StoryAction):
    name = "story.withhold"
    more = Spike.more

    def effect(self, a: Attempt) -> None:
        lapse_correction(self.move(a))


class Retract(StoryAction):
    name = "story.retract"
    more = Spike.more

    def effect(self, a: Attempt) -> None:
        close_correction(a, by=a.actor.id)
        row = self.move(a)
        row["remedy"] = "none"
        lapse_correction(row)


def refresh_remedy(a: Attempt) -> None:
    """Every claim that the story uses, and all that they contain."""
    used = a.state.contained(*a.state.uses(a["story"]))
    a.after = a.after or a.state
    a.refresh(*sorted(claim for claim in used if a.state.live(claim)))


def close_correction(a: Attempt, *, by: str | None, fresh: bool = False) -> None:
    """The correction is closed; if there was none, and `fresh`, it is created as read afterwards."""
    corrections = a.state.all("correction", story=a["story"], closed=False)
    for row in corrections:
        row |= {"closed": True, "closed_by": by}
    if fresh and not corrections:
        new = set(a.after["correction"]) - set(a.state["correction"])
        now = a.state.now.isoformat()
        row = {"story": a["story"], "remedy": "update", "closed": True, "closed_by": by, "due_at": now}
        key = next(iter(key for key in sorted(new) if a.after["correction"][key]["story"] == a["story"]), "missing")
        a.state.put("correction", key, id=key, **row, overdue=False)


def _overridden(a: Attempt, code: str) -> bool:
    number = a.state.revision(a["story"])["number"]
    return bool(a.state.all("override", story=a["story"], number=number, code=code))


def _ticked(a: Attempt, claim: str, code: str) -> bool:
    number = a.state.revision(a["story"])["number"]
    return bool(a.state.all("tick", story=a["story"], number=number, claim=claim, code=code))


ACTIONS = [Publish, Correct, Withhold, Retract]
