"""Actions of administrators."""

from __future__ import annotations

from typing import Any

from editorial.models import (
    Delivery,
    Event,
    Membership,
    Notification,
    OutboxMessage,
    WebhookEndpoint,
)
from editorial.policy.actions import Action
from editorial.policy.verification import thresholds
from editorial.workflow.ops import dead_letters, resending, webhooks
from editorial.workflow.people import (
    users,
)
from editorial.workflow.review import policies
from tests.support.cast import Room

STRICT = {name: rules for name, rules in thresholds.default_policy().to_dict().items() if name != "version"}


def organization_actions(room: Room) -> dict[Action, Any]:
    """By action: the function and its arguments."""
    dead_letter = OutboxMessage.objects.latest("id")
    OutboxMessage.objects.filter(pk=dead_letter.pk).update(state="dead")
    endpoint = WebhookEndpoint.objects.create(
        desk=room.desk, url="https://hooks.example/1", encrypted_secret=b"x", added_by=room.people["ada"],
        added_at=room.now,
    )  # fmt: skip
    paused = WebhookEndpoint.objects.create(
        desk=room.desk, url="https://hooks.example/2", encrypted_secret=b"x", added_by=room.people["ada"],
        added_at=room.now, paused_at=room.now,
    )  # fmt: skip
    event, unsent = Event.objects.earliest("id"), {"state": "failed", "settled_at": room.now}
    delivery = Delivery.objects.create(endpoint=endpoint, event=event, channel="webhook", **unsent)
    notice = Notification.objects.create(
        event=event, user=room.people["carl"], subject="News", body="News.", created_at=room.now
    )
    notice.email = Delivery.objects.create(notification=notice, event=event, channel="mail", **unsent)
    notice.save()
    link = Membership.objects.get(user=room.people["cora"])
    someone = {"user_id": room.people["carl"].pk}
    new = {"username": "nina", "password": "a long and winding word", "email": "n@newsroom.example"}
    return {
        Action.JOB_RETRY: (dead_letters.retry, {"message_id": dead_letter.pk}),
        Action.JOB_TAKE: (dead_letters.take, {"message_id": dead_letter.pk}),
        Action.JOB_ASSIGN: (dead_letters.assign, {"message_id": dead_letter.pk, "owner_id": room.people["ada"].pk}),
        Action.JOB_DISMISS: (dead_letters.dismiss, {"message_id": dead_letter.pk, "reason": "Not needed."}),
        Action.WEBHOOK_ADD: (webhooks.add, {"desk_id": room.desk.pk, "url": "https://1.1.1.1/hook"}),
        Action.WEBHOOK_DISABLE: (webhooks.disable, {"endpoint_id": endpoint.pk}),
        Action.WEBHOOK_REVISE: (webhooks.revise, {"endpoint_id": endpoint.pk}),
        Action.WEBHOOK_ROTATE: (webhooks.rotate, {"endpoint_id": endpoint.pk}),
        Action.WEBHOOK_PING: (webhooks.ping, {"endpoint_id": endpoint.pk}),
        Action.WEBHOOK_RESUME: (webhooks.resume, {"endpoint_id": paused.pk}),
        Action.WEBHOOK_RESEND: (resending.resend_to_webhook, {"delivery_id": delivery.pk}),
        Action.NOTIFICATION_RESEND: (resending.resend_email, {"record_id": notice.pk}),
        Action.POLICY_ADOPT: (policies.adopt, {"name": "Stricter", "note": "So be it.", "rules": STRICT}),
        Action.DESK_OPEN: (users.open_desk, {"name": "Sport"}),
        Action.USER_CREATE: (users.create, new | {"memberships": [("reporter", None)]}),
        Action.USER_REVISE: (users.revise, someone | {"first_name": "Karl"}),
        Action.USER_GRANT_ROLE: (users.grant_role, someone | {"role": "fact_checker"}),
        Action.USER_REVOKE_ROLE: (users.revoke_role, {"membership_id": link.pk}),
        Action.USER_DEACTIVATE: (users.deactivate, someone),
        Action.USER_REACTIVATE: (users.reactivate, {"user_id": room.people["gina"].pk, "reason": "Back."}),
    }
