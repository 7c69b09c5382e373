"""The right of reply: ask a party, note the answer, or waive it with a reason."""

from __future__ import annotations

from typing import Any

from django.db.models import Prefetch, Q, QuerySet
from django_filters import rest_framework as filters
from drf_spectacular.utils import OpenApiExample, extend_schema_serializer
from rest_framework.mixins import ListModelMixin, RetrieveModelMixin

from editorial.api.framework.fields import Id, Moment, PersonField, Shown, SourceField, Stated, Text, Why, Word, ids
from editorial.api.framework.filtering import Before, Is, OfRow
from editorial.api.framework.pagination import NEWEST
from editorial.api.framework.viewsets import Resource, creates, verb
from editorial.models import Claim, ReplyRequest, Source
from editorial.policy.access import ActorFacts
from editorial.policy.vocabulary import Outcome
from editorial.workflow.review import replies

_PENDING = Q(outcome=Outcome.PENDING.value)


@extend_schema_serializer(
    examples=[
        OpenApiExample(
            "A question",
            {
                "to": "019f7c53-02c1-7a55-8a35-6ad1b7a4d1f0",
                "covers": ["019f7c54-0b7e-7c1f-b7a4-0c8b8a2f9d11"],
                "question": "Have you spoken to the head of state since 2022?",
                "channel": "e-mail",
                "deadline_at": "2026-03-05T12:00:00Z",
            },
        )
    ]
)
class Question(Stated):
    """What was put to a party or its agent."""

    to = Id(source="to_id", help_text="The party, or whoever speaks for it.")
    covers = ids(help_text="The claims that were put to it; what is not named was not asked.")
    question = Text(help_text="What was put to it.")
    deadline_at = Moment(help_text="By when an answer is asked for; with its offset.")
    channel = Text(max_length=80, required=False, help_text="Telephone, e-mail, letter …")
    reason = Text(required=False, help_text="Why the time to answer is short, if it is.")
    sent_at = Moment(required=False, help_text="When it was sent; now, unless stated.")


class Waiver(Why):
    """Whom not to ask, and why."""

    to = Id(source="to_id", help_text="The party.")
    covers = ids(help_text="The claims on which it is not asked.")


class Answer(Stated):
    """How a request ended, and who answered. Of a name only a token is kept, by which the gate may recognise it."""

    outcome = Word(
        [(word.value, word.label) for word in Outcome if word not in (Outcome.PENDING, Outcome.WAIVED)],
        help_text="How it ended.",
    )
    respondent = Id(source="respondent_id", required=False, allow_null=True, help_text="Who answered, if recorded.")
    respondent_name = Text(
        max_length=200, required=False, write_only=True, help_text="Who answered, where it is no recorded source."
    )
    respondent_known_by = Text(
        max_length=500, required=False, write_only=True, help_text="What tells them from a namesake."
    )


class ReplyRequestShown(Shown):
    """What was put to whom, by when, and with what outcome."""

    to = SourceField(help_text="The party, or whoever speaks for it.")
    sent_by = PersonField(help_text="Who sent it, or waived it.")
    together = ("to", "sent_by")

    class Meta:
        model = ReplyRequest
        fields = (
            "id", "to", "covers", "question", "channel", "sent_at", "deadline_at", "deadline_passed_at", "outcome",
            "reason", "answered_at", "sent_by",
        )  # fmt: skip
        extra_kwargs = {
            "id": {"help_text": "The request's id."},
            "covers": {"help_text": "The claims that were put to it, as far as you may see them."},
            "deadline_passed_at": {"help_text": "When its time was found to be up."},
            "outcome": {"help_text": "How it ended, or that it has not."},
            "answered_at": {"help_text": "When it replied or declined."},
        }

    @classmethod
    def reading(cls, rows: QuerySet[Any], caller: ActorFacts) -> QuerySet[Any]:
        """With the claims it covers, as far as the caller may see them."""
        claims = Prefetch("covers", Claim.objects.visible_to(caller).order_by("id"))
        return super().reading(rows, caller).prefetch_related(claims)


class ReplyRequestFilter(filters.FilterSet):
    """Which requests to list."""

    claim = OfRow(Claim, "covers", help_text="Those that cover this claim.")
    to = OfRow(Source, "to", help_text="Those put to this source, if you may see it.")
    outcome = filters.MultipleChoiceFilter(choices=Outcome.choices(), help_text="How they ended.")
    mine = Is(lambda me: Q(sent_by=me), help_text="Those that you sent.")
    due_before = Before("deadline_at", among=_PENDING, help_text="Those to be answered before then, and not answered.")
    overdue = Is(
        lambda me: _PENDING & Q(deadline_passed_at__isnull=False), help_text="Those not answered in time, or others."
    )


class ReplyRequests(ListModelMixin, RetrieveModelMixin, Resource):
    """Questions put to those whom a claim accuses, and decisions not to ask."""

    key = "request_id"
    shown = ReplyRequestShown
    filterset_class = ReplyRequestFilter
    orders = {**NEWEST, "due": ("deadline_at", "id")}

    create = creates(replies.send, Question)
    waive = verb(replies.waive, Waiver, on_all=True, status=201)
    answer = verb(replies.answer, Answer)
