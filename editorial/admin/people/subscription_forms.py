"""Forms for following desks, claims and stories."""

from __future__ import annotations

from editorial.admin.framework.action_forms import ActionForm
from editorial.admin.framework.fields import AutocompleteField, CheckboxField, ModelSelectField
from editorial.models import Desk, Subscription
from editorial.policy import access
from editorial.policy.access import SubjectFacts
from editorial.policy.actions import Action


class FollowForm(ActionForm):
    """The options of a subscription."""

    by_mail = CheckboxField("Also by email", initial=True)


class FollowDeskForm(FollowForm):
    """One of the user's desks."""

    desk_id = ModelSelectField("Desk", help_text="Everything of this desk.")
    field_order = ("desk_id", "by_mail")

    def prepare(self) -> None:
        """Offer the desks at which the user sees everything."""
        actor, desks = self.actor.facts(), Desk.objects.all()
        seen = [d.pk for d in desks if access.may(actor, Action.SEE, SubjectFacts.of_desk(d.pk))]
        self.set_choices("desk_id", desks.filter(pk__in=seen))


class FollowClaimForm(FollowForm):
    """A claim that the user may see."""

    claim_id = AutocompleteField("Claim", (Subscription, "claim"))
    field_order = ("claim_id", "by_mail")


class FollowStoryForm(FollowForm):
    """A story that the user may see."""

    story_id = AutocompleteField("Story", (Subscription, "story"), help_text="This story and the claims that it uses.")
    field_order = ("story_id", "by_mail")
