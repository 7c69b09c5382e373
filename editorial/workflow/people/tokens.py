"""Tokens: issue one, revoke it, or all that somebody has. A token is shown once, to whoever issues it."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.conf import settings
from django.db.models import Q

from editorial.models import Token, User
from editorial.policy.access import SubjectFacts
from editorial.policy.actions import Action
from editorial.policy.people import tokens
from editorial.policy.roles import Scope
from editorial.workflow.core import audit
from editorial.workflow.core.actions import (
    Conflict,
    Forbidden,
    Reason,
    ValidationFailed,
    atomic_action,
    lock,
    require_permission,
    validate_and_save,
)
from editorial.workflow.people import second_factors

PREFIX = "nr_"
"""By which people, and programs that look for leaked secrets, know a token of ours."""

MAX_TOKENS = 20
LAST_USED_INTERVAL = timedelta(hours=1)
_BYTES = 32


@dataclass(frozen=True, slots=True, repr=False)
class IssuedToken:
    """A new token, and the words to come with. They have no readable form of their own, so that no log shows them."""

    token: Token
    secret: str


@atomic_action
def issue(
    *,
    user_id: UUID | str,
    label: str = "",
    scopes: Iterable[str] | None = None,
    ttl: timedelta | None = None,
    actor: User,
    now: datetime,
) -> IssuedToken:
    """Issue a token that acts for somebody, oneself as a rule. It is shown this once; only a digest is kept.

    Every token can read. One for somebody else can neither sign nor manage: whoever issues it has seen it.
    """
    person = lock(User, user_id, None, field="user_id")  # so that nobody gets more than the most by asking twice
    require_permission(actor, Action.TOKEN_ISSUE, SubjectFacts(owners=frozenset({str(person.pk)})))
    if actor == person and second_factors.is_required(person):
        raise Forbidden(second_factors.ENROLLMENT_REQUIRED)
    granted = tokens.granted_scopes(_parse_scopes(scopes))
    ttl = settings.TOKEN_TTL if ttl is None else ttl
    allowed = tokens.may_issue(
        granted, issuer_scopes=actor.scopes, for_self=actor == person, ttl=ttl, max_ttl=settings.TOKEN_MAX_TTL
    )
    if not allowed:
        raise ValidationFailed(*(Reason("TOKEN_NOT_ALLOWED", text) for text in allowed.reasons))
    if not person.is_active:
        raise Conflict("This account is closed.", code="ACCOUNT_DEACTIVATED")
    if Token.objects.filter(user=person).usable(now).count() >= MAX_TOKENS:
        raise Conflict(f"There are {MAX_TOKENS} tokens already. Revoke one, or let one expire.", code="TOO_MANY")
    secret = PREFIX + secrets.token_hex(_BYTES)
    token = Token(
        user=person,
        digest=digest(secret),
        label=label.strip(),
        scopes=[scope.value for scope in Scope if scope in granted],
        issued_by=actor,
        issued_at=now,
        expires_at=now + ttl,
    )
    validate_and_save(token)
    audit.log(
        token, Action.TOKEN_ISSUE, actor=actor, now=now, user=str(person.pk), scopes=token.scopes,
        expires_at=token.expires_at.isoformat(),
    )  # fmt: skip
    return IssuedToken(token, secret)


@atomic_action
def revoke(*, token_id: UUID | str, actor: User, now: datetime) -> Token:
    """Revoke a token. It stops working at once, and stays on record."""
    token = lock(Token, token_id, actor)
    require_permission(actor, Action.TOKEN_REVOKE, token.access_facts())
    if token.revoked_at:
        raise Conflict("This token was revoked already.", code="REVOKED")
    return _revoke(token, actor, now)


@atomic_action
def revoke_current(*, token_id: UUID | str, actor: User, now: datetime) -> Token:
    """Revoke the token that one comes with, whatever it is good for."""
    token = lock(Token, token_id, None)
    if token.user_id != actor.pk:
        raise Forbidden("This is somebody else's token.")
    return _revoke(token, actor, now)


def revoke_all_of(person: User, *, actor: User | None, now: datetime) -> int:
    """Revoke everything that somebody's programs come with, within the verb that calls. Returns how many it was."""
    live = list(Token.objects.filter(user=person).usable(now).select_for_update().order_by("pk"))
    for token in live:
        _revoke(token, actor, now)
    return len(live)


def authenticate(secret: str, *, now: datetime) -> Token | None:
    """The token behind these words with whom it acts for, who then knows its scopes; None if it works no longer.

    That it is used is noted, once an hour at most.
    """
    token = Token.objects.usable(now).filter(digest=digest(secret)).select_related("user").first()
    if token is None:
        return None
    if token.last_used_at is None or token.last_used_at <= now - LAST_USED_INTERVAL:
        unnoted = Q(last_used_at=None) | Q(last_used_at__lte=now - LAST_USED_INTERVAL)
        Token.objects.filter(unnoted, pk=token.pk).update(last_used_at=now)
    token.user.scopes = frozenset(map(Scope, token.scopes))
    found: Token = token
    return found


def digest(secret: str) -> str:
    """What is kept of a token. It is 256 bits of chance, so nothing slower than SHA-256 would make it safer."""
    return hashlib.sha256(secret.encode()).hexdigest()


def _revoke(token: Token, actor: User | None, now: datetime) -> Token:
    token.revoked_at = now
    token.save(update_fields=["revoked_at"])
    audit.log(token, Action.TOKEN_REVOKE, actor=actor, now=now, user=str(token.user_id))
    return token


def _parse_scopes(scopes: Iterable[str] | None) -> list[Scope] | None:
    if scopes is None:
        return None
    named = list(scopes)
    if unknown := sorted(set(named) - set(Scope)):
        raise ValidationFailed(Reason("UNKNOWN_SCOPE", f"There is no scope {', '.join(unknown)}.", "scopes"))
    return [Scope(scope) for scope in named]
