"""List filters: own, overdue and open items."""

from __future__ import annotations

from typing import Any

from django.contrib.admin import ModelAdmin, SimpleListFilter
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import timezone

from editorial.admin.framework import request_user
from editorial.models import MessageState
from editorial.models.review.tasks import LIVE_STATES


class HolderFilter(SimpleListFilter):
    """Tasks by assignee."""

    title = "assigned to"
    parameter_name = "holder"

    def lookups(self, request: HttpRequest, model_admin: ModelAdmin) -> list[tuple[str, str]]:
        return [("mine", "me"), ("nobody", "nobody"), ("somebody", "somebody")]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        match self.value():
            case "mine":
                return queryset.filter(taken_by=request_user.current_user(request))
            case "nobody":
                return queryset.filter(taken_by=None)
            case "somebody":
                return queryset.filter(taken_by__isnull=False)
        return queryset


class TaskStateFilter(SimpleListFilter):
    """Tasks by state, open ones by default."""

    title = "state"
    parameter_name = "state"

    def lookups(self, request: HttpRequest, model_admin: ModelAdmin) -> list[tuple[str, str]]:
        return [("overdue", "overdue"), ("ended", "ended"), ("all", "all")]

    def choices(self, changelist: Any) -> Any:
        """Rename the default choice."""
        for choice in super().choices(changelist):
            yield {**choice, "display": "to be done"} if str(choice["display"]) == "All" else choice

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        match self.value():
            case "overdue":
                return queryset.filter(state__in=LIVE_STATES, due_at__lte=timezone.now())
            case "ended":
                return queryset.exclude(state__in=LIVE_STATES)
            case "all":
                return queryset
        return queryset.filter(state__in=LIVE_STATES)


class ReplyStateFilter(SimpleListFilter):
    """Reply requests by whether they are still running."""

    title = "state"
    parameter_name = "reply_state"

    def lookups(self, request: HttpRequest, model_admin: ModelAdmin) -> list[tuple[str, str]]:
        return [("running", "still running"), ("deadline_passed", "deadline passed, no response"), ("ended", "ended")]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        now = timezone.now()
        match self.value():
            case "running":
                return queryset.filter(outcome="pending", deadline_at__gt=now)
            case "deadline_passed":
                return queryset.filter(outcome="pending", deadline_at__lte=now)
            case "ended":
                return queryset.exclude(outcome="pending")
        return queryset


class CorrectionStateFilter(SimpleListFilter):
    """Corrections: open or closed."""

    title = "state"
    parameter_name = "pending"

    def lookups(self, request: HttpRequest, model_admin: ModelAdmin) -> list[tuple[str, str]]:
        return [("open", "pending"), ("closed", "settled")]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        if self.value() in ("open", "closed"):
            return queryset.filter(closed_at__isnull=self.value() == "open")
        return queryset


class UnreadFilter(SimpleListFilter):
    """Unread notifications."""

    title = "read"
    parameter_name = "unread"

    def lookups(self, request: HttpRequest, model_admin: ModelAdmin) -> list[tuple[str, str]]:
        return [("yes", "unread")]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        return queryset.filter(read_at=None) if self.value() == "yes" else queryset


class DeadLetterFilter(SimpleListFilter):
    """Dead letters by owner."""

    title = "dead letters"
    parameter_name = "dead_letters"

    def lookups(self, request: HttpRequest, model_admin: ModelAdmin) -> list[tuple[str, str]]:
        return [("mine", "assigned to me"), ("open", "all open")]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        dead = queryset.filter(state=MessageState.DEAD.value)
        match self.value():
            case "mine":
                return dead.filter(owner=request_user.current_user(request))
            case "open":
                return dead
        return queryset


class IntegrityStateFilter(SimpleListFilter):
    """Integrity findings: open or resolved."""

    title = "state"
    parameter_name = "state"

    def lookups(self, request: HttpRequest, model_admin: ModelAdmin) -> list[tuple[str, str]]:
        return [("open", "open"), ("resolved", "resolved")]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        if self.value() in ("open", "resolved"):
            return queryset.filter(resolved_at__isnull=self.value() == "open")
        return queryset


class ClaimStateFilter(SimpleListFilter):
    """Claims; dropped and merged ones are hidden by default."""

    title = "state"
    parameter_name = "claim_state"

    def lookups(self, request: HttpRequest, model_admin: ModelAdmin) -> list[tuple[str, str]]:
        return [("closed", "dropped or merged"), ("all", "all")]

    def choices(self, changelist: Any) -> Any:
        """Rename the default choice."""
        for choice in super().choices(changelist):
            yield {**choice, "display": "on file"} if str(choice["display"]) == "All" else choice

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        on_file = {"dropped_at": None, "merged_into": None}
        if self.value() == "all":
            return queryset
        return queryset.exclude(**on_file) if self.value() == "closed" else queryset.filter(**on_file)
