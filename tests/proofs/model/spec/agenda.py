"""The agenda of a claim (docs/reference/verification.md, section 6): the kind and subject of each needed task."""

from __future__ import annotations

from collections.abc import Iterator

from tests.proofs.model.spec.oracle import Oracle
from tests.proofs.model.spec.state import ENDED, LIVE, SIGNABLE, State
from tests.proofs.reference.rules import liveness

Wanted = set[tuple[str, str]]

_REPLIES = {
    "E_REPLY_NOT_SENT": "SEND_REPLY_REQUEST",
    "E_REPLY_WINDOW": "SEND_REPLY_REQUEST",
    "E_REPLY_PENDING": "AWAIT_REPLY",
}
_SEEKING = {
    "groups": "SEEK_INDEPENDENT",
    "rated": "SEEK_INDEPENDENT",
    "first_hand": "SEEK_FIRST_HAND",
    "named": "SEEK_NAMED",
    "disinterested": "SEEK_DISINTERESTED",
}
# Kinds of task that a reassessment may open again, after either end.
_LEADS_TO = {None: {"open", "closed"}, "open": {"closed"}, "taken": {"closed"}, "closed": {"open"}}
_BY_IDENTITY = ("SEND_REPLY_REQUEST", "AWAIT_REPLY", "RESOLVE_BOTH_WAYS")


def wanted(oracle: Oracle, claim: str) -> Wanted:
    """The tasks that the claim needs now. If a person has several records, the subject is that person's identity."""
    finding = oracle.found(claim)
    tasks = {(_REPLIES[code], party) for party, code in oracle.owed_replies(claim).items() if code in _REPLIES}
    if oracle.world.is_judgement(claim):
        return tasks
    if finding in SIGNABLE and not oracle.stands(claim):
        tasks.add(("SECOND_REVIEW", ""))
    tasks |= {
        (task, "")
        for task, kind in (("STANDARDS_READ", "standards"), ("LEGAL_READ", "legal"))
        if not oracle.read(claim, kind)
    }
    if oracle.world.parts(claim):
        return tasks
    if finding != "refuted":
        tasks |= {(_SEEKING[requirement], "") for requirement in oracle.missing(claim)}
    if oracle.contested(claim) and finding not in ("refuted", "withdrawn", "superseded"):
        tasks.add(("RESOLVE_DENIAL", ""))
    return tasks | set(_about_statements(oracle, claim)) | set(_about_sources(oracle, claim))


def _about_statements(oracle: Oracle, claim: str) -> Iterator[tuple[str, str]]:
    world, rows = oracle.world, oracle.state["statement"]
    repeats = {derived for derived, _ in world.relays}
    for statement in _weighing(oracle, claim):
        if not liveness.roots(world, statement) or (
            world.directness(statement) == "relayed" and statement not in repeats
        ):
            yield "TRACE_ROOT", statement
        if not rows[statement]["archived"]:
            yield "ARCHIVE", "" if statement in repeats else statement
        if rows[statement]["translation"] == "machine":
            yield "CHECK_TRANSLATION", statement
        if rows[statement]["collector_conflict"]:
            yield "RETAKE_STATEMENT", statement
    for statement in world.on(claim, "qualifies"):
        if world.ended(statement) is None:
            yield "SPLIT_CLAIM", statement


def _about_sources(oracle: Oracle, claim: str) -> Iterator[tuple[str, str]]:
    world = oracle.world
    weighing = _weighing(oracle, claim)
    speakers = {world.source(statement) for statement in weighing}
    informants = {
        world.statements[statement]["informant"]
        for statement in weighing
        if world.directness(statement) == "second_hand"
    }
    for source in speakers:
        if world.unproven(source):
            yield "AUTHENTICATE", source
        if world.reliability(source) == "F":
            yield "ASSESS_SOURCE", source
    for source in (speakers | informants) & set(world.sources):
        if not world.known(source):
            yield "IDENTIFY_SOURCE", source
    live = {statement for statement in weighing if liveness.live(world, statement)}
    stances = {(world.speaker(statement), world.stance(statement)) for statement in live}
    for who, stance in stances:
        if stance == "affirms" and (who, "denies") in stances:
            yield "RESOLVE_BOTH_WAYS", who


def _weighing(oracle: Oracle, claim: str) -> list[str]:
    dead = liveness.dead(oracle.world)
    return [statement for statement in oracle.world.on(claim, "affirms", "denies") if statement not in dead]


def deviations(before: State, after: State, oracle: Oracle, claim: str) -> Iterator[str]:
    """Differences between the tasks of a reassessed claim and its agenda, and impossible changes of state."""
    expected = wanted(oracle, claim) if after.live(claim) else set()
    states: dict[tuple[str, str], list[str]] = {}
    for task in after.all("task", claim=claim):
        subject = oracle.identity.get(task["subject"], "") if task["kind"] in _BY_IDENTITY else task["subject"]
        states.setdefault((task["kind"], subject), []).append(task["state"])
        yield from _moves(before["task"].get(task["id"]), task, after.now.isoformat())
    for key in expected:
        if not set(states.get(key, ())) & {*LIVE, *ENDED}:
            yield f"nobody is asked for {key} of claim {claim}"
    for key, states_of_key in states.items():
        if key not in expected and set(states_of_key) & set(LIVE):
            yield f"{key} of claim {claim} is asked for, and not wanted"


def _moves(before: dict | None, after: dict, at: str) -> Iterator[str]:
    """Impossible changes of a task by a reassessment: it opens, closes and reopens tasks, and never changes the holder.

    An expired lease frees a task in the same run in which a story is published and its claims are reassessed.
    A signature reassesses the claim before and after: a task may be opened and closed in one transaction.
    """
    was, now = (before or {}).get("state"), after["state"]
    if was == now and after["taken_by"] == before["taken_by"]:
        return
    if (was, now) == ("taken", "open") and before["lease_until"] <= at:
        return
    allowed = _LEADS_TO.get(was, {"open", "closed"})
    if now not in allowed or (was in ENDED and after["because"] == before["because"]):
        yield f"the task {after['kind']} went from {was} to {now}"
