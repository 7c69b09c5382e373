"""Stories: from pitch to retraction."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

from tests.proofs.model.spec.actions import Action, Attempt, Chooser, Ground, Subject
from tests.proofs.model.spec.oracle import verdict
from tests.proofs.model.spec.state import Row, State

STATES = {"pitched", "draft", "submitted", "cleared", "scheduled", "published", "withheld", "retracted", "spiked"}
READ = {"published", "withheld", "retracted"}
# action → states it may start from, and the state it leads to (None: the same)
TRANSITIONS: dict[str, tuple[set[str], str | None]] = {
    "story.assign": (STATES, None),
    "story.revise": ({"pitched", "draft", "submitted", "cleared", "scheduled", "published", "withheld"}, None),
    "story.submit": ({"pitched", "draft"}, "submitted"),
    "story.clear": ({"submitted"}, "cleared"),
    "story.schedule": ({"cleared", "scheduled"}, "scheduled"),
    "story.publish": ({"cleared", "scheduled"}, "published"),
    "story.correct": ({"published", "withheld"}, "published"),
    "story.withhold": ({"published"}, "withheld"),
    "story.retract": ({"published", "withheld"}, "retracted"),
    "story.unschedule": ({"scheduled"}, "cleared"),
    "story.send_back": ({"submitted", "cleared"}, "draft"),
    "story.unspike": ({"spiked"}, "draft"),
    "story.restore": ({"withheld"}, "published"),
    "story.schedule_correction": ({"published"}, None),
    "story.cancel_correction": ({"published"}, None),
    "story.move": (STATES, None),
    "story.spike": ({"pitched", "draft", "submitted", "cleared", "scheduled"}, "spiked"),
    "story.confirm_condition": ({"draft", "submitted", "cleared", "scheduled", "published", "withheld"}, None),
    "story.confirm_no_claims": ({"submitted", "cleared", "scheduled", "published", "withheld"}, None),
    "story.override": ({"submitted", "cleared", "scheduled", "published", "withheld"}, None),
}
EXCEPTIONS = {
    "story.assign": {"pitched": "draft"},
    "story.revise": {"pitched": "draft", "cleared": "submitted", "scheduled": "submitted"},
}
OVERRIDABLE = {"E_REPLY_PENDING", "E_REPLY_WINDOW"}


class StoryAction(Action):
    """An action on a story that is not spiked."""

    table = "story"

    def draw(self, draw: Chooser) -> dict[str, Any] | None:
        story = draw.key("story", likely=lambda key: self.likely(draw.state, key))
        return {"story": story, **self.more(draw, story)} if story else None

    def more(self, draw: Chooser, story: str) -> dict[str, Any]:
        return {}

    def likely(self, state: State, key: str) -> bool:
        return state["story"][key]["status"] in TRANSITIONS[self.name][0]

    def subjects(self, a: Attempt) -> list[Subject]:
        own = a.actor is not None and a.actor.id in a.state.authors(a["story"])
        return [("story", a["story"], self.name, own)]

    def grounds(self, a: Attempt) -> Iterator[Ground]:
        if a.row("story", "story")["status"] not in TRANSITIONS[self.name][0]:
            yield "Conflict", "WRONG_STATE"
        if "reason" in a.arguments and not a["reason"].strip():
            yield "ValidationFailed", "REASON_REQUIRED"
        yield from self.against(a)

    def against(self, a: Attempt) -> Iterator[Ground]:
        """Further grounds for refusal."""
        return iter(())

    def move(self, a: Attempt) -> dict[str, Any]:
        """Move the story to the action's target state."""
        row = a.row("story", "story")
        exceptions = EXCEPTIONS.get(self.name, {})
        row["status"] = TRANSITIONS[self.name][1] or exceptions.get(row["status"], row["status"])
        row["version"] += 1
        return row

    def effect(self, a: Attempt) -> None:
        self.move(a)


class Pitch(Action):
    name, table = "story.pitch", "desk"

    def draw(self, draw: Chooser) -> dict[str, Any]:
        return {"desk": draw.pick(draw.desks), "body": draw.pick(["", "It stood open."])}

    def effect(self, a: Attempt) -> None:
        a.state.put(
            "story", a.outcome, desk=a["desk"], status="pitched", gate="conditional", remedy="", publish_at=None,
            planned_at=None, cleared_by=None, printed_revision=None, correction_at=None, correction_by=None,
            correction_planned_at=None, version=1,
        )  # fmt: skip
        author(a, a.outcome, a.actor.id)
        write(a, a.outcome, body=a["body"])


