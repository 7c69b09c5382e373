"""API of sources: register, rate, protect, vouch, merge and, for custodians, reveal an identity."""

from __future__ import annotations

from typing import Any, ClassVar
from uuid import UUID

from django.db.models import Prefetch, Q, QuerySet
from django_filters import rest_framework as filters
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from editorial.api.framework.endpoints import action_endpoint, create_endpoint, result_endpoint, update_endpoint
from editorial.api.framework.fields import EnumField, IdField, TextField, TitleField, id_list
from editorial.api.framework.filtering import FlagFilter, SearchFilter, SyncedFilterSet, VisibleRowFilter
from editorial.api.framework.references import SourceRefField, UserRefField
from editorial.api.framework.serializers import (
    InputSerializer,
    OptionalReasonSerializer,
    OutputSerializer,
    ReasonSerializer,
)
from editorial.api.framework.viewsets import ResourceViewSet
from editorial.models import Claim, DispositiveEvidence, Source
from editorial.policy.access import ActorFacts
from editorial.policy.vocabulary import Authenticity, BenefitsIf, Reliability, SourceType
from editorial.workflow.evidence import source_repairs, sources
from editorial.workflow.evidence.confidentiality import disclosure, sealing, unmasking

_RELATIONS = ("org", "speaks_for", "parent", "author", "issuer")


class SourceInputBase(InputSerializer):
    """Fields of every source."""

    description = TextField(required=False, help_text="How the source knows. Not weighed; must not identify.")
    benefits_if = EnumField(
        BenefitsIf,
        required=False,
        allow_null=True,
        help_text="What the source gains from: the claim being believed, disbelieved, or neither.",
    )
    camp = TextField(max_length=80, required=False, help_text="A side this source stands on.")
    org = IdField(required=False, allow_null=True, help_text="The employer; not for organizations.")
    speaks_for = IdField(required=False, allow_null=True, help_text="The principal the source speaks for.")
    parent = IdField(required=False, allow_null=True, help_text="Owner.")  # type: ignore[assignment]
    author = IdField(required=False, allow_null=True, help_text="The author; documents only.")
    issuer = IdField(required=False, allow_null=True, help_text="The issuer; documents only.")
    establishes = id_list(required=False, help_text="Claims that it settles as true; documents and observations only.")
    contradicts = id_list(required=False, help_text="Claims that it settles as false; documents and observations only.")


class SourceCreateSerializer(SourceInputBase):
    """A new source. For an unnamed source, `name` is a description that identifies nobody."""

    desk = IdField(source="desk_id", help_text="The desk that keeps it.")
    type = EnumField(SourceType, help_text="The kind of source.")
    name = TitleField(help_text="Public name; for an unnamed source, a description, never the name.")
    unnamed = serializers.BooleanField(required=False, help_text="The name must not appear; it goes into the vault.")
    identity_name = TextField(
        max_length=200, required=False, write_only=True, help_text="For the vault: the person's name."
    )
    identity_known_by = TextField(
        max_length=500,
        required=False,
        write_only=True,
        help_text="For the vault: details that distinguish the person from namesakes.",
    )


class SourceUpdateSerializer(SourceInputBase):
    """Changes to a source."""

    name = TitleField(help_text="Public name, or description of an unnamed source.")


class SourceAuthenticateSerializer(ReasonSerializer):
    """The result of authenticating a document or an observation."""

    result = EnumField(
        Authenticity,
        required=False,
        help_text="Genuine by default. Altered, forged, satire or synthetic (machine-generated): it does not count as "
        "evidence. Unknown revokes an earlier result.",
    )


class SourceRateSerializer(OptionalReasonSerializer):
    """A reliability rating."""

    reliability = EnumField(Reliability, help_text="Admiralty scale A (reliable) to F (cannot be judged).")


class SourceProtectSerializer(InputSerializer):
    """The identity for the vault, and the source's new public description."""

    name = TitleField(help_text="A description that does not identify.")
    identity_name = TextField(max_length=200, write_only=True, help_text="For the vault: the person's name.")
    identity_known_by = TextField(
        max_length=500, write_only=True, help_text="For the vault: details that distinguish the person from namesakes."
    )


