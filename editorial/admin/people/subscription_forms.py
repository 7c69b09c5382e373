"""What following asks for: what, and whether by mail too."""

from __future__ import annotations

from editorial.admin.framework.action_forms import ActionForm
from editorial.admin.framework.fields import AutocompleteField, CheckboxField, ModelSelectField
from editorial.models import Desk, Subscription
from editorial.policy import access
from editorial.policy.access import SubjectFacts
from editorial.policy.actions import Action


class FollowForm(ActionForm):
    """How one wants to hear of it."""

    by_mail = CheckboxField("By mail too", initial=True)


class FollowDeskForm(FollowForm):
    """A desk at which one works."""

    desk_id = ModelSelectField("Desk", help_text="Everything of this desk.")
    field_order = ("desk_id", "by_mail")

    def prepare(self) -> None:
        """Offer the desks at which one sees everything."""
        actor, desks = self.actor.facts(), Desk.objects.all()
        seen = [d.pk for d in desks if access.may(actor, Action.SEE, SubjectFacts(desks=frozenset({str(d.pk)})))]
        self.set_choices("desk_id", desks.filter(pk__in=seen))


class FollowClaimForm(FollowForm):
    """A claim that one sees."""

    claim_id = AutocompleteField("Claim", (Subscription, "claim"))
    field_order = ("claim_id", "by_mail")


class FollowStoryForm(FollowForm):
    """A story that one sees."""

    story_id = AutocompleteField("Story", (Subscription, "story"), help_text="This story, and the claims that it uses.")
    field_order = ("story_id", "by_mail")
