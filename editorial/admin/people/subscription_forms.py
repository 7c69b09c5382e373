"""What following asks for: what, and whether by mail too."""

from __future__ import annotations

from editorial.admin.framework.action_forms import VerbForm
from editorial.admin.framework.fields import Choose, Pick, YesNo
from editorial.models import Desk, Subscription
from editorial.policy import access
from editorial.policy.access import SubjectFacts, Verb


class Follow(VerbForm):
    """How one wants to hear of it."""

    by_mail = YesNo("By mail too", initial=True)


class FollowDesk(Follow):
    """A desk at which one works."""

    desk_id = Choose("Desk", help_text="Everything of this desk.")
    field_order = ("desk_id", "by_mail")

    def prepare(self) -> None:
        """Offer the desks at which one sees everything."""
        actor, desks = self.actor.facts(), Desk.objects.all()
        seen = [d.pk for d in desks if access.may(actor, Verb.SEE, SubjectFacts(desks=frozenset({str(d.pk)})))]
        self.choose("desk_id", desks.filter(pk__in=seen))


class FollowClaim(Follow):
    """A claim that one sees."""

    claim_id = Pick("Claim", (Subscription, "claim"))
    field_order = ("claim_id", "by_mail")


class FollowStory(Follow):
    """A story that one sees."""

    story_id = Pick("Story", (Subscription, "story"), help_text="This story, and the claims that it uses.")
    field_order = ("story_id", "by_mail")