class Assign(StoryAction):
    name = "story.assign"

    def likely(self, state: State, key: str) -> bool:
        return state["story"][key]["status"] not in READ

    def more(self, draw: Chooser, story: str) -> dict[str, Any]:
        able = [person.id for person in draw.people if person.active and person.at(draw.state.desks("story", story))]
        ids = [person.id for person in draw.people]
        return {"authors": draw.luck.sample(able if draw.usually() else ids, draw.luck.randint(1, 2))}

    def against(self, a: Attempt) -> Iterator[Ground]:
        desks = a.state.desks("story", a["story"])
        people = a.rules["people"]
        newcomers = set(a["authors"]) - a.state.authors(a["story"])
        if any(not people[author].active or not people[author].at(desks) for author in newcomers):
            yield "ValidationFailed", "NOT_AT_DESK"
        status, cleared_by = (a.row("story", "story")[name] for name in ("status", "cleared_by"))
        confirmed = a.state.all("no_claims", story=a["story"], number=a.state.revision(a["story"])["number"])
        if newcomers & {row["by"] for row in confirmed} or (
            status in ("cleared", "scheduled") and cleared_by in newcomers
        ):
            yield "Forbidden", "FOUR_EYES"
        if status in READ:  # the model writes no note to readers
            yield "Forbidden", "FOUR_EYES"
            yield "Conflict", "SAME_AUTHORS"
            yield "ValidationFailed", "NOTE_REQUIRED"

    def effect(self, a: Attempt) -> None:
        a.state.drop("author", story=a["story"])
        for user in a["authors"]:
            author(a, a["story"], user)
        self.move(a)


class Revise(StoryAction):
    name = "story.revise"

    def more(self, draw: Chooser, story: str) -> dict[str, Any]:
        arguments: dict[str, Any] = {}
        if draw.chance(4):
            arguments["body"] = f"It stood open for {draw.luck.randint(1, 9)} hours."
        if not arguments or draw.chance(6):
            arguments["uses"] = self.uses(draw, story)
        if draw.chance(2):
            version = draw.state["story"][story]["version"]
            arguments["version"] = version if draw.usually() else version - 1
        return arguments

    def uses(self, draw: Chooser, story: str) -> list[dict[str, Any]]:
        claims_kept = [] if draw.chance(3) else list(draw.state.uses(story))[:2]
        claims = dict.fromkeys(
            [
                *claims_kept,
                *filter(None, (draw.live_claim() for _ in range(draw.luck.randint(0 if claims_kept else 1, 2)))),
            ]
        )
        return [self.use(draw, claim) for claim in claims]

    def use(self, draw: Chooser, claim: str) -> dict[str, Any]:
        status = draw.state["claim"][claim]["status"]
        apt = {"verified": "asserted", "refuted": "debunk", "withdrawn": "debunk"}.get(status, "attributed")
        mode = apt if draw.chance(7) else draw.pick(["asserted", "attributed", "debunk", "omitted"])
        use: dict[str, Any] = {"claim": claim, "mode": mode}
        if draw.chance(2):
            use["central"] = draw.chance(5)
        if draw.chance(1):
            use["stated_source_count"] = draw.luck.randint(1, 3)
        about = [row["id"] for row in draw.state.statements(claim, *draw.state.parts(claim))]
        if about and draw.chance(2):
            use["relies_on"] = [draw.pick(about if draw.usually() else draw.state["statement"])]
        return use

    def subjects(self, a: Attempt) -> list[Subject]:
        return super().subjects(a) + [("claim", use["claim"], "", False) for use in a["uses"] or ()]

    def against(self, a: Attempt) -> Iterator[Ground]:
        if a["version"] not in (None, a.row("story", "story")["version"]):
            yield "VersionConflict", "STALE_VERSION"
        for use in a["uses"] or ():
            about = (use["claim"], *a.state.parts(use["claim"]))
            if not a.state.live(use["claim"]):
                yield "Conflict", "CLAIM_CLOSED"
            relied_on = [a.state["statement"][statement] for statement in use.get("relies_on", ())]
            if any(row["struck"] or row["claim"] not in about for row in relied_on):
                yield "ValidationFailed", "EVIDENCE_OF_OTHER_CLAIM"

    def silent(self, a: Attempt) -> bool:
        scratch = a.within(a.state.copy())
        self.use_claims(scratch)
        unchanged = a["body"] in (None, a.state.revision(a["story"])["body"])
        same = [scratch.state[table] == a.state[table] for table in ("use", "reliance")]
        return unchanged and all(same)

    def effect(self, a: Attempt) -> None:
        if self.silent(a):
            return
        write(a, a["story"], body=a["body"])
        self.use_claims(a)
        row = a.row("story", "story")
        if row["status"] in ("cleared", "scheduled"):
            void_clearance(row)
        lapse_correction(row)
        self.move(a)

    def use_claims(self, a: Attempt) -> None:
        story, before = a["story"], a.state.uses(a["story"])
        if a["uses"] is None:
            return
        wanted = {use["claim"]: use for use in a["uses"]}
        for claim in set(before) - set(wanted):
            a.state.drop("use", story=story, claim=claim)
            a.state.drop("reliance", story=story, claim=claim)
        for claim, use in wanted.items():
            row = before.get(claim) or {"story": story, "claim": claim, "central": True, "says": None}
            row |= {"mode": use["mode"], "central": use.get("central", row["central"])}
            row["says"] = use.get("stated_source_count", row["says"])
            a.state.put("use", story, claim, **row)
            if "relies_on" in use:
                a.state.drop("reliance", story=story, claim=claim)
                for statement in use["relies_on"]:
                    a.state.put("reliance", story, claim, statement, story=story, claim=claim, statement=statement)