class SourceMatchIdentitySerializer(InputSerializer):
    """The identity of a named person, so that the same human being is recognised. Only a token of it is stored."""

    identity_name = TextField(
        max_length=200, write_only=True, help_text="The name, as it would be entered in the vault."
    )
    identity_known_by = TextField(
        max_length=500, write_only=True, help_text="Details that distinguish the person from namesakes."
    )


class SourceMergeSerializer(ReasonSerializer):
    """The source to merge into."""

    into = IdField(source="into_id", help_text="The source that stays.")


class SourceReplaceIdentitySerializer(SourceMatchIdentitySerializer, ReasonSerializer):
    """Another identity for the vault. The former one is kept."""


class SourceApproveUnmaskSerializer(InputSerializer):
    """The request to approve."""

    request = IdField(
        source="request_id", help_text="The request; the event `source.request_unmask` of the source names it."
    )


class SourceUnmaskSerializer(InputSerializer):
    """A fresh code of your second factor."""

    code = TextField(
        max_length=40,
        required=False,
        write_only=True,
        help_text="The code that your app currently shows, or a recovery code. Required if you have a second factor.",
    )


class SourceBreakGlassSerializer(ReasonSerializer, SourceUnmaskSerializer):
    """Why this cannot wait for a second person, and a fresh code of your second factor."""


class UnmaskRequestSerializer(serializers.Serializer[Any]):
    """A request to reveal a name, which another person must approve."""

    id = serializers.UUIDField(help_text="Give it to the person who approves.")
    expires_at = serializers.DateTimeField(help_text="Until then it can be approved and used, once.")


class IdentitySerializer(serializers.Serializer[Any]):
    """The name of an unnamed source. Show it for a minute at most; do not store it."""

    name = serializers.CharField(help_text="The name.")


class SourceSerializer(OutputSerializer):
    """A person, organisation, document, outlet or observation. An unnamed source has only its description."""

    org = SourceRefField(allow_null=True, help_text="Employer.")
    speaks_for = SourceRefField(allow_null=True, help_text="The principal the source speaks for.")
    parent = SourceRefField(allow_null=True, help_text="Owner.")  # type: ignore[assignment]
    author = SourceRefField(allow_null=True, help_text="The author of a document.")
    issuer = SourceRefField(allow_null=True, help_text="The issuer of a document.")
    has_identity = serializers.SerializerMethodField(
        help_text="Whether the vault holds the identity of this unnamed source."
    )
    authenticity = EnumField(
        Authenticity,
        source="established_authenticity",
        read_only=True,
        help_text="The result of authenticating a document or our own observation.",
    )
    establishes = serializers.SerializerMethodField(help_text="Claims you may see that it settles as true.")
    contradicts = serializers.SerializerMethodField(help_text="Claims you may see that it settles as false.")
    merged_into = serializers.SerializerMethodField(
        help_text="The source it was merged into; for an unnamed source, shown to custodians only."
    )
    registered_by = UserRefField(help_text="The user who registered it.")
    select_related = ("registered_by",)
    relations: ClassVar[dict[str, Any]] = {"establishes": Claim, "contradicts": Claim}
    prefetch_related = (*_RELATIONS, "merged_into")  # few sources have any: joins of the whole table cost more

    class Meta:
        model = Source
        fields = (
            "id", "type", "name", "description", "desk", "reliability", "unnamed", "editor_knows", "has_identity",
            "org", "speaks_for", "parent", "author", "issuer", "benefits_if", "camp", "authenticity", "establishes",
            "contradicts", "merged_into", "registered_by", "registered_at", "version",
        )  # fmt: skip
        help_texts = {
            "type": "The kind of source.",
            "desk": "The desk that keeps it.",
            "registered_at": "When it was registered.",
        }

    @classmethod
    def prepare_queryset(cls, queryset: QuerySet[Any], caller: ActorFacts) -> QuerySet[Any]:
        """Include the claims it settles, as far as the caller may see them."""
        settled = DispositiveEvidence.objects.filter(claim__in=Claim.objects.visible_to(caller)).order_by("id")
        return super().prepare_queryset(queryset, caller).prefetch_related(Prefetch("dispositive_evidence", settled))

    def get_has_identity(self, source: Source) -> bool:
        return disclosure.has_identity(source)

    @extend_schema_field(serializers.ListField(child=serializers.UUIDField()))
    def get_establishes(self, source: Source) -> list[UUID]:
        return [evidence.claim_id for evidence in source.dispositive_evidence.all() if evidence.effect == "establishes"]

    @extend_schema_field(serializers.ListField(child=serializers.UUIDField()))
    def get_contradicts(self, source: Source) -> list[UUID]:
        return [evidence.claim_id for evidence in source.dispositive_evidence.all() if evidence.effect == "contradicts"]

    @extend_schema_field(serializers.UUIDField(allow_null=True))
    def get_merged_into(self, source: Source) -> UUID | None:
        """The remaining source; of unnamed ones for custodians only, as it says that two records are one person."""
        into = disclosure.merged_into(source, self.context["caller"])
        return into.pk if into is not None else None


