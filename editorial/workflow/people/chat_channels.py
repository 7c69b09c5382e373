"""Chat channels: where a person, or a desk's room, gets messages by chat or phone. Add, test, remove."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from editorial import outbox, receivers
from editorial.models import Channel, ChatChannel, ChatService, Delivery, Desk, MessageKind, User, encryption
from editorial.models.ops.chat_channels import MAX_PER_OWNER
from editorial.policy.access import SubjectFacts
from editorial.policy.actions import Action
from editorial.workflow.core import audit
from editorial.workflow.core.actions import atomic_action, require_desk, require_permission, validate_and_save
from editorial.workflow.core.errors import Conflict, Reason, ValidationFailed
from editorial.workflow.core.locking import lock


@atomic_action
def add(
    *, url: str, kinds: Iterable[str] = (), desk_id: UUID | str | None = None, actor: User, now: datetime
) -> ChatChannel:
    """Send your notifications to a chat or phone service, or a desk's events to its room.

    The URL contains a password of the service. It is stored encrypted and never shown again.
    """
    desk = require_desk(desk_id, actor, Action.CHAT_CHANNEL_ADD) if desk_id else None
    if desk is None:
        subject = SubjectFacts(owners=frozenset({str(actor.pk)}))
        require_permission(actor, Action.CHAT_CHANNEL_ADD, subject)
    url = url.strip()
    service = _service_of(url)
    _require_fewer_than_limit(desk, actor)
    channel = ChatChannel(user=None if desk else actor, desk=desk, service=service.value)
    channel.kinds, channel.added_by, channel.added_at = sorted(set(kinds)), actor, now
    encryption.encrypt(channel, "encrypted_url", url)
    validate_and_save(channel)
    audit.log(channel, Action.CHAT_CHANNEL_ADD, actor=actor, now=now)
    return channel


@atomic_action
def send_test(*, channel_id: UUID | str, actor: User, now: datetime) -> ChatChannel:
    """Send a test message. Its result is on the channel's page within seconds."""
    channel = _lock(channel_id, actor, Action.CHAT_CHANNEL_SEND_TEST)
    event = audit.log(channel, Action.CHAT_CHANNEL_SEND_TEST, actor=actor, now=now)
    message = Delivery.objects.create(chat=channel, event=event, channel=Channel.CHAT.value)
    outbox.send(MessageKind.DELIVER, message.pk, now=now)
    receivers.allow_probe(receivers.of_chat(channel.pk))
    return channel


@atomic_action
def remove(*, channel_id: UUID | str, actor: User, now: datetime) -> None:
    """Remove a chat channel and erase its URL. What waits for it is not sent."""
    channel = _lock(channel_id, actor, Action.CHAT_CHANNEL_REMOVE)
    channel.removed_at, channel.encrypted_url = now, None
    validate_and_save(channel)
    audit.log(channel, Action.CHAT_CHANNEL_REMOVE, actor=actor, now=now)


def _service_of(url: str) -> ChatService:
    from editorial import chat_services  # its libraries take 21 megabytes, for those who add a channel only

    try:
        return chat_services.service_of(url)
    except chat_services.UnusableUrl as error:
        raise ValidationFailed(Reason("URL_NOT_ALLOWED", str(error), "url")) from None


def _require_fewer_than_limit(desk: Desk | None, user: User) -> None:
    """Refuse more than five of a desk or a person, whose row is locked, so that the limit holds."""
    if desk is not None:
        Desk.objects.select_for_update(no_key=True).get(pk=desk.pk)
    else:
        User.objects.select_for_update(no_key=True).get(pk=user.pk)
    owner = {"desk": desk} if desk else {"user": user}
    if ChatChannel.objects.in_use().filter(**owner).count() >= MAX_PER_OWNER:
        raise Conflict(f"There are {MAX_PER_OWNER} chat channels. Remove one first.", code="TOO_MANY")


def _lock(channel_id: UUID | str, actor: User, action: Action) -> ChatChannel:
    channel = lock(ChatChannel, channel_id, actor)
    require_permission(actor, action, channel.access_facts())
    return channel
