"""What one follows: a desk, a claim or a story, with mail or without. Nobody sees what another follows."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from django.contrib import admin
from django.db.models import Exists, OuterRef, QuerySet
from django.http import HttpRequest
from django.utils.html import format_html
from django.utils.safestring import SafeString

from editorial.admin.framework import columns, request_user
from editorial.admin.framework.action_buttons import VerbButton
from editorial.admin.framework.read_only_admin import Page
from editorial.admin.framework.tags import page
from editorial.admin.people import subscription_forms as forms
from editorial.models import Claim, Story, Subscription, User
from editorial.policy.access import Decision, SubjectFacts, Verb
from editorial.workflow.people import subscriptions


def _unfollow(*, subscription_id: UUID, actor: User, now: datetime) -> None:
    """Follow it no longer. What you must hear of as a duty still comes."""
    row = Subscription.objects.get(pk=subscription_id)
    what = {"desk_id": row.desk_id, "claim_id": row.claim_id, "story_id": row.story_id}
    subscriptions.unfollow(**what, actor=actor, now=now)


def follow_button(noun: str, **more: Any) -> VerbButton:
    """Follow one thing; `row_as` where the page's row is that thing."""
    return VerbButton(
        verb=Verb.SEE,
        variant=f"follow_{noun}",
        call=subscriptions.follow,
        icon="notification_add",
        about="You hear of what its authors and editors hear of, here and, if you like, by mail.",
        done="You hear of it from now on.",
        **more,
    )


def _begins(noun: str, form: type[forms.Follow]) -> VerbButton:
    return follow_button(
        noun,
        form=form,
        label=f"Follow a {noun}",
        anywhere=lambda actor: Decision(actor.sees_anything()),
        lands=lambda row, subscription: None,
    )


@admin.register(Subscription)
class SubscriptionAdmin(Page):
    """What one follows, the newest first."""

    list_buttons = (
        _begins("story", forms.FollowStory), _begins("claim", forms.FollowClaim), _begins("desk", forms.FollowDesk),
    )  # fmt: skip
    buttons = (
        VerbButton(
            verb=Verb.SEE,
            variant="unfollow",
            call=_unfollow,
            row_as="subscription_id",
            label="Follow it no longer",
            icon="notifications_off",
            done="You hear of it no more.",
            subject=lambda row: SubjectFacts(shared=True),
            lands=lambda row, result: None,
        ),
    )
    list_display = ("__str__", "what", columns.yes("by_mail", "By mail", "by mail", "info"))
    list_select_related = ("desk", "claim", "story")
    ordering = ("-id",)
    shown = ("what", "by_mail")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        """One's own, and whether one may still see what it is about."""
        known = request_user.facts(request)
        claims = Claim.objects.visible_to(known).filter(pk=OuterRef("claim"))
        stories = Story.objects.visible_to(known).filter(pk=OuterRef("story"))
        rows: QuerySet[Any] = super().get_queryset(request)
        rows = rows.filter(user=request_user.person(request)).select_related("desk", "claim", "story")
        return rows.annotate(sees_claim=Exists(claims), sees_story=Exists(stories))

    @admin.display(description="What")
    def what(self, row: Any) -> SafeString | str:
        """The thing, if one may still see it."""
        if row.desk:
            return str(row.desk)
        thing = row.claim if row.sees_claim else row.story if row.sees_story else None
        if thing is None:
            return "nothing that you may see any more; you are told nothing of it"
        return format_html('<a href="{}">{}</a>', page(thing), thing)
