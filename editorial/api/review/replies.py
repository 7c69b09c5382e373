"""API of the right of reply: ask a party, record the reply, or waive it with a reason."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.db.models import Prefetch, Q, QuerySet
from django_filters import rest_framework as filters
from rest_framework import serializers

from editorial.api.framework.endpoints import action_endpoint, create_endpoint
from editorial.api.framework.fields import EnumField, IdField, ListField, TextField, TimestampField, id_list
from editorial.api.framework.filtering import BeforeFilter, FlagFilter, SyncedFilterSet, VisibleRowFilter
from editorial.api.framework.pagination import DEFAULT_ORDERINGS
from editorial.api.framework.references import SourceRefField, UserRefField
from editorial.api.framework.serializers import InputSerializer, OutputSerializer, ReasonSerializer
from editorial.api.framework.statement_fields import StatementInputBase
from editorial.api.framework.viewsets import ResourceViewSet
from editorial.models import Claim, ReplyRequest, ReplyRequestClaim, Source
from editorial.policy.access import ActorFacts
from editorial.policy.vocabulary import Directness, ReplyOutcome, Stance
from editorial.workflow.evidence.confidentiality import disclosure
from editorial.workflow.review import replies, reply_addresses

_PENDING = Q(outcome=ReplyOutcome.PENDING.value)


class ReplyRequestCreateSerializer(InputSerializer):
    """A question put to a party or its agent."""

    to = IdField(source="to_id", help_text="The party, or its agent.")
    covers = id_list(help_text="The claims put to it; claims not listed count as not put.")
    question = TextField(help_text="The question.")
    deadline_at = TimestampField(
        required=False,
        help_text="The deadline for a reply, with its offset; by default the end of the policy's window. An earlier "
        "one needs a reason.",
    )
    specific = serializers.BooleanField(
        required=False,
        help_text="Whether it stated the allegation, not only the topic; true by default. If false, it counts only if "
        "the party replies.",
    )
    channel = TextField(max_length=80, required=False, help_text="Telephone, email, letter …")
    reason = TextField(required=False, help_text="Why the time to reply is short, if it is.")
    sent_at = TimestampField(required=False, help_text="When it was sent; now, unless given.")


class ReplyRequestWaiveSerializer(ReasonSerializer):
    """A party that will not be asked, and the reason."""

    to = IdField(source="to_id", help_text="The party.")
    covers = id_list(help_text="The claims it will not be asked about.")


class ReplyAnswerSerializer(StatementInputBase):
    """What they said about one claim: a statement by a named respondent, otherwise by the recipient."""

    claim = IdField(source="claim_id", help_text="A claim of the request; for a compound, the part.")
    stance = EnumField(Stance, help_text="What it says about the claim.")
    directness = EnumField(Directness, help_text="How they know.")
    reply_request = None  # type: ignore[assignment]


class ReplyRequestAnswerSerializer(InputSerializer):
    """The outcome, what they said, and who replied. Of a name, only a token is stored for the gate to match."""

    outcome = EnumField(
        [
            (value.value, value.label)
            for value in ReplyOutcome
            if value not in (ReplyOutcome.PENDING, ReplyOutcome.WAIVED)
        ],
        help_text="The outcome.",
    )
    answers = ListField(
        child=ReplyAnswerSerializer(),
        required=False,
        max_length=500,
        help_text="What they said about each claim. Each is recorded as a statement.",
    )
    no_statement_reason = TextField(
        required=False, help_text="If they replied: why there is no statement on each claim. No confidential name."
    )
    respondent = IdField(
        source="respondent_id", required=False, allow_null=True, help_text="The recorded source who replied, if any."
    )
    respondent_name = TextField(
        max_length=200,
        required=False,
        write_only=True,
        help_text="The name of the person who replied, if not a recorded source.",
    )
    respondent_known_by = TextField(
        max_length=500, required=False, write_only=True, help_text="Details that distinguish the person from namesakes."
    )
    received_answer = IdField(
        source="received_answer_id", required=False, allow_null=True,
        help_text="The email from which you record it, if it arrived by email.",
    )  # fmt: skip


class ReplyRequestClaimSerializer(serializers.ModelSerializer[Any]):
    """A claim as it was put."""

    text = serializers.SerializerMethodField(
        help_text="The words put to them, which never change. Null if the claim was reworded and an unnamed source is "
        "or was concerned, or replied: then only custodians see them."
    )

    class Meta:
        model = ReplyRequestClaim
        fields = ("claim", "text", "reworded_at")
        extra_kwargs = {
            "claim": {"read_only": True, "help_text": "The claim."},
            "reworded_at": {
                "read_only": True,
                "allow_null": True,
                "help_text": "When the claim was reworded. Its new words must be put to them; null if it was not.",
            },
        }

    def get_text(self, link: ReplyRequestClaim) -> str | None:
        context: Any = self.context
        words: dict[UUID, str | None] = context.setdefault("words_put", {})
        if link.pk not in words:  # for the whole page together
            words |= disclosure.words_put([link, *self._links_on_page()], self.context["caller"])
        return words[link.pk]

    def _links_on_page(self) -> list[ReplyRequestClaim]:
        shown: Any = self.root.instance
        requests = shown if isinstance(shown, list) else [shown]
        return [
            each
            for request in requests
            if isinstance(request, ReplyRequest)
            for each in request.request_claim_links.all()
        ]


class ReplyRequestSerializer(OutputSerializer):
    """A request for a reply: question, recipient, deadline and outcome."""

    claims_as_put = ReplyRequestClaimSerializer(
        source="request_claim_links",
        many=True,
        read_only=True,
        help_text="What was put to them, word for word, as far as you may see the claims.",
    )
    to = SourceRefField(help_text="The party, or its agent.")
    sent_by = UserRefField(help_text="The user who sent or waived it.")
    reply_address = serializers.SerializerMethodField(
        help_text="The email address for the answer, to be given as Reply-To; null if it has none."
    )
    select_related = ("to", "sent_by", "reply_address")

    class Meta:
        model = ReplyRequest
        fields = (
            "id", "to", "covers", "claims_as_put", "question", "specific", "channel", "sent_at", "deadline_at",
            "deadline_passed_at", "outcome", "reason", "answered_at", "no_statement_reason", "sent_by",
            "reply_address",
        )  # fmt: skip
        help_texts = {
            "covers": "The claims put to it, as far as you may see them.",
            "deadline_passed_at": "When the deadline was found to have passed.",
            "outcome": "The outcome; pending until there is one.",
            "answered_at": "When the party replied or declined.",
        }

    def get_reply_address(self, request: ReplyRequest) -> str | None:
        return reply_addresses.address_of(request) or None

    @classmethod
    def prepare_queryset(cls, queryset: QuerySet[Any], caller: ActorFacts) -> QuerySet[Any]:
        """Include the claims it covers, as far as the caller may see them."""
        visible = Claim.objects.visible_to(caller).order_by("id")
        claims = Prefetch("covers", visible)
        links = ReplyRequestClaim.objects.filter(claim__in=visible).select_related("claim").order_by("claim")
        put = Prefetch("request_claim_links", links)
        return super().prepare_queryset(queryset, caller).prefetch_related(claims, put)


class ReplyRequestFilter(SyncedFilterSet):
    claim = VisibleRowFilter(Claim, "covers", help_text="Requests that cover this claim.")
    to = VisibleRowFilter(Source, "to", help_text="Requests put to this source, if you may see it.")
    outcome = filters.MultipleChoiceFilter(choices=ReplyOutcome.choices(), help_text="The outcome.")
    mine = FlagFilter(lambda me: Q(sent_by=me), help_text="Requests that you sent (true), or others (false).")
    due_before = BeforeFilter(
        "deadline_at", condition=_PENDING, help_text="Unanswered requests with a deadline before this time."
    )
    overdue = FlagFilter(
        lambda me: _PENDING & Q(deadline_passed_at__isnull=False),
        help_text="Requests not answered in time (true), or all others (false).",
    )


class ReplyRequestViewSet(ResourceViewSet):
    """Questions put to parties whom a claim accuses, and decisions not to ask."""

    pk_kwarg = "request_id"
    output_serializer = ReplyRequestSerializer
    filterset_class = ReplyRequestFilter
    orders = {**DEFAULT_ORDERINGS, "due": ("deadline_at", "id")}

    create = create_endpoint(replies.send, ReplyRequestCreateSerializer)
    waive = action_endpoint(replies.waive, ReplyRequestWaiveSerializer, on_collection=True, status=201)
    answer = action_endpoint(replies.answer, ReplyRequestAnswerSerializer)
