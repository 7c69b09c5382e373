"""Actions on stories."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from editorial.policy.actions import Action
from editorial.workflow.stories import (
    desks,
    merging,
    publication,
    restrictions,
    returns,
    scheduled_corrections,
    stories,
)
from tests.support.cast import Room


def story_actions(room: Room) -> dict[Action, Any]:
    """By action: the story, the function and its arguments."""
    story = room.story(room.claim())
    stories.assign(story_id=story.pk, authors=[room.people["rosa"].pk], actor=room.people["edith"], now=room.now)
    it, ban = {"story_id": story.pk}, {"kind": "court", "reason": "An order."}
    banned = restrictions.restrict_story(**it, **ban, actor=room.people["lara"], now=room.now)
    because = it | {"reason": "So be it."}
    at = {"at": room.now + timedelta(hours=1), "time_zone": "UTC"}
    return {
        Action.STORY_PITCH: (None, stories.pitch, {"desk_id": room.desk.pk, "headline": "The dam"}),
        Action.STORY_ASSIGN: (story, stories.assign, it | {"authors": [room.people["ruben"].pk]}),
        Action.STORY_REVISE: (story, stories.revise, it | {"headline": "The gate, again"}),
        Action.STORY_SUBMIT: (story, stories.submit, it),
        Action.STORY_CLEAR: (story, stories.clear, it),
        Action.STORY_SCHEDULE: (story, stories.schedule, it | at),
        Action.STORY_SEND_BACK: (story, returns.send_back, because),
        Action.STORY_UNSCHEDULE: (story, returns.unschedule, it),
        Action.STORY_UNSPIKE: (story, returns.unspike, because),
        Action.STORY_RESTORE: (story, publication.restore, because),
        Action.STORY_SCHEDULE_CORRECTION: (story, scheduled_corrections.schedule_correction, it | at | {"text": "!"}),
        Action.STORY_CANCEL_CORRECTION: (story, scheduled_corrections.cancel_correction, it),
        Action.STORY_MERGE: (story, merging.merge, because | {"into_id": room.story().pk}),
        Action.STORY_UNMERGE: (story, merging.unmerge, because),
        Action.STORY_MOVE: (story, desks.move, because | {"desk_id": room.desk.pk}),
        Action.STORY_PUBLISH: (story, publication.publish, it),
        Action.STORY_CORRECT: (story, publication.correct, it | {"text": "It was shut."}),
        Action.STORY_WITHHOLD: (story, publication.withhold, because),
        Action.STORY_RETRACT: (story, publication.retract, because),
        Action.STORY_SPIKE: (story, stories.spike, because),
        Action.STORY_CONFIRM_CONDITION: (
            story,
            stories.confirm_condition,
            it | {"claim_id": room.claim().pk, "code": "C_ATTRIBUTE"},
        ),
        Action.STORY_CONFIRM_NO_CLAIMS: (story, stories.confirm_no_claims, it),
        Action.STORY_RESTRICT: (story, restrictions.restrict_story, it | ban),
        Action.STORY_LIFT_RESTRICTION: (
            story,
            restrictions.lift_from_story,
            because | {"restriction_id": banned.pk},
        ),
        Action.STORY_OVERRIDE: (story, stories.override, because | {"code": "E_REPLY_PENDING"}),
    }
