"""Sources. Confidential names never appear on these pages, except once, when a custodian reveals one."""

from __future__ import annotations

from functools import partial
from typing import Any

from django.contrib import admin
from django.forms import model_to_dict
from django.http import HttpRequest
from django.utils import timezone

from editorial.admin.evidence import source_record, source_ties
from editorial.admin.evidence.vault import VAULT_ACTIONS
from editorial.admin.framework import columns, fields, history, request_user
from editorial.admin.framework.action_buttons import ActionButton, create_button
from editorial.admin.framework.action_forms import ActionForm, DeskActionForm, VersionedActionForm, reason_form
from editorial.admin.framework.read_only_admin import ReadOnlyAdmin
from editorial.models import Claim, IdentityRecord, Source, Statement
from editorial.models.evidence.sources import DispositiveEvidence, SettlingEffect
from editorial.policy.access import Decision
from editorial.policy.actions import Action
from editorial.policy.vocabulary import Authenticity, BenefitsIf, Reliability, SourceType
from editorial.workflow.core.errors import ActionError
from editorial.workflow.evidence import source_repairs, sources
from editorial.workflow.evidence.confidentiality import disclosure
from editorial.workflow.review import impact

_VAULT = "Stored encrypted in the vault and never shown here. Type it again if the form reports an error."
_KNOWN_BY = "Distinguishes this person from a namesake: a birth date, a number, an address. Also goes into the vault."
_DESCRIPTION = "for an unnamed source, a description that identifies nobody, such as “a sluice engineer”"


class _SourceFields(ActionForm):
    """The fields shared by new and existing sources."""

    name = fields.TextField("Name", help_text=f"As readers may see it; {_DESCRIPTION}.")
    description = fields.TextAreaField(
        "How the source knows", rows=2, required=False, help_text="Not weighed. Must not identify the source."
    )
    benefits_if = fields.ChoiceField(
        "Benefits if",
        BenefitsIf,
        empty_label="Not stated",
        help_text="An accused party benefits from disbelief automatically.",
    )
    org = fields.AutocompleteField("Employer", (Source, "org"), required=False)
    speaks_for = fields.AutocompleteField(
        "Speaks for", (Source, "speaks_for"), required=False, help_text="Spokesperson, lawyer, agent."
    )
    parent = fields.AutocompleteField("Owner", (Source, "parent"), required=False)
    camp = fields.TextField("Camp", max_length=80, required=False, help_text="The side it is on.")
    author = fields.AutocompleteField("Author", (Source, "author"), required=False, help_text="Documents only.")
    issuer = fields.AutocompleteField("Issuer", (Source, "issuer"), required=False, help_text="Documents only.")
    establishes = fields.MultipleAutocompleteField(
        "Establishes",
        (DispositiveEvidence, "claim"),
        required=False,
        help_text="Claims that a document or observation settles.",
    )
    contradicts = fields.MultipleAutocompleteField("Contradicts", (DispositiveEvidence, "claim"), required=False)

    advanced_fields = ("parent", "camp", "author", "issuer", "establishes", "contradicts")


class SourceCreateForm(_SourceFields, DeskActionForm):
    action = Action.SOURCE_REGISTER

    type = fields.ChoiceField("Type", SourceType)
    unnamed = fields.CheckboxField("Unnamed: the name must not appear")
    identity_name = fields.SecretField("Real name", required=False, help_text=_VAULT)
    identity_known_by = fields.SecretField("Known by", required=False, help_text=_KNOWN_BY)

    field_order = ("type", "name", "unnamed", "identity_name", "identity_known_by", "description", "desk_id")


class SourceUpdateForm(VersionedActionForm, _SourceFields):
    @classmethod
    def initial_for_row(cls, row: Source) -> dict[str, Any]:
        settled = list(row.dispositive_evidence.values_list("effect", "claim_id"))
        return (
            super().initial_for_row(row)
            | model_to_dict(row, _SourceFields.base_fields)
            | {effect.value: [claim for value, claim in settled if value == effect] for effect in SettlingEffect}
        )

    def prepare(self) -> None:
        """Remove the fields that do not apply to the source's type."""
        row: Source = self.row
        if row.type != SourceType.DOCUMENT:
            del self.fields["author"], self.fields["issuer"]
        if row.type not in (SourceType.DOCUMENT, SourceType.OBSERVATION):
            del self.fields["establishes"], self.fields["contradicts"]


