"""What readers got: the words of a story as they were printed, what they were told since, and what was said of a claim.

Nothing that was revised or recorded after the print is among it, and nobody whom the printed words do not name.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Q

from editorial.models import Claim, Correction, Event, PublishedUse, Statement, Story, StoryRevision
from editorial.policy.access import ActorFacts
from editorial.policy.actions import Action
from editorial.policy.publication.transitions import StoryStatus
from editorial.policy.vocabulary import Mode, Terms
from editorial.workflow.core.actions import Conflict
from editorial.workflow.review import signatures

_NOT_PUBLISHED, _TEXT_NOT_ARCHIVED, _NO_LONGER_VALID = "NOT_PUBLISHED", "TEXT_NOT_ARCHIVED", "NO_LONGER_VALID"
_REPUBLISH_FIRST = (
    "It was printed by an earlier version of the newsroom, which did not keep its words. Print it again first."
)


@dataclass(frozen=True, slots=True)
class PublishedVersion:
    """A story as readers got it last. Of one that was withheld or retracted, what stood there before."""

    story: Story
    revision: StoryRevision
    last_published_at: datetime
    corrections: list[Correction]
    retraction: str

    @property
    def is_live(self) -> bool:
        """Whether readers can read it at present."""
        return self.story.status == StoryStatus.PUBLISHED


@dataclass(frozen=True, slots=True)
class PublishedRating:
    """What was printed of a claim, signed, and holds: the use of it, and the print that tells it."""

    use: PublishedUse
    version: PublishedVersion


def latest_of_story(story: Story) -> PublishedVersion:
    """The story as it was printed last. Refused where it never was."""
    if story.published_at is None:
        raise Conflict("This story has not run, so there is nothing to pass on. Publish it first.", code=_NOT_PUBLISHED)
    if story.published_revision is None or story.last_published_at is None:
        raise Conflict(_REPUBLISH_FIRST, code=_TEXT_NOT_ARCHIVED)
    retracted = story.status == StoryStatus.RETRACTED
    told = Correction.objects.filter(story=story, closed_by__isnull=False)
    if not retracted:
        told = told.filter(
            closed_at__lte=story.last_published_at
        )  # what is printed while this is read belongs to the next
    return PublishedVersion(
        story=story,
        revision=story.published_revision,
        last_published_at=story.last_published_at,
        corrections=list(told.order_by("closed_at", "id")),
        retraction=_retraction_text(story) if retracted else "",
    )


def latest_of_claim(claim: Claim, reader: ActorFacts) -> PublishedRating:
    """What was last printed of the claim, in a story the reader may see. Refused unless that was signed and holds."""
    stands = {"story__status": StoryStatus.PUBLISHED.value, "story__in": Story.objects.visible_to(reader)}
    uses = PublishedUse.objects.filter(claim=claim, **stands).exclude(mode=Mode.OMITTED.value)
    use = uses.select_related("story__published_revision").order_by("-published_at", "-id").first()
    if use is None:
        raise Conflict("No story that you may see has this claim in print.", code=_NOT_PUBLISHED)
    if use.finding not in signatures.SIGNABLE_FINDINGS:
        raise Conflict(
            "It was printed before it was verified or refuted and signed. Print the story again once it is.",
            code="NOT_SIGNED",
        )
    if use.finding != claim.status:
        raise Conflict(
            f"It was printed as {use.finding}, and that holds no longer: see what the story owes its readers.",
            code=_NO_LONGER_VALID,
        )
    if not use.text:
        raise Conflict(_REPUBLISH_FIRST, code=_TEXT_NOT_ARCHIVED)
    return PublishedRating(use, latest_of_story(use.story))


def attributable_statements(version: PublishedVersion, claim: Claim | None = None) -> list[Statement]:
    """Statements on record, on what is in print or on this claim of it, by sources whom the printed words name.

    An unnamed source is never among them, however the words describe it: that they speak of somebody is not theirs to
    tell twice.
    """
    used = PublishedUse.objects.filter(story=version.story, published_at=version.last_published_at).exclude(
        mode=Mode.OMITTED.value
    )
    claims = used.filter(claim=claim).values("claim") if claim else used.values("claim")
    open_to_all = Q(embargo_until=None) | Q(embargo_lifted_at__isnull=False)
    said = Statement.objects.filter(
        Q(claim__in=claims) | Q(claim__compounds__in=claims),
        open_to_all,
        terms=Terms.ON_RECORD.value,
        source__unnamed=False,
        withdrawn_at=None,
        retracted_at=None,
        recorded_at__lte=version.last_published_at,
    )
    told = said.select_related("source", "exhibit").order_by("recorded_at", "id").distinct()
    return [one for one in told if _mentions(version.revision, one.source.name)]


def _mentions(words: StoryRevision, name: str) -> bool:
    """Whether the words tell the name, as a word or words of their own."""
    return bool(re.search(rf"(?<!\w){re.escape(name)}(?!\w)", f"{words.headline}\n{words.body}", re.IGNORECASE))


def _retraction_text(story: Story) -> str:
    """What readers were told when it was taken back."""
    events = Event.objects.filter(stream=f"story:{story.pk}", action=Action.STORY_RETRACT.value)
    event = events.order_by("-number").first()
    return str(event.data.get("reason", "")) if event else ""
