"""Statements and relays: list, page and actions."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils import timezone

from editorial.admin.evidence.exhibits import StatementExhibitForm
from editorial.admin.evidence.statement_forms import (
    RelayCreateForm,
    StatementEndForm,
    StatementMoveForm,
    StatementReassignForm,
    StatementUpdateForm,
)
from editorial.admin.framework import columns, history, labels, request_user
from editorial.admin.framework.action_buttons import ActionButton, bind_buttons, claim_access_facts
from editorial.admin.framework.action_forms import reason_form
from editorial.admin.framework.read_only_admin import ReadOnlyAdmin
from editorial.admin.review import comment_buttons, comments
from editorial.models import Relay, Statement
from editorial.policy.access import Decision
from editorial.policy.actions import Action
from editorial.policy.vocabulary import Directness
from editorial.workflow.evidence import exhibits, statement_repairs, statements, weights
from editorial.workflow.evidence.confidentiality import disclosure
from editorial.workflow.review import impact


def _statement_action(
    *,
    pk_kwarg: str = "statement_id",
    available: Callable[[Any], Decision] = lambda row: Decision(True),
    **options: Any,
) -> ActionButton:
    """A button for statements that have not been struck."""
    return ActionButton(
        **options,
        pk_kwarg=pk_kwarg,
        subject=claim_access_facts,
        available=lambda row: available(row) if row.struck_at is None else Decision(False),
    )


STATEMENT_ACTIONS = (
    _statement_action(
        action=Action.STATEMENT_RELAY,
        handler=statements.relay,
        pk_kwarg="derived_id",
        form=RelayCreateForm,
        label="Link to its origin",
        icon="account_tree",
        success_message="Linked. The claim is being reassessed.",
        available=lambda row: Decision(row.directness != Directness.FIRST_HAND),
        redirect_to=lambda row, link: row,
    ),
    _statement_action(
        action=Action.EXHIBIT_ATTACH,
        handler=exhibits.attach,
        form=StatementExhibitForm,
        label="Archive a copy",
        icon="inventory_2",
        help_text="Archive a copy of what was said, as a file. Each desk stores the same bytes once.",
        success_message="Archived with its SHA-256.",
        available=lambda row: Decision(row.exhibit_id is None),
    ),
    _statement_action(
        action=Action.STATEMENT_REVISE,
        handler=statements.revise,
        form=StatementUpdateForm,
        label="Edit statement",
        icon="edit",
        success_message="Updated. The previous version stays in its history.",
    ),
    _statement_action(
        action=Action.STATEMENT_REVISE,
        variant="move",
        handler=statements.move,
        form=StatementMoveForm,
        label="Move to another claim",
        icon="move_item",
        success_message="Moved. Both claims are being reassessed.",
        redirect_to=lambda row, moved: moved,
    ),
    _statement_action(
        action=Action.STATEMENT_END,
        handler=statements.end,
        form=StatementEndForm,
        label="Mark as ended",
        icon="event_busy",
        tone="danger",
        success_message="Recorded. Stories that rely on it are being re-evaluated.",
    ),
    _statement_action(
        action=Action.STATEMENT_REOPEN,
        handler=statement_repairs.reopen,
        form=reason_form(help_text="How the mistake was found. No confidential name."),
        label="Reopen",
        icon="undo",
        help_text="Use this if the statement was marked as ended by mistake. It stands again as before. This voids "
        "the signatures on the claim, which were given without it.",
        success_message="Reopened. The claim is being reassessed.",
        available=lambda row: Decision(row.ended is not None),
    ),
    _statement_action(
        action=Action.STATEMENT_REASSIGN,
        handler=statement_repairs.reassign,
        form=StatementReassignForm,
        label="Change source",
        icon="person_edit",
        help_text="Use this if the statement was recorded under the wrong source. It voids the signatures on the "
        "claim, which rest on the wrong source.",
        success_message="Source changed. The claim is being reassessed.",
    ),
    _statement_action(
        action=Action.STATEMENT_STRIKE,
        handler=statement_repairs.strike,
        form=reason_form(help_text="How the mistake was found. No confidential name."),
        label="Strike",
        icon="delete_history",
        tone="danger",
        help_text="Use this if the statement was never made or was recorded twice. It no longer counts or links "
        "sources, and stays on file as struck. If the source took it back, use “Mark as ended” instead.",
        success_message="Struck. The claim is being reassessed.",
    ),
)


REMOVE_RELAY = ActionButton(
    action=Action.STATEMENT_UNDO_RELAY,
    handler=statements.undo_relay,
    pk_kwarg="relay_id",
    form=reason_form(),
    label="Remove this link",
    icon="link_off",
    success_message="Link removed. The claim is being reassessed.",
    subject=lambda row: claim_access_facts(row.derived),
    redirect_to=lambda row, nothing: row.derived,
)


@admin.register(Statement)
class StatementAdmin(ReadOnlyAdmin):
    """All statements; the claim page groups them."""

    buttons = (*STATEMENT_ACTIONS, comment_buttons.COMMENT[Statement])
    list_display = (
        columns.source("source", "Source"),
        columns.choice("stance", "Stance"),
        columns.choice("directness", "How the source knows"),
        columns.choice("terms", "Attribution terms"),
        columns.choice("obtained_by", "Collected by"),
        columns.truncated("claim", "Claim", 70),
        columns.time_since("recorded_at", "Recorded"),
    )
    list_filter = ("stance", "directness", "terms", "obtained_by", "claim__desk")
    select_related = ("source", "claim")
    search_fields = ("quote", "claim__text")
    searched_sources = ("source",)
    detail_template = "editorial/evidence/statement.html"

    def get_urls(self) -> list[URLPattern]:
        """The usual URLs, and the menu that the claim page loads when it is opened."""
        menu = self.admin_site.admin_view(self.menu_view)
        return [path("<path:object_id>/menu/", menu, name="editorial_statement_menu"), *super().get_urls()]

    def menu_view(self, request: HttpRequest, object_id: str) -> TemplateResponse:
        """The actions on a statement. They lead back to the page of its claim."""
        row = self.visible_or_404(request, object_id)
        back = {"next": reverse("admin:editorial_claim_change", args=[row.claim_id])}
        buttons = bind_buttons(STATEMENT_ACTIONS, row, request_user.actor_facts(request), query=back)
        return TemplateResponse(request, "editorial/evidence/statement_menu.html", {"buttons": buttons})

    def title(self, row: Statement) -> str:
        return f"{labels.source_label(row.source)}: {row.get_stance_display().lower()}"

    def get_context_panel(self, request: HttpRequest, button: ActionButton, row: Any) -> dict[str, Any]:
        if row is None or button.action is not Action.STATEMENT_END:
            return super().get_context_panel(request, button, row)
        user = request_user.current_user(request)
        return {
            "template": "editorial/review/impact_panel.html",
            "impact": impact.of_withdrawal(statement_id=row.pk, actor=user, now=timezone.now()),
        }

    def get_page_context(self, request: HttpRequest, row: Statement) -> dict[str, Any]:
        actor, subject = request_user.actor_facts(request), row.claim.access_facts()
        relays = Relay.objects.select_related("origin__source", "derived__source")
        shown = disclosure.shown_replacements(actor)
        return {
            "buttons": bind_buttons(STATEMENT_ACTIONS, row, actor, subject=subject),
            "comments": comments.panel(request, row, subject),
            "weight": weights.of_statement(row, actor, now=timezone.now()),
            "successor": row.ended_by if shown.filter(pk=row.pk).exists() else None,
            "replaced": shown.filter(ended_by=row).select_related("source"),
            "origins": [
                (relay, bind_buttons([REMOVE_RELAY], relay, actor, query={"next": request.path}))
                for relay in relays.filter(derived=row)
            ],
            "repeated_by": relays.filter(origin=row),
            "events": history.entries_for(row, actor),
        }


@admin.register(Relay)
class RelayAdmin(ReadOnlyAdmin):
    """Relays between statements. Reached from a statement; not in the navigation."""

    buttons = (REMOVE_RELAY,)
    list_display = (columns.truncated("derived", "Statement"), columns.truncated("origin", "repeats"))
    select_related = ("derived__claim", "derived__source", "origin__source")
    detail_fields = ("derived", "origin", "recorded_by", "recorded_at")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        """Only relays between statements that this user may see."""
        statements: Any = Statement.objects.all()
        rows: QuerySet[Any] = super().get_queryset(request)
        return rows.filter(derived__in=statements.visible_to(request_user.actor_facts(request)))
