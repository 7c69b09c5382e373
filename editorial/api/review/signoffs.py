"""Sign-offs: approve or reject what was proposed. Proposing and reading are verbs of the claim."""

from __future__ import annotations

from django.db.models import Q
from django_filters import rest_framework as filters
from rest_framework.mixins import ListModelMixin, RetrieveModelMixin

from editorial.api.framework.fields import UserRefField
from editorial.api.framework.filtering import FlagFilter, VisibleRowFilter
from editorial.api.framework.serializers import OutputSerializer, ReasonSerializer
from editorial.api.framework.viewsets import ResourceViewSet, action_endpoint
from editorial.models import Signoff, Story
from editorial.policy.publication.transitions import SignoffKind, SignoffState
from editorial.policy.vocabulary import FindingValue
from editorial.workflow.review import signoffs


class SignoffSerializer(OutputSerializer):
    """A person's name under a finding, a standards read or a legal read."""

    proposed_by = UserRefField(help_text="Who proposed it, or read it.")
    decided_by = UserRefField(allow_null=True, help_text="Who approved or rejected it; null while it waits.")
    select_related = ("proposed_by", "decided_by")

    class Meta:
        model = Signoff
        fields = (
            "id", "claim", "kind", "assessment", "finding", "state", "proposed_by", "proposed_at",
            "decided_by", "decided_at", "reason", "voided_at",
        )  # fmt: skip
        extra_kwargs = {
            "id": {"help_text": "The sign-off's id."},
            "claim": {"help_text": "The claim that is signed."},
            "kind": {"help_text": "What the name stands under."},
            "assessment": {"help_text": "What was found when it was signed."},
            "state": {"help_text": "Where it stands; only approved has effect."},
            "proposed_at": {"help_text": "When it was proposed."},
            "decided_at": {"help_text": "When it was decided."},
            "voided_at": {"help_text": "When the facts changed under it."},
        }


class SignoffFilter(filters.FilterSet):
    """Which sign-offs to list."""

    claim = filters.UUIDFilter(field_name="claim", help_text="Those of this claim.")
    story = VisibleRowFilter(Story, "claim__uses__story", help_text="Those of claims that this story uses.")
    desk = filters.UUIDFilter(field_name="claim__desk", help_text="Those of claims of this desk.")
    kind = filters.MultipleChoiceFilter(choices=SignoffKind.choices(), help_text="What they stand under.")
    finding = filters.MultipleChoiceFilter(choices=FindingValue.choices(), help_text="The finding that is signed.")
    state = filters.MultipleChoiceFilter(choices=SignoffState.choices(), help_text="Where they stand.")
    mine = FlagFilter(lambda me: Q(proposed_by=me) | Q(decided_by=me), help_text="Those that you proposed or decided.")


class SignoffViewSet(ListModelMixin, RetrieveModelMixin, ResourceViewSet):
    """Names under findings. Nobody signs what they wrote, gathered or proposed."""

    pk_kwarg = "signoff_id"
    output_serializer = SignoffSerializer
    filterset_class = SignoffFilter

    approve = action_endpoint(signoffs.approve)
    reject = action_endpoint(signoffs.reject, ReasonSerializer)
