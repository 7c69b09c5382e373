"""Forms for archiving a copy."""

from __future__ import annotations

from typing import Any

from editorial.admin.framework.desk_forms import DeskActionForm
from editorial.admin.framework.fields import TextAreaField, TextField, UploadField, WebAddressField
from editorial.models import Statement
from editorial.policy.actions import Action


class ExhibitCreateForm(DeskActionForm):
    """A copy, as a file or as text."""

    action = Action.EXHIBIT_ATTACH

    title = TextField("Title")
    url = WebAddressField("Where it was found", required=False)
    file = UploadField("File", required=False, help_text="PDF, image, audio, video, text or archive …")
    text = TextAreaField("… or its text", rows=8, required=False, help_text="Stored exactly as pasted.")

    field_order = ("title", "url", "file", "text", "desk_id")


class StatementExhibitForm(ExhibitCreateForm):
    """The copy that documents a statement."""

    @classmethod
    def initial_for_row(cls, row: Statement) -> dict[str, Any]:
        """The desk of the statement's claim."""
        return {"desk_id": row.claim.desk_id}
