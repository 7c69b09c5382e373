"""The side bar: the queues first, then the work, the evidence, the record and the house."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from django.urls import reverse

from editorial.admin.framework import request_user
from editorial.admin.review import tasks
from editorial.models import Notification
from editorial.policy.access import Role
from editorial.policy.vocabulary import TaskQueue

Item = dict[str, Any]


def sections(request: HttpRequest) -> list[dict[str, Any]]:
    """What this person finds in the side bar."""
    found: list[dict[str, Any]] = [
        {
            "items": [
                _item("What needs me", "bolt", reverse("admin:index")),
                _notices(request),
                _list("What I follow", "notification_add", "subscription"),
            ]
        },
        {
            "title": "Queues",
            "items": [
                _queue(request, TaskQueue.INVESTIGATE, "travel_explore"),
                _queue(request, TaskQueue.CORROBORATE, "fact_check"),
            ],
        },
        {
            "title": "Work",
            "items": [
                _list("Stories", "article", "story"),
                _list("Claims", "format_quote", "claim"),
                _list("Reply requests", "forum", "replyrequest"),
                _list("Corrections", "crisis_alert", "correction"),
                _list("Signatures", "approval", "signoff"),
                _list("Imports", "upload_file", "import"),
            ],
        },
        {
            "title": "Evidence",
            "items": [
                _list("Sources", "group", "source"),
                _list("Statements", "record_voice_over", "statement"),
                _list("Archived copies", "inventory_2", "exhibit"),
                _list("Briefings", "podium", "briefing"),
            ],
        },
        {
            "title": "House",
            "items": [_list("Record", "history", "event"), _list("Policy", "rule", "policy"), *_house(request)],
        },
    ]
    return found


def account(request: HttpRequest) -> list[Item]:
    """What this person finds under their own name."""
    return [
        {"title": "Second factor", "link": reverse("admin:editorial_secondfactor_changelist")},
        {"title": "Tokens", "link": reverse("admin:editorial_token_changelist")},
    ]


def _house(request: HttpRequest) -> list[Item]:
    roles = request_user.facts(request).memberships
    webhooks = [_list("Webhooks", "webhook", "webhookendpoint")] if Role.ADMIN in dict(roles) else []
    if (Role.ADMIN, None) not in roles:
        return webhooks
    return [
        *webhooks,
        _list("People", "badge", "user"),
        _list("Tokens", "key", "token"),
        _list("Second factors", "phonelink_lock", "secondfactor"),
        _list("Who came in", "login", "signin"),
        _list("Desks", "desk", "desk"),
        _item("Operations", "monitor_heart", reverse("admin:operations")),
        _list("Background work", "outbox", "outboxmessage"),
        _list("Discrepancies", "rule_settings", "discrepancy"),
    ]


def _notices(request: HttpRequest) -> Item:
    unread = Notification.objects.filter(user=request_user.person(request), read_at=None).count()
    badge = {"badge": str(unread), "badge_variant": "primary"} if unread else {}
    return _list("Notices", "notifications", "notification") | badge


def _queue(request: HttpRequest, queue: TaskQueue, icon: str) -> Item:
    here = request.path == reverse("admin:editorial_reviewtask_changelist")
    active = here and request.GET.get("queue__exact") == queue.value
    return _item(queue.label, icon, tasks.queue_address(queue)) | {"active": active}


def _list(title: str, icon: str, noun: str) -> Item:
    return _item(title, icon, reverse(f"admin:editorial_{noun}_changelist"))


def _item(title: str, icon: str, link: str) -> Item:
    return {"title": title, "icon": icon, "link": link}