class Submit(StoryAction):
    name = "story.submit"

    def against(self, a: Attempt) -> Iterator[Ground]:
        if not a.state.revision(a["story"])["body"].strip():
            yield "Conflict", "NO_COPY"


class Clear(StoryAction):
    name = "story.clear"

    def against(self, a: Attempt) -> Iterator[Ground]:
        if has_written(a):
            yield "Forbidden", "FOUR_EYES"

    def effect(self, a: Attempt) -> None:
        self.move(a)["cleared_by"] = a.actor.id


class ConfirmCondition(StoryAction):
    name = "story.confirm_condition"

    def more(self, draw: Chooser, story: str) -> dict[str, Any]:
        codes = ["C_ATTRIBUTE", "C_NOT_VERIFIED", "C_INCLUDE_DENIAL", "C_LEAD_WITH_FACT", "C_REPLY_OUTCOME"]
        uses = draw.state.uses(story)
        return {"claim": draw.pick(uses) or draw.key("claim") or story, "code": draw.pick(codes)}

    def against(self, a: Attempt) -> Iterator[Ground]:
        number = a.state.revision(a["story"])["number"]
        ticked = a.state.all("tick", story=a["story"], number=number, claim=a["claim"], code=a["code"])
        required = codes_of(a).get(a["claim"], set()) if not ticked else set()
        if a["code"] not in required or a["code"].startswith("E_"):
            yield "Conflict", "CONDITION_NOT_REQUIRED"

    def effect(self, a: Attempt) -> None:
        number = a.state.revision(a["story"])["number"]
        key = {"story": a["story"], "number": number, "claim": a["claim"], "code": a["code"]}
        a.state.put("tick", *key.values(), **key, by=a.actor.id)


class ConfirmNoClaims(StoryAction):
    name = "story.confirm_no_claims"

    def likely(self, state: State, key: str) -> bool:
        return super().likely(state, key) and not lists_claims(state, key)

    def against(self, a: Attempt) -> Iterator[Ground]:
        if has_written(a):
            yield "Forbidden", "FOUR_EYES"
        elif lists_claims(a.state, a["story"]):
            yield "Conflict", "CLAIMS_LISTED"
        elif confirmed_none(a.state, a["story"]):
            yield "Conflict", "ALREADY_CONFIRMED"

    def effect(self, a: Attempt) -> None:
        key = {"story": a["story"], "number": a.state.revision(a["story"])["number"]}
        a.state.put("no_claims", *key.values(), **key, by=a.actor.id)


