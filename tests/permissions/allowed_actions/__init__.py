"""For each action: an object it can be done to, with its access facts, and the call."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from editorial.models import User, WebhookEndpoint
from editorial.policy.access import SubjectFacts
from editorial.policy.actions import Action
from tests.permissions.allowed_actions import accounts, evidence, organization, review, stories
from tests.support.cast import Room

ORGANIZATION = SubjectFacts()

BoundAction = Callable[[User], object]

_OF_ROWS = (
    stories.story_actions,
    evidence.claim_actions,
    review.signoff_actions,
    evidence.source_actions,
    review.reply_actions,
    review.review_actions,
    review.comment_actions,
)
_OF_A_DESK = (
    *(Action.WEBHOOK_ADD, Action.WEBHOOK_REVISE, Action.WEBHOOK_DISABLE, Action.WEBHOOK_ROTATE),
    *(Action.WEBHOOK_PING, Action.WEBHOOK_RESUME),
)


def allowed_actions(room: Room) -> dict[Action, tuple[SubjectFacts, BoundAction]]:
    """Each action with the access facts of its object, bound to its arguments."""
    at_desk = SubjectFacts(desks=frozenset({str(room.desk.pk)}))
    bound: dict[Action, tuple[SubjectFacts, BoundAction]] = {}
    for actions_of in _OF_ROWS:
        for action, (row, function, arguments) in actions_of(room).items():
            subject = row.access_facts() if hasattr(row, "access_facts") else at_desk
            bound[action] = subject, _bind(function, arguments, room)
    for action, (function, arguments) in organization.organization_actions(room).items():
        bound[action] = at_desk if action in _OF_A_DESK else ORGANIZATION, _bind(function, arguments, room)
    for action, (subject, function, arguments) in accounts.account_actions(room).items():
        bound[action] = subject, _bind(function, arguments, room)
    webhook = WebhookEndpoint.objects.earliest("id").access_facts()
    bound[Action.WEBHOOK_RESEND] = webhook, bound[Action.WEBHOOK_RESEND][1]
    return bound


def _bind(function: Callable[..., object], arguments: dict[str, Any], room: Room) -> BoundAction:
    return lambda actor: function(**arguments, actor=actor, now=room.now)