class SourceFilter(SyncedFilterSet):
    type = filters.MultipleChoiceFilter(choices=SourceType.choices(), help_text="The kind of source; repeatable.")
    desk = filters.UUIDFilter(help_text="Sources of this desk.")
    unnamed = filters.BooleanFilter(help_text="Unnamed sources (true), or named ones (false).")
    reliability = filters.MultipleChoiceFilter(choices=Reliability.choices(), help_text="The reliability rating.")
    rated = FlagFilter(lambda me: ~Q(reliability=""), help_text="Rated sources (true), or unrated ones (false).")
    claim = VisibleRowFilter(Claim, "statements__claim", help_text="Sources of statements on this claim.")
    mine = FlagFilter(
        lambda me: Q(registered_by=me), help_text="Sources that you registered (true), or others (false)."
    )
    q = SearchFilter("name", help_text="Phrase to find in the name or description, in any case.")


class SourceViewSet(ResourceViewSet):
    """The people and documents behind statements. Everybody sees named sources; only their desk sees unnamed ones.

    The identity of an unnamed source is encrypted in the vault. It is revealed only with a second person's approval or,
    in an emergency, with an alert. Every access is recorded.
    """

    pk_kwarg = "source_id"
    output_serializer = SourceSerializer
    filterset_class = SourceFilter

    create = create_endpoint(sources.register, SourceCreateSerializer)
    partial_update = update_endpoint(sources.revise, SourceUpdateSerializer)
    rate = action_endpoint(sources.rate, SourceRateSerializer)
    authenticate = action_endpoint(sources.authenticate, SourceAuthenticateSerializer)
    protect = action_endpoint(sources.protect, SourceProtectSerializer)
    match_identity = action_endpoint(sources.match_identity, SourceMatchIdentitySerializer)
    vouch = action_endpoint(sources.vouch, ReasonSerializer)
    merge = action_endpoint(sources.merge, SourceMergeSerializer)
    unmerge = action_endpoint(source_repairs.unmerge, ReasonSerializer)

    replace_identity = action_endpoint(sealing.replace_identity, SourceReplaceIdentitySerializer)
    approve_unmask = action_endpoint(unmasking.approve_unmask, SourceApproveUnmaskSerializer)

    @result_endpoint(unmasking.request_unmask, ReasonSerializer, output_serializer=UnmaskRequestSerializer)
    def request_unmask(self, request: Request, pk: UUID) -> Response:
        """Request to reveal the name."""
        created = self.run_action(unmasking.request_unmask, pk=pk, **self.validated_input(ReasonSerializer))
        return Response(UnmaskRequestSerializer(created).data)

    @result_endpoint(
        unmasking.unmask, SourceUnmaskSerializer, output_serializer=IdentitySerializer, accepts_idempotency_key=False
    )
    def unmask(self, request: Request, pk: UUID) -> Response:
        """Show the name. The response is never cached or stored, so that each request is recorded as an access."""
        return self._identity(unmasking.unmask, pk, SourceUnmaskSerializer)

    @result_endpoint(
        unmasking.break_glass,
        SourceBreakGlassSerializer,
        output_serializer=IdentitySerializer,
        accepts_idempotency_key=False,
    )
    def break_glass(self, request: Request, pk: UUID) -> Response:
        """Show the name without a second person. It alerts custodians, standards editors and administrators."""
        return self._identity(unmasking.break_glass, pk, SourceBreakGlassSerializer)

    def _identity(self, action: Any, pk: UUID, serializer: type[InputSerializer]) -> Response:
        identity = self.run_action(action, pk=pk, **self.validated_input(serializer))
        return Response({"name": identity.name}, headers={"Cache-Control": "no-store"})