class Override(StoryAction):
    name = "story.override"

    def more(self, draw: Chooser, story: str) -> dict[str, Any]:
        codes = sorted(OVERRIDABLE) if draw.usually() else ["E_REPLY_NOT_SENT", "E_REFUTED"]
        return {"code": draw.pick(codes), "reason": draw.pick(["It is midnight there.", "They will not answer.", " "])}

    def against(self, a: Attempt) -> Iterator[Ground]:
        if a["code"] not in OVERRIDABLE:
            yield "Conflict", "NOT_OVERRIDABLE"
        elif all(a["code"] not in codes for codes in codes_of(a).values()):
            yield "Conflict", "CONDITION_NOT_REQUIRED"
        number = a.state.revision(a["story"])["number"]
        if a.state.all("override", story=a["story"], number=number, code=a["code"]):
            yield "Conflict", "GATEOVERRIDE_ONCE"

    def effect(self, a: Attempt) -> None:
        key = {"story": a["story"], "number": a.state.revision(a["story"])["number"], "code": a["code"]}
        a.state.put("override", *key.values(), **key, by=a.actor.id)


class Schedule(StoryAction):
    name = "story.schedule"

    def more(self, draw: Chooser, story: str) -> dict[str, Any]:
        return {"at": draw.state.now + timedelta(minutes=draw.pick([-5, 10, 30, 45]))}

    def against(self, a: Attempt) -> Iterator[Ground]:
        if a["at"] <= a.state.now:
            yield "ValidationFailed", "IN_THE_PAST"

    def effect(self, a: Attempt) -> None:
        self.move(a).update(publish_at=a["at"].isoformat(), planned_at=None)


class Spike(StoryAction):
    name = "story.spike"

    def more(self, draw: Chooser, story: str) -> dict[str, Any]:
        return {"reason": "Old news." if draw.usually() else " "}

    def effect(self, a: Attempt) -> None:
        void_clearance(self.move(a))


def leave_schedule(row: Row) -> None:
    """Off the schedule; the planned time is kept."""
    row.update(planned_at=row["publish_at"] or row["planned_at"], publish_at=None)


def void_clearance(row: Row) -> None:
    """An editor has to clear it again."""
    leave_schedule(row)
    row["cleared_by"] = None


def lapse_correction(row: Row) -> None:
    """No correction is planned any more."""
    row.update(correction_at=None, correction_by=None)


def codes_of(a: Attempt) -> dict[str, set[str]]:
    """Claim → the codes of its use, in this state."""
    return a.oracle(*a.state.uses(a["story"])).gate(a["story"])


def gate_of(state: State, story: str, codes: dict[str, set[str]]) -> str:
    """The story's gate, given the codes of its uses. Without claims it never passes."""
    return verdict(codes) if lists_claims(state, story) else "conditional"


def lists_claims(state: State, story: str) -> bool:
    """Whether the copy uses a claim by its own list."""
    return any(use["mode"] != "omitted" for use in state.uses(story).values())


def confirmed_none(state: State, story: str) -> bool:
    """Whether somebody has said of the current copy that it makes no claim."""
    return bool(state.all("no_claims", story=story, number=state.revision(story)["number"]))


def author(a: Attempt, story: str, user: str) -> None:
    """The user is an author of the story from now on."""
    for table in ("author", "ever_author"):
        a.state.put(table, story, user, story=story, user=user)


def has_written(a: Attempt) -> bool:
    """Whether the actor is an author of the story, or was one and wrote some of the copy."""
    return a.actor is not None and a.actor.id in a.state.writers_of(a["story"])


def write(a: Attempt, story: str, *, body: str | None) -> None:
    """A new revision of the text."""
    earlier = a.state.all("revision", story=story)
    last = max(earlier, key=lambda row: row["number"], default={"number": 0, "body": ""})
    text = last["body"] if body is None else body
    number = last["number"] + 1
    a.state.put("revision", story, number, story=story, number=number, body=text, by=a.actor.id)


ACTIONS = [Pitch, Assign, Revise, Submit, Clear, ConfirmCondition, ConfirmNoClaims, Override, Schedule, Spike]
