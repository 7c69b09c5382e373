"""Statements: what sources said, and the verbs that put it right or note that it was taken back."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import timezone

from editorial.admin.evidence import exhibit_forms as exhibit_forms
from editorial.admin.evidence import statement_forms as forms
from editorial.admin.framework import columns, history, request_user
from editorial.admin.framework.action_buttons import VerbButton, offers
from editorial.admin.framework.read_only_admin import Page
from editorial.models import Briefing, Relay, Statement
from editorial.policy.access import Decision, SubjectFacts, Verb
from editorial.policy.vocabulary import Directness
from editorial.workflow.evidence import briefings, exhibits, statements
from editorial.workflow.review import impact


def of_its_claim(row: Any) -> SubjectFacts:
    """A statement, a sign-off or a task is whose its claim is."""
    facts: SubjectFacts = row.claim.access_facts()
    return facts


ON_A_STATEMENT = (
    VerbButton(
        verb=Verb.STATEMENT_RELAY,
        call=statements.relay,
        row_as="derived_id",
        form=forms.Relay,
        label="Trace to its origin",
        icon="account_tree",
        done="Traced. The claim is being assessed anew.",
        subject=of_its_claim,
        stands=lambda row: Decision(row.direct != Directness.FIRST_HAND),
        lands=lambda row, link: row,
    ),
    VerbButton(
        verb=Verb.EXHIBIT_ATTACH,
        call=exhibits.attach,
        row_as="statement_id",
        form=exhibit_forms.AttachToStatement,
        label="Archive a copy",
        icon="inventory_2",
        done="Archived, and its SHA-256 noted.",
        subject=of_its_claim,
        stands=lambda row: Decision(row.exhibit_id is None),
    ),
    VerbButton(
        verb=Verb.STATEMENT_REVISE,
        call=statements.revise,
        row_as="statement_id",
        form=forms.Revise,
        label="Put right",
        icon="edit",
        done="Put right. What it said before stays in its history.",
        subject=of_its_claim,
    ),
    VerbButton(
        verb=Verb.STATEMENT_REVISE,
        variant="move",
        call=statements.move,
        row_as="statement_id",
        form=forms.Move,
        label="Move to another claim",
        icon="move_item",
        done="Moved. Both claims are being assessed anew.",
        subject=of_its_claim,
        lands=lambda row, moved: moved,
    ),
    VerbButton(
        verb=Verb.STATEMENT_WITHDRAW,
        call=statements.withdraw,
        row_as="statement_id",
        form=forms.TakeBack,
        label="Withdrawn by its source",
        icon="undo",
        tone="danger",
        done="Noted as withdrawn. Every story that relied on it is being looked at.",
        subject=of_its_claim,
        stands=lambda row: Decision(row.withdrawn_at is None),
    ),
    VerbButton(
        verb=Verb.STATEMENT_RETRACT,
        call=statements.retract,
        row_as="statement_id",
        form=forms.TakeBack,
        label="Retracted where it was published",
        icon="ink_eraser",
        tone="danger",
        done="Noted as retracted. Every story that relied on it is being looked at.",
        subject=of_its_claim,
        stands=lambda row: Decision(row.retracted_at is None),
    ),
)


UNRELAY = VerbButton(
    verb=Verb.STATEMENT_RELAY,
    variant="not",
    call=statements.unrelay,
    row_as="relay_id",
    form=forms.Unrelay,
    label="No repeat after all",
    icon="link_off",
    done="Undone. The claim is being assessed anew.",
    subject=lambda row: of_its_claim(row.derived),
    lands=lambda row, nothing: row.derived,
)


@admin.register(Statement)
class StatementAdmin(Page):
    """Statements one by one; on the claim page they stand together."""

    buttons = ON_A_STATEMENT
    list_display = (
        columns.start("source", "Source", 60),
        columns.word("stance", "Stance"),
        columns.word("direct", "How it knows"),
        columns.word("level", "Terms"),
        columns.word("got", "Heard"),
        columns.start("claim", "Claim", 70),
        columns.since("recorded_at", "Recorded"),
    )
    list_filter = ("stance", "direct", "level", "got", "claim__desk")
    list_select_related = ("source", "claim")
    search_fields = ("quote", "source__name", "claim__text")
    ordering = ("-recorded_at",)
    page_template = "editorial/evidence/statement.html"

    def title(self, row: Statement) -> str:
        """Who says what."""
        return f"{row.source}: {row.get_stance_display().lower()}"

    def beside(self, request: HttpRequest, button: VerbButton, row: Any) -> dict[str, Any]:
        """Whoever is about to note that words were taken back sees what would fall with them."""
        if row is None or button.verb not in (Verb.STATEMENT_WITHDRAW, Verb.STATEMENT_RETRACT):
            return {}
        supposed = impact.withdrawn(statement_id=row.pk, actor=request_user.person(request), now=timezone.now())
        return {"template": "editorial/review/impact_panel.html", "supposed": supposed}

    def fill(self, request: HttpRequest, row: Statement) -> dict[str, Any]:
        """What was said, and who repeats whom."""
        actor = request_user.facts(request)
        relays = Relay.objects.select_related("origin__source", "derived__source")
        return {
            "origins": [
                (one, offers([UNRELAY], one, actor, query={"next": request.path})) for one in relays.filter(derived=row)
            ],
            "repeated_by": relays.filter(origin=row),
            "events": history.of(row),
        }


@admin.register(Relay)
class RelayAdmin(Page):
    """Who repeats whom. Reached from a statement; in no list of its own."""

    buttons = (UNRELAY,)
    list_display = (columns.start("derived", "Statement"), columns.start("origin", "repeats"))
    shown = ("derived", "origin", "recorded_by", "recorded_at")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        """Only between statements that this person may see."""
        statements_: Any = Statement.objects.all()
        rows: QuerySet[Any] = super().get_queryset(request)
        rows = rows.filter(derived__in=statements_.visible_to(request_user.facts(request)))
        return rows.select_related("derived__claim", "derived__source", "origin__source")


@admin.register(Briefing)
class BriefingAdmin(Page):
    """Briefings: who spoke at one is one voice."""

    list_buttons = (
        VerbButton(
            verb=Verb.BRIEFING_HOLD,
            call=briefings.hold,
            form=forms.HoldBriefing,
            label="Note a briefing",
            icon="podium",
            tone="primary",
            done="Noted. Statements made at it can name it now.",
            lands=lambda row, briefing: briefing,
        ),
    )
    list_display = ("name", "desk", columns.since("held_at", "Held"))
    list_select_related = ("desk",)
    search_fields = ("name",)
    shown = ("name", "desk", "held_at")
