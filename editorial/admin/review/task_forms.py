"""What ending a review task asks for."""

from __future__ import annotations

from editorial.admin.framework.action_forms import ActionForm
from editorial.admin.framework.fields import TextAreaField


class TaskFoundForm(ActionForm):
    """What was found, if it needs saying."""

    note = TextAreaField("What was found", required=False, help_text="The finding itself is what you recorded.")


class TaskExhaustedForm(ActionForm):
    """What was tried."""

    note = TextAreaField("What was tried", help_text="For whoever asks again.")
