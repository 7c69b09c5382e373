"""Sources. Confidential names never appear on these pages, except once, when a custodian reveals one."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import timezone

from editorial.admin.evidence import source_forms as forms
from editorial.admin.framework import columns, history, request_user
from editorial.admin.framework.action_buttons import ActionButton
from editorial.admin.framework.read_only_admin import ReadOnlyAdmin
from editorial.models import Claim, IdentityRecord, Source, Statement
from editorial.policy import access
from editorial.policy.access import Decision
from editorial.policy.actions import Action
from editorial.policy.vocabulary import SourceType
from editorial.workflow.core.errors import ActionError
from editorial.workflow.evidence import sources
from editorial.workflow.review import impact


def _is_not_merged(row: Source) -> Decision:
    return Decision(row.merged_into_id is None)


SOURCE_ACTIONS = (
    ActionButton(
        action=Action.SOURCE_RATE,
        handler=sources.rate,
        pk_kwarg="source_id",
        form=forms.SourceRateForm,
        label="Rate",
        icon="grade",
        tone="primary",
        success_message="Rated. Its claims are being reassessed.",
        available=_is_not_merged,
    ),
    ActionButton(
        action=Action.SOURCE_AUTHENTICATE,
        handler=sources.authenticate,
        pk_kwarg="source_id",
        form=forms.DocumentAuthenticateForm,
        label="Authenticate",
        icon="verified_user",
        tone="primary",
        success_message="Authenticated. Its claims are being reassessed.",
        available=lambda row: Decision(
            row.type == SourceType.DOCUMENT and not row.authenticated and bool(_is_not_merged(row))
        ),
    ),
    ActionButton(
        action=Action.SOURCE_MATCH_IDENTITY,
        handler=sources.match_identity,
        pk_kwarg="source_id",
        form=forms.SourceMatchIdentityForm,
        label="Match identity",
        icon="fingerprint",
        success_message="Matched. If this person is also an unnamed source, both now count as one voice.",
        available=lambda row: Decision(row.type == SourceType.PERSON and not row.unnamed and bool(_is_not_merged(row))),
    ),
    ActionButton(
        action=Action.SOURCE_VOUCH,
        handler=sources.vouch,
        pk_kwarg="source_id",
        form=forms.SourceVouchForm,
        label="Vouch for source",
        icon="handshake",
        tone="primary",
        success_message="Recorded: an editor knows this source.",
        available=lambda row: Decision(row.unnamed and not row.editor_knows and bool(_is_not_merged(row))),
    ),
    ActionButton(
        action=Action.SOURCE_REVISE,
        handler=sources.revise,
        pk_kwarg="source_id",
        form=forms.SourceUpdateForm,
        label="Revise",
        icon="edit",
        success_message="Updated. Its claims are being reassessed.",
        available=_is_not_merged,
    ),
    ActionButton(
        action=Action.SOURCE_PROTECT,
        handler=sources.protect,
        pk_kwarg="source_id",
        form=forms.SourceProtectForm,
        label="Protect identity",
        icon="lock",
        help_text="Moves the name into the vault and replaces it with a description everywhere.",
        success_message="Protected. The name is now in the vault only.",
        available=lambda row: Decision(row.type == SourceType.PERSON and bool(_is_not_merged(row))),
    ),
    ActionButton(
        action=Action.SOURCE_MERGE,
        handler=sources.merge,
        pk_kwarg="source_id",
        form=forms.SourceMergeForm,
        label="Merge with…",
        icon="merge",
        success_message="Merged. Both now count as one voice.",
        available=_is_not_merged,
        redirect_to=lambda row, into: into,
    ),
    ActionButton(
        action=Action.SOURCE_UNMASK,
        handler=sources.unmask,
        pk_kwarg="source_id",
        form=forms.UnmaskForm,
        label="Reveal identity",
        icon="key",
        tone="danger",
        available=lambda row: Decision(row.unnamed and bool(row.key)),
        result_template="editorial/evidence/unmasked.html",
    ),
)


REGISTER_SOURCE = ActionButton(
    action=Action.SOURCE_REGISTER,
    handler=sources.register,
    form=forms.SourceCreateForm,
    label="Register a source",
    icon="person_add",
    tone="primary",
    success_message="Registered.",
    redirect_to=lambda row, source: source,
)


@admin.register(Source)
class SourceAdmin(ReadOnlyAdmin):
    """Sources by name."""

    buttons = SOURCE_ACTIONS
    list_buttons = (REGISTER_SOURCE,)
    list_display = (
        columns.truncated("name", "Source", 80),
        columns.choice("type", "Type"),
        columns.choice("reliability", "Rated"),
        columns.flag("unnamed", "Unnamed", "unnamed", "unnamed"),
        "desk",
        columns.time_since("registered_at", "Registered"),
    )
    list_filter = ("type", "reliability", "unnamed", "editor_knows", "authenticated", "desk")
    list_select_related = ("desk",)
    search_fields = ("name", "camp")
    detail_template = "editorial/evidence/source.html"

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        """With its related sources."""
        rows: QuerySet[Any] = super().get_queryset(request)
        ties = ("desk", "org", "speaks_for", "parent", "author", "issuer", "merged_into", "registered_by")
        return rows.select_related(*ties)

    def get_context_panel(self, request: HttpRequest, button: ActionButton, row: Any) -> dict[str, Any]:
        """The impact of a merge, once the other source is chosen."""
        other = request.GET.get("into_id", "")
        if row is None or button.action is not Action.SOURCE_MERGE:
            return {}
        if not other:
            look = forms.MergeImpactForm(actor=request_user.current_user(request), row=row, auto_id="look_%s")
            return {"template": "editorial/review/impact_panel.html", "merge_impact_form": look}
        try:
            person, now = request_user.current_user(request), timezone.now()
            supposed = impact.of_merger(source_id=row.pk, into_id=other, actor=person, now=now)
        except ActionError as refusal:
            return {"template": "editorial/review/impact_panel.html", "refusal": str(refusal)}
        return {"template": "editorial/review/impact_panel.html", "impact": supposed}

    def get_page_context(self, request: HttpRequest, row: Source) -> dict[str, Any]:
        """The source, its ties, and its statements that this user may see."""
        actor = request_user.actor_facts(request)
        claims: Any = Claim.objects.all()
        statements: Any = Statement.objects.all()
        said = statements.visible_to(actor).filter(source=row)
        return {
            "sealed": IdentityRecord.objects.filter(source=row).exists(),
            "ties": [
                (label, tie)
                for label, tie in (
                    ("Employer", row.org),
                    ("Speaks for", row.speaks_for),
                    ("Owner", row.parent),
                    ("Author", row.author),
                    ("Issuer", row.issuer),
                    ("Merged into", row.merged_into),
                )
                if tie is not None and access.may(actor, Action.SEE, tie.access_facts())
            ],
            "settles": row.dispositive_evidence.filter(claim__in=claims.visible_to(actor)).select_related("claim"),
            "said": said.select_related("claim").order_by("-recorded_at")[:50],
            "accused_by": claims.visible_to(actor).filter(adverse_to=row)[:20],
            "events": history.entries_for(row),
        }