class SourceAuthenticateForm(ActionForm):
    """The result of authentication."""

    result = fields.ChoiceField(
        "Result",
        Authenticity,
        help_text="Genuine: unaltered, and from whom it claims to be. Altered, forged, satire or synthetic "
        "(machine-generated): it does not count as evidence. Unknown: revokes an earlier result.",
    )
    reason = fields.ReasonField("How it was checked", help_text="By whom, against what. No confidential name.")

    @classmethod
    def initial_for_row(cls, row: Source) -> dict[str, Any]:
        return {"result": row.established_authenticity.value}


class SourceRateForm(ActionForm):
    reliability = fields.ChoiceField("Reliability", Reliability)
    reason = fields.ReasonField(required=False, help_text="The basis of the rating.")

    @classmethod
    def initial_for_row(cls, row: Source) -> dict[str, Any]:
        return {"reliability": row.reliability}


class SourceProtectForm(ActionForm):
    name = fields.TextField("Public description", help_text="Must not identify, such as “a sluice engineer”.")
    identity_name = fields.SecretField("Real name", help_text=_VAULT)
    identity_known_by = fields.SecretField("Known by", help_text=_KNOWN_BY)


class SourceMatchIdentityForm(ActionForm):
    identity_name = fields.SecretField(
        "Real name", help_text="As it would be in the vault. Only a token of it is stored."
    )
    identity_known_by = fields.SecretField("Known by", help_text=_KNOWN_BY)


class MergeImpactForm(ActionForm):
    into_id = fields.AutocompleteField("If it were merged with", (Source, "merged_into"), can_create=False)


class SourceMergeForm(ActionForm):
    into_id = fields.AutocompleteField("Same source as", (Source, "merged_into"), can_create=False)
    reason = fields.ReasonField("How you established it", help_text="Do not give a confidential name.")


def _is_not_merged(row: Source) -> Decision:
    return Decision(row.merged_into_id is None)


def _is_unmerged_person(row: Source) -> bool:
    return row.type == SourceType.PERSON and row.merged_into_id is None


_source_action = partial(ActionButton, pk_kwarg="source_id", available=_is_not_merged)
SOURCE_ACTIONS = (
    _source_action(
        action=Action.SOURCE_RATE,
        handler=sources.rate,
        form=SourceRateForm,
        label="Rate",
        icon="grade",
        tone="primary",
        success_message="Rated. Its claims are being reassessed.",
    ),
    _source_action(
        action=Action.SOURCE_AUTHENTICATE,
        handler=sources.authenticate,
        form=SourceAuthenticateForm,
        label="Authenticate",
        icon="verified_user",
        tone="primary",
        success_message="Recorded. Its claims are being reassessed.",
        available=lambda row: Decision(
            row.type in (SourceType.DOCUMENT, SourceType.OBSERVATION) and row.merged_into_id is None
        ),
    ),
    _source_action(
        action=Action.SOURCE_MATCH_IDENTITY,
        handler=sources.match_identity,
        form=SourceMatchIdentityForm,
        label="Match identity",
        icon="fingerprint",
        help_text="Each match counts against a quota, is recorded, and notifies custodians.",
        success_message="Matched. If this person is also an unnamed source, both now count as one voice.",
        available=lambda row: Decision(
            row.type == SourceType.PERSON and not row.unnamed and row.merged_into_id is None
        ),
    ),
    _source_action(
        action=Action.SOURCE_VOUCH,
        handler=sources.vouch,
        form=reason_form("How you know who it is", "Do not give the name."),
        label="Vouch for source",
        icon="handshake",
        tone="primary",
        success_message="Recorded: an editor knows this source.",
        available=lambda row: Decision(row.unnamed and not row.editor_knows and row.merged_into_id is None),
    ),
    _source_action(
        action=Action.SOURCE_REVISE,
        handler=sources.revise,
        form=SourceUpdateForm,
        label="Revise",
        icon="edit",
        success_message="Updated. Its claims are being reassessed.",
    ),
    _source_action(
        action=Action.SOURCE_PROTECT,
        handler=sources.protect,
        form=SourceProtectForm,
        label="Protect identity",
        icon="lock",
        help_text="Moves the name into the vault and replaces it with a description everywhere. Backups and the "
        "write-ahead log keep the former name until they expire; your administrator knows when.",
        success_message="Protected. The old name is being erased from the database; backups keep it until they expire.",
        available=lambda row: Decision(_is_unmerged_person(row) and not row.identities.exists()),
    ),
    _source_action(
        action=Action.SOURCE_MERGE,
        handler=sources.merge,
        form=SourceMergeForm,
        label="Merge with…",
        icon="merge",
        success_message="Merged. Both now count as one voice.",
        redirect_to=lambda row, into: into,
    ),
    _source_action(
        action=Action.SOURCE_UNMERGE,
        handler=source_repairs.unmerge,
        form=reason_form(help_text="How the mistake was found. No names."),
        label="Separate",
        icon="call_split",
        help_text="Use this if the two sources were merged by mistake. Each keeps its own statements. Those recorded "
        "since the merge belong to the other source: check them, and change their source where needed.",
        success_message="Separated. Their claims are being reassessed.",
        available=lambda row: Decision(row.merged_into_id is not None),
    ),
    *VAULT_ACTIONS,
)


