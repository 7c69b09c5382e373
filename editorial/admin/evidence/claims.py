"""Claims: list, page and the actions that start there."""

from __future__ import annotations

from functools import partial
from typing import Any

from django.contrib import admin
from django.db.models import prefetch_related_objects
from django.http import HttpRequest
from django.utils import timezone

from editorial.admin.evidence import claim_page, sources
from editorial.admin.evidence.claim_buttons import CLAIM_ACTIONS, LIFT_RESTRICTION, ClaimCreateForm
from editorial.admin.evidence.statements import STATEMENT_ACTIONS
from editorial.admin.framework import columns, history, request_user
from editorial.admin.framework.action_buttons import ActionButton, bind_buttons, by_slug, create_button
from editorial.admin.framework.filters import ClaimStateFilter
from editorial.admin.framework.read_only_admin import ReadOnlyAdmin
from editorial.admin.review import replies, restrictions, signoffs, task_subjects
from editorial.models import Claim, ClaimUse, MessageKind, MessageState, OutboxMessage, Source, Statement, Story
from editorial.models.evidence import containment
from editorial.models.review.tasks import LIVE_STATES as LIVE_TASKS
from editorial.policy.access import ActorFacts
from editorial.policy.actions import Action
from editorial.workflow.evidence import claims, facts
from editorial.workflow.review import policies


@admin.register(Claim)
class ClaimAdmin(ReadOnlyAdmin):
    buttons = (*CLAIM_ACTIONS, LIFT_RESTRICTION)
    list_buttons = (
        create_button(
            action=Action.CLAIM_FILE,
            handler=claims.file,
            form=ClaimCreateForm,
            label="File a claim",
            icon="add",
            success_message="Filed. The first assessment is running.",
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
    select_related = ("desk", "filed_by", "merged_into")
    search_fields = ("text",)
    detail_template = "editorial/evidence/claim.html"

    def get_page_context(self, request: HttpRequest, row: Claim) -> dict[str, Any]:
        """The finding and its evidence, what is missing, open remedies, and the stories that use it."""
        now, actor, subject = timezone.now(), request_user.actor_facts(request), row.access_facts()
        _, policy = policies.in_force(now)
        evidence = claim_page.EvidenceView(row, facts.case([row.pk], now=now), policy, actor)
        bind = partial(bind_buttons, actor=actor, subject=subject)
        back = {"next": request.path}
        assessments = list(row.assessments.select_related("policy").order_by("-number")[:20])
        latest = assessments[0] if assessments else None
        statement_rows = list(evidence.statement_rows.values())
        limit = None if "all" in request.GET else claim_page.MAX_ROWS
        ungrouped = evidence.ungrouped_rows()
        shown_groups = [(group, group.statement_rows[:limit]) for group in evidence.repeat_groups]
        shown = [*ungrouped[:limit], *(row for _, rows in shown_groups for row in rows)]
        prefetch_related_objects([statement_row.statement for statement_row in shown], "exhibit", "briefing")
        live_tasks = row.tasks.filter(state__in=LIVE_TASKS).select_related("taken_by")
        ended_tasks = row.tasks.exclude(state__in=LIVE_TASKS).select_related("ended_by")
        for statement_row in shown:
            statement_row.buttons = by_slug(bind(STATEMENT_ACTIONS, statement_row.statement, query=back))
        return {
            "buttons_by_slug": by_slug(bind(CLAIM_ACTIONS, row)),
            "restriction_views": restrictions.in_force(row, LIFT_RESTRICTION, actor, subject=subject, now=now),
            "latest": latest,
            "assessments": assessments,
            "freshness": claim_page.freshness(latest, _is_being_assessed(row), now),
            "missing_requirements": claim_page.missing_requirements(latest),
            "hangs_on": evidence.hangs_on(latest),
            "independent": evidence.groups_of_side(latest, "independent"),
            "against": evidence.groups_of_side(latest, "against"),
            "origins": evidence.groups_of_side(latest, "origins"),
            "group_limit": ":20" if limit else "",
            "statement_rows": statement_rows,
            "struck_statements": Statement.objects.filter(
                claim__in=[row.pk, *row.member_links.values("member")], struck_at__isnull=False
            ).select_related("source"),
            "ungrouped_rows": ungrouped[:limit],
            "repeat_groups": shown_groups,
            "unlisted_statement_count": len(statement_rows) - len(shown),
            "parties": evidence.accused_parties(),
            "requests": [
                (reply_request, bind([replies.RECORD_RESPONSE], reply_request, query=back))
                for reply_request in evidence.reply_requests()
            ],
            "signoffs": [
                (signoff, bind(signoffs.DECISION_ACTIONS, signoff, query=back))
                for signoff in row.signoffs.select_related("proposed_by", "decided_by").order_by("-proposed_at")
            ],
            "tasks": task_subjects.with_subject_names(live_tasks[:limit], actor),
            "open_task_count": live_tasks.count(),
            "ended_tasks": ended_tasks[:limit],
            "ended_task_count": ended_tasks.count(),
            "uses": self._uses(row, actor),
            "parts": [link.member for link in row.member_links.select_related("member").order_by("id")],
            "compounds": Claim.objects.visible_to(actor).filter(member_links__member=row).order_by("member_links__id"),
            "carries": row.carries.order_by("carrier_links__id"),
            "carried_by": row.carried_by.all().visible_to(actor).order_by("carried_links__id"),
            "events": history.entries_for(
                row, actor, also=[statement_row.statement for statement_row in statement_rows]
            ),
        }

    def get_context_panel(self, request: HttpRequest, button: ActionButton, row: Any) -> dict[str, Any]:
        """Recording a statement may require a new source; this panel links to its form and back."""
        if button.action is not Action.STATEMENT_RECORD:
            return super().get_context_panel(request, button, row)
        actor, back = request_user.actor_facts(request), {"next": request.get_full_path()}
        buttons = bind_buttons([sources.REGISTER_SOURCE], None, actor, page=Source, query=back)
        return {"template": "editorial/evidence/register_source_panel.html", "buttons": buttons}

    def _uses(self, row: Claim, actor: ActorFacts) -> list[ClaimUse]:
        """The story uses of the claim or of one that contains it, in stories that this user may see."""
        used_claims = containment.containing_ids([row.pk])
        uses = ClaimUse.objects.filter(claim__in=used_claims, story__in=Story.objects.all().visible_to(actor))
        return list(uses.select_related("story__desk").order_by("-story"))


def _is_being_assessed(row: Claim) -> bool:
    messages = OutboxMessage.objects.filter(kind=MessageKind.ASSESS_CLAIM.value, reference=str(row.pk))
    # One query for each partial index; a combined one could use neither.
    waiting = messages.filter(state__in=[MessageState.READY.value, MessageState.SENT.value])
    return waiting.exists() or messages.filter(state=MessageState.RUNNING.value).exists()
