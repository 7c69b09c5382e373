"""What readers get: the version in print, and the one that would go out now."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from editorial.models import Claim, Story
from editorial.policy.access import ActorFacts
from editorial.policy.publication.transitions import FINAL_STATES, StoryStatus
from editorial.workflow.core.errors import Conflict
from editorial.workflow.evidence.confidentiality import disclosure
from editorial.workflow.stories import published_versions
from editorial.workflow.stories.published_versions import PublishedVersion


@dataclass(frozen=True, slots=True)
class ReaderView:
    """A version as readers, and the systems that take it over, get it."""

    title: str
    version: PublishedVersion
    byline: str
    named_sources: list[str]
    rated_claims: list[Claim]


def reader_views(story: Story, actor: ActorFacts, *, now: datetime) -> list[ReaderView]:
    """The version in print and, if it differs, the one that would go out now; sources as far as the user may see."""
    in_print, upcoming = _in_print(story), published_versions.upcoming(story, now)
    views = [_view(f"Version {in_print.number}, as readers have it", in_print, actor)] if in_print else []
    has_new_copy = upcoming and not (in_print and in_print.revision == upcoming.revision)
    if upcoming and has_new_copy and StoryStatus(story.status) not in FINAL_STATES:
        views.append(_view(f"Version {upcoming.number}, if it went out now", upcoming, actor))
    return views


def _in_print(story: Story) -> PublishedVersion | None:
    try:
        return published_versions.latest_of_story(story)
    except Conflict:  # never published, or before its text was archived
        return None


def _view(title: str, version: PublishedVersion, actor: ActorFacts) -> ReaderView:
    named = [source for source in published_versions.named_sources(version) if disclosure.can_see(source, actor)]
    rated = published_versions.rated_uses(version).filter(claim__in=Claim.objects.visible_to(actor))
    return ReaderView(
        title=title,
        version=version,
        byline=published_versions.byline(version.story),
        named_sources=list(dict.fromkeys(map(disclosure.published_name, named))),
        rated_claims=[use.claim for use in rated.select_related("claim").order_by("id")],
    )
