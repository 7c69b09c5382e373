"""Claims: list, page and the actions that start there."""

from __future__ import annotations

from functools import partial
from typing import Any

from django.contrib import admin
from django.db.models import Prefetch, Q, QuerySet, prefetch_related_objects
from django.http import HttpRequest
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.views.decorators.http import require_POST

from editorial.admin.claim_basis import basis as claim_basis
from editorial.admin.claim_basis import comparison, view
from editorial.admin.claim_basis.timeline import timeline_of
from editorial.admin.evidence import claim_steps, related_claims
from editorial.admin.evidence.claim_buttons import (
    CLAIM_ACTIONS,
    LIFT_RESTRICTION,
    MARK_DISTINCT,
    UNMARK_DISTINCT,
    ClaimCreateForm,
)
from editorial.admin.framework import columns, history, request_user
from editorial.admin.framework.action_buttons import ActionButton, bind_buttons, by_slug, create_button
from editorial.admin.framework.filters import ClaimStateFilter
from editorial.admin.framework.read_only_admin import ReadOnlyAdmin
from editorial.admin.ops import notification_records
from editorial.admin.review import comment_buttons, comments, replies, restrictions, signoffs, task_brief
from editorial.models import Claim, PublishedUse, Signoff, Story
from editorial.models.review.tasks import LIVE_STATES as LIVE_TASKS
from editorial.policy.access import ActorFacts
from editorial.policy.actions import Action
from editorial.workflow.evidence import claims

_DECISIONS = (Action.SIGNOFF_PROPOSE, Action.SIGNOFF_READ_STANDARDS, Action.SIGNOFF_READ_LEGAL)


@admin.register(Claim)
class ClaimAdmin(ReadOnlyAdmin):
    buttons = (*CLAIM_ACTIONS, MARK_DISTINCT, UNMARK_DISTINCT, LIFT_RESTRICTION, comment_buttons.COMMENT[Claim])
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
    refresh_seconds = 15

    def get_urls(self) -> list[URLPattern]:
        """The usual URLs, the comparison of assessments, and related claims."""
        name, admit = "editorial_claim", self.admin_site.admin_view
        related_to_text = require_POST(related_claims.typed_view)
        return [
            path("related/", admit(related_to_text), name=f"{name}_related_to_text"),
            path("<path:object_id>/related/", admit(self.related_view), name=f"{name}_related"),
            path("<path:object_id>/assessments/", admit(self.assessments_view), name=f"{name}_assessments"),
            *super().get_urls(),
        ]

    def assessments_view(self, request: HttpRequest, object_id: str) -> TemplateResponse:
        """What changed from one assessment to another; by default, to the newest from the one before."""
        row, actor = self.visible_or_404(request, object_id), request_user.actor_facts(request)
        context = comparison.page(row, request.GET, actor, now=timezone.now())
        return self.further_page(request, "editorial/evidence/assessments.html", row, title="Assessments", **context)

    def related_view(self, request: HttpRequest, object_id: str) -> TemplateResponse:
        """The claims like this one. The claim's page shows them as well, as soon as they are read."""
        row, actor = self.visible_or_404(request, object_id), request_user.actor_facts(request)
        back = reverse("admin:editorial_claim_change", args=[row.pk])
        context = related_claims.page_context(row, actor, back=back)
        return self.further_page(request, related_claims.PAGE_TEMPLATE, row, title="Related claims", **context)

    def get_page_context(self, request: HttpRequest, row: Claim) -> dict[str, Any]:
        """The finding and its evidence, what is missing, open remedies, and the stories that use it."""
        now, actor, subject = timezone.now(), request_user.actor_facts(request), row.access_facts()
        limit = None if "all" in request.GET else view.MAX_ROWS
        signoffs_newest_first = Signoff.objects.select_related("proposed_by", "decided_by").order_by("-proposed_at")
        # Many buttons depend on these.
        prefetch_related_objects([row], "member_links", "compound_links", Prefetch("signoffs", signoffs_newest_first))
        basis = claim_basis.basis_of(row, actor, now=now, limit=limit)
        bind = partial(bind_buttons, actor=actor, subject=subject)
        back = {"next": request.path}
        live = Q(state__in=LIVE_TASKS)
        ended = list(row.tasks.exclude(live).select_related("ended_by")[:limit])
        statements = [statement_row.statement for statement_row in basis["statement_rows"]]
        buttons = by_slug(bind(CLAIM_ACTIONS, row))
        signoff_rows = list(row.signoffs.all())
        brief = task_brief.brief_of(row, request_user.current_user(request), actor, facts=subject, limit=limit)
        speakers = basis["evidence"].speakers
        requests = basis["evidence"].reply_requests
        timeline = timeline_of(
            basis["statement_rows"], requests, basis["assessments"], signoff_rows, _publications(row, actor), speakers
        )
        return basis | {
            "buttons_by_slug": buttons,
            "steps": claim_steps.steps(basis["latest"], basis["parties"], brief, buttons, speakers),
            "timeline": timeline[:limit],
            "unlisted_timeline_count": len(timeline) - len(timeline[:limit]),
            "restriction_views": restrictions.in_force(row, LIFT_RESTRICTION, actor, subject=subject, now=now),
            "requests": [
                (reply_request, bind([replies.RECORD_RESPONSE], reply_request, query=back))
                for reply_request, _ in basis["requests"]
            ],
            "signoffs": [(signoff, bind(signoffs.DECISION_ACTIONS, signoff, query=back)) for signoff in signoff_rows],
            "brief": brief,
            "assign_tasks": task_brief.assign_button(row, actor, facts=subject, back=request.path),
            "open_task_count": _count(sum(section.task_count for section in brief), limit, row.tasks.filter(live)),
            "shown_task_limit": limit or 0,
            "ended_tasks": ended,
            "ended_task_count": _count(len(ended), limit, row.tasks.exclude(live)),
            "compounds": Claim.objects.visible_to(actor).filter(member_links__member=row).order_by("member_links__id"),
            "comments": comments.panel(request, row, subject),
            "carries": row.carries.order_by("carrier_links__id"),
            "carried_by": row.carried_by.all().visible_to(actor).order_by("carried_links__id"),
            "events": history.entries_for(row, actor, also=statements),
            "notified_url": notification_records.log_url(row, actor),
        }

    def get_context_panel(self, request: HttpRequest, button: ActionButton, row: Any) -> dict[str, Any]:
        """What a decision rests on."""
        if row is not None and button.action in _DECISIONS:
            return claim_basis.panel(row, request_user.actor_facts(request), now=timezone.now())
        return super().get_context_panel(request, button, row)


def _count(shown: int, limit: int | None, rows: QuerySet[Any]) -> int:
    """How many rows there are; counted only if not all of them are shown."""
    return rows.count() if shown == limit else shown


def _publications(claim: Claim, actor: ActorFacts) -> list[PublishedUse]:
    """The uses of the claim as published, in stories that this user may see."""
    stories = Story.objects.all().visible_to(actor)
    return list(claim.published_uses.filter(story__in=stories).select_related("story"))
