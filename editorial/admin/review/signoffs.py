"""Sign-offs: the engine finds, people sign."""

from __future__ import annotations

from functools import partial
from typing import Any

from django.contrib import admin
from django.http import HttpRequest
from django.utils import timezone

from editorial.admin.claim_basis import basis as claim_basis
from editorial.admin.framework import columns, request_user
from editorial.admin.framework.action_buttons import ActionButton, claim_access_facts
from editorial.admin.framework.action_forms import ActionForm, reason_form
from editorial.admin.framework.fields import ReasonField
from editorial.admin.framework.read_only_admin import ReadOnlyAdmin
from editorial.models import Signoff
from editorial.models.review.signoffs import LIVE_STATES
from editorial.policy.access import Decision
from editorial.policy.actions import Action
from editorial.policy.publication.transitions import SignoffState
from editorial.workflow.review import signoffs


class SignoffForm(ActionForm):
    reason = ReasonField("Remark", required=False)


_decision = partial(
    ActionButton,
    pk_kwarg="signoff_id",
    subject=claim_access_facts,
    redirect_to=lambda row, result: row.claim,
)
DECISION_ACTIONS = (
    _decision(
        action=Action.SIGNOFF_APPROVE,
        handler=signoffs.approve,
        label="Approve",
        icon="verified",
        tone="primary",
        help_text="You sign the finding, and it takes effect immediately. You confirm that you did not write the "
        "story, collect the evidence or propose the finding.",
        success_message="Approved. The gates of all stories that use the claim are being re-evaluated.",
        available=lambda row: Decision(row.state == SignoffState.PROPOSED),
    ),
    _decision(
        action=Action.SIGNOFF_REJECT,
        handler=signoffs.reject,
        form=reason_form("Reason for rejecting", "Tell the fact-checker what to do."),
        label="Reject",
        icon="thumb_down",
        tone="danger",
        success_message="Rejected. The proposer is notified and can read your reason.",
        available=lambda row: Decision(row.state in LIVE_STATES),
    ),
)


@admin.register(Signoff)
class SignoffAdmin(ReadOnlyAdmin):
    buttons = DECISION_ACTIONS
    list_display = (
        columns.truncated("claim", "Claim", 90),
        columns.choice("kind", "Kind"),
        columns.choice("finding", "Finding"),
        columns.choice("state", "State"),
        columns.user_name("proposed_by", "Proposed by"),
        columns.user_name("decided_by", "Decided by"),
        columns.time_since("proposed_at", "Proposed"),
    )
    list_filter = ("state", "kind", "finding", "claim__desk")
    select_related = ("claim__desk", "claim__filed_by", "assessment", "proposed_by", "decided_by")
    search_fields = ("claim__text",)
    detail_fields = (
        "claim", "kind", "finding", "state", "reason",
        "proposed_by", "proposed_at", "decided_by", "decided_at", "voided_at",
    )  # fmt: skip

    def get_context_panel(self, request: HttpRequest, button: ActionButton, row: Any) -> dict[str, Any]:
        """What the finding rests on, and what changed since it was proposed."""
        return claim_basis.panel(row.claim, request_user.actor_facts(request), now=timezone.now(), proposal=row)
