"""The sidebar: queues, work, evidence, audit log and administration."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from django.urls import reverse

from editorial.admin.framework import request_user
from editorial.admin.review import tasks
from editorial.models import Notification
from editorial.policy.roles import Role
from editorial.policy.vocabulary import TaskQueue

Item = dict[str, Any]


def sections(request: HttpRequest) -> list[dict[str, Any]]:
    """The sidebar of this user."""
    found: list[dict[str, Any]] = [
        {
            "items": [
                _menu_item("My work", "bolt", reverse("admin:index")),
                _notifications(request),
                _changelist_item("Following", "notification_add", "subscription"),
            ]
        },
        {
            "title": "Queues",
            "items": [
                _queue_item(request, TaskQueue.INVESTIGATE, "travel_explore"),
                _queue_item(request, TaskQueue.CORROBORATE, "fact_check"),
            ],
        },
        {
            "title": "Work",
            "items": [
                _changelist_item("Stories", "article", "story"),
                _changelist_item("Claims", "format_quote", "claim"),
                _changelist_item("Reply requests", "forum", "replyrequest"),
                _changelist_item("Corrections", "crisis_alert", "correction"),
                _changelist_item("Sign-offs", "approval", "signoff"),
                _changelist_item("Imports", "upload_file", "import"),
            ],
        },
        {
            "title": "Evidence",
            "items": [
                _changelist_item("Sources", "group", "source"),
                _changelist_item("Statements", "record_voice_over", "statement"),
                _changelist_item("Archived copies", "inventory_2", "exhibit"),
                _changelist_item("Briefings", "podium", "briefing"),
            ],
        },
        {
            "title": "Administration",
            "items": [
                _changelist_item("Audit log", "history", "event"),
                _changelist_item("Policy", "rule", "corroborationpolicy"),
                *_administration(request),
            ],
        },
    ]
    return found


def account_links(request: HttpRequest) -> list[Item]:
    """The account menu of this user."""
    return [
        {"title": "Second factor", "link": reverse("admin:editorial_secondfactor_changelist")},
        {"title": "Tokens", "link": reverse("admin:editorial_token_changelist")},
    ]


def _administration(request: HttpRequest) -> list[Item]:
    roles = request_user.actor_facts(request).memberships
    webhooks = [_changelist_item("Webhooks", "webhook", "webhookendpoint")] if Role.ADMIN in dict(roles) else []
    if (Role.ADMIN, None) not in roles:
        return webhooks
    return [
        *webhooks,
        _changelist_item("People", "badge", "user"),
        _changelist_item("Tokens", "key", "token"),
        _changelist_item("Second factors", "phonelink_lock", "secondfactor"),
        _changelist_item("Sign-in log", "login", "signin"),
        _changelist_item("Desks", "desk", "desk"),
        _menu_item("Operations", "monitor_heart", reverse("admin:operations")),
        _changelist_item("Background jobs", "outbox", "outboxmessage"),
        _changelist_item("Integrity findings", "rule_settings", "integrityfinding"),
    ]


def _notifications(request: HttpRequest) -> Item:
    unread = Notification.objects.filter(user=request_user.current_user(request), read_at=None).count()
    badge = {"badge": str(unread), "badge_variant": "primary"} if unread else {}
    return _changelist_item("Notifications", "notifications", "notification") | badge


def _queue_item(request: HttpRequest, queue: TaskQueue, icon: str) -> Item:
    here = request.path == reverse("admin:editorial_reviewtask_changelist")
    active = here and request.GET.get("queue__exact") == queue.value
    return _menu_item(queue.label, icon, tasks.queue_url(queue)) | {"active": active}


def _changelist_item(title: str, icon: str, model_name: str) -> Item:
    return _menu_item(title, icon, reverse(f"admin:editorial_{model_name}_changelist"))


def _menu_item(title: str, icon: str, link: str) -> Item:
    return {"title": title, "icon": icon, "link": link}
