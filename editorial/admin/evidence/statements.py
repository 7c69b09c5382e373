"""Statements and relays: list, page and actions."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import timezone

from editorial.admin.evidence import exhibit_forms as exhibit_forms
from editorial.admin.evidence import statement_forms as forms
from editorial.admin.framework import columns, history, request_user
from editorial.admin.framework.action_buttons import ActionButton, bind_buttons
from editorial.admin.framework.read_only_admin import ReadOnlyAdmin
from editorial.models import Briefing, Relay, Statement
from editorial.policy.access import Decision, SubjectFacts
from editorial.policy.actions import Action
from editorial.policy.vocabulary import Directness
from editorial.workflow.evidence import briefings, exhibits, statements
from editorial.workflow.review import impact


def claim_access_facts(row: Any) -> SubjectFacts:
    """The access facts of the claim that a statement, sign-off or task belongs to."""
    facts: SubjectFacts = row.claim.access_facts()
    return facts


STATEMENT_ACTIONS = (
    ActionButton(
        action=Action.STATEMENT_RELAY,
        handler=statements.relay,
        pk_kwarg="derived_id",
        form=forms.RelayCreateForm,
        label="Link to its origin",
        icon="account_tree",
        success_message="Linked. The claim is being reassessed.",
        subject=claim_access_facts,
        available=lambda row: Decision(row.directness != Directness.FIRST_HAND),
        redirect_to=lambda row, link: row,
    ),
    ActionButton(
        action=Action.EXHIBIT_ATTACH,
        handler=exhibits.attach,
        pk_kwarg="statement_id",
        form=exhibit_forms.StatementExhibitForm,
        label="Archive a copy",
        icon="inventory_2",
        success_message="Archived with its SHA-256.",
        subject=claim_access_facts,
        available=lambda row: Decision(row.exhibit_id is None),
    ),
    ActionButton(
        action=Action.STATEMENT_REVISE,
        handler=statements.revise,
        pk_kwarg="statement_id",
        form=forms.StatementUpdateForm,
        label="Edit statement",
        icon="edit",
        success_message="Updated. The previous version stays in its history.",
        subject=claim_access_facts,
    ),
    ActionButton(
        action=Action.STATEMENT_REVISE,
        variant="move",
        handler=statements.move,
        pk_kwarg="statement_id",
        form=forms.StatementMoveForm,
        label="Move to another claim",
        icon="move_item",
        success_message="Moved. Both claims are being reassessed.",
        subject=claim_access_facts,
        redirect_to=lambda row, moved: moved,
    ),
    ActionButton(
        action=Action.STATEMENT_WITHDRAW,
        handler=statements.withdraw,
        pk_kwarg="statement_id",
        form=forms.StatementWithdrawForm,
        label="Withdrawn by its source",
        icon="undo",
        tone="danger",
        success_message="Marked as withdrawn. Stories that rely on it are being reevaluated.",
        subject=claim_access_facts,
        available=lambda row: Decision(row.withdrawn_at is None),
    ),
    ActionButton(
        action=Action.STATEMENT_RETRACT,
        handler=statements.retract,
        pk_kwarg="statement_id",
        form=forms.StatementWithdrawForm,
        label="Retracted by its publisher",
        icon="ink_eraser",
        tone="danger",
        success_message="Marked as retracted. Stories that rely on it are being reevaluated.",
        subject=claim_access_facts,
        available=lambda row: Decision(row.retracted_at is None),
    ),
)


REMOVE_RELAY = ActionButton(
    action=Action.STATEMENT_RELAY,
    variant="not",
    handler=statements.undo_relay,
    pk_kwarg="relay_id",
    form=forms.RelayRemoveForm,
    label="Remove this link",
    icon="link_off",
    success_message="Link removed. The claim is being reassessed.",
    subject=lambda row: claim_access_facts(row.derived),
    redirect_to=lambda row, nothing: row.derived,
)


@admin.register(Statement)
class StatementAdmin(ReadOnlyAdmin):
    """All statements; the claim page groups them."""

    buttons = STATEMENT_ACTIONS
    list_display = (
        columns.truncated("source", "Source", 60),
        columns.choice("stance", "Stance"),
        columns.choice("directness", "Source's knowledge"),
        columns.choice("terms", "Attribution terms"),
        columns.choice("obtained_by", "Collected by"),
        columns.truncated("claim", "Claim", 70),
        columns.time_since("recorded_at", "Recorded"),
    )
    list_filter = ("stance", "directness", "terms", "obtained_by", "claim__desk")
    list_select_related = ("source", "claim")
    search_fields = ("quote", "source__name", "claim__text")
    ordering = ("-recorded_at",)
    detail_template = "editorial/evidence/statement.html"

    def title(self, row: Statement) -> str:
        """Source and stance."""
        return f"{row.source}: {row.get_stance_display().lower()}"

    def get_context_panel(self, request: HttpRequest, button: ActionButton, row: Any) -> dict[str, Any]:
        """The impact of a withdrawal or retraction."""
        if row is None or button.action not in (Action.STATEMENT_WITHDRAW, Action.STATEMENT_RETRACT):
            return {}
        supposed = impact.of_withdrawal(
            statement_id=row.pk, actor=request_user.current_user(request), now=timezone.now()
        )
        return {"template": "editorial/review/impact_panel.html", "impact": supposed}

    def get_page_context(self, request: HttpRequest, row: Statement) -> dict[str, Any]:
        """The statement, and its relays in both directions."""
        actor = request_user.actor_facts(request)
        relays = Relay.objects.select_related("origin__source", "derived__source")
        return {
            "origins": [
                (one, bind_buttons([REMOVE_RELAY], one, actor, query={"next": request.path}))
                for one in relays.filter(derived=row)
            ],
            "repeated_by": relays.filter(origin=row),
            "events": history.entries_for(row),
        }


@admin.register(Relay)
class RelayAdmin(ReadOnlyAdmin):
    """Relays between statements. Reached from a statement; not in the navigation."""

    buttons = (REMOVE_RELAY,)
    list_display = (columns.truncated("derived", "Statement"), columns.truncated("origin", "repeats"))
    detail_fields = ("derived", "origin", "recorded_by", "recorded_at")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        """Only relays between statements that this user may see."""
        statements_: Any = Statement.objects.all()
        rows: QuerySet[Any] = super().get_queryset(request)
        rows = rows.filter(derived__in=statements_.visible_to(request_user.actor_facts(request)))
        return rows.select_related("derived__claim", "derived__source", "origin__source")


@admin.register(Briefing)
class BriefingAdmin(ReadOnlyAdmin):
    """Briefings: all speakers at one count as one voice."""

    list_buttons = (
        ActionButton(
            action=Action.BRIEFING_RECORD,
            handler=briefings.record,
            form=forms.BriefingCreateForm,
            label="Record a briefing",
            icon="podium",
            tone="primary",
            success_message="Recorded. Statements can now refer to it.",
            redirect_to=lambda row, briefing: briefing,
        ),
    )
    list_display = ("name", "desk", columns.time_since("held_at", "Held"))
    list_select_related = ("desk",)
    search_fields = ("name",)
    detail_fields = ("name", "desk", "held_at")
