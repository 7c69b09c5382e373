"""API tokens: issue, revoke, authenticate. The secret is shown once, to the issuer."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db.models import Q, QuerySet

from editorial.models import Token, User
from editorial.policy.access import SubjectFacts
from editorial.policy.actions import Action
from editorial.policy.people import tokens
from editorial.policy.roles import Scope
from editorial.workflow.core import audit
from editorial.workflow.core.actions import atomic_action, require_permission, validate_and_save
from editorial.workflow.core.errors import Conflict, Forbidden, Reason, ValidationFailed
from editorial.workflow.core.locking import lock
from editorial.workflow.people import factor_status, protected_accounts

PREFIX = "nr_"
"""Lets people and secret scanners recognise a token."""

MAX_TOKENS = 20
LAST_USED_INTERVAL = timedelta(hours=1)
_BYTES = 32
_TOO_MANY = (
    f"This user already has {MAX_TOKENS} tokens. Sign in with replace_oldest to revoke the one used longest ago, "
    "revoke one under API tokens in the admin or with DELETE /tokens/{id}, or let one expire."
)


@dataclass(frozen=True, slots=True, repr=False)
class IssuedToken:
    """A new token and its secret. No repr, so that no log shows the secret."""

    token: Token
    secret: str


@atomic_action
def issue(
    *,
    user_id: UUID | str,
    label: str = "",
    scopes: Iterable[str] | None = None,
    ttl: timedelta | None = None,
    replace_oldest: bool = False,
    actor: User,
    now: datetime,
) -> IssuedToken:
    """Issue a token for yourself or another user. The secret is shown only this once; a digest is stored.

    Every token can read. A token issued for another user can neither sign nor manage, because the issuer has seen it.
    Only the owner issues tokens for an account that can open the vault, sign or publish. Each user may have 20 tokens;
    `replace_oldest` revokes your least recently used one if there is no room.
    """
    user = lock(User, user_id, None, field="user_id")  # so that concurrent requests cannot exceed MAX_TOKENS
    require_permission(actor, Action.TOKEN_ISSUE, SubjectFacts(owners=frozenset({str(user.pk)})))
    if actor == user and factor_status.is_required(user):
        raise Forbidden(factor_status.ENROLLMENT_REQUIRED)
    if actor != user and protected_accounts.is_protected(user, now):
        raise Forbidden(
            "This account can open the vault, sign, publish or manage accounts. Only its owner can issue its tokens.",
            code="PROTECTED_ACCOUNT",
        )
    granted_scopes = tokens.granted_scopes(_parse_scopes(scopes))
    ttl = settings.TOKEN_TTL if ttl is None else ttl
    decision = tokens.may_issue(
        granted_scopes, issuer_scopes=actor.scopes, for_self=actor == user, ttl=ttl, max_ttl=settings.TOKEN_MAX_TTL
    )
    if not decision:
        raise ValidationFailed(*(Reason("TOKEN_NOT_ALLOWED", text) for text in decision.reasons))
    if not user.is_active:
        raise Conflict("This account is deactivated.", code="ACCOUNT_DEACTIVATED")
    if Token.objects.filter(user=user).usable(now).count() >= MAX_TOKENS:
        if not (replace_oldest and actor == user):
            raise Conflict(_TOO_MANY, code="TOO_MANY")
        _revoke(_least_recently_used(user, now), actor, now)
    secret = PREFIX + secrets.token_hex(_BYTES)
    token = Token(
        user=user,
        digest=digest(secret),
        label=label.strip(),
        scopes=[scope.value for scope in Scope if scope in granted_scopes],
        issued_by=actor,
        issued_at=now,
        expires_at=now + ttl,
    )
    validate_and_save(token)
    audit.log(
        token, Action.TOKEN_ISSUE, actor=actor, now=now, user=str(user.pk), scopes=token.scopes,
        expires_at=token.expires_at.isoformat(),
    )  # fmt: skip
    return IssuedToken(token, secret)


@atomic_action
def revoke(*, token_id: UUID | str, actor: User, now: datetime) -> Token:
    """Revoke a token. It stops working immediately and stays on record."""
    token = lock(Token, token_id, actor)
    require_permission(actor, Action.TOKEN_REVOKE, token.access_facts())
    if token.revoked_at:
        raise Conflict("This token is already revoked.", code="REVOKED")
    return _revoke(token, actor, now)


@atomic_action
def revoke_current(*, token_id: UUID | str, actor: User, now: datetime) -> Token:
    """Revoke the token used for this request, whatever its scopes."""
    token = lock(Token, token_id, None)
    if token.user_id != actor.pk:
        raise Forbidden("This token belongs to another user.")
    return _revoke(token, actor, now)


def revoke_all_of(user: User, *, actor: User | None, now: datetime) -> int:
    """Revoke all tokens of a user, in the caller's transaction. Returns their number."""
    return _revoke_each(Token.objects.filter(user=user), actor, now)


def authenticate(secret: str, *, now: datetime) -> Token | None:
    """Return the token with this secret, its user and their scopes; None if it is not valid.

    Updates `last_used_at` at most once an hour.
    """
    tokens = Token.objects.usable(now).filter(digest=digest(secret)).select_related("user").order_by()
    token = next(iter(tokens), None)
    if token is None:
        return None
    if token.last_used_at is None or token.last_used_at <= now - LAST_USED_INTERVAL:
        stale = Q(last_used_at=None) | Q(last_used_at__lte=now - LAST_USED_INTERVAL)
        Token.objects.filter(stale, pk=token.pk).update(last_used_at=now)
    token.user.scopes = frozenset(map(Scope, token.scopes))
    result: Token = token
    return result


def digest(secret: str) -> str:
    """Digest of a token's secret. SHA-256 is enough, as the secret has 256 random bits."""
    return hashlib.sha256(secret.encode()).hexdigest()


def _revoke_each(rows: Any, actor: User | None, now: datetime) -> int:
    active = list(rows.usable(now).select_for_update().order_by("pk"))
    for token in active:
        _revoke(token, actor, now)
    return len(active)


def _revoke(token: Token, actor: User | None, now: datetime) -> Token:
    token.revoked_at = now
    token.save(update_fields=["revoked_at"])
    audit.log(token, Action.TOKEN_REVOKE, actor=actor, now=now, user=str(token.user_id))
    return token


def _least_recently_used(person: User, now: datetime) -> Token:
    """The usable token of this user that was used, or else issued, longest ago."""
    usable: QuerySet[Token] = Token.objects.filter(user=person).usable(now).select_for_update()
    return min(usable, key=lambda token: token.last_used_at or token.issued_at)


def _parse_scopes(scopes: Iterable[str] | None) -> list[Scope] | None:
    if scopes is None:
        return None
    names = list(scopes)
    if unknown := sorted(set(names) - set(Scope)):
        raise ValidationFailed(Reason("UNKNOWN_SCOPE", f"Unknown scope: {', '.join(unknown)}.", "scopes"))
    return [Scope(scope) for scope in names]
