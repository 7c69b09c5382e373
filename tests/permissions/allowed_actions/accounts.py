"""Actions on accounts: one's own, and other people's."""

from __future__ import annotations

from datetime import time
from typing import Any

from editorial.models import (
    Passkey,
    SecondFactor,
    Session,
)
from editorial.policy.access import SubjectFacts
from editorial.policy.actions import Action
from editorial.workflow.people import (
    account_changes,
    chat_channels,
    duty_shifts,
    email_preferences,
    passkeys,
    second_factors,
    sessions,
    subscriptions,
    tokens,
    users,
)
from editorial.workflow.review import emailed_comments
from editorial.workflow.stories import (
    saved_searches,
)
from tests.support import incoming_mail
from tests.support.cast import HOUR, Room
from tests.support.people import app_of

ORGANIZATION = SubjectFacts()
CHAT_URL = "ntfys://ntfy.example/dams"


class _AnyOwner(frozenset):  # type: ignore[type-arg]
    """Any actor."""

    def __contains__(self, _: object) -> bool:
        return True


SELF = SubjectFacts(owners=_AnyOwner({"anybody"}))


def account_actions(room: Room) -> dict[Action, Any]:
    """By action: the access facts, the function and its arguments."""
    felix, carl = room.people["felix"], room.people["carl"]
    token = tokens.issue(user_id=felix.pk, actor=felix, now=room.now).token
    pending = second_factors.enroll(actor=felix, now=room.now)
    app_of(carl, room)
    confirmed = SecondFactor.objects.get(user=carl)
    passkey = Passkey.objects.create(
        user=carl, name="key", credential_id="c", credential_data="d", registered_at=room.now
    )
    session = Session.objects.create(
        user=carl, session_key="k", session_data="", expire_date=room.now + HOUR, signed_in_at=room.now,
        last_used_at=room.now, auth_hash=carl.get_session_auth_hash(),
    )  # fmt: skip
    its = {"passkey_id": passkey.pk}
    wrong_code, it = {"code": "000000"}, {"factor_id": confirmed.pk}
    change = account_changes.request(
        user_id=room.people["cuno"].pk, kind="password", password="a long and winding word", reason="Lost.",
        actor=room.people["ada"], now=room.now,
    )  # fmt: skip
    this = {"change_id": change.pk}
    new_role = {"user_id": carl.pk, "kind": "role", "role": "custodian", "reason": "She is away."}
    of_felix = SubjectFacts(owners=frozenset({str(felix.pk)}))
    shift = duty_shifts.assign(
        desk_id=room.desk.pk, editor_id=room.people["edgar"].pk, starts_at=room.now, ends_at=room.now + HOUR,
        actor=room.people["edith"], now=room.now,
    )  # fmt: skip
    later = {"starts_at": room.now + HOUR, "ends_at": room.now + 2 * HOUR}
    editor = {"desk_id": room.desk.pk, "editor_id": room.people["edgar"].pk}
    of_rosa = incoming_mail.answer_email(room.claim(), room.people["rosa"], now=room.now)
    email = {"room": room, "otherwise": of_rosa}
    return {
        Action.DUTY_SHIFT_ASSIGN: (shift.access_facts(), duty_shifts.assign, editor | later),
        Action.DUTY_SHIFT_CANCEL: (shift.access_facts(), duty_shifts.cancel, {"shift_id": shift.pk}),
        Action.TOKEN_ISSUE: (of_felix, tokens.issue, {"user_id": felix.pk, "scopes": ["file"]}),
        Action.TOKEN_REVOKE: (token.access_facts(), tokens.revoke, {"token_id": token.pk}),
        Action.SESSION_END: (session.access_facts(), sessions.end, {"session_id": session.pk}),
        Action.SECOND_FACTOR_ENROLL: (SELF, second_factors.enroll, {}),
        Action.SECOND_FACTOR_CONFIRM: (
            pending.access_facts(),
            second_factors.confirm,
            {"factor_id": pending.pk} | wrong_code,
        ),
        Action.SECOND_FACTOR_REGENERATE_CODES: (
            confirmed.access_facts(),
            second_factors.regenerate_codes,
            it | wrong_code,
        ),
        Action.SECOND_FACTOR_REMOVE: (
            confirmed.access_facts(),
            second_factors.remove,
            it | wrong_code | {"reason": "Lost."},
        ),
        Action.ACCOUNT_REQUEST_CHANGE: (ORGANIZATION, account_changes.request, new_role),
        Action.ACCOUNT_APPROVE_CHANGE: (change.access_facts(), account_changes.approve, this),
        Action.ACCOUNT_CANCEL_CHANGE: (change.access_facts(), account_changes.cancel, this),
        Action.ACCOUNT_BREAK_GLASS: (
            change.access_facts(),
            account_changes.break_glass,
            this | {"reason": "She is locked out."},
        ),
        Action.PASSKEY_REGISTER: (SELF, passkeys.register, {"name": "key", "credential": "{}"}),
        Action.PASSKEY_RENAME: (passkey.access_facts(), passkeys.rename, its | {"name": "Blue key"}),
        Action.PASSKEY_REMOVE: (passkey.access_facts(), passkeys.remove, its | wrong_code | {"reason": "Lost."}),
        Action.EMAIL_PREFERENCE_SET: (SELF, email_preferences.set_timing, {"kind": "change", "timing": "daily"}),
        Action.QUIET_HOURS_SET: (
            SELF,
            email_preferences.set_quiet_hours,
            {"starts_at": time(22), "ends_at": time(6)},
        ),
        Action.CHAT_CHANNEL_ADD: (SELF, chat_channels.add, {"url": CHAT_URL}),
        Action.CHAT_CHANNEL_SEND_TEST: (SELF, test_own_channel, {}),
        Action.CHAT_CHANNEL_REMOVE: (SELF, remove_own_channel, {}),
        Action.SAVED_SEARCH_SAVE: (SELF, saved_searches.save, {"name": "Dams", "q": "dam"}),
        Action.SAVED_SEARCH_REVISE: (SELF, revise_own_search, {}),
        Action.SAVED_SEARCH_DELETE: (SELF, delete_own_search, {}),
        Action.EMAILED_COMMENT_CONFIRM: (SELF, confirm_own_email, email),
        Action.EMAILED_COMMENT_DISMISS: (SELF, dismiss_own_email, email),
        Action.SUBSCRIPTION_FOLLOW: (SELF, follow_own_desk, {"otherwise": room.desk}),
        Action.SUBSCRIPTION_UNFOLLOW: (SELF, subscriptions.unfollow, {"desk_id": room.desk.pk}),
        Action.USER_CHANGE_PASSWORD: (SELF, users.change_password, {"old": "!", "new": "a winding word"}),
    }


