"""List filters: own, overdue and open items."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

from django.contrib.admin import ModelAdmin, SimpleListFilter
from django.db.models import Q, QuerySet
from django.http import HttpRequest
from django.utils import timezone

from editorial.admin.framework import request_user
from editorial.models import MessageState
from editorial.models.review.tasks import LIVE_STATES
from editorial.policy.events import RULES


class ChoiceFilter(SimpleListFilter):
    """A filter with fixed choices. Without a choice it applies `default` under the name `default_label`."""

    options: ClassVar[Mapping[str, str]]
    default_label: ClassVar[str] = "All"
    default: ClassVar[Q] = Q()

    def conditions(self, request: HttpRequest) -> Mapping[str, Q]:
        """The condition of each choice."""
        raise NotImplementedError

    def lookups(self, request: HttpRequest, model_admin: ModelAdmin) -> list[tuple[str, str]]:
        return list(self.options.items())

    def choices(self, changelist: Any) -> Any:
        """Rename the default choice."""
        default, *others = super().choices(changelist)
        return [{**default, "display": self.default_label}, *others]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        return queryset.filter(self.conditions(request).get(self.value() or "", self.default))


class EventActionFilter(ChoiceFilter):
    """Events by action. The choices are all that exist: to list those that occur, every event would be read."""

    title = parameter_name = "action"
    options = {name: name for name in sorted(RULES)}

    def conditions(self, request: HttpRequest) -> Mapping[str, Q]:
        return {name: Q(action=name) for name in self.options}


class TaskStateFilter(ChoiceFilter):
    """Tasks by state, open ones by default."""

    title = "state"
    parameter_name = "state"
    options = {"overdue": "overdue", "snoozed": "snoozed", "ended": "ended", "all": "all"}
    default_label = "open"
    default = Q(state__in=LIVE_STATES)

    def conditions(self, request: HttpRequest) -> Mapping[str, Q]:
        overdue = self.default & Q(due_at__lte=timezone.now())
        snoozed = self.default & Q(snoozed_until__gt=timezone.now())
        return {"overdue": overdue, "snoozed": snoozed, "ended": ~self.default, "all": Q()}


class ReplyStateFilter(ChoiceFilter):
    """Reply requests by whether a response is still expected."""

    title = "state"
    parameter_name = "reply_state"
    options = {"running": "awaiting response", "deadline_passed": "deadline passed, no response", "ended": "ended"}

    def conditions(self, request: HttpRequest) -> Mapping[str, Q]:
        pending, now = Q(outcome="pending"), timezone.now()
        return {
            "running": pending & Q(deadline_at__gt=now),
            "deadline_passed": pending & Q(deadline_at__lte=now),
            "ended": ~pending,
        }


class ReceivedAnswerFilter(ChoiceFilter):
    """Answers by email, those that wait by default."""

    title = "state"
    parameter_name = "answer_state"
    options = {"people": "waiting, not from a program", "decided": "recorded or dismissed", "all": "all"}
    default_label = "waiting"
    default = Q(state="waiting")

    def conditions(self, request: HttpRequest) -> Mapping[str, Q]:
        return {"people": self.default & Q(automatic=False), "decided": ~self.default, "all": Q()}


class CorrectionStateFilter(ChoiceFilter):
    """Corrections: pending or settled."""

    title = "state"
    parameter_name = "pending"
    options = {"open": "pending", "closed": "settled"}

    def conditions(self, request: HttpRequest) -> Mapping[str, Q]:
        return {"open": Q(closed_at=None), "closed": ~Q(closed_at=None)}


class UnreadFilter(ChoiceFilter):
    title = "read"
    parameter_name = "unread"
    options = {"yes": "unread"}

    def conditions(self, request: HttpRequest) -> Mapping[str, Q]:
        return {"yes": Q(read_at=None, retired_at=None)}


class DeadLetterFilter(ChoiceFilter):
    title = "dead letters"
    parameter_name = "dead_letters"
    options = {"mine": "assigned to me", "open": "all open"}

    def conditions(self, request: HttpRequest) -> Mapping[str, Q]:
        dead = Q(state=MessageState.DEAD.value)
        return {"mine": dead & Q(owner=request_user.current_user(request)), "open": dead}


class IntegrityStateFilter(ChoiceFilter):
    """Integrity findings: open or resolved."""

    title = "state"
    parameter_name = "state"
    options = {"open": "open", "resolved": "resolved"}

    def conditions(self, request: HttpRequest) -> Mapping[str, Q]:
        return {"open": Q(resolved_at=None), "resolved": ~Q(resolved_at=None)}


class ClaimStateFilter(ChoiceFilter):
    """Claims; dropped and merged ones are hidden by default."""

    title = "state"
    parameter_name = "claim_state"
    options = {"closed": "dropped or merged", "all": "all"}
    default_label = "on file"
    default = Q(dropped_at=None, merged_into=None)

    def conditions(self, request: HttpRequest) -> Mapping[str, Q]:
        return {"closed": ~self.default, "all": Q()}
