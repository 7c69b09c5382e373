"""When a notification is emailed: by its kind, its recipient's choice, the desk's default, and quiet hours."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from uuid import UUID

from django.db.models import Q

from editorial.models import DutyShift, EmailPreference, EmailTiming, QuietHours, User
from editorial.notifications import formatting
from editorial.policy.roles import NotificationKind

COLLECTING = timedelta(seconds=30)
"""How long an email waits for further effects of the same action."""

_DAILY_AT = time(8)
_DEFAULTS = {NotificationKind.QUEUE: EmailTiming.HOURLY}
_EARLIEST_FIRST = list(EmailTiming)


@dataclass(frozen=True, slots=True)
class EmailTimes:
    """When each of some people gets an email about notifications of one kind that arise now."""

    kind: NotificationKind
    now: datetime
    own: dict[UUID, EmailTiming]
    by_desk: dict[UUID, EmailTiming]
    on_duty: frozenset[UUID]

    def for_person(self, person: User) -> datetime | None:
        """When to email this person; None if never. Their memberships and quiet hours are prefetched."""
        timing = self.timing_for(person)
        if timing is EmailTiming.NEVER or not person.email:
            return None
        if self.kind.mandatory or timing is EmailTiming.IMMEDIATELY:
            due = self.now + COLLECTING
        elif timing is EmailTiming.HOURLY:
            due = self.now.replace(minute=0, second=0, microsecond=0) + timedelta(hours=1)
        else:
            due = _next(_DAILY_AT, self.now, person)
        quiet: QuietHours | None = getattr(person, "quiet_hours", None)
        if quiet is None or self.kind.mandatory or person.pk in self.on_duty:
            return due
        return _after(quiet, due, person)

    def timing_for(self, person: User) -> EmailTiming:
        """The person's own choice, or the earliest default of their desks concerned, or that of the kind."""
        if self.kind.mandatory:
            return EmailTiming.IMMEDIATELY
        if person.pk in self.own:
            return self.own[person.pk]
        desks = {membership.desk_id for membership in person.memberships.all()} & self.by_desk.keys()
        defaults = [self.by_desk[desk] for desk in desks if desk]
        return min(defaults, key=_EARLIEST_FIRST.index, default=_DEFAULTS.get(self.kind, EmailTiming.IMMEDIATELY))


def email_times(kind: NotificationKind, people: Iterable[User], desks: Iterable[UUID], *, now: datetime) -> EmailTimes:
    """The choices of these people, and the defaults of the desks concerned.

    Quiet hours do not hold what is mandatory, nor anything for an editor while on duty.
    """
    own: dict[UUID, EmailTiming] = {}
    by_desk: dict[UUID, EmailTiming] = {}
    on_duty: frozenset[UUID] = frozenset()
    if not kind.mandatory:
        people = list(people)
        of_people = Q(user__in=[person.pk for person in people]) | Q(desk__in=list(desks))
        chosen = EmailPreference.objects.filter(of_people, kind=kind.value)
        for user, desk, timing in chosen.values_list("user_id", "desk_id", "timing"):
            (own if user else by_desk)[user or desk] = EmailTiming(timing)
        if any(hasattr(person, "quiet_hours") for person in people):
            on_duty = frozenset(DutyShift.objects.all().on_duty(now).values_list("editor_id", flat=True))
    return EmailTimes(kind, now, own, by_desk, on_duty)


def _next(at: time, now: datetime, person: User) -> datetime:
    """The next time that the person's clock shows this time."""
    local = now.astimezone(formatting.time_zone_of(person))
    due = local.replace(hour=at.hour, minute=at.minute, second=0, microsecond=0)
    return due if due > local else due + timedelta(days=1)


def _after(quiet: QuietHours, due: datetime, person: User) -> datetime:
    """The same time, or the end of the person's quiet hours if it falls into them."""
    clock = due.astimezone(formatting.time_zone_of(person)).time()
    start, end = quiet.starts_at, quiet.ends_at
    is_quiet = start <= clock < end if start < end else clock >= start or clock < end
    return _next(end, due, person) if is_quiet else due
