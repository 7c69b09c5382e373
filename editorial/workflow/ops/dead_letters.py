"""Dead letters: jobs that failed in every attempt. Each has an owner; none is ever deleted.

The owner finds out why it failed, then retries it or dismisses it with a reason.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db.models import Count, Q, QuerySet

from editorial import outbox, receivers
from editorial.models import Delivery, Event, Membership, MessageKind, MessageState, OutboxMessage, User
from editorial.policy.access import SubjectFacts
from editorial.policy.actions import Action
from editorial.policy.events import OPERATIONAL_EVENTS
from editorial.policy.roles import Role
from editorial.policy.system_events import SystemEvent
from editorial.workflow.core import audit
from editorial.workflow.core.actions import atomic_action, require_permission, require_reason
from editorial.workflow.core.errors import Conflict, Reason, ValidationFailed
from editorial.workflow.core.locking import get_visible, lock

ALERT_AFTER = timedelta(hours=settings.DEAD_LETTER_ALERT_HOURS)

_DEAD = MessageState.DEAD.value


@atomic_action
def triage(*, message_id: UUID | str, now: datetime) -> OutboxMessage:
    """Assign a new dead letter to an administrator and notify administrators. A system action.

    Similar dead letters cause one notification, and a dead letter that was itself such a notification causes none.
    """
    letter = lock(OutboxMessage, message_id, None)
    if letter.state != _DEAD or (letter.next_alert_at and _is_active_admin(letter.owner_id)):
        return letter
    event = SystemEvent.JOB_FAILED if _should_notify(letter, now) else SystemEvent.JOB_FAILED_SILENTLY
    letter.owner, letter.dead_at, letter.next_alert_at = _least_loaded_admin(), letter.dead_at or now, now + ALERT_AFTER
    letter.save(update_fields=["owner", "dead_at", "next_alert_at"])
    audit.log(letter, event, actor=None, now=now, kind=letter.kind, holder=_key(letter.owner), error=letter.error)
    return letter


@atomic_action
def escalate(*, message_id: UUID | str, now: datetime) -> None:
    """Notify every administrator of all overdue dead letters together. A system action."""
    letter = lock(OutboxMessage, message_id, None)
    if letter.state != _DEAD or letter.next_alert_at is None or letter.next_alert_at > now:
        return
    due = OutboxMessage.objects.filter(state=_DEAD, next_alert_at__lte=now).select_for_update(skip_locked=True)
    overdue = list(due.order_by("dead_at", "id"))
    OutboxMessage.objects.filter(pk__in=[message.pk for message in overdue]).update(next_alert_at=now + ALERT_AFTER)
    notifiable = [message for message in overdue if not _concerns_operations(message)]
    if notifiable:
        audit.log(
            notifiable[0], SystemEvent.JOB_OVERDUE, actor=None, now=now, kind=notifiable[0].kind, jobs=len(notifiable)
        )


@atomic_action
def retry(*, message_id: UUID | str, actor: User, now: datetime) -> OutboxMessage:
    """Retry a dead letter with a new set of attempts. You become its owner in case it fails again."""
    letter = _lock_dead(message_id, actor, Action.JOB_RETRY)
    requeue(letter, owner=actor, now=now)
    audit.log(letter, Action.JOB_RETRY, actor=actor, now=now, kind=letter.kind)
    return letter


@atomic_action
def take(*, message_id: UUID | str, actor: User, now: datetime) -> OutboxMessage:
    """Assign a dead letter to yourself."""
    letter = _lock_dead(message_id, actor, Action.JOB_TAKE)
    if letter.owner_id == actor.pk:
        raise Conflict("This dead letter is already assigned to you.", code="ALREADY_ASSIGNED_TO_YOU")
    return _reassign(letter, actor, Action.JOB_TAKE, actor, now)


@atomic_action
def assign(*, message_id: UUID | str, owner_id: UUID | str, actor: User, now: datetime) -> OutboxMessage:
    """Reassign a dead letter to another administrator, who is notified."""
    letter = _lock_dead(message_id, actor, Action.JOB_ASSIGN)
    owner = get_visible(User, owner_id, None, field="owner")
    if not administrators().filter(user=owner).exists():
        raise ValidationFailed(
            Reason(
                "NOT_AN_ADMINISTRATOR",
                "Choose an administrator of the whole organisation; only they handle dead letters.",
                "owner",
            )
        )
    return _reassign(letter, owner, Action.JOB_ASSIGN, actor, now)


@atomic_action
def dismiss(*, message_id: UUID | str, reason: str, actor: User, now: datetime) -> OutboxMessage:
    """Dismiss a dead letter that is no longer needed. It stays on record with the reason; a delivery is settled."""
    letter = _lock_dead(message_id, actor, Action.JOB_DISMISS)
    reason = require_reason(reason, "Say why the job is not needed.")
    letter.state, letter.next_alert_at = MessageState.DISMISSED.value, None
    letter.save(update_fields=["state", "next_alert_at"])
    if letter.kind == MessageKind.DELIVER:
        Delivery.objects.filter(pk=letter.reference, settled_at=None).update(settled_at=now)
    audit.log(letter, Action.JOB_DISMISS, actor=actor, now=now, kind=letter.kind, reason=reason)
    return letter


def requeue(letter: OutboxMessage, *, owner: User, now: datetime) -> None:
    """Make a locked dead letter due again, with a new set of attempts. The owner gets it back if it fails again."""
    letter.state, letter.attempts, letter.available_at = MessageState.READY.value, 0, now
    letter.owner, letter.dead_at, letter.next_alert_at = owner, None, None
    letter.save(update_fields=["state", "attempts", "available_at", "owner", "dead_at", "next_alert_at"])
    outbox.wake_dispatcher()
    receivers.allow_probe(letter.receiver)


def administrators() -> QuerySet[Membership]:
    """Memberships of the users who handle dead letters: active administrators of the whole organisation."""
    return Membership.objects.filter(role=Role.ADMIN.value, desk=None, user__is_active=True)


def _lock_dead(message_id: UUID | str, actor: User, action: Action) -> OutboxMessage:
    require_permission(actor, action, SubjectFacts())
    letter = lock(OutboxMessage, message_id, actor)
    if letter.state != _DEAD:
        raise Conflict("This job is not a dead letter.", code="NOT_FAILED")
    return letter


def _reassign(message: OutboxMessage, owner: User, action: Action, actor: User, now: datetime) -> OutboxMessage:
    before, message.owner = message.owner, owner
    message.save(update_fields=["owner"])
    audit.log(message, action, actor=actor, now=now, kind=message.kind, holder=_key(owner), before=_key(before))
    return message


def _least_loaded_admin() -> User | None:
    """The administrator with the fewest open dead letters; of several, the one longest in the role."""
    burden = Count("user__dead_letters", filter=Q(user__dead_letters__state=_DEAD))
    link = administrators().annotate(burden=burden).select_related("user").order_by("burden", "id").first()
    return link.user if link else None


def _is_active_admin(owner_id: UUID | None) -> bool:
    return owner_id is not None and administrators().filter(user=owner_id).exists()


def _should_notify(message: OutboxMessage, now: datetime) -> bool:
    """Whether to notify: not about a failed operational notification, nor if a similar one was notified lately."""
    if message.next_alert_at is not None or _concerns_operations(message):
        return False
    similar = OutboxMessage.objects.filter(state=_DEAD, kind=message.kind, error=message.error, next_alert_at__gt=now)
    return not similar.exclude(pk=message.pk).exists()


def _concerns_operations(message: OutboxMessage) -> bool:
    """Whether the job was a notification or delivery about dead letters or integrity findings."""
    events_by_kind = {
        MessageKind.NOTIFY.value: Event.objects.filter(pk=message.reference),
        MessageKind.COMPOSE_EMAILS.value: Event.objects.filter(
            notifications__user__in=User.objects.filter(pk=message.reference), notifications__email_after__isnull=False
        ),
        MessageKind.DELIVER.value: Event.objects.filter(deliveries__id=message.reference),
    }
    try:
        events = events_by_kind.get(message.kind, Event.objects.none())
        return events.filter(action__in=OPERATIONAL_EVENTS).exists()
    except (ValidationError, ValueError):
        return False


def _key(user: User | None) -> str:
    return str(user.pk) if user else ""
