"""Mail: one letter a notice, in plain text and simple HTML, under a Message-ID that is the same in every attempt."""

from __future__ import annotations

import smtplib
from datetime import datetime
from email.utils import format_datetime, parseaddr

from django.conf import settings
from django.core.mail import EmailMultiAlternatives, get_connection
from django.template.loader import render_to_string

from editorial.models import Delivery, Notification
from editorial.notifications import messages, subjects
from editorial.notifications.errors import NotSent, Undeliverable

# Answers of a mail server that leave no doubt that it did not take the letter.
_REFUSED = (
    smtplib.SMTPResponseException,
    smtplib.SMTPRecipientsRefused,
    smtplib.SMTPNotSupportedError,
)


def send(delivery: Delivery, *, now: datetime) -> None:
    """Send the letter, if its receiver still works here and may still see what it is about.

    Raises NotSent or Undeliverable when it surely did not go out; after any other error nobody knows.
    """
    notice = delivery.notification
    if notice is None or not _may_still_hear(notice):
        raise Undeliverable("RECEIVER_GONE")
    server = get_connection()
    try:
        server.open()
    except Exception as problem:
        raise NotSent(type(problem).__name__) from None
    try:
        server.send_messages([_letter(notice, message_id=str(delivery.pk))])
    except _REFUSED as problem:
        raise _refusal(problem) from None
    finally:
        server.close()


def _may_still_hear(notice: Notification) -> bool:
    matter = subjects.of(notice.event)
    return bool(matter and notice.user.email and matter.as_seen_by(notice.user.facts()))


def _letter(notice: Notification, *, message_id: str) -> EmailMultiAlternatives:
    house = parseaddr(settings.DEFAULT_FROM_EMAIL)[1].rpartition("@")[2] or "localhost"
    zone = messages.zone_of(notice.user)
    said = {
        "subject": notice.subject,
        "body": notice.body,
        "link": f"{settings.PUBLIC_URL.rstrip('/')}{notice.path}" if settings.PUBLIC_URL else "",
        "happened": messages.moment(notice.event.at, zone),
    }
    letter = EmailMultiAlternatives(
        subject=messages.one_line(notice.subject),
        body=render_to_string("notifications/email.txt", said),
        to=[notice.user.email],
        headers={
            "Message-ID": f"<{message_id}@{house}>",
            "Date": format_datetime(notice.made_at),
            # Letters about one object are one conversation.
            "References": f"<{notice.event.stream.replace(':', '.')}@{house}>",
            "List-Id": f"Newsroom notices <notices.{house}>",
            "Auto-Submitted": "auto-generated",
            "X-Auto-Response-Suppress": "All",
        },
    )
    letter.attach_alternative(render_to_string("notifications/email.html", said), "text/html")
    return letter


def _refusal(problem: Exception) -> NotSent:
    """A refusal by its kind alone: the server's own words may quote the address."""
    if isinstance(problem, smtplib.SMTPRecipientsRefused):
        codes = [code for code, _ in problem.recipients.values()]
    elif isinstance(problem, smtplib.SMTPResponseException):
        codes = [problem.smtp_code]
    else:
        return NotSent(type(problem).__name__)
    kind = f"SMTP_{codes[0]}" if codes else type(problem).__name__
    # 5xx about a mailbox is final; about ourselves (log-in, sender) an operator can mend it.
    final = isinstance(problem, smtplib.SMTPRecipientsRefused) and all(code >= 500 for code in codes)
    return Undeliverable(kind) if final else NotSent(kind)
