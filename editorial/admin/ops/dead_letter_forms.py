"""What the verbs on dead letters ask for."""

from __future__ import annotations

from editorial.admin.framework.action_forms import VerbForm
from editorial.admin.framework.fields import Choose, Reason
from editorial.models import User
from editorial.workflow.ops import dead_letters


class Assign(VerbForm):
    """Another administrator."""

    owner_id = Choose("To", help_text="They are told.")

    def prepare(self) -> None:
        """Whoever may see to it."""
        others = User.objects.filter(pk__in=dead_letters.administrators().values("user"))
        self.choose("owner_id", others.exclude(dead_letters=self.row))


class SetAside(VerbForm):
    """Why it is not needed any more."""

    reason = Reason("Why it is not needed", help_text="It stays in the record.")
