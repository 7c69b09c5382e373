"""Email: one per notification, in plain text and simple HTML, with the same Message-ID in every attempt."""

from __future__ import annotations

import smtplib
from datetime import datetime
from email.utils import format_datetime, parseaddr

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.template.loader import render_to_string

from editorial import deadlines
from editorial.models import Delivery, Notification
from editorial.notifications import formatting, smtp, subjects
from editorial.notifications.errors import DeliveryFailed, PermanentDeliveryFailure, ReceiverUnavailable

_TOTAL_TIMEOUT = settings.EXTERNAL_CALL_SECONDS  # for a whole email; EMAIL_TIMEOUT applies to each step
_SERVICE_NOT_AVAILABLE = 421

# Mail-server responses that prove that the server did not accept the email.
_REJECTED = (smtplib.SMTPResponseException, smtplib.SMTPRecipientsRefused, smtplib.SMTPNotSupportedError)


def send(delivery: Delivery, *, now: datetime) -> None:
    """Send the email if its recipient is still active and may still see its subject.

    Raises DeliveryFailed or PermanentDeliveryFailure when the email was certainly not sent; after any other error that
    is unknown.
    """
    notice = delivery.notification
    if notice is None or not _may_still_receive(notice):
        raise PermanentDeliveryFailure("RECIPIENT_GONE")
    email = _build_email(notice, message_id=str(delivery.pk))
    with deadlines.within(_TOTAL_TIMEOUT) as deadline:
        server = smtp.connection(deadline)
        try:
            server.open()
        except Exception as error:
            raise ReceiverUnavailable(type(error).__name__) from None
        try:
            server.send_messages([email])
        except _REJECTED as error:
            raise _rejection(error) from None
        finally:
            server.close()


def _may_still_receive(notice: Notification) -> bool:
    context = subjects.context_of(notice.event)
    return bool(context and notice.user.email and context.as_read_by(notice.user))


def _build_email(notice: Notification, *, message_id: str) -> EmailMultiAlternatives:
    domain = parseaddr(settings.DEFAULT_FROM_EMAIL)[1].rpartition("@")[2] or "localhost"
    zone = formatting.time_zone_of(notice.user)
    content = {
        "subject": notice.subject,
        "body": notice.body,
        "link": f"{settings.PUBLIC_URL.rstrip('/')}{notice.path}" if settings.PUBLIC_URL else "",
        "happened": formatting.format_time(notice.event.at, zone),
    }
    email = EmailMultiAlternatives(
        subject=formatting.one_line(notice.subject),
        body=render_to_string("notifications/email.txt", content),
        to=[notice.user.email],
        headers={
            "Message-ID": f"<{message_id}@{domain}>",
            "Date": format_datetime(notice.created_at),
            # Mail clients thread the emails about one object.
            "References": f"<{notice.event.stream.replace(':', '.')}@{domain}>",
            "List-Id": f"Newsroom notifications <notifications.{domain}>",
            "Auto-Submitted": "auto-generated",
            "X-Auto-Response-Suppress": "All",
        },
    )
    email.attach_alternative(render_to_string("notifications/email.html", content), "text/html")
    return email


def _rejection(error: Exception) -> DeliveryFailed:
    """The rejection by its kind alone: the server's text may quote the address."""
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        codes = [code for code, _ in error.recipients.values()]
    elif isinstance(error, smtplib.SMTPResponseException):
        codes = [error.smtp_code]
    else:
        return DeliveryFailed(type(error).__name__)
    kind = f"SMTP_{codes[0]}" if codes else type(error).__name__
    # 5xx for a mailbox is final; for our own sign-in or sender, an operator can fix it.
    if codes[:1] == [_SERVICE_NOT_AVAILABLE]:
        return ReceiverUnavailable(kind)
    final = isinstance(error, smtplib.SMTPRecipientsRefused) and all(code >= 500 for code in codes)
    return PermanentDeliveryFailure(kind) if final else DeliveryFailed(kind)
