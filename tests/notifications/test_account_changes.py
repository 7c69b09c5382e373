"""Who is notified of changes to protected accounts, by email and in the newsroom."""

from __future__ import annotations

from typing import Any

import pytest

from editorial.models import AccountChange, Membership, Notification, User
from editorial.workflow.people import account_changes, provider_roles, users
from tests.notifications.conftest import NotifyingRoom
from tests.support.receivers import MailServer

NEW = "a long and winding word"


@pytest.fixture
def far_custodian(room: NotifyingRoom, city: Any) -> User:
    """A custodian at another desk."""
    person = User.objects.create(username="fay", email="fay@newsroom.example", password="!")
    person.memberships.create(desk=city, role="custodian")
    return person


def ask(room: NotifyingRoom, name: str = "cuno", **fields: Any) -> AccountChange:
    fields = {"kind": "password", "password": NEW} | fields
    return account_changes.request(
        user_id=room.people[name].pk,
        reason="Ms Doe is away.",
        **fields,
        actor=room.people["ada"],
        now=room.now,
    )


def mailed(action: str) -> set[str]:
    rows = Notification.objects.filter(email__isnull=False, event__action=action)
    return set(rows.values_list("user__username", flat=True))


def test_the_person_custodians_standards_editors_and_administrators_are_notified_of_every_step(
    room: NotifyingRoom, bella: User, far_custodian: User
) -> None:
    change = ask(room, "edith")
    room.settle()
    account_changes.approve(change_id=change.pk, actor=bella, now=room.now)
    room.settle()
    room.later(hours=24)
    account_changes.carry_out(change_id=change.pk, now=room.now)
    room.settle()
    overseers = {"edith", "cuno", "fay", "stan"}
    for action, people in (
        ("account.request_change", overseers | {"bella"}),
        ("account.approve_change", overseers | {"ada"}),
        ("account.carry_out_change", overseers | {"ada", "bella"}),
    ):
        assert room.notified_usernames(action) == mailed(action) == people, action


def test_break_glass_alerts_everyone_concerned(room: NotifyingRoom, bella: User, mailbox: MailServer) -> None:
    change = ask(room, "edith")
    account_changes.break_glass(change_id=change.pk, reason="Ms Doe said so.", actor=room.people["ada"], now=room.now)
    room.settle()
    assert mailed("account.break_glass") == {"edith", "cuno", "stan", "bella"}
    (notice,) = room.notifications_of("edith", "account.break_glass")
    assert notice.subject == "ALERT: account changed without approval: edith"
    assert "ada changed the account of edith without a second administrator: new password." in notice.body
    assert notice.path == f"/admin/editorial/accountchange/{change.pk}/change/"
    text = " ".join(str(email) for email in mailbox.emails)
    assert "ALERT" in text
    assert "Doe" not in text
    assert NEW not in text


def test_nobody_silences_the_alert_by_deactivating_everyone_first(
    room: NotifyingRoom, bella: User, mailbox: MailServer
) -> None:
    ada, attack = room.people["ada"], {"actor": room.people["ada"], "now": room.now}
    for name in ("cuno", "bella"):
        users.deactivate(user_id=room.people[name].pk, **attack)
    users.revoke_role(membership_id=Membership.objects.get(user=room.people["stan"]).pk, **attack)
    room.later(days=6)
    request = users.grant_role(user_id=ada.pk, role="custodian", reason="Me.", actor=ada, now=room.now)
    account_changes.break_glass(change_id=request.pk, reason="Now.", actor=ada, now=room.now)
    room.settle()
    assert mailed("account.break_glass") == {"cuno", "bella", "stan"}
    assert len(mailbox.emails) == 3
    assert mailed("account.request_change") == set(), "an ordinary notice needs access"


def test_overseers_who_lost_their_role_at_the_provider_are_still_alerted(room: NotifyingRoom, bella: User) -> None:
    for name in ("cuno", "bella"):
        provider_roles.map_roles(user_id=room.people[name].pk, roles=[], actor=None, now=room.now)
    account_changes.break_glass(change_id=ask(room, "edith").pk, reason="Now.", actor=room.people["ada"], now=room.now)
    room.settle()
    assert mailed("account.break_glass") == {"edith", "stan", "cuno", "bella"}


def test_a_deactivated_user_is_alerted_about_their_own_account(room: NotifyingRoom, mailbox: MailServer) -> None:
    attack = {"actor": room.people["ada"], "now": room.now}
    account_changes.break_glass(
        change_id=ask(room, "gina", kind="reactivation", password="").pk, reason="Now.", **attack
    )
    room.settle()
    assert "gina" in mailed("account.break_glass")


def test_a_former_overseer_is_alerted_for_a_week_only(room: NotifyingRoom) -> None:
    users.deactivate(user_id=room.people["cuno"].pk, actor=room.people["ada"], now=room.now)
    room.later(days=7)
    account_changes.break_glass(change_id=ask(room, "edith").pk, reason="Now.", actor=room.people["ada"], now=room.now)
    room.settle()
    assert mailed("account.break_glass") == {"edith", "stan"}


def test_a_notice_says_what_changes_and_when_and_quotes_no_reason_or_address(room: NotifyingRoom, bella: User) -> None:
    role = ask(room, kind="role", role="lawyer", desk_id=room.desk.pk, password="")
    ask(room, kind="email", email="doe@example.org", password="")
    account_changes.approve(change_id=role.pk, actor=bella, now=room.now)
    room.settle()
    bodies = [notice.body for notice in room.notifications_of("cuno", "account.")]
    assert "ada requested a change to the account of cuno: new role, lawyer at Politics." in bodies[0]
    assert "ada requested a change to the account of cuno: new email address." in bodies[1]
    assert "It takes effect on 5 March 2031, 09:00 (UTC)." in bodies[2]
    assert "Doe" not in str(bodies)
    assert "example.org" not in str(bodies)


def test_an_expired_change_says_why(room: NotifyingRoom) -> None:
    change = ask(room)
    room.later(days=7)
    account_changes.expire(change_id=change.pk, now=room.now)
    room.settle()
    (notice,) = room.notifications_of("cuno", "account.expire_change")
    assert "Nobody approved it in time." in notice.body
