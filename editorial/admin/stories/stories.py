"""Stories: the list, the page of each, and the verbs that bring them into print and after."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import timezone

from editorial.admin.framework import columns, history, request_user
from editorial.admin.framework.action_buttons import VerbButton, by_slug, offers
from editorial.admin.framework.filters import Owed
from editorial.admin.framework.read_only_admin import Page
from editorial.admin.stories import story_forms as forms
from editorial.admin.stories import story_page
from editorial.admin.stories.story_buttons import ON_A_STORY, OVERRIDE, TICK
from editorial.models import Correction, Original, Story
from editorial.policy.access import Verb
from editorial.workflow.stories import stories


@admin.register(Story)
class StoryAdmin(Page):
    """Stories, newest first."""

    buttons = (*ON_A_STORY, TICK, OVERRIDE)
    list_buttons = (
        VerbButton(
            verb=Verb.STORY_PITCH,
            call=stories.pitch,
            form=forms.Pitch,
            label="Pitch a story",
            icon="add",
            tone="primary",
            done="Pitched. You are its first author.",
            lands=lambda row, story: story,
        ),
    )
    list_display = (
        columns.start("headline", "Headline", 100),
        columns.word("status", "Stage"),
        columns.word("gate", "Gate"),
        columns.word("remedy", "Owes"),
        "desk",
        columns.until("publish_at", "Runs"),
        columns.since("published_at", "Ran"),
    )
    list_filter = ("status", "gate", "remedy", "desk")
    list_select_related = ("desk",)
    search_fields = ("headline",)
    page_template = "editorial/stories/story.html"

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        """With what its page names."""
        rows: QuerySet[Any] = super().get_queryset(request)
        return rows.select_related("desk", "pitched_by", "cleared_by")

    def fill(self, request: HttpRequest, row: Story) -> dict[str, Any]:
        """The copy, the gate, what is owed, and what happened."""
        actor, own = request_user.facts(request), row.access_facts()
        revisions = list(row.revisions.select_related("revised_by").order_by("-number"))
        return {
            "offer": by_slug(offers(ON_A_STORY, row, actor, subject=own)),
            "judgement": story_page.judged(row, now=timezone.now(), actor=actor, own=own),
            "copy": revisions[0] if revisions else None,
            "revisions": revisions,
            "authors": row.authors.order_by("username"),
            "drafted_from": Original.objects.filter(story=row).select_related("outlet", "exhibit").first(),
            "corrections": row.corrections.prefetch_related("claims").select_related("closed_by"),
            "printed": row.published_uses.select_related("claim").order_by("id"),
            "events": history.of(row),
        }

    def beside(self, request: HttpRequest, button: VerbButton, row: Any) -> dict[str, Any]:
        """Whoever is about to print sees what the gate says."""
        if row is None or button.verb not in (Verb.STORY_PUBLISH, Verb.STORY_SCHEDULE, Verb.STORY_CORRECT):
            return {}
        return {
            "template": "editorial/stories/gate_panel.html",
            "judgement": story_page.judged(row, now=timezone.now()),
        }


@admin.register(Correction)
class CorrectionAdmin(Page):
    """What is owed to readers, and what was printed."""

    list_display = (
        columns.start("story", "Story", 90),
        columns.word("remedy", "Remedy"),
        columns.start("because", "Because", 90),
        columns.until("due_at", "Due"),
        columns.since("closed_at", "Settled"),
    )
    list_filter = (Owed, "remedy", "story__desk")
    list_select_related = ("story",)
    search_fields = ("story__headline", "because")
    shown = ("story", "remedy", "because", "opened_at", "due_at", "text", "closed_at", "closed_by")
