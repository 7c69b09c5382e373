"""Forms of the imports."""

from __future__ import annotations

from editorial.admin.framework.desk_forms import DeskActionForm
from editorial.admin.framework.fields import CheckboxField, TextAreaField, TextField, UploadField, WebAddressField
from editorial.policy.actions import Action

_CHECK_ONLY_LABEL = "Check only: report the result of each row, file nothing"


class SheetImportForm(DeskActionForm):
    """A claims sheet."""

    action = Action.IMPORT_START

    file = UploadField(
        "Claims sheet",
        help_text="A CSV file with a header row: text, optionally kind, risk and adverse_to (names or ids, separated "
        "by |).",
    )
    check_only = CheckboxField(_CHECK_ONLY_LABEL)

    field_order = ("file", "check_only", "desk_id")


class FeedImportForm(DeskActionForm):
    """A feed by its URL."""

    action = Action.IMPORT_START

    url = WebAddressField("Address of the feed", help_text="RSS or Atom. Each item becomes a draft, once.")
    check_only = CheckboxField(_CHECK_ONLY_LABEL)

    field_order = ("url", "check_only", "desk_id")


class PageImportForm(DeskActionForm):
    """A page by its URL, or with pasted text."""

    action = Action.IMPORT_START
    omit_when_empty = ("text", "headline")
    advanced_fields = ("headline", "text")

    url = WebAddressField("Address of the page")
    headline = TextField("Headline", required=False, help_text="For pasted text. Default: its first line.")
    text = TextAreaField("Its text", rows=8, required=False, help_text="Paste it if the page requires a login.")

    field_order = ("url", "headline", "text", "desk_id")
