"""Forms for finishing a review task."""

from __future__ import annotations

from editorial.admin.framework.action_forms import ActionForm
from editorial.admin.framework.fields import TextAreaField


class TaskFoundForm(ActionForm):
    """A note on the result, if needed."""

    note = TextAreaField("Result", required=False, help_text="Optional: the recorded evidence is the result.")


class TaskExhaustedForm(ActionForm):
    """The attempts that failed."""

    note = TextAreaField("Attempts", help_text="Helps the next reviewer.")
