"""What a token may be issued for, and for how long."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta

from editorial.policy.access import Decision
from editorial.policy.roles import Scope

DEFAULT_SCOPES = frozenset(Scope) - {Scope.MANAGE}
"""The scopes of a token for which none were named: everything but looking after the house."""

SELF_ISSUE_ONLY = frozenset({Scope.SIGN, Scope.MANAGE})
"""Whoever issues a token has seen it. Nobody is to hold a second person's signature, or an administrator's hand."""


def granted_scopes(requested: Iterable[Scope] | None) -> frozenset[Scope]:
    """The scopes that a token gets. Each can read: nothing can be done to what one cannot see."""
    return DEFAULT_SCOPES if requested is None else frozenset(requested) | {Scope.READ}


def may_issue(
    scopes: frozenset[Scope],
    *,
    issuer_scopes: frozenset[Scope] | None,
    for_self: bool,
    ttl: timedelta,
    max_ttl: timedelta,
) -> Decision:
    """Whether such a token may be issued by somebody who came by a token that holds `held`, or by none; if not, why."""
    reasons = []
    if issuer_scopes is not None and not scopes <= issuer_scopes:
        reasons.append("A token that was issued by way of a token cannot be good for more than that one.")
    if not for_self and scopes & SELF_ISSUE_ONLY:
        words = " or ".join(sorted(scopes & SELF_ISSUE_ONLY))
        reasons.append(f"A token for somebody else cannot {words}: whoever issues it has seen it.")
    if not timedelta(0) < ttl <= max_ttl:
        reasons.append(f"A token lasts for {max_ttl.days} days at most.")
    return Decision(not reasons, tuple(reasons))
