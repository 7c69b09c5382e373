"""Stories: list, page and the actions up to and after publication."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.http import HttpRequest
from django.template.response import TemplateResponse
from django.urls import URLPattern, path
from django.utils import timezone

from editorial.admin.framework import columns, history, request_user
from editorial.admin.framework.action_buttons import ActionButton, bind_buttons, by_slug, create_button
from editorial.admin.framework.filters import CorrectionStateFilter
from editorial.admin.framework.read_only_admin import ReadOnlyAdmin
from editorial.admin.ops import notification_records
from editorial.admin.review import comment_buttons, comments, restrictions
from editorial.admin.stories import passages, reader_preview, revisions, story_decision, story_page
from editorial.admin.stories.story_buttons import (
    CONFIRM_CONDITION,
    CONFIRM_MANY,
    CONFIRM_NO_CLAIMS,
    LIFT_RESTRICTION,
    OVERRIDE_GATE,
    STORY_ACTIONS,
)
from editorial.admin.stories.story_forms import StoryPitchForm
from editorial.models import Correction, Story, WireItem
from editorial.policy.actions import Action
from editorial.workflow.stories import stories


@admin.register(Story)
class StoryAdmin(ReadOnlyAdmin):
    buttons = (
        *STORY_ACTIONS,
        CONFIRM_CONDITION,
        CONFIRM_MANY,
        CONFIRM_NO_CLAIMS,
        LIFT_RESTRICTION,
        OVERRIDE_GATE,
        comment_buttons.COMMENT[Story],
    )
    list_buttons = (
        create_button(
            action=Action.STORY_PITCH,
            handler=stories.pitch,
            form=StoryPitchForm,
            label="Pitch a story",
            icon="add",
            success_message="Pitched. You are its first author.",
        ),
    )
    list_display = (
        columns.truncated("headline", "Headline", 100),
        columns.choice("status", "Status"),
        columns.choice("gate", "Gate"),
        columns.choice("remedy", "Pending remedy"),
        "desk",
        columns.time_left("publish_at", "Scheduled for"),
        columns.time_since("published_at", "Published"),
    )
    list_filter = ("status", "gate", "remedy", "desk")
    select_related = ("desk", "pitched_by", "cleared_by")
    search_fields = ("headline",)
    detail_template = "editorial/stories/story.html"
    refresh_seconds = 15

    def get_urls(self) -> list[URLPattern]:
        """The usual URLs, the revisions and the preview."""
        wrap = self.admin_site.admin_view
        return [
            path("<path:object_id>/revisions/", wrap(self.revisions_view), name="editorial_story_revisions"),
            path("<path:object_id>/preview/", wrap(self.preview_view), name="editorial_story_preview"),
            *super().get_urls(),
        ]

    def revisions_view(self, request: HttpRequest, object_id: str) -> TemplateResponse:
        """What each revision changed."""
        row = self.visible_or_404(request, object_id)
        views = revisions.revisions_of(row)
        return self.further_page(request, "editorial/stories/revisions.html", row, title="Revisions", views=views)

    def preview_view(self, request: HttpRequest, object_id: str) -> TemplateResponse:
        """What readers get, now and if the story went out."""
        row = self.visible_or_404(request, object_id)
        views = reader_preview.reader_views(row, request_user.actor_facts(request), now=timezone.now())
        return self.further_page(request, "editorial/stories/preview.html", row, title="Preview", views=views)

    def get_page_context(self, request: HttpRequest, row: Story) -> dict[str, Any]:
        """The copy, the gate, pending remedies, and the audit log."""
        now, actor, subject = timezone.now(), request_user.actor_facts(request), row.access_facts()
        gate_view = story_page.evaluate_gate(row, now=now, actor=actor, subject=subject)
        copy = row.revisions.select_related("revised_by").order_by("-number").first()
        return {
            "buttons_by_slug": by_slug(
                bind_buttons(STORY_ACTIONS, row, actor, subject=subject, query=story_page.version_of(row))
            ),
            "restriction_views": restrictions.in_force(row, LIFT_RESTRICTION, actor, subject=subject, now=now),
            "gate_view": gate_view,
            "comments": comments.panel(request, row, subject),
            "copy": copy,
            "marked_copy": passages.marked_paragraphs(copy.body, gate_view.uses) if copy else [],
            "authors": row.authors.order_by("username"),
            "drafted_from": WireItem.objects.filter(story=row).select_related("outlet", "exhibit").order_by("id"),
            "corrections": row.corrections.prefetch_related("claims").select_related("closed_by"),
            "published_uses": row.published_uses.select_related("claim").order_by("id"),
            "events": history.entries_for(row, actor),
            "notified_url": notification_records.log_url(row, actor),
        }

    def get_context_panel(self, request: HttpRequest, button: ActionButton, row: Any) -> dict[str, Any]:
        """What the decision rests on and what it will do, beside the form."""
        if row is None or button.action not in story_decision.DECISIONS:
            return super().get_context_panel(request, button, row)
        actor = request_user.current_user(request)
        return story_decision.panel(row, button.action, actor=actor, now=timezone.now())


@admin.register(Correction)
class CorrectionAdmin(ReadOnlyAdmin):
    list_display = (
        columns.truncated("story", "Story", 90),
        columns.choice("remedy", "Remedy"),
        columns.truncated("because", "Because", 90),
        columns.time_left("due_at", "Due"),
        columns.time_since("closed_at", "Settled"),
    )
    list_filter = (CorrectionStateFilter, "remedy", "story__desk")
    select_related = ("story",)
    search_fields = ("story__headline", "because")
    detail_fields = ("story", "remedy", "because", "opened_at", "due_at", "text", "closed_at", "closed_by")
