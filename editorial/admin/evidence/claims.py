"""Claims: list, page and the actions that start there."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import timezone

from editorial.admin.evidence import claim_forms as forms
from editorial.admin.evidence import claim_page, sources
from editorial.admin.evidence.claim_buttons import CLAIM_ACTIONS
from editorial.admin.evidence.statements import STATEMENT_ACTIONS
from editorial.admin.framework import columns, history, request_user
from editorial.admin.framework.action_buttons import ActionButton, BoundButton, bind_buttons, by_slug
from editorial.admin.framework.filters import ClaimStateFilter
from editorial.admin.framework.read_only_admin import ReadOnlyAdmin
from editorial.admin.review import replies, signoffs, task_subjects
from editorial.models import Claim, ClaimUse, MessageKind, MessageState, OutboxMessage, Signoff, Source, Story
from editorial.models.review.tasks import LIVE_STATES as LIVE_TASKS
from editorial.policy.access import ActorFacts, SubjectFacts
from editorial.policy.actions import Action
from editorial.workflow.evidence import claims, facts
from editorial.workflow.review import policies


@admin.register(Claim)
class ClaimAdmin(ReadOnlyAdmin):
    """Claims, newest first."""

    buttons = CLAIM_ACTIONS
    list_buttons = (
        ActionButton(
            action=Action.CLAIM_FILE,
            handler=claims.file,
            form=forms.ClaimCreateForm,
            label="File a claim",
            icon="add",
            tone="primary",
            success_message="Filed. The first assessment is running.",
            redirect_to=lambda row, claim: claim,
        ),
    )
    list_display = (
        columns.truncated("text", "Claim", 130),
        columns.choice("status", "Status"),
        columns.flag("contested", "Contested", "contested", "contested"),
        columns.choice("risk", "Risk"),
        columns.choice("kind", "Kind"),
        "desk",
        columns.time_since("filed_at", "Filed"),
    )
    list_filter = ("status", "risk", "contested", "desk", "kind", ClaimStateFilter)
    list_select_related = ("desk",)
    search_fields = ("text",)
    detail_template = "editorial/evidence/claim.html"

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        """With the objects that the page shows."""
        rows: QuerySet[Any] = super().get_queryset(request)
        return rows.select_related("desk", "filed_by", "merged_into")

    def get_page_context(self, request: HttpRequest, row: Claim) -> dict[str, Any]:
        """The finding and its evidence, what is missing, open remedies, and the stories that use it."""
        now, actor, own = timezone.now(), request_user.actor_facts(request), row.access_facts()
        _, policy = policies.in_force(now)
        evidenced = claim_page.EvidenceView(row, facts.case([row.pk], now=now), policy, actor)
        assessments = list(row.assessments.select_related("policy").order_by("-number")[:20])
        latest = assessments[0] if assessments else None
        requests = row.reply_requests.select_related("to", "sent_by").prefetch_related("covers")
        voices = list(evidenced.statement_rows.values())
        for voice in voices:
            found = bind_buttons(STATEMENT_ACTIONS, voice.statement, actor, subject=own, query={"next": request.path})
            voice.buttons = by_slug(found)
        return {
            "buttons_by_slug": by_slug(bind_buttons(self.buttons, row, actor, page=Claim, subject=own)),
            "latest": latest,
            "assessments": assessments,
            "freshness": claim_page.freshness(latest, _is_being_assessed(row), now),
            "missing_requirements": claim_page.missing_requirements(latest),
            "hangs_on": evidenced.hangs_on(latest),
            "independent": evidenced.groups_of_side(latest, "independent"),
            "against": evidenced.groups_of_side(latest, "against"),
            "origins": evidenced.groups_of_side(latest, "origins"),
            "statement_rows": voices,
            "ungrouped_rows": evidenced.ungrouped_rows(),
            "repeat_groups": evidenced.repeat_groups(),
            "parties": evidenced.accused_parties(),
            "requests": [
                (
                    one,
                    _first_button(
                        bind_buttons((replies.RECORD_RESPONSE,), one, actor, subject=own, query={"next": request.path})
                    ),
                )
                for one in requests
            ],
            "signoffs": self._signoffs(row, actor, own, request.path),
            "tasks": task_subjects.with_subject_names(
                row.tasks.filter(state__in=LIVE_TASKS).select_related("taken_by")
            ),
            "ended_tasks": row.tasks.exclude(state__in=LIVE_TASKS).select_related("ended_by"),
            "uses": self._uses(row, actor),
            "parts": [link.member for link in row.member_links.select_related("member").order_by("id")],
            "compounds": [link.compound for link in row.compound_links.select_related("compound").order_by("id")],
            "events": history.entries_for(row, also=[voice.statement for voice in voices]),
        }

    def get_context_panel(self, request: HttpRequest, button: ActionButton, row: Any) -> dict[str, Any]:
        """Recording a statement may require a new source; this panel links to its form and back."""
        if button.action is not Action.STATEMENT_RECORD:
            return {}
        query = {"next": request.get_full_path()}
        found = bind_buttons(
            [sources.REGISTER_SOURCE], None, request_user.actor_facts(request), page=Source, query=query
        )
        return {"template": "editorial/evidence/register_source_panel.html", "buttons": found}

    def _signoffs(
        self, row: Claim, actor: ActorFacts, own: SubjectFacts, back: str
    ) -> list[tuple[Signoff, list[BoundButton]]]:
        found = row.signoffs.select_related("proposed_by", "decided_by").order_by("-proposed_at")
        return [
            (one, bind_buttons(signoffs.DECISION_ACTIONS, one, actor, subject=own, query={"next": back}))
            for one in found
        ]

    def _uses(self, row: Claim, actor: ActorFacts) -> list[ClaimUse]:
        """The story uses of the claim or its compound, in stories that this user may see."""
        claims_ = [row.pk, *row.compound_links.values_list("compound_id", flat=True)]
        stories = Story.objects.all().visible_to(actor)
        uses = ClaimUse.objects.filter(claim__in=claims_, story__in=stories)
        return list(uses.select_related("story__desk").order_by("-story"))


def _is_being_assessed(row: Claim) -> bool:
    """Whether an assessment is pending."""
    states = (MessageState.READY.value, MessageState.SENT.value, MessageState.RUNNING.value)
    return OutboxMessage.objects.filter(
        kind=MessageKind.ASSESS_CLAIM.value, reference=str(row.pk), state__in=states
    ).exists()


def _first_button(found: list[BoundButton]) -> BoundButton | None:
    return found[0] if found else None
