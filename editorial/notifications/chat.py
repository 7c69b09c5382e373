"""Chat: to a person what the subject of the email says, to a desk's room only what happened; both with a link.

A room is read by people whom nobody here knows, so nothing is quoted there. If a story is protected, both get the
subject that an email of it has; so do those who are notified of something about a source.
"""

from __future__ import annotations

from datetime import datetime

from editorial import http_client
from editorial.models import ChatChannel, Delivery, Event, Notification, encryption
from editorial.notifications import email_contents, email_text, subjects
from editorial.notifications.errors import DeliveryFailed, NoResponse, PermanentDeliveryFailure, ReceiverUnavailable
from editorial.policy.actions import Action
from editorial.policy.events import RULES

_TOO_MANY_REQUESTS = 429
_NEVER_SENT = ("ConnectError", "ConnectTimeout", "NAME_NOT_FOUND", "NO_ANSWER")


def send(delivery: Delivery, *, now: datetime) -> int:
    """Post the message; returns the status of the response.

    Raises DeliveryFailed or PermanentDeliveryFailure when it was certainly not sent; after any other error that is
    unknown.
    """
    from editorial import chat_services  # its libraries take 21 megabytes, in workers that send chat only

    channel = delivery.chat
    if channel is None or channel.removed_at is not None:
        raise PermanentDeliveryFailure("CHANNEL_REMOVED")
    text = _text(delivery.event, channel)
    if not text:
        raise PermanentDeliveryFailure("RECIPIENT_GONE")
    try:
        return chat_services.post(_url(channel), text)
    except (chat_services.UnusableUrl, http_client.DestinationNotAllowed):
        raise PermanentDeliveryFailure("DESTINATION_NOT_ALLOWED") from None
    except http_client.RequestFailed as error:
        raise (ReceiverUnavailable(error.kind) if error.kind in _NEVER_SENT else NoResponse) from None
    except chat_services.Refused as error:
        is_unavailable = error.status == _TOO_MANY_REQUESTS or error.status >= 500
        failure = ReceiverUnavailable if is_unavailable else DeliveryFailed
        kind = "REFUSED" if error.status < 300 else f"HTTP_{error.status}"  # some say in the body what is wrong
        raise failure(kind, status=error.status or None, retry_after=error.retry_after) from None


def _url(channel: ChatChannel) -> str:
    try:
        return encryption.decrypt(channel, "encrypted_url")
    except encryption.KeyUnavailable:
        raise DeliveryFailed("KEY_UNAVAILABLE") from None
    except encryption.InvalidCiphertext:
        raise DeliveryFailed("CIPHERTEXT_INVALID") from None


def _text(event: Event, channel: ChatChannel) -> str:
    """The message about an event; empty if it must not go to this channel, or no longer."""
    if event.action == Action.CHAT_CHANNEL_SEND_TEST:
        return "This is a test. The newsroom can reach you here."
    return _text_for_room(event, channel) if channel.desk_id else _text_for_person(event, channel)


def _text_for_person(event: Event, channel: ChatChannel) -> str:
    notices = Notification.objects.select_related("event__actor", "user", "email")
    head = notices.filter(event=event, user=channel.user_id).first()
    contents = email_contents.readable(head, head.email) if head else []
    if not contents:
        return ""
    context = contents[0][1]
    is_protected = context.concerns_source or context.is_protected()  # services keep what they carry
    subject = email_text.subject_of([notice for notice, _ in contents], protected=is_protected)
    return _with_link(subject, contents[0][0].path)


def _text_for_room(event: Event, channel: ChatChannel) -> str:
    context = subjects.context_of(event)
    if context is None or channel.desk_id not in context.desks:
        return ""
    happened = f"{'A colleague' if event.actor_id else 'The newsroom'} {RULES[event.action].sentence}."
    return _with_link(email_text.PROTECTED_SUBJECT if context.is_protected() else happened, context.path)


def _with_link(text: str, path: str) -> str:
    return "\n".join(filter(None, (text, email_text.link(path))))
