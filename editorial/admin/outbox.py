"""Dead letters: background work that failed in every attempt, and the button that gives it another round."""

from __future__ import annotations

from django.contrib import admin

from editorial.admin import columns
from editorial.admin.pages import Page
from editorial.admin.verb_buttons import VerbButton
from editorial.models import MessageState, OutboxMessage
from editorial.policy.access import Decision, Role, SubjectFacts, Verb
from editorial.workflow import dead_letters


@admin.register(OutboxMessage)
class OutboxMessageAdmin(Page):
    """Background work; the list begins with what is dead."""

    only_for = Role.ADMIN
    buttons = (
        VerbButton(
            verb=Verb.MESSAGE_REPLAY,
            call=dead_letters.replay,
            row_as="message_id",
            label="Give it another round",
            icon="replay",
            tone="primary",
            about="Find out first why it failed: the kind of its last error is here, the rest in the worker's log.",
            done="It is worked on again within seconds.",
            subject=lambda row: SubjectFacts(),
            stands=lambda row: Decision(row.state == MessageState.DEAD),
        ),
    )
    list_display = (
        columns.word("kind", "Work"),
        columns.word("state", "State"),
        "attempts",
        "error",
        columns.since("created_at", "Written"),
        columns.since("available_at", "Available"),
    )
    list_filter = ("state", "kind")
    search_fields = ("reference",)
    ordering = ("-id",)
    shown = (
        "kind", "state", "reference", "attempts", "error",
        "created_at", "available_at", "sent_at", "lease_until", "done_at",
    )  # fmt: skip
