"""Sign-offs: the engine finds, people sign."""

from __future__ import annotations

from django.contrib import admin

from editorial.admin.evidence.statements import of_its_claim
from editorial.admin.framework import columns
from editorial.admin.framework.action_buttons import VerbButton
from editorial.admin.framework.read_only_admin import Page
from editorial.admin.review import signoff_forms as forms
from editorial.models import Signoff
from editorial.models.review.signoffs import LIVE
from editorial.policy.access import Decision, Verb
from editorial.policy.publication.transitions import SignoffState
from editorial.workflow.review import signoffs

DECIDE = (
    VerbButton(
        verb=Verb.SIGNOFF_APPROVE,
        call=signoffs.approve,
        row_as="signoff_id",
        label="Approve",
        icon="verified",
        tone="primary",
        about="Your name goes under the finding, and it takes effect at once. "
        "You did not write it, gather it or propose it.",
        done="Approved. The gate of every story that uses the claim is being looked at.",
        subject=of_its_claim,
        stands=lambda row: Decision(row.state == SignoffState.PROPOSED),
        lands=lambda row, result: row.claim,
    ),
    VerbButton(
        verb=Verb.SIGNOFF_REJECT,
        call=signoffs.reject,
        row_as="signoff_id",
        form=forms.Reject,
        label="Turn down",
        icon="thumb_down",
        tone="danger",
        done="Turned down; whoever proposed it is told why.",
        subject=of_its_claim,
        stands=lambda row: Decision(row.state in LIVE),
        lands=lambda row, result: row.claim,
    ),
)


@admin.register(Signoff)
class SignoffAdmin(Page):
    """Who signed what, and what became of it."""

    buttons = DECIDE
    list_display = (
        columns.start("claim", "Claim", 90),
        columns.word("kind", "Kind"),
        columns.word("finding", "Finding"),
        columns.word("state", "State"),
        columns.person("proposed_by", "Proposed by"),
        columns.person("decided_by", "Decided by"),
        columns.since("proposed_at", "Proposed"),
    )
    list_filter = ("state", "kind", "finding", "claim__desk")
    list_select_related = ("claim", "proposed_by", "decided_by")
    search_fields = ("claim__text",)
    shown = (
        "claim", "kind", "finding", "state", "reason",
        "proposed_by", "proposed_at", "decided_by", "decided_at", "voided_at",
    )  # fmt: skip
