"""Published versions: a story's text, its corrections, and the ratings of its claims, as readers last saw them.

They exclude anything revised or recorded after publication, and every source that the published text does not name.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Q

from editorial.models import Claim, Correction, Event, PublishedUse, Statement, Story, StoryRevision
from editorial.models.evidence.statements import STANDING
from editorial.models.unions import keys_of_any
from editorial.policy.access import ActorFacts
from editorial.policy.actions import Action
from editorial.policy.publication.transitions import StoryStatus
from editorial.policy.vocabulary import Inducement, Mode, Terms
from editorial.workflow.core.errors import Conflict
from editorial.workflow.evidence import signatures

_NOT_PUBLISHED, _TEXT_NOT_ARCHIVED, _NO_LONGER_VALID = "NOT_PUBLISHED", "TEXT_NOT_ARCHIVED", "NO_LONGER_VALID"
_REPUBLISH_FIRST = (
    "This story was published by an earlier version of the software, which did not archive its text. Publish a "
    "correction first."
)


@dataclass(frozen=True, slots=True)
class PublishedVersion:
    """A story as others were last given it. A withheld or retracted one has the text that was taken down."""

    story: Story
    revision: StoryRevision
    number: int
    created_at: datetime
    last_published_at: datetime
    corrections: list[Correction]
    retraction: str

    @property
    def is_live(self) -> bool:
        """Whether readers can see it now."""
        return self.story.status == StoryStatus.PUBLISHED


@dataclass(frozen=True, slots=True)
class PublishedRating:
    """A published, signed and still valid rating of a claim: its use, and the version that carries it."""

    use: PublishedUse
    version: PublishedVersion


def issue(story: Story, now: datetime) -> None:
    """Give the next version its number and a later time. The caller saves the locked row.

    Receivers ignore a document, even a retraction, that has the number or the time of the one they have.
    """
    before = story.published_version_at
    story.published_version = next_number(story)
    story.published_version_at = max(now, before + timedelta(microseconds=1)) if before else now


def next_number(story: Story) -> int:
    """The number that the next version will have."""
    return story.published_version + 1


def latest_of_story(story: Story) -> PublishedVersion:
    """Return the story as last published. Raises `Conflict` if it never was."""
    if story.published_at is None:
        raise Conflict("This story has not been published. Publish it first.", code=_NOT_PUBLISHED)
    if story.published_revision is None or story.last_published_at is None or story.published_version_at is None:
        raise Conflict(_REPUBLISH_FIRST, code=_TEXT_NOT_ARCHIVED)
    retracted = story.status == StoryStatus.RETRACTED
    corrections = Correction.objects.filter(story=story, closed_by__isnull=False)
    if not retracted:
        corrections = corrections.filter(
            closed_at__lte=story.published_version_at
        )  # later corrections belong to the next version
    return PublishedVersion(
        story=story,
        revision=story.published_revision,
        number=story.published_version,
        created_at=story.published_version_at,
        last_published_at=story.last_published_at,
        corrections=list(corrections.order_by("closed_at", "id")),
        retraction=_retraction_text(story) if retracted else "",
    )


def latest_of_claim(claim: Claim, reader: ActorFacts) -> PublishedRating:
    """Return the claim's rating as last published in a story the reader may see.

    Raises `Conflict` unless it was signed and still holds.
    """
    visible = {"story__status": StoryStatus.PUBLISHED.value, "story__in": Story.objects.visible_to(reader)}
    uses = PublishedUse.objects.filter(claim=claim, **visible).exclude(mode=Mode.OMITTED.value)
    use = uses.select_related("story__published_revision").order_by("-published_at", "-id").first()
    if use is None:
        raise Conflict("No published story that you may see uses this claim.", code=_NOT_PUBLISHED)
    if use.finding not in signatures.SIGNABLE_FINDINGS:
        raise Conflict(
            "This claim was published before a signed finding. Publish a correction of the story once it is signed.",
            code="NOT_SIGNED",
        )
    if use.finding != claim.status:
        raise Conflict(
            f"This claim was published as {use.finding}, which no longer holds. See the remedy that the story needs.",
            code=_NO_LONGER_VALID,
        )
    if not use.text:
        raise Conflict(_REPUBLISH_FIRST, code=_TEXT_NOT_ARCHIVED)
    return PublishedRating(use, latest_of_story(use.story))


def attributable_statements(version: PublishedVersion, claim: Claim | None = None) -> list[Statement]:
    """On-the-record statements about the published claims, or this one, by sources that the published text names.

    Unnamed sources are always excluded, even where the text describes them; so is what somebody was coerced to say, for
    nobody is presented as the author of that.
    """
    uses = PublishedUse.objects.filter(story=version.story, published_at=version.last_published_at).exclude(
        mode=Mode.OMITTED.value
    )
    claims = uses.filter(claim=claim).values("claim") if claim else uses.values("claim")
    unembargoed = Q(embargo_until=None) | Q(embargo_lifted_at__isnull=False)
    matching = Statement.objects.filter(
        unembargoed,
        STANDING,
        terms=Terms.ON_RECORD.value,
        pk__in=keys_of_any(Statement.objects.all(), Q(claim__in=claims), Q(claim__compounds__in=claims)),
        source__unnamed=False,
        recorded_at__lte=version.last_published_at,
    )
    free = matching.exclude(inducement=Inducement.COERCED.value)
    statements = free.select_related("source", "exhibit").order_by("recorded_at", "id")
    return [statement for statement in statements if _mentions(version.revision, statement.source.name)]


def _mentions(revision: StoryRevision, name: str) -> bool:
    """Whether the text contains the name as whole words."""
    return bool(re.search(rf"(?<!\w){re.escape(name)}(?!\w)", f"{revision.headline}\n{revision.body}", re.IGNORECASE))


def _retraction_text(story: Story) -> str:
    """The reason given to readers for the retraction."""
    events = Event.objects.filter(stream=f"story:{story.pk}", action=Action.STORY_RETRACT.value)
    event = events.order_by("-number").first()
    return str(event.data.get("reason", "")) if event else ""
