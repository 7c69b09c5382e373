"""Labels: durations, findings and their basis."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db.models import Model
from django.utils import timezone

from editorial.admin.framework import request_user
from editorial.models import Source
from editorial.workflow.evidence.confidentiality import disclosure

_MINUTE, _HOUR, _DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)

_FINDINGS = {
    "verified": "The recorded evidence supports it.",
    "refuted": "The recorded evidence shows that it is false.",
    "disputed": "Sources contradict each other, and neither side prevails.",
    "withdrawn": "Its sources no longer stand behind it.",
    "unverifiable": "Every attempt to settle it failed.",
    "under_investigation": "It is being checked.",
    "unverified": "It has not been checked yet.",
    "superseded": "Newer facts have replaced it.",
    "": "An opinion or a forecast has no finding.",
}

_BASES = {
    "record": "on a document that settles it",
    "observation": "on our own observation",
    "admission": "on the accused party's own admission",
    "corroboration": "on independent sources",
}


def source_label(source: Source) -> str:
    """The name or description of a source, as far as the user may see it."""
    return disclosure.label(source, request_user.reader())


def row_label(row: Model) -> str:
    """A row's own name; of a source what the user may see."""
    return source_label(row) if isinstance(row, Source) else str(row)


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
    if moment is None:
        return ""
    return f"{format_duration(now - moment)} ago" if moment <= now else f"in {format_duration(moment - now)}"


def timestamp(moment: datetime) -> str:
    """Date, time and time zone."""
    return f"{timezone.localtime(moment):%d %b %Y %H:%M %Z}"


def finding_label(value: str) -> str:
    """The meaning of a finding."""
    return _FINDINGS.get(value, "")


def basis_label(value: str) -> str:
    """The basis of a verified finding."""
    return _BASES.get(value, "")