def follow_own_desk(*, otherwise, actor, now):
    """Follow a desk that this person may see."""
    own = actor.memberships.exclude(desk=None).first()
    return subscriptions.follow(desk_id=(own.desk if own else otherwise).pk, actor=actor, now=now)


def test_own_channel(*, actor, now):
    """Send a test to a chat channel that this person added."""
    own = chat_channels.add(url=CHAT_URL, actor=actor, now=now)
    return chat_channels.send_test(channel_id=own.pk, actor=actor, now=now)


def remove_own_channel(*, actor, now):
    """Remove a chat channel that this person added."""
    own = chat_channels.add(url=CHAT_URL, actor=actor, now=now)
    return chat_channels.remove(channel_id=own.pk, actor=actor, now=now)


def revise_own_search(*, actor, now):
    """Mute a search that this person saved."""
    own = saved_searches.save(name="Dams", q="dam", actor=actor, now=now)
    return saved_searches.revise(search_id=own.pk, muted=True, actor=actor, now=now)


def delete_own_search(*, actor, now):
    """Delete a search that this person saved."""
    own = saved_searches.save(name="Dams", q="dam", actor=actor, now=now)
    return saved_searches.delete(search_id=own.pk, actor=actor, now=now)


def confirm_own_email(*, room, otherwise, actor, now):
    """Post what this person answered to an email."""
    return emailed_comments.confirm(emailed_comment_id=own_email(room, otherwise, actor, now), actor=actor, now=now)


def dismiss_own_email(*, room, otherwise, actor, now):
    """Dismiss what this person answered to an email."""
    return emailed_comments.dismiss(emailed_comment_id=own_email(room, otherwise, actor, now), actor=actor, now=now)


def own_email(room, otherwise, actor, now):
    """An answer to an email about a claim of this person's desk. Nobody emails people without a role."""
    if not (actor.is_active and actor.memberships.exists()):
        return otherwise.pk
    own = actor.memberships.exclude(desk=None).first()
    claim = room.claim(by="hugo", desk_id=(own.desk if own else room.desk).pk)
    return incoming_mail.answer_email(claim, actor, now=now).pk
