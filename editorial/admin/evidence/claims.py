"""Claims: list, page and the actions that start there."""

from __future__ import annotations

from functools import partial
from typing import Any

from django.contrib import admin
from django.db.models import prefetch_related_objects
from django.http import HttpRequest
from django.utils import timezone

from editorial.admin.claim_basis import basis as claim_basis
from editorial.admin.claim_basis import view
from editorial.admin.evidence.claim_buttons import CLAIM_ACTIONS, LIFT_RESTRICTION, ClaimCreateForm
from editorial.admin.evidence.statements import STATEMENT_ACTIONS
from editorial.admin.framework import columns, history, request_user
from editorial.admin.framework.action_buttons import ActionButton, bind_buttons, by_slug, create_button
from editorial.admin.framework.filters import ClaimStateFilter
from editorial.admin.framework.read_only_admin import ReadOnlyAdmin
from editorial.admin.review import comment_buttons, comments, replies, restrictions, signoffs, task_brief
from editorial.models import Claim
from editorial.models.review.tasks import LIVE_STATES as LIVE_TASKS
from editorial.policy.actions import Action
from editorial.workflow.evidence import claims

_DECISIONS = (Action.SIGNOFF_PROPOSE, Action.SIGNOFF_READ_STANDARDS, Action.SIGNOFF_READ_LEGAL)


@admin.register(Claim)
class ClaimAdmin(ReadOnlyAdmin):
    buttons = (*CLAIM_ACTIONS, LIFT_RESTRICTION, comment_buttons.COMMENT[Claim])
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

    def get_page_context(self, request: HttpRequest, row: Claim) -> dict[str, Any]:
        """The finding and its evidence, what is missing, open remedies, and the stories that use it."""
        now, actor, subject = timezone.now(), request_user.actor_facts(request), row.access_facts()
        limit = None if "all" in request.GET else view.MAX_ROWS
        prefetch_related_objects([row], "member_links", "compound_links")  # many buttons depend on them
        basis = claim_basis.basis_of(row, actor, now=now, limit=limit)
        bind = partial(bind_buttons, actor=actor, subject=subject)
        back = {"next": request.path}
        for statement_row in basis["shown_rows"]:
            statement_row.buttons = by_slug(bind(STATEMENT_ACTIONS, statement_row.statement, query=back))
        ended_tasks = row.tasks.exclude(state__in=LIVE_TASKS).select_related("ended_by")
        statements = [statement_row.statement for statement_row in basis["statement_rows"]]
        return basis | {
            "buttons_by_slug": by_slug(bind(CLAIM_ACTIONS, row)),
            "restriction_views": restrictions.in_force(row, LIFT_RESTRICTION, actor, subject=subject, now=now),
            "requests": [
                (reply_request, bind([replies.RECORD_RESPONSE], reply_request, query=back))
                for reply_request, _ in basis["requests"]
            ],
            "signoffs": [
                (signoff, bind(signoffs.DECISION_ACTIONS, signoff, query=back))
                for signoff in row.signoffs.select_related("proposed_by", "decided_by").order_by("-proposed_at")
            ],
            "brief": task_brief.brief_of(row, request_user.current_user(request), actor, facts=subject, limit=limit),
            "assign_tasks": task_brief.assign_button(row, actor, facts=subject, back=request.path),
            "open_task_count": row.tasks.filter(state__in=LIVE_TASKS).count(),
            "shown_task_limit": limit or 0,
            "ended_tasks": ended_tasks[:limit],
            "ended_task_count": ended_tasks.count(),
            "compounds": Claim.objects.visible_to(actor).filter(member_links__member=row).order_by("member_links__id"),
            "comments": comments.panel(request, row, subject),
            "carries": row.carries.order_by("carrier_links__id"),
            "carried_by": row.carried_by.all().visible_to(actor).order_by("carried_links__id"),
            "events": history.entries_for(row, actor, also=statements),
        }

    def get_context_panel(self, request: HttpRequest, button: ActionButton, row: Any) -> dict[str, Any]:
        """What a decision rests on."""
        if row is not None and button.action in _DECISIONS:
            return claim_basis.panel(row, request_user.actor_facts(request), now=timezone.now())
        return super().get_context_panel(request, button, row)
