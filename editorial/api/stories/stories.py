"""Stories: pitch, write, bring to print, and mend what ran."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.db.models import OuterRef, Prefetch, Q, QuerySet, Subquery
from django.utils import timezone
from django_filters import rest_framework as filters
from drf_spectacular.utils import OpenApiExample, extend_schema_field, extend_schema_serializer
from rest_framework import serializers
from rest_framework.mixins import ListModelMixin, RetrieveModelMixin
from rest_framework.request import Request
from rest_framework.response import Response

from editorial.api.framework.exports import Exporting
from editorial.api.framework.fields import Id, Moment, PersonField, Shown, Stated, Text, Title, Why, Word, each, ids
from editorial.api.framework.filtering import Before, Is, OfRow, Words
from editorial.api.framework.pagination import NEWEST
from editorial.api.framework.viewsets import Resource, creates, revises, shows, verb
from editorial.api.stories import ninjs
from editorial.api.stories.gates import VerdictShown, shown_verdict
from editorial.api.stories.ninjs import Ninjs
from editorial.models import Claim, ClaimUse, Correction, Original, Story, StoryRevision
from editorial.policy.access import ActorFacts
from editorial.policy.publication.transitions import StoryStatus
from editorial.policy.vocabulary import Code, Gate, Mode, RemedyKind
from editorial.workflow.stories import gates, publication, published_versions, stories

_OWED = Q(corrections__isnull=False, corrections__closed_at=None)
_SCHEDULED = Q(status=StoryStatus.SCHEDULED.value)
_DESK = "019f7c52-6f0a-7d33-9d3e-5a4a1c9b2e10"
_CLAIM = "019f7c54-0b7e-7c1f-b7a4-0c8b8a2f9d11"


@extend_schema_serializer(
    examples=[OpenApiExample("Pitch", {"desk": _DESK, "headline": "Secret talks with a foreign leader"})]
)
class Pitch(Stated):
    """A story that one proposes."""

    desk = Id(source="desk_id", help_text="The desk it is for.")
    headline = Title(help_text="What it is about.")
    body = Text(max_length=1_000_000, required=False, help_text="The copy, as far as there is any.")


class Use(Stated):
    """How a story uses a claim."""

    claim = Id(help_text="The claim.")
    mode = Word(Mode, help_text="Stated as a fact, attributed to somebody, called false, or left out.")
    central = serializers.BooleanField(required=False, help_text="Whether the story falls if the claim does.")
    relies = ids(required=False, help_text="Statements that the copy openly leans on, beyond those that count.")
    says_sources = serializers.IntegerField(
        required=False, allow_null=True, min_value=0, max_value=32767,
        help_text="How many people the copy says it has for this.",
    )  # fmt: skip


@extend_schema_serializer(
    examples=[
        OpenApiExample("New words", {"body": "The *Journal* reports …"}),
        OpenApiExample("How it uses claims", {"uses": [{"claim": _CLAIM, "mode": "attributed", "says_sources": 2}]}),
    ]
)
class Revision(Stated):
    """What shall be different."""

    headline = Title(help_text="The headline.")
    body = Text(max_length=1_000_000, help_text="The whole copy.")
    uses = serializers.ListField(
        child=Use(), max_length=200, help_text="The whole list: a claim that is missing from it is no longer used."
    )


class Authors(Stated):
    """Who shall write it."""

    authors = ids(help_text="People of the desk; they replace the authors it had.")


class Condition(Stated):
    """A condition of the gate that the copy meets."""

    claim = Id(source="claim_id", help_text="The claim it is about.")
    code = Word([(code.value, code.label) for code in Code if code.value.startswith("C_")], help_text="The condition.")


class Override(Why):
    """A code to run in spite of."""

    code = Word(Code, help_text="E_REPLY_PENDING or E_REPLY_WINDOW; no other can be overridden.")


class Slot(Stated):
    """When it shall run."""

    at = Moment(help_text="When; without an offset it is read in `time_zone`.")
    time_zone = Text(max_length=64, help_text="IANA name, such as Europe/London.")


class CorrectionText(Stated):
    """What readers are told."""

    text = Text(help_text="What was changed, in words for readers.")


class UseShown(Shown):
    """How the story uses a claim."""

    class Meta:
        model = ClaimUse
        fields = ("claim", "mode", "central", "relies", "says_sources")
        extra_kwargs = {"claim": {"help_text": "The claim."}}


class Owed(Shown):
    """What the published story owes its readers."""

    class Meta:
        model = Correction
        fields = ("remedy", "because", "claims", "opened_at", "due_at", "overdue_at")
        extra_kwargs = {
            "remedy": {"help_text": "What has to be printed."},
            "opened_at": {"help_text": "Since when it is owed."},
            "overdue_at": {"help_text": "When its time was found to be up; null while there is time."},
        }


class OriginalShown(Shown):
    """The item of another outlet from which a story was drafted. `exhibit` can be cited as the copy of a statement."""

    class Meta:
        model = Original
        fields = (
            "uri", "link", "outlet", "exhibit", "published_at", "revised_at", "embargo_until", "seen_at", "changed_at"
        )  # fmt: skip


class StoryListed(Shown):
    """A story, without its copy."""

    authors = each(PersonField(), source="writers", help_text="Who writes it.")
    pitched_by = PersonField(help_text="Who pitched it.")
    cleared_by = PersonField(allow_null=True, help_text="Who cleared it last.")
    together = ("pitched_by", "cleared_by")

    class Meta:
        model = Story
        fields: tuple[str, ...] = (
            "id", "headline", "desk", "status", "gate", "remedy", "authors", "pitched_by", "pitched_at",
            "submitted_at", "cleared_at", "cleared_by", "publish_at", "publish_time_zone", "published_at", "version",
        )  # fmt: skip
        extra_kwargs = {
            "id": {"help_text": "The story's id."},
            "headline": {"help_text": "Its headline."},
            "desk": {"help_text": "The desk it belongs to."},
            "status": {"help_text": "Where it stands."},
            "gate": {"help_text": "The gate when it was last recomputed; `…/gate` computes it as things stand now."},
            "remedy": {"help_text": "What it owes its readers since it ran; null before."},
            "pitched_at": {"help_text": "When it was pitched."},
            "submitted_at": {"help_text": "When it was last handed in."},
            "cleared_at": {"help_text": "When it was last cleared."},
        }

    @classmethod
    def reading(cls, rows: QuerySet[Any], caller: ActorFacts) -> QuerySet[Any]:
        """With those who write it."""
        return super().reading(rows, caller).prefetch_related(Prefetch("authors", to_attr="writers"))


class StoryShown(StoryListed):
    """A story with its copy and how it uses claims."""

    body = serializers.CharField(read_only=True, help_text="The copy as it stands.")
    revision = serializers.IntegerField(read_only=True, help_text="The number of this revision of the copy.")
    uses = UseShown(many=True, read_only=True, help_text="How it uses claims.")
    owes = serializers.SerializerMethodField(help_text="What it owes its readers at present; null if nothing.")
    original = serializers.SerializerMethodField(help_text="What it was drafted from; null if it was written here.")

    class Meta(StoryListed.Meta):
        fields = (*StoryListed.Meta.fields, "body", "revision", "uses", "owes", "original")

    @classmethod
    def reading(cls, rows: QuerySet[Any], caller: ActorFacts) -> QuerySet[Any]:
        """With the last revision of the copy, how it uses claims, and what it owes."""
        last = StoryRevision.objects.filter(story=OuterRef("pk")).order_by("-number")
        uses = ClaimUse.objects.order_by("id").prefetch_related("relies")
        owed = Correction.objects.filter(closed_at=None).prefetch_related("claims")
        along = (Prefetch("uses", uses), Prefetch("corrections", owed, to_attr="open_corrections"))
        rows = rows.annotate(body=Subquery(last.values("body")[:1]), revision=Subquery(last.values("number")[:1]))
        return super().reading(rows, caller).prefetch_related(*along).select_related("original")

    @extend_schema_field(OriginalShown(allow_null=True))
    def get_original(self, story: Any) -> Any:
        """The original, of which there is one at most."""
        original = getattr(story, "original", None)
        return OriginalShown(original, context=self.context).data if original else None

    @extend_schema_field(Owed(allow_null=True))
    def get_owes(self, story: Any) -> Any:
        """The open correction, of which there is one at most."""
        return next((Owed(owed, context=self.context).data for owed in story.open_corrections), None)


class StoryFilter(filters.FilterSet):
    """Which stories to list."""

    status = filters.MultipleChoiceFilter(choices=StoryStatus.choices(), help_text="Where it stands; may be repeated.")
    gate = filters.MultipleChoiceFilter(choices=Gate.choices(), help_text="The gate when it was last recomputed.")
    remedy = filters.MultipleChoiceFilter(choices=RemedyKind.choices(), help_text="What it owes its readers.")
    owes = Is(lambda me: _OWED, help_text="Those that owe their readers something, or nothing.")
    overdue = Is(
        lambda me: _OWED & Q(corrections__overdue_at__isnull=False), help_text="Those that owe it beyond its time."
    )
    due_before = Before("publish_at", among=_SCHEDULED, help_text="Those scheduled to run before then.")
    desk = filters.UUIDFilter(field_name="desk", help_text="Stories of this desk.")
    claim = OfRow(Claim, "uses__claim", help_text="Those that use this claim.")
    mine = Is(lambda me: Q(author_links__user=me), help_text="Those that you write.")
    q = Words("headline", help_text="Words in the headline.")


class Stories(Exporting, ListModelMixin, RetrieveModelMixin, Resource):
    """Items from pitch to retraction. The gate decides whether one may run; what ran and no longer holds is flagged."""

    key = "story_id"
    shown = StoryShown
    listed = StoryListed
    orders = {**NEWEST, "due": ("publish_at", "id")}
    filterset_class = StoryFilter

    create = creates(stories.pitch, Pitch)
    partial_update = revises(stories.revise, Revision)
    assign = verb(stories.assign, Authors)
    submit = verb(stories.submit)
    clear = verb(stories.clear)
    tick = verb(stories.tick, Condition, answers=VerdictShown, then="gate")
    override = verb(stories.override, Override, answers=VerdictShown, then="gate")
    schedule = verb(stories.schedule, Slot)
    publish = verb(publication.publish)
    correct = verb(publication.correct, CorrectionText)
    withhold = verb(publication.withhold, Why)
    retract = verb(publication.retract, Why)
    spike = verb(stories.spike, Why)

    @shows(VerdictShown)
    def gate(self, request: Request, pk: UUID) -> Response:
        """Judge whether the story may run as everything stands now, and what keeps it, claim by claim."""
        return Response(shown_verdict(gates.judge(self.seen(pk), now=timezone.now())))

    @shows(Ninjs, refuses=(409,))
    def ninjs(self, request: Request, pk: UUID) -> Response:
        """Show the story as it was printed last, as ninjs 3.1 (IPTC), to be passed on.

        What was revised since is not in it. One that was withheld or retracted says so, and comes without its copy.
        """
        return Response(ninjs.item(published_versions.of_story(self.seen(pk))))
