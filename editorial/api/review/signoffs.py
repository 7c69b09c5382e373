"""API of sign-offs: approve or reject a proposal. Proposing and reviewing are actions of the claim."""

from __future__ import annotations

from django.db.models import Q
from django_filters import rest_framework as filters

from editorial.api.framework.endpoints import action_endpoint
from editorial.api.framework.filtering import FlagFilter, SyncedFilterSet, VisibleRowFilter
from editorial.api.framework.references import UserRefField
from editorial.api.framework.serializers import OutputSerializer, ReasonSerializer
from editorial.api.framework.viewsets import ResourceViewSet
from editorial.models import Signoff, Story
from editorial.policy.publication.transitions import SignoffKind, SignoffState
from editorial.policy.vocabulary import FindingValue
from editorial.workflow.review import signoffs


class SignoffSerializer(OutputSerializer):
    """A signature under a finding, a standards review or a legal review."""

    proposed_by = UserRefField(help_text="The user who proposed or reviewed it.")
    decided_by = UserRefField(
        allow_null=True, help_text="The user who approved or rejected it; null while it is pending."
    )
    select_related = ("proposed_by", "decided_by")

    class Meta:
        model = Signoff
        fields = (
            "id", "claim", "kind", "assessment", "finding", "state", "proposed_by", "proposed_at",
            "decided_by", "decided_at", "reason", "voided_at",
        )  # fmt: skip
        help_texts = {
            "id": "The sign-off's id.",
            "claim": "The signed claim.",
            "kind": "What is signed.",
            "assessment": "The finding that is signed.",
            "state": "The state; only approved sign-offs have effect.",
            "proposed_at": "When it was proposed.",
            "decided_at": "When it was decided.",
            "voided_at": "When a change of facts voided it.",
        }


class SignoffFilter(SyncedFilterSet):
    claim = filters.UUIDFilter(help_text="Sign-offs of this claim.")
    story = VisibleRowFilter(Story, "claim__uses__story", help_text="Sign-offs of claims that this story uses.")
    desk = filters.UUIDFilter(field_name="claim__desk", help_text="Sign-offs of claims of this desk.")
    kind = filters.MultipleChoiceFilter(choices=SignoffKind.choices(), help_text="What is signed.")
    finding = filters.MultipleChoiceFilter(choices=FindingValue.choices(), help_text="The finding that is signed.")
    state = filters.MultipleChoiceFilter(choices=SignoffState.choices(), help_text="The state.")
    mine = FlagFilter(
        lambda me: Q(proposed_by=me) | Q(decided_by=me),
        help_text="Sign-offs that you proposed or decided (true), or others (false).",
    )


class SignoffViewSet(ResourceViewSet):
    """Signatures under findings.

    Nobody may sign a finding that they proposed or collected evidence for, or that a story of theirs uses.
    """

    pk_kwarg = "signoff_id"
    output_serializer = SignoffSerializer
    filterset_class = SignoffFilter

    approve = action_endpoint(signoffs.approve)
    reject = action_endpoint(signoffs.reject, ReasonSerializer)
