"""Forms for creating objects that belong to a desk."""

from __future__ import annotations

from typing import Any, ClassVar

from editorial.admin.framework.action_forms import ActionForm
from editorial.admin.framework.fields import ModelSelectField
from editorial.models import Desk
from editorial.policy import access
from editorial.policy.access import SubjectFacts
from editorial.policy.actions import Action


class DeskActionForm(ActionForm):
    """A form for a new object. Offers only desks at which the user may create it."""

    action: ClassVar[Action]

    desk_id = ModelSelectField("Desk")

    def prepare(self) -> None:
        """Leave out desks at which the user may not run the action."""
        actor = self.actor.facts()
        rows = Desk.objects.all()
        able = [desk.pk for desk in rows if access.may(actor, self.action, SubjectFacts.of_desk(desk.pk))]
        self.set_choices("desk_id", rows.filter(pk__in=able))

    @classmethod
    def initial_for_row(cls, row: Any) -> dict[str, Any]:
        """The desk of the row from which the action starts, if any."""
        desk = getattr(row, "desk_id", None)
        return {"desk_id": desk} if desk else {}
