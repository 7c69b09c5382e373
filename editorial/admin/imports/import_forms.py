"""What bringing something in asks for."""

from __future__ import annotations

from editorial.admin.framework.desk_forms import AtADesk
from editorial.admin.framework.fields import Address, Copy, Prose, Text, YesNo
from editorial.policy.access import Verb

_CHECK = "Only say what would become of each row; file nothing"


class Sheet(AtADesk):
    """A claims sheet."""

    verb = Verb.IMPORT_BEGIN

    file = Copy(
        "Claims sheet",
        help_text="A CSV file with a heading: text, and if you like kind, risk and adverse_to (names or ids, set apart "
        "by |).",
    )
    check_only = YesNo(_CHECK)

    field_order = ("file", "check_only", "desk_id")


class Feed(AtADesk):
    """A feed by its address."""

    verb = Verb.IMPORT_BEGIN

    url = Address("Address of the feed", help_text="RSS or Atom. Each item becomes a draft, once.")
    check_only = YesNo(_CHECK)

    field_order = ("url", "check_only", "desk_id")


class Page(AtADesk):
    """A page by its address, with its text where only people can open it."""

    verb = Verb.IMPORT_BEGIN
    omitted_when_empty = ("text", "headline")
    seldom = ("headline", "text")

    url = Address("Address of the page")
    headline = Text("Headline", required=False, help_text="Of the pasted text; else it is the first line.")
    text = Prose("Its text", rows=8, required=False, help_text="Paste it where the page opens for people only.")

    field_order = ("url", "headline", "text", "desk_id")
