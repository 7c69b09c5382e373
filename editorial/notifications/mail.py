"""Email: the notifications of one bundle or digest, in plain text and HTML, with one Message-ID in every attempt."""

from __future__ import annotations

import smtplib
from datetime import datetime, timedelta
from email.utils import format_datetime, parseaddr

from django.conf import settings
from django.core.mail import EmailMultiAlternatives

from editorial import deadlines
from editorial.models import CommentAddress, Delivery, mail_addresses
from editorial.models.ops.emailed_comments import takes_comments
from editorial.notifications import email_contents, email_text, smtp, threads
from editorial.notifications.email_contents import Content
from editorial.notifications.errors import DeliveryFailed, PermanentDeliveryFailure, ReceiverUnavailable
from editorial.policy import access
from editorial.policy.actions import Action

_TOTAL_TIMEOUT = settings.EXTERNAL_CALL_SECONDS  # for a whole email; EMAIL_TIMEOUT applies to each step
_ANSWERABLE_FOR = timedelta(days=30)
_SERVICE_NOT_AVAILABLE = 421

# Mail-server responses that prove that the server did not accept the email.
_REJECTED = (smtplib.SMTPResponseException, smtplib.SMTPRecipientsRefused, smtplib.SMTPNotSupportedError)


def send(delivery: Delivery, *, now: datetime) -> None:
    """Send the email with what its recipient may still see.

    Raises DeliveryFailed or PermanentDeliveryFailure when the email was certainly not sent; after any other error that
    is unknown.
    """
    head = delivery.notification
    contents = email_contents.readable(head, delivery) if head and head.user.email else []
    if not contents:
        raise PermanentDeliveryFailure("RECIPIENT_GONE")
    email = _build_email(delivery, contents, now)
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


def _build_email(delivery: Delivery, contents: list[Content], now: datetime) -> EmailMultiAlternatives:
    user, domain = contents[0][0].user, _domain()
    is_protected = contents[0][1].is_protected()
    # What somebody writes about a confidential story is not to travel by email.
    is_answerable = not is_protected and _takes_answers(delivery, contents)
    content = email_text.render(
        [notice for notice, _ in contents],
        user,
        email_id=delivery.pk,
        protected=is_protected,
        answerable=is_answerable,
    )
    email = EmailMultiAlternatives(
        subject=content.subject,
        body=content.text,
        to=[user.email],
        reply_to=[_address_for_answers(delivery, now)] if is_answerable else None,
        headers={
            "Message-ID": f"<{delivery.pk}@{domain}>",
            "Date": format_datetime(max(notice.created_at for notice, _ in contents)),
            # Mail clients thread the emails about one story.
            "References": f"<{contents[0][0].thread or threads.key_of(contents[0][0].event.stream)}@{domain}>",
            "List-Id": f"Newsroom notifications <notifications.{domain}>",
            "Auto-Submitted": "auto-generated",
            "X-Auto-Response-Suppress": "All",
            **_unsubscribe_headers(content.unsubscribe),
        },
    )
    email.attach_alternative(content.html, "text/html")
    return email


def _takes_answers(delivery: Delivery, contents: list[Content]) -> bool:
    """Whether an answer can become a comment: the email is about one object, on which its recipient may comment."""
    head, context = contents[0]
    is_about_one = head.event_id == delivery.event_id and len({notice.thread for notice, _ in contents}) == 1
    if not (settings.INBOUND_MAIL_DOMAIN and is_about_one and takes_comments(context.event)):
        return False
    reader = head.user.facts()
    may_comment = all(access.may(reader, Action.COMMENT_ADD, subject) for _, subject in context.parts)
    return may_comment and not context.concerns_source


def _address_for_answers(delivery: Delivery, now: datetime) -> str:
    """The address of this email, in every attempt the same."""
    values = {"token": mail_addresses.new_token(), "expires_at": now + _ANSWERABLE_FOR}
    return str(CommentAddress.objects.get_or_create(email=delivery, defaults=values)[0])


def _unsubscribe_headers(url: str) -> dict[str, str]:
    """Let mail programs unsubscribe with one click (RFC 8058)."""
    return {"List-Unsubscribe": f"<{url}>", "List-Unsubscribe-Post": "List-Unsubscribe=One-Click"} if url else {}


def _domain() -> str:
    return parseaddr(settings.DEFAULT_FROM_EMAIL)[1].rpartition("@")[2] or "localhost"


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
