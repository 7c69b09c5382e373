"""Assessments in plain words, the same in every interface: why statements were joined, and what is missing."""

from editorial.policy.vocabulary import Join, Requirement

_JOINS = {
    Join.J1: "Both statements come from the same source.",
    Join.J2: "Both statements go back to the same original statement.",
    Join.J3: "Both statements were made at the same briefing, call or release.",
    Join.J4: "The sources speak for the same principal, or one speaks for the other.",
    Join.J5: "The sources are a document and one of its makers, or two documents with a maker in common.",
    Join.J6: "The sources have the same owner, or one owns the other.",
    Join.J7: "The sources have the same employer, and not both statements are first-hand and collected by us.",
    Join.J8: "The sources are in the same camp, and both benefit from this.",
}
_REQUIREMENTS = {
    Requirement.GROUPS: ("independent source", "independent sources"),
    Requirement.FIRST_HAND: ("source who was there", "sources who were there"),
    Requirement.NAMED: ("source on the record by name, or document", "sources on the record by name, or documents"),
    Requirement.DISINTERESTED: ("source who does not benefit from it", "sources who do not benefit from it"),
    Requirement.RATED: ("source rated A, B or C", "sources rated A, B or C"),
}


def join(rule: str) -> str:
    """Why two statements count as one voice."""
    return _JOINS[Join(rule)]


def missing_requirement(*, requirement: str, need: int, have: int) -> str:
    """What an unmet requirement of the policy still needs."""
    singular, plural = _REQUIREMENTS[Requirement(requirement)]
    more = need - have
    return f"Needed: {more} more {singular if more == 1 else plural} ({have} of {need} so far)."
