"""When email comes: by kind, choice, the desk's default, quiet hours, and who is on duty."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta

import pytest

from editorial.models import Desk, DutyShift, Notification, User
from editorial.workflow.core.errors import Conflict, ValidationFailed
from editorial.workflow.people import duty_shifts, email_preferences
from editorial.workflow.stories import restrictions, stories
from tests.notifications.conftest import NotifyingRoom
from tests.support.cast import HOUR, assert_refused


def email_time(room: NotifyingRoom, name: str = "rosa") -> datetime | None:
    """When this person would get an email about a story that is spiked now."""
    story = stories.pitch(desk_id=room.desk.pk, headline="H", body="", actor=room.people[name], now=room.now)
    stories.spike(story_id=story.pk, reason="Old.", actor=room.people["edith"], now=room.now)
    room.delivering = False
    for message in room.notify_jobs():
        room.work(*message)
    return Notification.objects.get(event__stream=f"story:{story.pk}").email_after


@pytest.mark.parametrize(
    ("timing", "due"),
    [
        ("immediately", datetime(2031, 3, 4, 9, 0, 30, tzinfo=UTC)),
        ("hourly", datetime(2031, 3, 4, 10, 0, tzinfo=UTC)),
        ("daily", datetime(2031, 3, 4, 13, 0, tzinfo=UTC)),
        ("never", None),
    ],
)
def test_email_comes_when_its_reader_chose_in_their_own_time_zone(
    room: NotifyingRoom, rosa: User, timing: str, due: datetime | None
) -> None:
    User.objects.filter(pk=rosa.pk).update(time_zone="America/New_York")
    email_preferences.set_timing(kind="change", timing=timing, actor=rosa, now=room.now)
    assert email_time(room) == due


def test_the_desks_default_applies_until_a_member_chooses(room: NotifyingRoom, rosa: User) -> None:
    email_preferences.set_timing(
        kind="change", timing="hourly", desk_id=room.desk.pk, actor=room.people["sena"], now=room.now
    )
    assert email_time(room) == room.now.replace(hour=10)
    email_preferences.set_timing(kind="change", timing="immediately", actor=rosa, now=room.now)
    assert email_time(room) == room.now + timedelta(seconds=30)


def test_what_is_mandatory_cannot_be_chosen_and_ignores_quiet_hours(room: NotifyingRoom, rosa: User) -> None:
    with assert_refused(ValidationFailed, "MANDATORY"):
        email_preferences.set_timing(kind="obligation", timing="never", actor=rosa, now=room.now)
    email_preferences.set_quiet_hours(starts_at=time(8), ends_at=time(12), actor=rosa, now=room.now)
    assert email_time(room) == room.now.replace(hour=12)
    story = stories.pitch(desk_id=room.desk.pk, headline="H", body="", actor=rosa, now=room.now)
    restrictions.restrict_story(
        story_id=story.pk, kind="court", reason="An order.", actor=room.people["lara"], now=room.now
    )
    for message in room.notify_jobs():
        room.work(*message)
    notice = Notification.objects.get(event__action="story.restrict", user=rosa)
    assert notice.email_after == room.now + timedelta(seconds=30)


@pytest.mark.parametrize(("hour", "due"), [(23, 6), (3, 6), (7, 7)])
def test_quiet_hours_may_span_midnight(room: NotifyingRoom, rosa: User, hour: int, due: int) -> None:
    email_preferences.set_quiet_hours(starts_at=time(22), ends_at=time(6), actor=rosa, now=room.now)
    room.now = room.now.replace(hour=hour)
    comes = email_time(room)
    assert comes is not None
    assert comes.hour == due
    assert comes - room.now <= timedelta(hours=7)


def test_an_editor_on_duty_gets_email_during_quiet_hours(room: NotifyingRoom, edgar: User) -> None:
    email_preferences.set_quiet_hours(starts_at=time(8), ends_at=time(12), actor=edgar, now=room.now)
    assert email_time(room, "edgar") == room.now.replace(hour=12)
    on_duty(room, "edgar")
    assert email_time(room, "edgar") == room.now + timedelta(seconds=30)
    email_preferences.set_quiet_hours(actor=edgar, now=room.now)
    assert not hasattr(User.objects.get(pk=edgar.pk), "quiet_hours")


def on_duty(room: NotifyingRoom, name: str, desk: Desk | None = None, *, hours: int = 8) -> DutyShift:
    return duty_shifts.assign(
        desk_id=(desk or room.desk).pk, editor_id=room.people[name].pk, starts_at=room.now,
        ends_at=room.now + hours * HOUR, actor=room.people["edith"], now=room.now,
    )  # fmt: skip


def test_one_editor_of_the_desk_is_on_duty_at_a_time_and_is_notified(room: NotifyingRoom) -> None:
    shift = on_duty(room, "edgar")
    with pytest.raises(ValidationFailed, match="Somebody else is on duty"):
        on_duty(room, "sena", hours=1)
    with assert_refused(ValidationFailed, "NOT_AN_EDITOR"):
        on_duty(room, "rosa")
    duty_shifts.cancel(shift_id=shift.pk, actor=room.people["edith"], now=room.now)
    on_duty(room, "sena")
    with assert_refused(Conflict, "SHIFT_OVER"):
        duty_shifts.cancel(shift_id=shift.pk, actor=room.people["edith"], now=room.now)
    room.settle()
    assert [notice.subject for notice in room.notifications_of("edgar", "duty_shift")] == [
        "Duty shift assigned: Politics", "Duty shift cancelled: Politics",
    ]  # fmt: skip
