"""What the pages call things: spans of time, joins, what is missing, what the gate says."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from editorial.policy.vocabulary import Join, Requirement

_MINUTE, _HOUR, _DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)

_JOINS = {
    Join.J1: "are one and the same",
    Join.J2: "go back to one root",
    Join.J3: "spoke at the same briefing",
    Join.J4: "speak for the same principal",
    Join.J5: "are a paper and one of its makers",
    Join.J6: "belong to the same owner",
    Join.J7: "work for the same house",
    Join.J8: "are of one camp, and both gain from this",
}

_MISSING = {
    Requirement.GROUPS: ("independent source", "independent sources"),
    Requirement.FIRST_HAND: ("source who was there", "sources who were there"),
    Requirement.NAMED: ("source on the record by name, or a document", "sources on the record by name, or documents"),
    Requirement.DISINTERESTED: ("source who gains nothing by it", "sources who gain nothing by it"),
    Requirement.RATED: ("source rated A, B or C", "sources rated A, B or C"),
}

_NUMBER_WORDS = {1: "One", 2: "Two", 3: "Three"}

_FINDINGS = {
    "verified": "What is recorded bears it out.",
    "refuted": "What is recorded shows that it is false.",
    "disputed": "Some say so, some deny it, and neither side carries it.",
    "withdrawn": "Whoever stood behind it no longer does.",
    "unverifiable": "Everything was tried, and it could not be settled.",
    "under_investigation": "Work on it is under way.",
    "unverified": "Nobody has worked on it yet.",
    "": "An opinion has no finding.",
}

_BASES = {
    "record": "on a document that settles it",
    "observation": "on what we saw ourselves",
    "admission": "on the accused party's own admission",
    "corroboration": "on independent sources",
}


def format_duration(duration: timedelta) -> str:
    """How long: the two largest units that matter."""
    duration = abs(duration)
    if duration < _MINUTE:
        return "less than a minute"
    if duration < _HOUR:
        return f"{duration // _MINUTE} min"
    if duration < _DAY:
        hours, minutes = duration // _HOUR, (duration % _HOUR) // _MINUTE
        return f"{hours} h {minutes} min" if minutes and hours < 3 else f"{hours} h"
    days, hours = duration // _DAY, (duration % _DAY) // _HOUR
    return f"{days} d {hours} h" if hours and days < 4 else f"{days} days" if days > 1 else "1 day"


def time_left(moment: datetime | None, now: datetime) -> str:
    """How much time is left, or by how much it is late."""
    if moment is None:
        return ""
    return f"in {format_duration(moment - now)}" if moment > now else f"late by {format_duration(now - moment)}"


def time_since(moment: datetime | None, now: datetime) -> str:
    """How long it has been."""
    if moment is None:
        return ""
    return f"{format_duration(now - moment)} ago" if moment <= now else f"in {format_duration(moment - now)}"


def join_label(by: str) -> str:
    """Why two statements are one voice, after their two names."""
    return _JOINS.get(Join(by), by) if by in set(Join) else by


def missing_label(requirement: Mapping[str, Any]) -> str:
    """What one unmet requirement asks for."""
    need, have = int(requirement["need"]), int(requirement["have"])
    more = need - have
    one, many = _MISSING[Requirement(str(requirement["requirement"]))]
    wanted = f"{_NUMBER_WORDS.get(more, more)} more {one if more == 1 else many}"
    return f"{wanted} ({have} of {need} so far)"


def finding_label(value: str) -> str:
    """What a finding means."""
    return _FINDINGS.get(value, "")


def basis_label(value: str) -> str:
    """What a verified finding rests on."""
    return _BASES.get(value, "")
