"""List columns shared by all models: badges, durations and names."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

from django.contrib import admin
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.text import Truncator

from editorial.admin.framework import labels
from editorial.admin.framework.tags import badge, due
from editorial.models import Source

Column = Callable[[Any], Any]


def choice(name: str, title: str) -> Column:
    """An enum value as a coloured badge."""
    return _column(name, title, lambda value: badge(value) if value else "–")


def truncated(name: str, title: str, max_length: int = 110) -> Column:
    """The beginning of a text."""
    return _column(name, title, lambda value: Truncator(str(value)).chars(max_length))


def source(name: str, title: str, max_length: int = 60) -> Column:
    """A source, as far as the user may see it. Not sortable: the order would reveal protected names."""
    column = _column(name, title, lambda row: Truncator(labels.source_label(row)).chars(max_length) if row else "–")
    del column.admin_order_field  # type: ignore[attr-defined]
    return column


def source_itself(title: str, max_length: int) -> Column:
    """A source in a list of sources, which contains only those that the user may see."""

    @admin.display(description=title, ordering="name")
    def column(row: Source) -> str:
        return Truncator(labels.source_label(row)).chars(max_length)

    return column


def time_left(name: str, title: str) -> Column:
    """The time left until a deadline."""
    return _column(name, title, lambda moment: due(moment, timezone.now()) if moment else "–")


def time_since(name: str, title: str) -> Column:
    return _column(name, title, _time_since)


def flag(name: str, title: str, label: str, tone: str = "warning") -> Column:
    """A badge if true, else nothing."""
    return _column(name, title, lambda value: badge(tone, label) if value else "")


def user_name(name: str, title: str) -> Column:
    return _column(
        name,
        title,
        lambda user: (user.get_full_name() or user.get_username()) if user else "–",
        ordering=f"{name}__username",
    )


def _column(name: str, title: str, render: Callable[[Any], SafeString | str], ordering: str = "") -> Column:
    @admin.display(description=title, ordering=ordering or name)
    def column(row: Any) -> SafeString | str:
        return render(getattr(row, name))

    column.__name__ = name
    return column


def _time_since(moment: datetime | None) -> SafeString | str:
    if moment is None:
        return "–"
    return format_html(
        '<span title="{}">{}</span>', labels.timestamp(moment), labels.time_since(moment, timezone.now())
    )
