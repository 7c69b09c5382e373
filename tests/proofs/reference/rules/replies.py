"""Right of reply: one code per party that a claim is adverse to, the first that applies (section 5, replies)."""

from typing import Any

from tests.proofs.reference.rules.facts import World

WINDOW = {"contentious": 4, "serious": 24}
"""Hours to answer."""


def codes(world: World, claim: str) -> set[str]:
    """The reply codes of a claim: of a compound, those of itself and of each member, each at its own risk."""
    judged = [one for one in world.whole(claim) if world.risk(one) in WINDOW]
    return {code for one in judged for party in world.parties(one) if (code := code_of(world, one, party))}


def code_of(world: World, claim: str, party: str) -> str | None:
    """The code for the requests to one party."""
    window = WINDOW[world.risk(claim)]
    requests = [request for request in world.replies if counts(world, request, claim, party)]
    if any(closed_properly(request, window) for request in requests):
        return "C_REPLY_OUTCOME"
    if any(request["outcome"] == "waived" and reasoned(request) for request in requests):
        return None
    if any(running(request) for request in requests):
        return "E_REPLY_PENDING"
    if any(over(request) for request in requests):
        return "E_REPLY_WINDOW"
    return "E_REPLY_NOT_SENT"


def counts(world: World, request: dict[str, Any], claim: str, party: str) -> bool:
    """Whether it is to the party or its agent, specific, and covers the claim, its compound, or all its parts."""
    if world.identity(party) not in world.self_and_principal(request["to"]):
        return False
    if request.get("specific") is False and request["outcome"] not in ("replied", "waived"):
        return False
    covered, parts = set(request["covers"]), set(world.parts(claim))
    return bool(covered & {claim, *world.compounds_of(claim)}) or (bool(parts) and parts <= covered)


def closed_properly(request: dict[str, Any], window: int) -> bool:
    """Whether they replied, or had time enough and did not."""
    return request["outcome"] == "replied" or (over(request) and long_enough(request, window))


def running(request: dict[str, Any]) -> bool:
    """Whether there is still time to reply."""
    return request["outcome"] in ("pending", "no_response", "unreachable") and not deadline_passed(request)


def over(request: dict[str, Any]) -> bool:
    """Whether no reply will come."""
    silent = request["outcome"] in ("pending", "no_response", "unreachable") and deadline_passed(request)
    return request["outcome"] == "declined" or silent


def long_enough(request: dict[str, Any], window: int) -> bool:
    """Whether the hours fill the window, or there is a reason why not."""
    return (request.get("hours") or 0) >= window or reasoned(request)


def reasoned(request: dict[str, Any]) -> bool:
    """Whether there is a reason. A blank one does not count."""
    return bool((request.get("reason") or "").strip())


def deadline_passed(request: dict[str, Any]) -> bool:
    """True unless the contrary is stated."""
    return request.get("deadline_passed") is not False
