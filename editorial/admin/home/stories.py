"""Stories: to clear, to confirm, the user's own, held by the gate, and scheduled."""

from __future__ import annotations

from typing import Any

from django.db.models import Exists, F, OuterRef, QuerySet
from django.urls import reverse

from editorial.admin.home.panel import Line, Panel, Viewer, panel_of
from editorial.models import Story, StoryAuthor
from editorial.models.stories.stories import BEFORE_PUBLICATION, NEAR_PUBLICATION
from editorial.policy.actions import Action
from editorial.policy.publication import gate
from editorial.policy.publication.transitions import StoryStatus
from editorial.policy.vocabulary import Code, Gate
from editorial.workflow.evidence import story_writers

_IN_WORK = (StoryStatus.PITCHED.value, StoryStatus.DRAFT.value, *BEFORE_PUBLICATION, StoryStatus.WITHHELD.value)
_MAX_REASONS = 3
_SOONEST = F("publish_at").asc(nulls_last=True)


def to_clear(viewer: Viewer) -> Panel | None:
    """Submitted stories that the user may clear: they did not write them. The longest waiting first."""
    if not viewer.may(Action.STORY_CLEAR):
        return None
    rows = Story.objects.filter(status=StoryStatus.SUBMITTED.value, **viewer.desks_for(Action.STORY_CLEAR))
    wrote = Exists(StoryAuthor.objects.filter(story=OuterRef("pk"), user=viewer.user))
    helped = story_writers.former_authors_revisions().filter(story=OuterRef("pk"), revised_by=viewer.user)
    rows = rows.exclude(wrote | Exists(helped)).select_related("desk").order_by("submitted_at", "id")
    return panel_of(rows, _line, key="to-clear", title="To clear", url=_list(StoryStatus.SUBMITTED))


def to_confirm(viewer: Viewer) -> Panel | None:
    """Stories whose conditions the user may confirm. The first to run come first."""
    if not viewer.may(Action.STORY_CONFIRM_CONDITION):
        return None
    rows = Story.objects.filter(
        gate=Gate.CONDITIONAL.value,
        status__in=BEFORE_PUBLICATION,
        **viewer.desks_for(Action.STORY_CONFIRM_CONDITION),
    )
    rows = rows.exclude(open_codes=[]).select_related("desk").order_by(_SOONEST, "id")
    return panel_of(rows, _line_with_reasons, key="to-confirm", title="To confirm")


def mine(viewer: Viewer) -> Panel:
    """Stories that the user writes, until they are published."""
    rows = _visible(viewer).filter(author_links__user=viewer.user, status__in=_IN_WORK)
    return panel_of(rows.order_by(_SOONEST, "-id"), _line, key="my-stories", title="Your stories")


def held(viewer: Viewer) -> Panel:
    """Stories near publication that cannot run, with the reasons. Those that owe a correction are in their panel."""
    rows = _visible(viewer).filter(status__in=NEAR_PUBLICATION, gate__in=[Gate.BLOCK.value, Gate.HOLD.value])
    rows = rows.exclude(corrections__closed_at=None, corrections__isnull=False).order_by("-gate", "-id")
    return panel_of(rows, _line_with_reasons, key="held", title="Stories held by the gate")


def scheduled(viewer: Viewer) -> Panel:
    """Stories that run by themselves, the next one first."""
    rows = _visible(viewer).filter(status=StoryStatus.SCHEDULED.value).order_by("publish_at", "id")
    return panel_of(rows, _line, key="scheduled", title="Scheduled", url=_list(StoryStatus.SCHEDULED))


def _visible(viewer: Viewer) -> QuerySet[Any]:
    rows: QuerySet[Any] = Story.objects.all().visible_to(viewer.facts).select_related("desk")
    return rows


def _line(story: Story, reasons: tuple[str, ...] = ()) -> Line:
    return Line(
        row=story,
        title=story.headline,
        detail=story.desk.name,
        badges=(story.gate, story.status),
        due_at=story.publish_at if story.status == StoryStatus.SCHEDULED else None,
        prefix="runs",
        reasons=reasons,
    )


def _line_with_reasons(story: Story) -> Line:
    codes = sorted(story.open_codes, key=_severity)
    reasons = [gate.explain_code(code) for code in codes[:_MAX_REASONS]]
    more = len(codes) - len(reasons)
    return _line(story, (*reasons, *([f"and {more} more"] if more else [])))


def _severity(code: str) -> tuple[int, str]:
    """What blocks comes before what holds, and conditions come last."""
    known = Code(code).gate if code in set(Code) else Gate.BLOCK
    return -list(Gate).index(known), code


def _list(status: StoryStatus) -> str:
    return f"{reverse('admin:editorial_story_changelist')}?status__exact={status.value}"
