"""Ways back: off the schedule, back to the authors, unspiked, back online, to another desk; scheduled corrections."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from tests.proofs.model.spec.actions import Attempt, Chooser, Ground, Subject
from tests.proofs.model.spec.publication import Publish, refresh_remedy
from tests.proofs.model.spec.state import State
from tests.proofs.model.spec.stories import Schedule, Spike, StoryAction, lapse_correction, leave_schedule


class Unschedule(StoryAction):
    name = "story.unschedule"

    def effect(self, a: Attempt) -> None:
        leave_schedule(self.move(a))


class SendBack(Spike):
    name = "story.send_back"


class Unspike(StoryAction):
    name = "story.unspike"
    more = Spike.more


class Restore(Publish):
    """What readers are owed needs a correction, and so does a copy that was revised."""

    name = "story.restore"
    more = Spike.more

    def against(self, a: Attempt) -> Iterator[Ground]:
        yield from super().against(a)
        if a.state.revision(a["story"])["number"] != a.row("story", "story")["printed_revision"]:
            yield "Conflict", "REVISED_SINCE"
        scratch = a.within(a.state.copy())
        refresh_remedy(scratch)
        remedy, _ = scratch.oracle(*scratch.state.printed(a["story"])).remedy(a["story"])
        if remedy != "none" or a.state.all("correction", story=a["story"], closed=False):
            yield "Conflict", "CORRECTION_OWED"


class ScheduleCorrection(Schedule):
    """It replaces the one that was planned."""

    name = "story.schedule_correction"

    def more(self, draw: Chooser, story: str) -> dict[str, Any]:
        return super().more(draw, story) | {"reason": "It was the other gate." if draw.usually() else " "}

    def effect(self, a: Attempt) -> None:
        now, at = a.state.now.isoformat(), a["at"].isoformat()
        self.move(a).update(correction_at=at, correction_by=a.actor.id, correction_planned_at=now)


class CancelCorrection(StoryAction):
    name = "story.cancel_correction"

    def likely(self, state: State, key: str) -> bool:
        return state["story"][key]["correction_at"] is not None

    def against(self, a: Attempt) -> Iterator[Ground]:
        if a.row("story", "story")["correction_at"] is None:
            yield "Conflict", "NO_CORRECTION_SCHEDULED"

    def effect(self, a: Attempt) -> None:
        lapse_correction(self.move(a))


class Move(StoryAction):
    """To another desk, by an editor of both."""

    name = "story.move"

    def more(self, draw: Chooser, story: str) -> dict[str, Any]:
        others = [desk for desk in draw.desks if desk != draw.state["story"][story]["desk"]]
        return {"desk": draw.pick(others if draw.usually() else draw.desks), **Spike.more(self, draw, story)}

    def subjects(self, a: Attempt) -> list[Subject]:
        return [*super().subjects(a), ("desk", a["desk"], self.name, False)]

    def against(self, a: Attempt) -> Iterator[Ground]:
        if a["desk"] == a.row("story", "story")["desk"]:
            yield "Conflict", "SAME_DESK"

    def effect(self, a: Attempt) -> None:
        row = self.move(a)
        row["desk"] = a["desk"]
        lapse_correction(row)


ACTIONS = [Unschedule, SendBack, Unspike, Restore, ScheduleCorrection, CancelCorrection, Move]
