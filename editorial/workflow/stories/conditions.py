"""Conditions of the gate that a copy editor confirms together."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from editorial import outbox
from editorial.models import ConditionCheck, MessageKind, User
from editorial.policy.actions import Action
from editorial.workflow.core import audit
from editorial.workflow.core.actions import atomic_action
from editorial.workflow.core.errors import Conflict, Reason, ValidationFailed
from editorial.workflow.core.locking import ExpectedVersion
from editorial.workflow.stories import gates
from editorial.workflow.stories.states import lock_story

MAX_CONDITIONS = 200


@atomic_action
def confirm_many(
    *,
    story_id: UUID | str,
    conditions: Iterable[tuple[str, str]],
    expected_version: ExpectedVersion = None,
    actor: User,
    now: datetime,
) -> list[ConditionCheck]:
    """Confirm, as a copy editor, that the current copy meets these conditions: all of them, or none.

    `conditions`: pairs of a claim's id and a code.
    """
    story = lock_story(story_id, actor, Action.STORY_CONFIRM_CONDITION, expected_version)
    pairs = list(dict.fromkeys((str(claim), str(code)) for claim, code in conditions))
    if not 0 < len(pairs) <= MAX_CONDITIONS:
        raise ValidationFailed(Reason("OUT_OF_RANGE", f"Tick between 1 and {MAX_CONDITIONS} conditions.", "conditions"))
    required = {(claim, str(code)) for claim, code in gates.evaluate(story, now=now).unconfirmed}
    if not required.issuperset(pairs):
        raise Conflict(
            "The gate no longer requires one of these conditions, or it is already confirmed. Reload the page.",
            code="CONDITION_NOT_REQUIRED",
        )
    revision = gates.last_revision(story)
    checks = [
        ConditionCheck(story=story, revision=revision, claim_id=claim, code=code, confirmed_by=actor, confirmed_at=now)
        for claim, code in pairs
    ]
    ConditionCheck.objects.bulk_create(checks)
    for claim, code in pairs:
        audit.log(story, Action.STORY_CONFIRM_CONDITION, actor=actor, now=now, claim=claim, code=code)
    outbox.send(MessageKind.REEVALUATE_STORY, story.pk, now=now)
    return checks
