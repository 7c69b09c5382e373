"""The page of examples in the docs shows emails as they are rendered.

After a change of their text, run this file with WRITE_EXAMPLES=1 and read the difference.
"""

from __future__ import annotations

import os
import re
from typing import Any
from uuid import uuid4

import pytest

from editorial.models import Notification, User
from editorial.notifications import email_text, messages
from tests.notifications.test_messages import DATA, LONDON, event_context
from tests.support.servers import ROOT

_PAGE = ROOT / "docs" / "reference" / "email-examples.md"
_INTRODUCTION = """# Examples of emails

The plain text of twenty emails, as `editorial/notifications` renders it; a test keeps this page up to date
([notifications](notifications.md#email)). The HTML says the same.
"""
_ONE_WORD = {"finding": "verified", "kind": "finding", "remedy": "correction"}
_BUNDLES: list[list[str]] = [
    ["story.flag"], ["correction.overdue"], ["signoff.void"], ["review.overdue"], ["story.refuse"],
    ["story.submit"], ["story.send_back"], ["signoff.propose"], ["signoff.approve"], ["signoff.reject"],
    ["claim.assess"], ["claim.merge"], ["reply.expire"], ["reply.answer"], ["story.publish"],
    ["story.restrict"], ["story.wire_item_withdraw"], ["duty_shift.assign"],
    ["story.flag", "signoff.void", "claim.assess", "statement.end", "statement.end", "statement.end"],
    ["correction.overdue", "story.submit", "story.clear", "story.schedule", "story.publish"],
]  # fmt: skip


def notification(action: str) -> Notification:
    single = action.startswith("signoff.") or action == "correction.overdue"
    data: dict[str, Any] = DATA | (_ONE_WORD if single else {}) | {"codes": ["E_LEGAL"]}
    if action == "statement.end":
        data |= {"ended": [None, "retracted"]}
    context = event_context(action, **data)
    message = messages.compose(context, LONDON)
    model = context.path.split("/")[3]
    return Notification(
        event=context.event, user=User(username="rosa", time_zone="Europe/London"), subject=message.subject,
        body=message.body, path=f"/admin/editorial/{model}/0198…/change/", created_at=context.event.at,
    )  # fmt: skip


@pytest.mark.django_db
def test_the_page_of_examples_shows_emails_as_they_are_rendered(settings: Any) -> None:
    settings.PUBLIC_URL = "https://news.example"
    parts = [_INTRODUCTION]
    for actions in _BUNDLES:
        email = email_text.render(
            [notification(action) for action in actions], User(time_zone="Europe/London"), email_id=uuid4()
        )
        parts.append(f"## {email.subject}\n\n```text\n{email.text.strip()}\n```\n")
    page = re.sub(r"/unsubscribe/\S+", "/unsubscribe/…", "\n".join(parts))  # each email has its own
    if os.environ.get("WRITE_EXAMPLES"):
        _PAGE.write_text(page, "utf-8")
    assert len(_BUNDLES) == 20
    assert _PAGE.read_text("utf-8") == page
