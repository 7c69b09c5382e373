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
from editorial.notifications.errors import DeliveryFailed, PermanentDeliveryFailure

# Answers of a mail server that leave no doubt that it did not take the letter.
_REJECTED = (
    smtplib.SMTPResponseException,
    smtplib.SMTPRecipientsRefused,
    smtplib.SMTPNotSupportedError,
)


def send(delivery: Delivery, *, now: datetime) -> None:
    """Send the letter, if its receiver still works here and may still see what it is about.

    Raises DeliveryFailed or PermanentDeliveryFailure when it surely did not go out; after any other error nobody knows.
    """
    notice = delivery.notification
    if notice is None or not _may_still_receive(notice):
        raise PermanentDeliveryFailure("RECIPIENT_GONE")
    server = get_connection()
    try:
        server.open()
    except Exception as problem:
        raise DeliveryFailed(type(problem).__name__) from None
    try:
        server.send_messages([_build_email(notice, message_id=str(delivery.pk))])
    except _REJECTED as problem:
        raise _rejection(problem) from None
    finally:
        server.close()


def _may_still_receive(notice: Notification) -> bool:
    matter = subjects.context_of(notice.event)
    return bool(matter and notice.user.email and matter.visible_to(notice.user.facts()))


def _build_email(notice: Notification, *, message_id: str) -> EmailMultiAlternatives:
    house = parseaddr(settings.DEFAULT_FROM_EMAIL)[1].rpartition("@")[2] or "localhost"
    zone = messages.time_zone_of(notice.user)
    said = {
        "subject": notice.subject,
        "body": notice.body,
        "link": f"{settings.PUBLIC_URL.rstrip('/')}{notice.path}" if settings.PUBLIC_URL else "",
        "happened": messages.format_time(notice.event.at, zone),
    }
    letter = EmailMultiAlternatives(
        subject=messages.one_line(notice.subject),
        body=render_to_string("notifications/email.txt", said),
        to=[notice.user.email],
        headers={
            "Message-ID": f"<{message_id}@{house}>",
            "Date": format_datetime(notice.created_at),
            # Letters about one object are one conversation.
            "References": f"<{notice.event.stream.replace(':', '.')}@{house}>",
            "List-Id": f"Newsroom notices <notices.{house}>",
            "Auto-Submitted": "auto-generated",
            "X-Auto-Response-Suppress": "All",
        },
    )
    letter.attach_alternative(render_to_string("notifications/email.html", said), "text/html")
    return letter


def _rejection(problem: Exception) -> DeliveryFailed:
    """A refusal by its kind alone: the server's own words may quote the address."""
    if isinstance(problem, smtplib.SMTPRecipientsRefused):
        codes = [code for code, _ in problem.recipients.values()]
    elif isinstance(problem, smtplib.SMTPResponseException):
        codes = [problem.smtp_code]
    else:
        return DeliveryFailed(type(problem).__name__)
    kind = f"SMTP_{codes[0]}" if codes else type(problem).__name__
    # 5xx about a mailbox is final; about ourselves (log-in, sender) an operator can mend it.
    final = isinstance(problem, smtplib.SMTPRecipientsRefused) and all(code >= 500 for code in codes)
    return PermanentDeliveryFailure(kind) if final else DeliveryFailed(kind)
