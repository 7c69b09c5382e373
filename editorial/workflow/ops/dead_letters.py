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
from editorial.policy.access import Role, SubjectFacts, Verb
from editorial.policy.audience import ABOUT_THE_MACHINERY, Occasion
from editorial.workflow.core import audit
from editorial.workflow.core.actions import Conflict, Invalid, Reason, act, find, lock, permit, reason_given

ALARM_AFTER = timedelta(hours=settings.DEAD_LETTER_ALARM_HOURS)

_DEAD = MessageState.DEAD.value


@act
def note(*, message_id: UUID | str, now: datetime) -> OutboxMessage:
    """Put work that was given up on somebody's list, and tell administrators. The system's own verb.

    They are told once of letters that are alike, and not at all of one that was to tell them such a thing.
    """
    letter = lock(OutboxMessage, message_id, None)
    if letter.state != _DEAD or (letter.alarm_at and _minding(letter.owner_id)):
        return letter
    occasion = Occasion.MESSAGE_DIE if _is_news(letter, now) else Occasion.MESSAGE_DIE_QUIETLY
    letter.owner, letter.died_at, letter.alarm_at = _least_burdened(), letter.died_at or now, now + ALARM_AFTER
    letter.save(update_fields=["owner", "died_at", "alarm_at"])
    audit.event(letter, occasion, actor=None, now=now, kind=letter.kind, holder=_key(letter.owner), error=letter.error)
    return letter


@act
def alarm(*, message_id: UUID | str, now: datetime) -> None:
    """Tell every administrator of the letters that have lain for too long, all at once. The system's own verb."""
    letter = lock(OutboxMessage, message_id, None)
    if letter.state != _DEAD or letter.alarm_at is None or letter.alarm_at > now:
        return
    due = OutboxMessage.objects.filter(state=_DEAD, alarm_at__lte=now).select_for_update(skip_locked=True)
    late = list(due.order_by("died_at", "id"))
    OutboxMessage.objects.filter(pk__in=[one.pk for one in late]).update(alarm_at=now + ALARM_AFTER)
    told = [one for one in late if not _tells_of_the_machinery(one)]
    if told:
        audit.event(told[0], Occasion.MESSAGE_OVERDUE, actor=None, now=now, kind=told[0].kind, letters=len(told))


@act
def replay(*, message_id: UUID | str, actor: User, now: datetime) -> OutboxMessage:
    """Give a dead letter another round of attempts. Whoever does owns it, should it die again."""
    letter = _lock_dead(message_id, actor, Verb.MESSAGE_REPLAY)
    letter.state, letter.attempts, letter.available_at = MessageState.READY.value, 0, now
    letter.owner, letter.died_at, letter.alarm_at = actor, None, None
    letter.save(update_fields=["state", "attempts", "available_at", "owner", "died_at", "alarm_at"])
    audit.event(letter, Verb.MESSAGE_REPLAY, actor=actor, now=now, kind=letter.kind)
    return letter


@act
def take(*, message_id: UUID | str, actor: User, now: datetime) -> OutboxMessage:
    """Make a dead letter one's own."""
    letter = _lock_dead(message_id, actor, Verb.MESSAGE_TAKE)
    if letter.owner_id == actor.pk:
        raise Conflict("It is yours already.", code="YOURS")
    return _give(letter, actor, Verb.MESSAGE_TAKE, actor, now)


@act
def assign(*, message_id: UUID | str, owner_id: UUID | str, actor: User, now: datetime) -> OutboxMessage:
    """Give a dead letter to another administrator, who is told."""
    letter = _lock_dead(message_id, actor, Verb.MESSAGE_ASSIGN)
    owner = find(User, owner_id, None, field="owner")
    if not administrators().filter(user=owner).exists():
        raise Invalid(Reason("NO_ADMIN", "Only an administrator of the whole house sees to dead letters.", "owner"))
    return _give(letter, owner, Verb.MESSAGE_ASSIGN, actor, now)


@act
def set_aside(*, message_id: UUID | str, reason: str, actor: User, now: datetime) -> OutboxMessage:
    """Close a dead letter that is not needed any more. It stays, with the reason; a delivery is settled with it."""
    letter = _lock_dead(message_id, actor, Verb.MESSAGE_SET_ASIDE)
    reason = reason_given(reason, "somebody will ask what became of this work.")
    letter.state, letter.alarm_at = MessageState.SET_ASIDE.value, None
    letter.save(update_fields=["state", "alarm_at"])
    if letter.kind == MessageKind.DELIVER:
        Delivery.objects.filter(pk=letter.reference, settled_at=None).update(settled_at=now)
    audit.event(letter, Verb.MESSAGE_SET_ASIDE, actor=actor, now=now, kind=letter.kind, reason=reason)
    return letter


def administrators() -> QuerySet[Membership]:
    """The memberships of those who may see to dead letters: active administrators of the whole house."""
    return Membership.objects.filter(role=Role.ADMIN.value, desk=None, user__is_active=True)


def _lock_dead(message_id: UUID | str, actor: User, verb: Verb) -> OutboxMessage:
    permit(actor, verb, SubjectFacts())
    letter = lock(OutboxMessage, message_id, actor)
    if letter.state != _DEAD:
        raise Conflict("This message is not a dead letter (any more).", code="NOT_DEAD")
    return letter


def _give(letter: OutboxMessage, owner: User, verb: Verb, actor: User, now: datetime) -> OutboxMessage:
    before, letter.owner = letter.owner, owner
    letter.save(update_fields=["owner"])
    audit.event(letter, verb, actor=actor, now=now, kind=letter.kind, holder=_key(owner), before=_key(before))
    return letter


def _least_burdened() -> User | None:
    """The administrator with the fewest open letters; the longest in office where several have as few."""
    burden = Count("user__dead_letters", filter=Q(user__dead_letters__state=_DEAD))
    link = administrators().annotate(burden=burden).select_related("user").order_by("burden", "id").first()
    return link.user if link else None


def _minding(owner_id: UUID | None) -> bool:
    return owner_id is not None and administrators().filter(user=owner_id).exists()


def _is_news(letter: OutboxMessage, now: datetime) -> bool:
    """Whether to tell of it: not of what was to tell such a thing, nor of another like one told of lately."""
    if letter.alarm_at is not None or _tells_of_the_machinery(letter):
        return False
    alike = OutboxMessage.objects.filter(state=_DEAD, kind=letter.kind, error=letter.error, alarm_at__gt=now)
    return not alike.exclude(pk=letter.pk).exists()


def _tells_of_the_machinery(letter: OutboxMessage) -> bool:
    """Whether it was to tell, or to carry the news, of dead letters or discrepancies."""
    told = {
        MessageKind.TELL.value: Event.objects.filter(pk=letter.reference),
        MessageKind.DELIVER.value: Event.objects.filter(deliveries__id=letter.reference),
    }
    try:
        events = told.get(letter.kind, Event.objects.none())
        return events.filter(verb__in=ABOUT_THE_MACHINERY).exists()
    except (ValidationError, ValueError):
        return False


def _key(person: User | None) -> str:
    return str(person.pk) if person else ""
