"""Exhibits: archived copies."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.contrib import admin
from django.db.models import Q
from django.http import FileResponse, Http404, HttpRequest
from django.urls import URLPattern, path

from editorial.admin.framework import columns, request_user
from editorial.admin.framework.action_buttons import create_button
from editorial.admin.framework.action_forms import DeskActionForm
from editorial.admin.framework.fields import TextAreaField, TextField, UploadField, WebAddressField
from editorial.admin.framework.filters import ChoiceFilter
from editorial.admin.framework.read_only_admin import ReadOnlyAdmin
from editorial.models import Exhibit, Statement
from editorial.policy.actions import Action
from editorial.workflow.evidence import exhibits


class ExhibitCreateForm(DeskActionForm):
    action = Action.EXHIBIT_ATTACH

    title = TextField("Title")
    url = WebAddressField("Where it was published", required=False)
    file = UploadField("File", required=False, help_text="PDF, image, audio, video, text or archive …")
    text = TextAreaField("… or its text", rows=8, verbatim=True, required=False, help_text="Stored exactly as pasted.")

    field_order = ("title", "url", "file", "text", "desk_id")


class StatementExhibitForm(ExhibitCreateForm):
    """The copy that documents a statement."""

    @classmethod
    def initial_for_row(cls, row: Statement) -> dict[str, Any]:
        return {"desk_id": row.claim.desk_id}


class MediaTypeFilter(ChoiceFilter):
    """Exhibits by media type. The choices are all that may be archived: finding those that are would read every row."""

    title, parameter_name = "media type", "content_type"
    options = {media_type: media_type for media_type in exhibits.MEDIA_TYPES}

    def conditions(self, request: HttpRequest) -> Mapping[str, Q]:
        return {media_type: Q(content_type=media_type) for media_type in self.options}


@admin.register(Exhibit)
class ExhibitAdmin(ReadOnlyAdmin):
    """Archived copies that document statements or observations."""

    detail_template = "editorial/evidence/exhibit.html"

    list_buttons = (
        create_button(
            action=Action.EXHIBIT_ATTACH,
            handler=exhibits.attach,
            form=ExhibitCreateForm,
            label="Archive a copy",
            icon="inventory_2",
            success_message="Archived with its SHA-256.",
        ),
    )
    list_display = (
        columns.truncated("title", "Title", 80),
        "content_type",
        "desk",
        columns.user_name("attached_by", "Archived by"),
        columns.time_since("attached_at", "Archived"),
    )
    list_filter = (MediaTypeFilter, "desk")
    select_related = ("desk", "attached_by")
    search_fields = ("title", "url", "sha256")
    detail_fields = (
        "title", "desk", "url", "content_type", "kilobytes", "sha256", "attached_by", "attached_at",
    )  # fmt: skip

    def search_condition(self, field: str, word: str) -> Q:
        """Titles and URLs that contain the word, or the exhibit with this SHA-256."""
        return Q(sha256=word.lower()) if field == "sha256" else super().search_condition(field, word)

    def get_page_context(self, request: HttpRequest, row: Exhibit) -> dict[str, Any]:
        """The statements that it documents, which may be on claims of other desks."""
        statements: Any = row.statements
        visible = statements.all().visible_to(request_user.actor_facts(request))
        return {**super().get_page_context(request, row), "statements": visible}

    @admin.display(description="Size")
    def kilobytes(self, row: Any) -> str:
        return f"{row.size / 1024:,.1f} kB"

    def get_urls(self) -> list[URLPattern]:
        """Django's URLs and the file download."""
        file = self.admin_site.admin_view(self.file_view)
        return [path("<path:object_id>/file/", file, name="editorial_exhibit_file"), *super().get_urls()]

    def file_view(self, request: HttpRequest, object_id: str) -> FileResponse:
        """The original bytes as a download, never rendered inside the newsroom's pages."""
        row = self.get_object(request, object_id)
        if row is None or not row.file:
            raise Http404("File not found, or you may not see it.")
        response = FileResponse(row.file.open("rb"), as_attachment=True, content_type=row.content_type)
        response["X-Content-Type-Options"] = "nosniff"
        response["Content-Security-Policy"] = "sandbox"
        return response