@admin.register(Source)
class SourceAdmin(ReadOnlyAdmin):
    buttons = SOURCE_ACTIONS
    list_buttons = (
        create_button(
            action=Action.SOURCE_REGISTER,
            handler=sources.register,
            form=SourceCreateForm,
            label="Register a source",
            icon="person_add",
            help_text="For an unnamed source, the name is a description; an identity that you know goes into "
            "the vault.",
            success_message="Registered.",
        ),
    )
    list_display = (
        columns.source_itself("Source", 80),
        columns.choice("type", "Type"),
        columns.choice("reliability", "Rated"),
        columns.flag("unnamed", "Unnamed", "unnamed", "unnamed"),
        "desk",
        columns.time_since("registered_at", "Registered"),
    )
    list_filter = ("type", "reliability", "unnamed", "editor_knows", "authenticity", "desk")
    select_related = ("desk",)  # PostgreSQL plans a search badly if it joins all that a source is tied to
    search_fields = ("name", "camp")
    detail_template = "editorial/evidence/source.html"

    def get_context_panel(self, request: HttpRequest, button: ActionButton, row: Any) -> dict[str, Any]:
        """The impact of a merge, once the other source is chosen."""
        if row is None or button.action is not Action.SOURCE_MERGE:
            return super().get_context_panel(request, button, row)
        user, panel = request_user.current_user(request), {"template": "editorial/review/impact_panel.html"}
        into_id = request.GET.get("into_id", "")
        if not into_id:
            return panel | {"merge_impact_form": MergeImpactForm(actor=user, row=row, auto_id="impact_%s")}
        try:
            return panel | {
                "impact": impact.of_merger(source_id=row.pk, into_id=into_id, actor=user, now=timezone.now())
            }
        except ActionError as error:
            return panel | {"error": str(error)}

    def get_page_context(self, request: HttpRequest, row: Source) -> dict[str, Any]:
        """The source, its ties, and its statements that this user may see."""
        actor = request_user.actor_facts(request)
        into = disclosure.merged_into(row, actor)
        claims: Any = Claim.objects.all()
        statements: Any = Statement.objects.all()
        ties = {
            "Employer": row.org,
            "Speaks for": row.speaks_for,
            "Owner": row.parent,
            "Author": row.author,
            "Issuer": row.issuer,
            "Merged into": into,
        }
        shown_ties = [
            (label, source)
            for label, source in ties.items()
            if source is not None and disclosure.can_see(source, actor)
        ]
        said = statements.visible_to(actor).filter(source=row)
        newest = list(said.select_related("claim").order_by("-recorded_at")[:50])
        tied, entries = source_record.tied_to(row, actor), history.entries_for(row, actor)
        return {
            "identity_in_vault": IdentityRecord.objects.filter(source=row, replaced_at=None).exists(),
            "ties": shown_ties,
            "tied": tied,
            "ties_picture": source_ties.picture_of(row, shown_ties, tied),
            "record": source_record.record_of(said),
            "stories": source_record.stories_of(newest, actor),
            "interest_entry": next(filter(_tells_interest, entries), None),
            "settles": row.dispositive_evidence.filter(claim__in=claims.visible_to(actor)).select_related("claim"),
            "statements": newest,
            "accused_by": claims.visible_to(actor).filter(adverse_to=row)[:20],
            "events": entries,
        }


def _tells_interest(entry: history.AuditLogEntry) -> bool:
    """Whether the entry set what the source gains: its registration, or a revision that changed it."""
    return entry.action == Action.SOURCE_REGISTER or (
        entry.action == Action.SOURCE_REVISE and "benefits if" in entry.details
    )
