"""The text of an email: the notifications that matter in full, the others as a list."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.conf import settings
from django.template.loader import render_to_string

from editorial.formats import mail_quotes
from editorial.models import Notification, User
from editorial.notifications import formatting, unsubscribe_links
from editorial.policy.events import kind_of

_MAX_IN_FULL = 3
_MAX_LISTED = 20
PROTECTED_SUBJECT = "Something has changed in a confidential story"
"""Says nothing of what it is about, because others see it on screens, in rooms and in logs."""


@dataclass(frozen=True, slots=True)
class EmailText:
    """An email's subject and its two bodies."""

    subject: str
    text: str
    html: str
    unsubscribe: str


def render(
    notices: list[Notification], reader: User, *, email_id: UUID, protected: bool = False, answerable: bool = False
) -> EmailText:
    """The email about these notifications, the most important first. Equal ones are counted.

    `protected`: the subject must not say what it is about. `answerable`: an answer becomes a comment by email.
    """
    groups: dict[tuple[str, str], list[Notification]] = {}
    for notice in notices:
        groups.setdefault((notice.subject, notice.body), []).append(notice)
    sections = [_section(same, reader) for same in groups.values()]
    others = sections[_MAX_IN_FULL:]
    kind = kind_of(notices[0].event.action)
    unsubscribe = unsubscribe_links.url_for(email_id, kind)
    content = {
        "subject": notices[0].subject,
        "reply_above": mail_quotes.REPLY_ABOVE if answerable else "",
        "kind": kind.label,
        "unsubscribe": unsubscribe,
        "preferences": link("/admin/editorial/emailpreference/"),
        "sections": sections[:_MAX_IN_FULL],
        "others": others[:_MAX_LISTED],
        "omitted": sum(section["count"] for section in others[_MAX_LISTED:]),
        "newsroom": link("/admin/editorial/notification/"),
    }
    return EmailText(
        subject=subject_of(notices, protected=protected),
        text=render_to_string("notifications/email.txt", content),
        html=render_to_string("notifications/email.html", content),
        unsubscribe=unsubscribe,
    )


def subject_of(notices: list[Notification], *, protected: bool) -> str:
    """The subject of an email about these notifications. `protected`: it must not say what it is about."""
    more = f" (and {len(notices) - 1} more)" if len(notices) > 1 else ""
    return (PROTECTED_SUBJECT if protected else formatting.one_line(notices[0].subject)) + more


def link(path: str) -> str:
    """The address of a page; empty without a public URL."""
    return f"{settings.PUBLIC_URL.rstrip('/')}{path}" if settings.PUBLIC_URL and path else ""


def _section(same: list[Notification], reader: User) -> dict[str, Any]:
    first = same[0]
    return {
        "subject": first.subject,
        "body": first.body,
        "count": len(same),
        "happened": formatting.format_time(first.event.at, formatting.time_zone_of(reader)),
        "link": link(first.path),
    }
