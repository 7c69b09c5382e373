"""Filters of lists: what is mine, what is late, what is still open."""

from __future__ import annotations

from typing import Any

from django.contrib.admin import ModelAdmin, SimpleListFilter
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import timezone

from editorial.admin.framework import request_user
from editorial.models import MessageState
from editorial.models.review.tasks import LIVE


class Held(SimpleListFilter):
    """Whose hands a task is in."""

    title = "held by"
    parameter_name = "held"

    def lookups(self, request: HttpRequest, model_admin: ModelAdmin) -> list[tuple[str, str]]:
        """Me, nobody, somebody."""
        return [("mine", "me"), ("nobody", "nobody"), ("somebody", "somebody")]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        """Only those."""
        match self.value():
            case "mine":
                return queryset.filter(taken_by=request_user.person(request))
            case "nobody":
                return queryset.filter(taken_by=None)
            case "somebody":
                return queryset.filter(taken_by__isnull=False)
        return queryset


class Standing(SimpleListFilter):
    """Open tasks unless others are asked for: a queue is what is still to be done."""

    title = "standing"
    parameter_name = "standing"

    def lookups(self, request: HttpRequest, model_admin: ModelAdmin) -> list[tuple[str, str]]:
        """What is to be done, what is late, what is over, everything."""
        return [("late", "overdue"), ("ended", "ended"), ("all", "all")]

    def choices(self, changelist: Any) -> Any:
        """The usual choices, with the first one called by its name."""
        for choice in super().choices(changelist):
            yield {**choice, "display": "to be done"} if str(choice["display"]) == "All" else choice

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        """Only those."""
        match self.value():
            case "late":
                return queryset.filter(state__in=LIVE, due_at__lte=timezone.now())
            case "ended":
                return queryset.exclude(state__in=LIVE)
            case "all":
                return queryset
        return queryset.filter(state__in=LIVE)


class Running(SimpleListFilter):
    """Reply requests by whether there is still something to wait for."""

    title = "standing"
    parameter_name = "running"

    def lookups(self, request: HttpRequest, model_admin: ModelAdmin) -> list[tuple[str, str]]:
        """Before the deadline, after it, ended."""
        return [("running", "still running"), ("over", "deadline passed, no answer"), ("ended", "ended")]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        """Only those."""
        now = timezone.now()
        match self.value():
            case "running":
                return queryset.filter(outcome="pending", deadline_at__gt=now)
            case "over":
                return queryset.filter(outcome="pending", deadline_at__lte=now)
            case "ended":
                return queryset.exclude(outcome="pending")
        return queryset


class Owed(SimpleListFilter):
    """Corrections that readers still wait for, or that were printed."""

    title = "standing"
    parameter_name = "owed"

    def lookups(self, request: HttpRequest, model_admin: ModelAdmin) -> list[tuple[str, str]]:
        """Open or closed."""
        return [("open", "owed"), ("closed", "settled")]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        """Only those."""
        if self.value() in ("open", "closed"):
            return queryset.filter(closed_at__isnull=self.value() == "open")
        return queryset


class Unread(SimpleListFilter):
    """Notices that have not been read."""

    title = "read"
    parameter_name = "unread"

    def lookups(self, request: HttpRequest, model_admin: ModelAdmin) -> list[tuple[str, str]]:
        """Unread ones."""
        return [("yes", "unread")]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        """Only those."""
        return queryset.filter(read_at=None) if self.value() == "yes" else queryset


class Letters(SimpleListFilter):
    """Dead letters by whose list they are on."""

    title = "dead letters"
    parameter_name = "letters"

    def lookups(self, request: HttpRequest, model_admin: ModelAdmin) -> list[tuple[str, str]]:
        """Mine, everybody's."""
        return [("mine", "on my list"), ("open", "on anybody's list")]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        """Only those."""
        dead = queryset.filter(state=MessageState.DEAD.value)
        match self.value():
            case "mine":
                return dead.filter(owner=request_user.person(request))
            case "open":
                return dead
        return queryset


class Fits(SimpleListFilter):
    """Discrepancies by whether they are there at present."""

    title = "standing"
    parameter_name = "fits"

    def lookups(self, request: HttpRequest, model_admin: ModelAdmin) -> list[tuple[str, str]]:
        """There or gone."""
        return [("not", "there now"), ("again", "gone")]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        """Only those."""
        if self.value() in ("not", "again"):
            return queryset.filter(gone_at__isnull=self.value() == "not")
        return queryset


class Live(SimpleListFilter):
    """Claims that are being worked on, unless dropped and merged ones are asked for."""

    title = "standing"
    parameter_name = "live"

    def lookups(self, request: HttpRequest, model_admin: ModelAdmin) -> list[tuple[str, str]]:
        """On file, dropped, merged."""
        return [("gone", "dropped or merged"), ("all", "all")]

    def choices(self, changelist: Any) -> Any:
        """The usual choices, with the first one called by its name."""
        for choice in super().choices(changelist):
            yield {**choice, "display": "on file"} if str(choice["display"]) == "All" else choice

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        """Only those."""
        on_file = {"dropped_at": None, "merged_into": None}
        if self.value() == "all":
            return queryset
        return queryset.exclude(**on_file) if self.value() == "gone" else queryset.filter(**on_file)
