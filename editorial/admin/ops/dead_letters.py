"""Dead letters: background work that failed in every attempt, whose list it is on, and what can be done about it."""

from __future__ import annotations

from typing import Any

from django.contrib import admin

from editorial.admin.framework import columns
from editorial.admin.framework.action_buttons import VerbButton
from editorial.admin.framework.filters import Letters
from editorial.admin.framework.read_only_admin import Page
from editorial.admin.ops import dead_letter_forms as forms
from editorial.models import MessageState, OutboxMessage
from editorial.policy.access import Decision, Role, Verb
from editorial.workflow.ops import dead_letters


def _dead(row: Any) -> Decision:
    return Decision(row.state == MessageState.DEAD)


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
            stands=_dead,
        ),
        VerbButton(
            verb=Verb.MESSAGE_TAKE,
            call=dead_letters.take,
            row_as="message_id",
            label="Take",
            icon="back_hand",
            at_once=True,
            done="It is on your list now.",
            stands=_dead,
        ),
        VerbButton(
            verb=Verb.MESSAGE_ASSIGN,
            call=dead_letters.assign,
            row_as="message_id",
            form=forms.Assign,
            label="Give to somebody else",
            icon="forward_to_inbox",
            done="They are told.",
            stands=_dead,
        ),
        VerbButton(
            verb=Verb.MESSAGE_SET_ASIDE,
            call=dead_letters.set_aside,
            row_as="message_id",
            form=forms.SetAside,
            label="Set aside",
            icon="archive",
            tone="danger",
            about="It will not be done. What is still needed is asked for again when the record is next checked.",
            done="Set aside; your reason is in its record.",
            stands=_dead,
        ),
    )
    list_display = (
        columns.word("kind", "Work"),
        columns.word("state", "State"),
        columns.person("owner", "On the list of"),
        columns.since("died_at", "Given up"),
        "attempts",
        "error",
        columns.since("created_at", "Written"),
    )
    list_filter = (Letters, "state", "kind")
    list_select_related = ("owner",)
    search_fields = ("reference",)
    ordering = ("-id",)
    shown = (
        "kind", "state", "owner", "died_at", "alarm_at", "reference", "attempts", "error",
        "created_at", "available_at", "sent_at", "lease_until", "done_at",
    )  # fmt: skip
