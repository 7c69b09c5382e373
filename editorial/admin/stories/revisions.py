"""The revisions of a story, each with what it changed, by words."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

from django.utils.safestring import SafeString

from editorial.admin.framework import word_diff
from editorial.models import Story, StoryRevision

_MOST = 50  # revisions on the page


@dataclass(frozen=True, slots=True)
class RevisionView:
    """A revision, and the difference from the one before."""

    revision: StoryRevision
    headline: SafeString
    body: SafeString


def revisions_of(story: Story) -> list[RevisionView]:
    """The newest revisions first. The first revision of all is shown as it is."""
    newest = list(story.revisions.select_related("revised_by").order_by("-number")[: _MOST + 1])
    views = [
        RevisionView(
            revision,
            word_diff.difference(before.headline, revision.headline),
            word_diff.difference(before.body, revision.body),
        )
        for revision, before in pairwise(newest)
    ]
    if newest and newest[-1].number == 1:
        first = newest[-1]
        views.append(
            RevisionView(
                first,
                word_diff.difference(first.headline, first.headline),
                word_diff.difference(first.body, first.body),
            )
        )
    return views
