"""Buttons of the vault: replace an identity, request and approve revealing a name, reveal it."""

from __future__ import annotations

from functools import partial
from uuid import UUID

from django.contrib import admin
from django.db.models import QuerySet
from django.utils import timezone

from editorial.admin.framework import columns, fields
from editorial.admin.framework.action_buttons import ActionButton
from editorial.admin.framework.action_forms import ActionForm, reason_form
from editorial.admin.framework.read_only_admin import ReadOnlyAdmin
from editorial.admin.framework.second_factor_fields import ProofForm
from editorial.models import MatchingLock, Source, UnmaskRequest
from editorial.policy import unmasking as policy
from editorial.policy.access import ActorFacts, Decision
from editorial.policy.actions import Action
from editorial.policy.roles import Role
from editorial.workflow.evidence.confidentiality import matching, sealing, unmasking


class SourceReplaceIdentityForm(ActionForm):
    identity_name = fields.SecretField("Real name", help_text="Stored encrypted in the vault and never shown here.")
    identity_known_by = fields.SecretField("Known by", help_text="Distinguishes this person from a namesake.")
    reason = fields.ReasonField("Why the former identity was wrong", help_text="Do not give a name.")


class SourceApproveUnmaskForm(ActionForm):
    request_id = fields.ModelSelectField("Request")

    def prepare(self) -> None:
        """Offer the requests of other people that still wait."""
        self.set_choices(
            "request_id",
            _waiting_requests(self.row).exclude(requested_by=self.actor).select_related("requested_by"),
            lambda request: f"{request.requested_by}: {request.reason}",
        )


class SourceBreakGlassForm(ProofForm):
    reason = fields.ReasonField("What cannot wait for a second person", help_text="Do not give the name.")

    field_order = ("reason", "code")


def _has_identity(row: Source) -> Decision:
    return Decision(row.unnamed and row.identities.exists())


def _waiting_requests(row: Source) -> QuerySet[UnmaskRequest]:
    return row.unmask_requests.filter(approved_at=None, used_at=None, expires_at__gt=timezone.now())


def _has_waiting_request(row: Source) -> Decision:
    return Decision(row.unnamed and _waiting_requests(row).exists())


def _denies_own_request(actor: ActorFacts, row: Source) -> str | None:
    requesters = set(_waiting_requests(row).values_list("requested_by", flat=True))
    return policy.DENIALS["FOUR_EYES"] if requesters == {UUID(actor.id)} else None


_vault_action = partial(ActionButton, pk_kwarg="source_id", available=_has_identity)
VAULT_ACTIONS = (
    _vault_action(
        action=Action.SOURCE_REPLACE_IDENTITY,
        handler=sealing.replace_identity,
        form=SourceReplaceIdentityForm,
        label="Replace identity",
        icon="lock_reset",
        success_message="Replaced. The vault keeps the former identity.",
    ),
    _vault_action(
        action=Action.SOURCE_REQUEST_UNMASK,
        handler=unmasking.request_unmask,
        form=reason_form(
            "Why you need to know", "A second person decides, based on this reason. Do not give the name."
        ),
        label="Request to reveal",
        icon="key",
        success_message="Requested. A custodian, standards editor or administrator must approve it within an hour.",
        redirect_to=lambda row, request: row,
    ),
    _vault_action(
        action=Action.SOURCE_APPROVE_UNMASK,
        handler=unmasking.approve_unmask,
        form=SourceApproveUnmaskForm,
        label="Approve revealing",
        icon="how_to_reg",
        success_message="Approved. The requester can reveal the name once.",
        available=_has_waiting_request,
        denies=_denies_own_request,
    ),
    _vault_action(
        action=Action.SOURCE_UNMASK,
        handler=unmasking.unmask,
        form=ProofForm,
        label="Reveal identity",
        icon="key",
        tone="danger",
        help_text="Shows the name once, for a minute, if your request is approved. Custodians are notified.",
        result_template="editorial/evidence/unmasked.html",
    ),
    _vault_action(
        action=Action.SOURCE_BREAK_GLASS,
        handler=unmasking.break_glass,
        form=SourceBreakGlassForm,
        label="Break glass",
        icon="e911_emergency",
        tone="danger",
        help_text="Shows the name now, without a second person. It alerts all custodians, standards editors and "
        "administrators.",
        result_template="editorial/evidence/unmasked.html",
    ),
)


@admin.register(MatchingLock)
class MatchingLockAdmin(ReadOnlyAdmin):
    """People whose identity matching is locked after an unusual number of attempts."""

    required_role = Role.ADMIN
    buttons = (
        ActionButton(
            action=Action.MATCHING_UNLOCK,
            handler=matching.unlock,
            pk_kwarg="lock_id",
            form=reason_form("Why there were so many attempts"),
            label="Unlock",
            icon="lock_open",
            tone="primary",
            success_message="Unlocked.",
            available=lambda row: Decision(row.lifted_at is None),
        ),
    )
    list_display = (
        columns.user_name("person", "Person"),
        "desk",
        columns.time_since("locked_at", "Locked"),
        columns.time_since("lifted_at", "Unlocked"),
    )
    select_related = ("person", "desk", "lifted_by")
    ordering = ("-locked_at",)
    detail_fields = ("person", "desk", "locked_at", "lifted_at", "lifted_by")
