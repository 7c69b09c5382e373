"""Tokens: their scopes, their lifetime, and their end."""

from __future__ import annotations

from datetime import timedelta

import pytest

from editorial.models import Event, Membership, Token
from editorial.policy.roles import Scope
from editorial.workflow.core.errors import Conflict, Forbidden, NotFound, ValidationFailed
from editorial.workflow.people import tokens, users
from tests.support.cast import HOUR, assert_refused, events


def issue(room, holder, *, by=None, **arguments):
    return tokens.issue(user_id=holder.pk, actor=by or holder, now=room.now, **arguments)


def test_only_the_digest_of_a_token_is_stored(room, rosa):
    issued = issue(room, rosa, label="CMS plug-in", scopes=["file"])
    stored = str(list(Token.objects.values())) + str(list(Event.objects.values()))
    assert issued.secret.startswith("nr_")
    assert len(issued.secret) == 67, "256 bits"
    assert issued.secret not in stored
    assert issued.secret not in repr(issued)
    assert issued.token.scopes == ["read", "file"], "every token can read"
    assert issued.token.expires_at == room.now + timedelta(hours=10)
    assert events(issued.token) == ["token.issue"]


def test_a_token_authenticates_its_user_and_scopes_until_it_expires(room, rosa):
    issued = issue(room, rosa, scopes=["review"], ttl=HOUR)
    token = tokens.authenticate(issued.secret, now=room.now)
    assert token.user == rosa
    assert token.user.facts().scopes == {Scope.READ, Scope.REVIEW}
    assert rosa.facts().scopes is None
    assert tokens.authenticate(issued.secret, now=room.later(hours=1)) is None


def test_the_last_use_is_recorded_at_most_hourly(room, rosa, django_assert_num_queries):
    secret, began = issue(room, rosa).secret, room.now
    tokens.authenticate(secret, now=began)
    with django_assert_num_queries(1):
        tokens.authenticate(secret, now=room.later(minutes=59))
    assert Token.objects.get().last_used_at == began
    tokens.authenticate(secret, now=room.later(minutes=1))
    assert Token.objects.get().last_used_at == room.now


def test_a_revoked_token_is_rejected_and_not_deleted(room, rosa):
    issued = issue(room, rosa)
    tokens.revoke(token_id=issued.token.pk, actor=rosa, now=room.now)
    assert tokens.authenticate(issued.secret, now=room.now) is None
    assert events(Token.objects.get()) == ["token.issue", "token.revoke"]
    with assert_refused(Conflict, "REVOKED"):
        tokens.revoke(token_id=issued.token.pk, actor=rosa, now=room.now)


def test_only_an_organization_administrator_finds_and_revokes_tokens_of_others(room, rosa, felix, hugo, ada):
    token = issue(room, rosa).token
    for other in (felix, hugo):
        with assert_refused(NotFound, "NOT_FOUND"):
            tokens.revoke(token_id=token.pk, actor=other, now=room.now)
    tokens.revoke(token_id=token.pk, actor=ada, now=room.now)


def test_nobody_issues_a_token_for_the_protected_account_of_another(room, cuno, edith, ada, rosa):
    """With a custodian's token, an administrator would read what only custodians may."""
    for person in (cuno, edith):
        with assert_refused(Forbidden, "PROTECTED_ACCOUNT"):
            issue(room, person, by=ada, scopes=["read"])
        assert issue(room, person, scopes=["sign"])


def test_a_token_issued_for_another_user_can_neither_sign_nor_manage(room, rosa, felix, ada):
    with assert_refused(Forbidden, "FORBIDDEN"):
        issue(room, rosa, by=felix, scopes=["file"])
    for scope in ("sign", "manage"):
        with assert_refused(ValidationFailed, "TOKEN_NOT_ALLOWED"):
            issue(room, rosa, by=ada, scopes=[scope])
    issued = issue(room, rosa, by=ada, scopes=["file", "review"])
    assert (issued.token.user, issued.token.issued_by) == (rosa, ada)


def test_a_token_cannot_issue_a_token_with_more_rights(room, rosa):
    rosa.scopes = frozenset({Scope.READ, Scope.MANAGE})
    with assert_refused(ValidationFailed, "TOKEN_NOT_ALLOWED"):
        issue(room, rosa, scopes=["sign"])
    assert issue(room, rosa, scopes=["manage"])
    rosa.scopes = frozenset({Scope.READ})
    with assert_refused(Forbidden, "FORBIDDEN"):
        issue(room, rosa, scopes=["read"])


@pytest.mark.parametrize("ttl", [timedelta(0), timedelta(days=-1), timedelta(days=366)])
def test_no_token_outlives_the_maximum_ttl(room, rosa, ttl):
    with assert_refused(ValidationFailed, "TOKEN_NOT_ALLOWED"):
        issue(room, rosa, ttl=ttl)


def test_a_scope_that_does_not_exist_is_a_typing_error(room, rosa):
    with assert_refused(ValidationFailed, "UNKNOWN_SCOPE"):
        issue(room, rosa, scopes=["wirte"])


def test_the_number_of_tokens_is_limited_and_expired_ones_do_not_count(room, rosa):
    for _ in range(20):
        issue(room, rosa, ttl=HOUR)
    with assert_refused(Conflict, "TOO_MANY"):
        issue(room, rosa)
    room.later(hours=1)
    assert issue(room, rosa)


def test_tokens_end_with_the_account_and_with_the_password(room, rosa, ada):
    first, second = issue(room, rosa), issue(room, rosa)
    users.revise(user_id=rosa.pk, password="a long and winding word", actor=ada, now=room.now)
    assert tokens.authenticate(first.secret, now=room.now) is None
    third = issue(room, rosa)
    users.deactivate(user_id=rosa.pk, actor=ada, now=room.now)
    users.reactivate(user_id=rosa.pk, actor=ada, now=room.now)
    assert tokens.authenticate(third.secret, now=room.now) is None
    assert all(events(issued.token) == ["token.issue", "token.revoke"] for issued in (first, second, third))


def test_a_revoked_role_takes_effect_with_the_next_request(room, rosa):
    secret = issue(room, rosa).secret
    assert tokens.authenticate(secret, now=room.now).user.facts().sees_anything()
    Membership.objects.filter(user=rosa).delete()
    assert not tokens.authenticate(secret, now=room.now).user.facts().sees_anything()


def test_changing_a_password_requires_the_old_one_and_revokes_tokens(room, rosa):
    rosa.set_password("the old and tired word")
    rosa.save()
    secret = issue(room, rosa).secret
    with assert_refused(ValidationFailed, "WRONG_PASSWORD"):
        users.change_password(old="guess", new="a long and winding word", actor=rosa, now=room.now)
    with assert_refused(ValidationFailed, "WEAK_PASSWORD"):
        users.change_password(old="the old and tired word", new="short", actor=rosa, now=room.now)
    users.change_password(old="the old and tired word", new="a long and winding word", actor=rosa, now=room.now)
    assert tokens.authenticate(secret, now=room.now) is None
    rosa.refresh_from_db()
    assert rosa.check_password("a long and winding word")
