"""Labels: durations, joins, missing requirements and findings."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from editorial.policy.vocabulary import Join, Requirement

_MINUTE, _HOUR, _DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)

_JOINS = {
    Join.J1: "are one and the same",
    Join.J2: "have the same origin",
    Join.J3: "spoke at the same briefing",
    Join.J4: "speak for the same principal",
    Join.J5: "are a document and its author or issuer",
    Join.J6: "belong to the same owner",
    Join.J7: "work for the same organization",
    Join.J8: "belong to one camp, and both benefit from this",
}

_MISSING = {
    Requirement.GROUPS: ("independent source", "independent sources"),
    Requirement.FIRST_HAND: ("source who was there", "sources who were there"),
    Requirement.NAMED: ("source on the record by name, or a document", "sources on the record by name, or documents"),
    Requirement.DISINTERESTED: ("source who does not benefit from it", "sources who do not benefit from it"),
    Requirement.RATED: ("source rated A, B or C", "sources rated A, B or C"),
}

_NUMBER_WORDS = {1: "One", 2: "Two", 3: "Three"}

_FINDINGS = {
    "verified": "The recorded evidence supports it.",
    "refuted": "The recorded evidence shows that it is false.",
    "disputed": "Sources contradict each other, and neither side prevails.",
    "withdrawn": "Its sources no longer stand behind it.",
    "unverifiable": "Every attempt to settle it failed.",
    "under_investigation": "It is being checked.",
    "unverified": "It has not been checked yet.",
    "": "An opinion has no finding.",
}

_BASES = {
    "record": "on a document that settles it",
    "observation": "on our own observation",
    "admission": "on the accused party's own admission",
    "corroboration": "on independent sources",
}


def format_duration(duration: timedelta) -> str:
    """A duration in its two largest units."""
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
    """The time left, or by how much it is late."""
    if moment is None:
        return ""
    return f"in {format_duration(moment - now)}" if moment > now else f"late by {format_duration(now - moment)}"


def time_since(moment: datetime | None, now: datetime) -> str:
    """The time since a moment."""
    if moment is None:
        return ""
    return f"{format_duration(now - moment)} ago" if moment <= now else f"in {format_duration(moment - now)}"


def join_label(by: str) -> str:
    """Why two statements count as one voice; follows their names."""
    return _JOINS.get(Join(by), by) if by in set(Join) else by


def missing_label(requirement: Mapping[str, Any]) -> str:
    """An unmet requirement, as a phrase."""
    need, have = int(requirement["need"]), int(requirement["have"])
    more = need - have
    one, many = _MISSING[Requirement(str(requirement["requirement"]))]
    wanted = f"{_NUMBER_WORDS.get(more, more)} more {one if more == 1 else many}"
    return f"{wanted} ({have} of {need} so far)"


def finding_label(value: str) -> str:
    """The meaning of a finding."""
    return _FINDINGS.get(value, "")


def basis_label(value: str) -> str:
    """The basis of a verified finding."""
    return _BASES.get(value, "")
