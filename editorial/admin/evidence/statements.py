"""Statements and relays: list, page and actions."""

from __future__ import annotations

from functools import partial
from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.forms import model_to_dict
from django.http import HttpRequest
from django.utils import timezone
from django.utils.text import Truncator

from editorial.admin.evidence.exhibits import StatementExhibitForm
from editorial.admin.framework import columns, fields, history, labels, request_user
from editorial.admin.framework.action_buttons import ActionButton, bind_buttons
from editorial.admin.framework.action_forms import ActionForm, VersionedActionForm, reason_form
from editorial.admin.framework.read_only_admin import ReadOnlyAdmin
from editorial.models import Relay, ReplyRequest, Statement
from editorial.policy.access import Decision, SubjectFacts
from editorial.policy.actions import Action
from editorial.policy.vocabulary import BenefitsIf, Directness, ObtainedBy, Stance, Terms
from editorial.workflow.evidence import exhibits, statements
from editorial.workflow.review import impact

_STANCE = "Only “affirms” and “denies” weigh. “Unaware”, “cannot confirm” and “declines” are not denials."
_DIRECT = "First hand, second hand, or relayed from a publication."


class _StatementFields(ActionForm):
    """The fields shared by new and existing statements."""

    stance = fields.ChoiceField("What it does to the claim", Stance, help_text=_STANCE)
    directness = fields.ChoiceField("How the source knows", Directness, help_text=_DIRECT)
    informant = fields.AutocompleteField(
        "Heard from", (Statement, "informant"), required=False, help_text="Only for second hand."
    )
    quote = fields.TextAreaField("Verbatim", rows=3, required=False, help_text="The exact words. Not weighed.")
    terms = fields.ChoiceField(
        "Attribution terms", Terms, empty_label="Default: on the record, or on background for an unnamed source"
    )
    obtained_by = fields.ChoiceField(
        "Collected by",
        ObtainedBy,
        initial=ObtainedBy.US.value,
        help_text="Statements collected by others do not count as our own.",
    )
    briefing = fields.AutocompleteField(
        "At a briefing",
        (Statement, "briefing"),
        required=False,
        help_text="All who spoke at one briefing count as one voice.",
    )
    benefits_if = fields.ChoiceField(
        "Benefits if (this statement)",
        BenefitsIf,
        empty_label="As for the source",
        help_text="Overrides the source's value.",
    )
    said_at = fields.DateTimeField("Said at", required=False)
    embargo_until = fields.DateTimeField("Embargo until", required=False, help_text="Not to be used before then.")
    exhibit = fields.AutocompleteField("Archived copy", (Statement, "exhibit"), required=False)
    credibility = fields.NumberField(
        "Credibility",
        min_value=1,
        max_value=6,
        required=False,
        help_text="Admiralty: 1 confirmed … 6 cannot be judged. Not weighed.",
    )

    omit_when_empty = ("terms",)
    advanced_fields = ("briefing", "benefits_if", "said_at", "embargo_until", "exhibit", "credibility")

    def prepare(self) -> None:
        """Show the time zone of the date fields."""
        for name in ("said_at", "embargo_until"):
            fields.show_time_zone(self.fields[name])


class StatementCreateForm(_StatementFields):
    source_id = fields.AutocompleteField("Source", (Statement, "source"), help_text="Not listed? Register it first.")

    field_order = ("source_id",)

    def prepare(self) -> None:
        """Offer the sent requests for comment that the statement may answer."""
        super().prepare()
        requests = self.row.reply_requests.select_related("to").order_by("-sent_at")
        if requests:
            self.fields["reply_request"] = fields.ModelSelectField(
                "Answers request", required=False, empty_label="None"
            )
            self.set_choices("reply_request", requests, label_for=_request_label)


class StatementUpdateForm(VersionedActionForm, _StatementFields):
    field_order = ("stance", "directness", "informant")

    @classmethod
    def initial_for_row(cls, row: Statement) -> dict[str, Any]:
        return super().initial_for_row(row) | model_to_dict(row, _StatementFields.base_fields)


class RelayCreateForm(ActionForm):
    origin_id = fields.ModelSelectField("It repeats", help_text="Another statement on this claim with the same stance.")

    def prepare(self) -> None:
        """Offer only statements that it can repeat."""
        row: Statement = self.row
        others = Statement.objects.filter(claim=row.claim_id, stance=row.stance).exclude(pk=row.pk)
        self.set_choices("origin_id", others.select_related("source"), label_for=_statement_label)


def _request_label(request: ReplyRequest) -> str:
    return f"To {labels.source_label(request.to)}, {timezone.localtime(request.sent_at):%d %b %H:%M}"


def _statement_label(statement: Statement) -> str:
    quote = f": “{Truncator(statement.quote).chars(60)}”" if statement.quote else ""
    return f"{labels.source_label(statement.source)} – {statement.get_directness_display()}{quote}"


class StatementMoveForm(ActionForm):
    claim_id = fields.AutocompleteField(
        "Move to", (Statement, "claim"), help_text="Statements that repeat it move too."
    )


def claim_access_facts(row: Any) -> SubjectFacts:
    """The access facts of the claim that a statement, sign-off or task belongs to."""
    facts: SubjectFacts = row.claim.access_facts()
    return facts


_WithdrawalForm = reason_form(
    help_text="When and how it was withdrawn, or where the retraction was published.",
)
_statement_action = partial(ActionButton, pk_kwarg="statement_id", subject=claim_access_facts)
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
        action=Action.STATEMENT_WITHDRAW,
        handler=statements.withdraw,
        form=_WithdrawalForm,
        label="Withdrawn by its source",
        icon="undo",
        tone="danger",
        success_message="Marked as withdrawn. Stories that rely on it are being reevaluated.",
        available=lambda row: Decision(row.withdrawn_at is None),
    ),
    _statement_action(
        action=Action.STATEMENT_RETRACT,
        handler=statements.retract,
        form=_WithdrawalForm,
        label="Retracted by its publisher",
        icon="ink_eraser",
        tone="danger",
        success_message="Marked as retracted. Stories that rely on it are being reevaluated.",
        available=lambda row: Decision(row.retracted_at is None),
    ),
)


REMOVE_RELAY = ActionButton(
    action=Action.STATEMENT_RELAY,
    variant="not",
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

    buttons = STATEMENT_ACTIONS
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
    ordering = ("-recorded_at",)
    detail_template = "editorial/evidence/statement.html"

    def title(self, row: Statement) -> str:
        return f"{labels.source_label(row.source)}: {row.get_stance_display().lower()}"

    def get_context_panel(self, request: HttpRequest, button: ActionButton, row: Any) -> dict[str, Any]:
        if row is None or button.action not in (Action.STATEMENT_WITHDRAW, Action.STATEMENT_RETRACT):
            return {}
        user = request_user.current_user(request)
        return {
            "template": "editorial/review/impact_panel.html",
            "impact": impact.of_withdrawal(statement_id=row.pk, actor=user, now=timezone.now()),
        }

    def get_page_context(self, request: HttpRequest, row: Statement) -> dict[str, Any]:
        actor = request_user.actor_facts(request)
        relays = Relay.objects.select_related("origin__source", "derived__source")
        return {
            "origins": [
                (relay, bind_buttons([REMOVE_RELAY], relay, actor, query={"next": request.path}))
                for relay in relays.filter(derived=row)
            ],
            "repeated_by": relays.filter(origin=row),
            "events": history.entries_for(row, request_user.actor_facts(request)),
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
