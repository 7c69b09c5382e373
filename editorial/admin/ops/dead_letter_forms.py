"""Forms of the actions on dead letters."""

from __future__ import annotations

from editorial.admin.framework.action_forms import ActionForm
from editorial.admin.framework.fields import ModelSelectField, ReasonField
from editorial.models import User
from editorial.workflow.ops import dead_letters


class DeadLetterAssignForm(ActionForm):
    """The new owner."""

    owner_id = ModelSelectField("To", help_text="The new owner is notified.")

    def prepare(self) -> None:
        """Offer the users who may handle dead letters."""
        others = User.objects.filter(pk__in=dead_letters.administrators().values("user"))
        self.set_choices("owner_id", others.exclude(dead_letters=self.row))


class DeadLetterDismissForm(ActionForm):
    """Why it is not needed any more."""

    reason = ReasonField("Why it is not needed", help_text="It stays in the audit log.")
