"""Saved searches: the user's own. The search page offers to save a search."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django.contrib import admin
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString

from editorial.admin.framework import columns, fields
from editorial.admin.framework.action_buttons import ActionButton
from editorial.admin.framework.action_forms import ActionForm, VersionedActionForm
from editorial.admin.framework.read_only_admin import ReadOnlyAdmin
from editorial.models import Desk, SavedSearch
from editorial.policy.access import Decision
from editorial.policy.actions import Action
from editorial.policy.vocabulary import SearchedType
from editorial.workflow.stories import saved_searches, search


class SavedSearchForm(ActionForm):
    """A search and its name."""

    q = fields.TextField("Search for", max_length=search.MAX_LENGTH)
    name = fields.TextField("Name", max_length=80, help_text="Only you see it, also in notifications.")
    types = fields.MultipleChoiceField(
        "Types", choices=SearchedType.choices(), required=False, help_text="None chosen: all types."
    )
    desk_id = fields.ModelSelectField("Desk", empty_label="Every desk that you see", required=False)

    def prepare(self) -> None:
        """Offer all desks, as the search page does."""
        self.set_choices("desk_id", Desk.objects.order_by("name"))


class RenameForm(VersionedActionForm):
    name = fields.TextField("Name", max_length=80)

    @classmethod
    def initial_for_row(cls, row: SavedSearch) -> dict[str, Any]:
        return super().initial_for_row(row) | {"name": row.name}


def _own_action(**options: Any) -> ActionButton:
    return ActionButton(pk_kwarg="search_id", **options)


_SAVE = ActionButton(
    action=Action.SAVED_SEARCH_SAVE,
    handler=saved_searches.save,
    form=SavedSearchForm,
    label="Save a search",
    icon="bookmark_add",
    tone="primary",
    success_message="Saved. You are notified of new matches.",
    allowed_without_row=lambda actor: Decision(actor.sees_anything()),
    redirect_to=lambda row, saved: None,
)


@admin.register(SavedSearch)
class SavedSearchAdmin(ReadOnlyAdmin):
    """The user's saved searches, newest first."""

    list_buttons = (_SAVE,)
    buttons = (
        _own_action(
            action=Action.SAVED_SEARCH_REVISE,
            handler=saved_searches.revise,
            form=RenameForm,
            label="Rename",
            icon="edit",
            success_message="Renamed.",
        ),
        _own_action(
            action=Action.SAVED_SEARCH_REVISE,
            variant="mute",
            handler=saved_searches.revise,
            extra_kwargs={"muted": True},
            label="Mute",
            icon="notifications_off",
            one_click=True,
            help_text="You are notified of nothing that it finds, until you turn it on again.",
            success_message="Muted.",
            available=lambda row: Decision(not row.muted),
        ),
        _own_action(
            action=Action.SAVED_SEARCH_REVISE,
            variant="unmute",
            handler=saved_searches.revise,
            extra_kwargs={"muted": False},
            label="Notify again",
            icon="notifications_active",
            one_click=True,
            help_text="You are notified of what matches from now on.",
            success_message="It notifies again.",
            available=lambda row: Decision(row.muted),
        ),
        _own_action(
            action=Action.SAVED_SEARCH_DELETE,
            handler=saved_searches.delete,
            label="Delete",
            icon="delete",
            tone="danger",
            success_message="Deleted.",
            redirect_to=lambda row, result: None,
        ),
    )
    list_display = ("name", "found_by", "desk", columns.flag("muted", "Muted", "muted", "snoozed"))
    select_related = ("desk",)
    detail_fields = ("found_by", "shown_types", "desk", "muted")

    @admin.display(description="Searches for")
    def found_by(self, row: SavedSearch) -> SafeString:
        """The words, leading to what they find now."""
        query = {"q": row.q} | ({"desk": str(row.desk_id)} if row.desk_id else {})
        query |= {"type": row.types[0]} if len(row.types) == 1 else {}
        return format_html('<a href="{}?{}">{}</a>', reverse("admin:search"), urlencode(query), row.q)

    @admin.display(description="Types")
    def shown_types(self, row: SavedSearch) -> str:
        """What it finds."""
        return ", ".join(SearchedType(kind).label for kind in row.types) or "All"
