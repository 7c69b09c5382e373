"""Tokens: which scopes and lifetime one may be issued with."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta

from editorial.policy.access import Decision
from editorial.policy.roles import Scope

DEFAULT_SCOPES = frozenset(Scope) - {Scope.MANAGE}
"""The default scopes of a token: all but `manage`."""

SELF_ISSUE_ONLY = frozenset({Scope.SIGN, Scope.MANAGE})
"""Scopes that only the user can issue: the issuer sees the token, and must not sign or administer as somebody else."""


def granted_scopes(requested: Iterable[Scope] | None) -> frozenset[Scope]:
    """The scopes that a token gets. `read` is always included, as every action needs to see its object."""
    return DEFAULT_SCOPES if requested is None else frozenset(requested) | {Scope.READ}


def may_issue(
    scopes: frozenset[Scope],
    *,
    issuer_scopes: frozenset[Scope] | None,
    for_self: bool,
    ttl: timedelta,
    max_ttl: timedelta,
) -> Decision:
    """Whether a token with these scopes may be issued, and if not, why. `issuer_scopes`: None without a token."""
    reasons = []
    if issuer_scopes is not None and not scopes <= issuer_scopes:
        reasons.append("A token issued with another token cannot have scopes that the other lacks. Remove them.")
    if not for_self and scopes & SELF_ISSUE_ONLY:
        names = " or ".join(sorted(scopes & SELF_ISSUE_ONLY))
        reasons.append(f"A token for another user cannot have the scope {names}, because you see it. Remove the scope.")
    if not timedelta(0) < ttl <= max_ttl:
        reasons.append(f"A token is valid for at most {max_ttl.days} days. Choose a shorter time.")
    return Decision(not reasons, tuple(reasons))
