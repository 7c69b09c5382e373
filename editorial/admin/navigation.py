"""The sidebar: queues, work, evidence, audit log and administration."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from django.urls import reverse

from editorial.admin.framework import request_user
from editorial.admin.ops import notification_records
from editorial.admin.review import tasks
from editorial.models import Notification
from editorial.policy.people.account_changes import OVERSIGHT_ROLES
from editorial.policy.roles import Role
from editorial.policy.vocabulary import TaskQueue

Item = dict[str, Any]

_WORK = (
    ("Stories", "article", "story"),
    ("Claims", "format_quote", "claim"),
    ("Requests for comment", "forum", "replyrequest"),
    ("Received by email", "mail", "receivedanswer"),
    ("Corrections", "crisis_alert", "correction"),
    ("Sign-offs", "approval", "signoff"),
    ("Comments", "chat", "comment"),
    ("Imports", "upload_file", "import"),
    ("Scheduled imports", "schedule", "scheduledimport"),
)
_EVIDENCE = (
    ("Sources", "group", "source"),
    ("Statements", "record_voice_over", "statement"),
    ("Archived copies", "inventory_2", "exhibit"),
    ("Briefings", "podium", "briefing"),
)
_ACCOUNT_CHANGES = ("Account changes", "manage_accounts", "accountchange")
_ORGANIZATION = (
    ("People", "badge", "user"),
    ("Tokens", "key", "token"),
    _ACCOUNT_CHANGES,
    ("Second factors", "phonelink_lock", "secondfactor"),
    ("Sign-in log", "login", "signin"),
    ("Matching locks", "fingerprint", "matchinglock"),
    ("Desks", "desk", "desk"),
)
_BACKGROUND = (
    ("Background jobs", "outbox", "outboxmessage"),
    ("Integrity findings", "rule_settings", "integrityfinding"),
)


def sections(request: HttpRequest) -> list[dict[str, Any]]:
    """The sidebar of this user."""
    return [
        {
            "items": [
                _menu_item("My work", "bolt", reverse("admin:index")),
                _menu_item("Search", "search", reverse("admin:search")),
                _notifications(request),
                _changelist_item("Comments by email", "outgoing_mail", "emailedcomment"),
                _changelist_item("Saved searches", "bookmark", "savedsearch"),
                _changelist_item("Following", "notification_add", "subscription"),
                _changelist_item("On duty", "event_available", "dutyshift"),
            ]
        },
        {
            "title": "Queues",
            "items": [
                _queue_item(request, TaskQueue.INVESTIGATE, "travel_explore"),
                _queue_item(request, TaskQueue.CORROBORATE, "fact_check"),
            ],
        },
        {"title": "Work", "items": [_changelist_item(*item) for item in _WORK]},
        {"title": "Evidence", "items": [_changelist_item(*item) for item in _EVIDENCE]},
        {"title": "Administration", "items": _administration(request)},
    ]


def account_links(request: HttpRequest) -> list[Item]:
    """The account menu of this user."""
    return [
        {"title": "Second factor", "link": reverse("admin:editorial_secondfactor_changelist")},
        {"title": "Passkeys", "link": reverse("admin:editorial_passkey_changelist")},
        {"title": "Where you are signed in", "link": reverse("admin:editorial_session_changelist")},
        {"title": "Email and quiet hours", "link": reverse("admin:editorial_emailpreference_changelist")},
        {"title": "Chat and phone", "link": reverse("admin:editorial_chatchannel_changelist")},
        {"title": "Tokens", "link": reverse("admin:editorial_token_changelist")},
    ]


def _administration(request: HttpRequest) -> list[Item]:
    items = [
        _changelist_item("Audit log", "history", "event"),
        _changelist_item("Policy", "rule", "corroborationpolicy"),
    ]
    actor = request_user.actor_facts(request)
    roles = {role for role, _ in actor.memberships}
    if notification_records.may_read(actor):
        items.append(_changelist_item("Notification log", "mark_email_read", "notificationrecord"))
    if Role.ADMIN in roles:
        items.append(_changelist_item("Webhooks", "webhook", "webhookendpoint"))
    if request_user.is_organization_admin(request):
        items += [_changelist_item(*item) for item in _ORGANIZATION]
        items.append(_menu_item("Operations", "monitor_heart", reverse("admin:operations")))
        items += [_changelist_item(*item) for item in _BACKGROUND]
    elif roles & OVERSIGHT_ROLES:
        items.append(_changelist_item(*_ACCOUNT_CHANGES))
    return items


def _notifications(request: HttpRequest) -> Item:
    unread = Notification.objects.unread().filter(user=request_user.current_user(request)).count()
    return _changelist_item("Notifications", "notifications", "notification") | {"badge": unread}


def _queue_item(request: HttpRequest, queue: TaskQueue, icon: str) -> Item:
    on_list = request.path == reverse("admin:editorial_reviewtask_changelist")
    active = on_list and request.GET.get("queue__exact") == queue.value
    return _menu_item(queue.label, icon, tasks.queue_url(queue)) | {"active": active}


def _changelist_item(title: str, icon: str, model_name: str) -> Item:
    return _menu_item(title, icon, reverse(f"admin:editorial_{model_name}_changelist"))


def _menu_item(title: str, icon: str, link: str) -> Item:
    return {"title": title, "icon": icon, "link": link}
