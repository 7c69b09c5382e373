"""Dead letters: work that failed in every attempt. A work list in which each has an owner; none is ever deleted.

Whoever owns one finds out why it failed and gives it another round, or sets it aside with a reason.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db.models import Count, Q, QuerySet

from editorial.models import Delivery, Event, Membership, MessageKind, MessageState, OutboxMessage, User
from editorial.policy.access import SubjectFacts
from editorial.policy.actions import OPERATIONAL_EVENTS, Action, SystemEvent
from editorial.policy.roles import Role
from editorial.workflow.core import audit
from editorial.workflow.core.actions import (
    Conflict,
    Reason,
    ValidationFailed,
    atomic_action,
    get_visible,
    lock,
    require_permission,
    require_reason,
)

ALARM_AFTER = timedelta(hours=settings.DEAD_LETTER_ALARM_HOURS)

_DEAD = MessageState.DEAD.value


@atomic_action
def triage(*, message_id: UUID | str, now: datetime) -> OutboxMessage:
    """Put work that was given up on somebody's list, and tell administrators. The system's own verb.

    They are told once of letters that are alike, and not at all of one that was to tell them such a thing.
    """
    letter = lock(OutboxMessage, message_id, None)
    if letter.state != _DEAD or (letter.next_alert_at and _is_active_admin(letter.owner_id)):
        return letter
    occasion = SystemEvent.JOB_FAILED if _should_notify(letter, now) else SystemEvent.JOB_FAILED_SILENTLY
    letter.owner, letter.dead_at, letter.next_alert_at = _least_loaded_admin(), letter.dead_at or now, now + ALARM_AFTER
    letter.save(update_fields=["owner", "dead_at", "next_alert_at"])
    audit.log(letter, occasion, actor=None, now=now, kind=letter.kind, holder=_key(letter.owner), error=letter.error)
    return letter


@atomic_action
def escalate(*, message_id: UUID | str, now: datetime) -> None:
    """Tell every administrator of the letters that have lain for too long, all at once. The system's own verb."""
    letter = lock(OutboxMessage, message_id, None)
    if letter.state != _DEAD or letter.next_alert_at is None or letter.next_alert_at > now:
        return
    due = OutboxMessage.objects.filter(state=_DEAD, next_alert_at__lte=now).select_for_update(skip_locked=True)
    late = list(due.order_by("dead_at", "id"))
    OutboxMessage.objects.filter(pk__in=[one.pk for one in late]).update(next_alert_at=now + ALARM_AFTER)
    told = [one for one in late if not _concerns_operations(one)]
    if told:
        audit.log(told[0], SystemEvent.JOB_OVERDUE, actor=None, now=now, kind=told[0].kind, letters=len(told))


@atomic_action
def retry(*, message_id: UUID | str, actor: User, now: datetime) -> OutboxMessage:
    """Give a dead letter another round of attempts. Whoever does owns it, should it die again."""
    letter = _lock_dead(message_id, actor, Action.JOB_RETRY)
    letter.state, letter.attempts, letter.available_at = MessageState.READY.value, 0, now
    letter.owner, letter.dead_at, letter.next_alert_at = actor, None, None
    letter.save(update_fields=["state", "attempts", "available_at", "owner", "dead_at", "next_alert_at"])
    audit.log(letter, Action.JOB_RETRY, actor=actor, now=now, kind=letter.kind)
    return letter


@atomic_action
def take(*, message_id: UUID | str, actor: User, now: datetime) -> OutboxMessage:
    """Make a dead letter one's own."""
    letter = _lock_dead(message_id, actor, Action.JOB_TAKE)
    if letter.owner_id == actor.pk:
        raise Conflict("It is yours already.", code="ALREADY_ASSIGNED_TO_YOU")
    return _reassign(letter, actor, Action.JOB_TAKE, actor, now)


@atomic_action
def assign(*, message_id: UUID | str, owner_id: UUID | str, actor: User, now: datetime) -> OutboxMessage:
    """Give a dead letter to another administrator, who is told."""
    letter = _lock_dead(message_id, actor, Action.JOB_ASSIGN)
    owner = get_visible(User, owner_id, None, field="owner")
    if not administrators().filter(user=owner).exists():
        raise ValidationFailed(
            Reason("NOT_AN_ADMINISTRATOR", "Only an administrator of the whole house sees to dead letters.", "owner")
        )
    return _reassign(letter, owner, Action.JOB_ASSIGN, actor, now)


@atomic_action
def dismiss(*, message_id: UUID | str, reason: str, actor: User, now: datetime) -> OutboxMessage:
    """Close a dead letter that is not needed any more. It stays, with the reason; a delivery is settled with it."""
    letter = _lock_dead(message_id, actor, Action.JOB_DISMISS)
    reason = require_reason(reason, "somebody will ask what became of this work.")
    letter.state, letter.next_alert_at = MessageState.DISMISSED.value, None
    letter.save(update_fields=["state", "next_alert_at"])
    if letter.kind == MessageKind.DELIVER:
        Delivery.objects.filter(pk=letter.reference, settled_at=None).update(settled_at=now)
    audit.log(letter, Action.JOB_DISMISS, actor=actor, now=now, kind=letter.kind, reason=reason)
    return letter


def administrators() -> QuerySet[Membership]:
    """The memberships of those who may see to dead letters: active administrators of the whole house."""
    return Membership.objects.filter(role=Role.ADMIN.value, desk=None, user__is_active=True)


def _lock_dead(message_id: UUID | str, actor: User, action: Action) -> OutboxMessage:
    require_permission(actor, action, SubjectFacts())
    letter = lock(OutboxMessage, message_id, actor)
    if letter.state != _DEAD:
        raise Conflict("This message is not a dead letter (any more).", code="NOT_FAILED")
    return letter


def _reassign(message: OutboxMessage, owner: User, action: Action, actor: User, now: datetime) -> OutboxMessage:
    before, message.owner = message.owner, owner
    message.save(update_fields=["owner"])
    audit.log(message, action, actor=actor, now=now, kind=message.kind, holder=_key(owner), before=_key(before))
    return message


def _least_loaded_admin() -> User | None:
    """The administrator with the fewest open letters; the longest in office where several have as few."""
    burden = Count("user__dead_letters", filter=Q(user__dead_letters__state=_DEAD))
    link = administrators().annotate(burden=burden).select_related("user").order_by("burden", "id").first()
    return link.user if link else None


def _is_active_admin(owner_id: UUID | None) -> bool:
    return owner_id is not None and administrators().filter(user=owner_id).exists()


def _should_notify(message: OutboxMessage, now: datetime) -> bool:
    """Whether to tell of it: not of what was to tell such a thing, nor of another like one told of lately."""
    if message.next_alert_at is not None or _concerns_operations(message):
        return False
    alike = OutboxMessage.objects.filter(state=_DEAD, kind=message.kind, error=message.error, next_alert_at__gt=now)
    return not alike.exclude(pk=message.pk).exists()


def _concerns_operations(message: OutboxMessage) -> bool:
    """Whether it was to tell, or to carry the news, of dead letters or discrepancies."""
    told = {
        MessageKind.NOTIFY.value: Event.objects.filter(pk=message.reference),
        MessageKind.DELIVER.value: Event.objects.filter(deliveries__id=message.reference),
    }
    try:
        events = told.get(message.kind, Event.objects.none())
        return events.filter(action__in=OPERATIONAL_EVENTS).exists()
    except (ValidationError, ValueError):
        return False


def _key(person: User | None) -> str:
    return str(person.pk) if person else ""
