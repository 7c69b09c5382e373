"""What archiving a copy asks for."""

from __future__ import annotations

from typing import Any

from editorial.admin.framework.desk_forms import AtADesk
from editorial.admin.framework.fields import Address, Copy, Prose, Text
from editorial.models import Statement
from editorial.policy.access import Verb


class Attach(AtADesk):
    """A copy, as a file or as text."""

    verb = Verb.EXHIBIT_ATTACH

    title = Text("Title")
    url = Address("Where it was found", required=False)
    file = Copy("File", required=False, help_text="PDF, picture, sound, film, text or archive …")
    text = Prose("… or its text", rows=8, required=False, help_text="Kept exactly as it is pasted.")

    field_order = ("title", "url", "file", "text", "desk_id")


class AttachToStatement(Attach):
    """The copy that shows a statement was made."""

    @classmethod
    def starts_with(cls, row: Statement) -> dict[str, Any]:
        """The desk of the statement's claim."""
        return {"desk_id": row.claim.desk_id}
