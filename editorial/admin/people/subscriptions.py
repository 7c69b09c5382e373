"""Subscriptions to desks, claims and stories, optionally by email. Nobody sees those of others."""

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
from editorial.admin.framework.action_buttons import ActionButton
from editorial.admin.framework.action_forms import ActionForm, desks_allowing
from editorial.admin.framework.fields import AutocompleteField, CheckboxField, ModelSelectField
from editorial.admin.framework.read_only_admin import ReadOnlyAdmin
from editorial.admin.framework.tags import detail_url
from editorial.models import Claim, Story, Subscription, User
from editorial.policy.access import Decision, SubjectFacts
from editorial.policy.actions import Action
from editorial.workflow.people import subscriptions


class FollowForm(ActionForm):
    by_mail = CheckboxField("Also by email", initial=True)


class FollowDeskForm(FollowForm):
    desk_id = ModelSelectField("Desk", help_text="Everything of this desk.")
    field_order = ("desk_id", "by_mail")

    def prepare(self) -> None:
        """Offer the desks at which the user sees everything."""
        self.set_choices("desk_id", desks_allowing(Action.SEE, self.actor))


class FollowClaimForm(FollowForm):
    claim_id = AutocompleteField("Claim", (Subscription, "claim"))
    field_order = ("claim_id", "by_mail")


class FollowStoryForm(FollowForm):
    story_id = AutocompleteField("Story", (Subscription, "story"), help_text="This story and the claims that it uses.")
    field_order = ("story_id", "by_mail")


def unfollow_row(*, subscription_id: UUID, actor: User, now: datetime) -> None:
    """Unfollow. You still receive notifications that are part of your role."""
    row = Subscription.objects.get(pk=subscription_id)
    subscriptions.unfollow(desk_id=row.desk_id, claim_id=row.claim_id, story_id=row.story_id, actor=actor, now=now)


def follow_action(kind: str, **options: Any) -> ActionButton:
    """The button to follow an object; `pk_kwarg` if the object is the page's row."""
    return ActionButton(
        action=Action.SEE,
        variant=f"follow_{kind}",
        handler=subscriptions.follow,
        icon="notification_add",
        help_text="You receive the same notifications as its authors and editors, here and optionally by email.",
        success_message="Following.",
        **options,
    )


def _follow_from_list(kind: str, form: type[FollowForm]) -> ActionButton:
    return follow_action(
        kind,
        form=form,
        label=f"Follow a {kind}",
        allowed_without_row=lambda actor: Decision(actor.sees_anything()),
        redirect_to=lambda row, subscription: None,
    )


@admin.register(Subscription)
class SubscriptionAdmin(ReadOnlyAdmin):
    """The user's subscriptions, newest first."""

    list_buttons = (
        _follow_from_list("story", FollowStoryForm),
        _follow_from_list("claim", FollowClaimForm),
        _follow_from_list("desk", FollowDeskForm),
    )
    buttons = (
        ActionButton(
            action=Action.SEE,
            variant="unfollow",
            handler=unfollow_row,
            pk_kwarg="subscription_id",
            label="Unfollow",
            icon="notifications_off",
            success_message="Unfollowed.",
            subject=lambda row: SubjectFacts(shared=True),
            redirect_to=lambda row, result: None,
        ),
    )
    list_display = ("__str__", "followed_object", columns.flag("by_mail", "By email", "by email", "info"))
    select_related = ("desk", "claim", "story")
    detail_fields = ("followed_object", "by_mail")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        """The user's subscriptions, with whether their object is still visible."""
        actor = request_user.actor_facts(request)
        claims = Claim.objects.visible_to(actor).filter(pk=OuterRef("claim"))
        stories = Story.objects.visible_to(actor).filter(pk=OuterRef("story"))
        rows: QuerySet[Any] = super().get_queryset(request).filter(user=request_user.current_user(request))
        return rows.annotate(sees_claim=Exists(claims), sees_story=Exists(stories))

    @admin.display(description="Object")
    def followed_object(self, row: Any) -> SafeString | str:
        """The followed object, if the user may still see it."""
        if row.desk:
            return str(row.desk)
        visible = row.claim if row.sees_claim else row.story if row.sees_story else None
        if visible is None:
            return "no longer visible to you; no notifications are sent"
        return format_html('<a href="{}">{}</a>', detail_url(visible), visible)
