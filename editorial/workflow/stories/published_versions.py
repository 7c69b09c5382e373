"""Published versions: a story's text, its corrections, and the ratings of its claims, as readers last saw them.

They exclude anything revised or recorded after publication, and every source that the published text does not name.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Exists, F, OuterRef, Q, QuerySet
from django.utils.text import get_text_list

from editorial.models import Claim, Correction, Event, PublishedUse, Source, Statement, Story, StoryRevision
from editorial.models.evidence.statements import STANDING
from editorial.models.unions import keys_of_any
from editorial.policy.access import ActorFacts
from editorial.policy.actions import Action
from editorial.policy.publication.transitions import StoryStatus
from editorial.policy.vocabulary import Authenticity, Inducement, Mode, Terms
from editorial.workflow.core.errors import Conflict
from editorial.workflow.evidence import signatures

_NOT_PUBLISHED, _TEXT_NOT_ARCHIVED, _NO_LONGER_VALID = "NOT_PUBLISHED", "TEXT_NOT_ARCHIVED", "NO_LONGER_VALID"
_REPUBLISH_FIRST = (
    "This story was published by an earlier version of the software, which did not archive its text. Publish a "
    "correction first."
)

_STILL_RATED = Q(finding__in=signatures.SIGNABLE_FINDINGS, finding=F("claim__status"))
"""The published finding was signed and is still the claim's status."""


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
    is_upcoming: bool = False

    @property
    def is_live(self) -> bool:
        """Whether readers can see it now, or would if it was published."""
        return self.is_upcoming or self.story.status == StoryStatus.PUBLISHED


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


def upcoming(story: Story, now: datetime) -> PublishedVersion | None:
    """The story as readers would get it if it was published, or corrected, now. None without copy."""
    revision = story.revisions.order_by("-number").first()
    if revision is None:
        return None
    corrections = Correction.objects.filter(story=story, closed_by__isnull=False)
    return PublishedVersion(
        story=story,
        revision=revision,
        number=next_number(story),
        created_at=now,
        last_published_at=now,
        corrections=list(corrections.order_by("closed_at", "id")),
        retraction="",
        is_upcoming=True,
    )


def latest_of_claim(claim: Claim, reader: ActorFacts) -> PublishedRating:
    """Return the claim's rating as last published in a story the reader may see.

    Raises `Conflict` unless it was signed and still holds.
    """
    use = _uses_visible_to(reader).filter(claim=claim).order_by("-published_at", "-id").first()
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


def rated_claims(reader: ActorFacts) -> QuerySet[PublishedUse]:
    """The last published use of every claim for which `latest_of_claim` has a rating that this reader may see."""
    uses = _uses_visible_to(reader)
    later = Q(published_at__gt=OuterRef("published_at"))
    later |= Q(published_at=OuterRef("published_at"), pk__gt=OuterRef("pk"))
    superseded = Exists(uses.filter(later, claim=OuterRef("claim")))
    rated = uses.filter(~superseded, _STILL_RATED).exclude(text="")
    return rated.filter(claim__in=Claim.objects.visible_to(reader), story__published_revision__isnull=False)


def ratings_of(uses: Iterable[PublishedUse]) -> list[PublishedRating]:
    """The ratings of these rows of `rated_claims`. Reads each story once."""
    rows = list(uses)
    versions = {story: latest_of_story(story) for story in {use.story for use in rows}}
    return [PublishedRating(use, versions[use.story]) for use in rows]


def attributable_statements(version: PublishedVersion, claim: Claim | None = None) -> list[Statement]:
    """On-the-record statements about the version's claims, or this one, by sources that its text names.

    Unnamed sources are always excluded, even where the text describes them; so is what somebody was coerced to say, for
    nobody is presented as the author of that.
    """
    uses = uses_of(version)
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


def named_sources(version: PublishedVersion) -> list[Source]:
    """The sources that syndication names. A fake that the copy debunks is no source of the story."""
    if not version.is_live:  # the copy that was taken down is what names these sources
        return []
    genuine = (Authenticity.UNKNOWN, Authenticity.GENUINE)
    sources = [statement.source for statement in attributable_statements(version)]
    return [source for source in dict.fromkeys(sources) if source.established_authenticity in genuine]


def uses_of(version: PublishedVersion) -> QuerySet[Any]:
    """The claims that the version tells readers about: rows of ClaimUse if it is upcoming, else of PublishedUse."""
    printed = PublishedUse.objects.filter(story=version.story, published_at=version.last_published_at)
    uses: QuerySet[Any] = version.story.uses.all() if version.is_upcoming else printed
    return uses.exclude(mode=Mode.OMITTED.value)


def rated_uses(version: PublishedVersion) -> QuerySet[Any]:
    """Those whose rating fact-check collections get: signed, and as it was in print."""
    if not version.is_live:
        return uses_of(version).none()
    if version.is_upcoming:
        return uses_of(version).filter(claim__status__in=signatures.SIGNABLE_FINDINGS)
    return uses_of(version).filter(_STILL_RATED)


def _uses_visible_to(reader: ActorFacts) -> QuerySet[PublishedUse]:
    """The uses in published stories that the reader may see, with the stories."""
    stories = Story.objects.visible_to(reader).filter(status=StoryStatus.PUBLISHED.value)
    uses = PublishedUse.objects.filter(story__in=stories).exclude(mode=Mode.OMITTED.value)
    return uses.select_related("claim", "story__published_revision")


def byline(story: Story) -> str:
    """The authors' names."""
    authors = story.authors.order_by("author_links__id")
    names = [author.get_full_name() or author.get_username() for author in authors]
    return get_text_list(names, "and")


def _mentions(revision: StoryRevision, name: str) -> bool:
    """Whether the text contains the name as whole words."""
    return bool(re.search(rf"(?<!\w){re.escape(name)}(?!\w)", f"{revision.headline}\n{revision.body}", re.IGNORECASE))


def _retraction_text(story: Story) -> str:
    """The reason given to readers for the retraction."""
    events = Event.objects.filter(stream=f"story:{story.pk}", action=Action.STORY_RETRACT.value)
    event = events.order_by("-number").first()
    return str(event.data.get("reason", "")) if event else ""
