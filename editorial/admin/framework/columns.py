"""List columns shared by all models: badges, durations and names."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import admin
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.text import Truncator

from editorial.admin.framework import labels
from editorial.admin.framework.tags import badge

Column = Callable[[Any], Any]


def choice(name: str, title: str) -> Column:
    """An enum value as a coloured badge."""

    @admin.display(description=title, ordering=name)
    def column(row: Any) -> SafeString | str:
        value = getattr(row, name)
        return badge(value) if value else "–"

    column.__name__ = f"{name}_choice"
    return column


def truncated(name: str, title: str, max_length: int = 110) -> Column:
    """The beginning of a text."""

    @admin.display(description=title, ordering=name)
    def column(row: Any) -> str:
        return Truncator(str(getattr(row, name))).chars(max_length)

    column.__name__ = f"{name}_truncated"
    return column


def time_left(name: str, title: str) -> Column:
    """The time left until a deadline."""

    @admin.display(description=title, ordering=name)
    def column(row: Any) -> SafeString | str:
        moment, now = getattr(row, name), timezone.now()
        if moment is None:
            return "–"
        tone = "late" if moment <= now else "soon" if (moment - now).total_seconds() < 7200 else "calm"
        return format_html(
            '<span class="nr-due nr-due-{}" title="{}">{}</span>',
            tone,
            _full_timestamp(moment),
            labels.time_left(moment, now),
        )

    column.__name__ = f"{name}_time_left"
    return column


def time_since(name: str, title: str) -> Column:
    """The time since an event."""

    @admin.display(description=title, ordering=name)
    def column(row: Any) -> SafeString | str:
        moment = getattr(row, name)
        return (
            format_html(
                '<span title="{}">{}</span>', _full_timestamp(moment), labels.time_since(moment, timezone.now())
            )
            if moment
            else "–"
        )

    column.__name__ = f"{name}_time_since"
    return column


def flag(name: str, title: str, label: str, tone: str = "warning") -> Column:
    """A badge if true, else nothing."""

    @admin.display(description=title, ordering=name)
    def column(row: Any) -> SafeString | str:
        return badge(tone, label) if getattr(row, name) else ""

    column.__name__ = f"{name}_flag"
    return column


def user_name(name: str, title: str) -> Column:
    """The name of a user."""

    @admin.display(description=title, ordering=f"{name}__username")
    def column(row: Any) -> str:
        user = getattr(row, name)
        return (user.get_full_name() or user.get_username()) if user else "–"

    column.__name__ = f"{name}_user"
    return column


def _full_timestamp(moment: Any) -> str:
    return f"{timezone.localtime(moment):%d %b %Y %H:%M %Z}" if moment else ""


__all__ = ["Column", "choice", "flag", "time_left", "time_since", "truncated", "user_name"]
