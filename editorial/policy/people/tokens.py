"""What a token may be issued for, and for how long."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta

from editorial.policy.access import Decision
from editorial.policy.actions import Scope

USUAL = frozenset(Scope) - {Scope.MANAGE}
"""The scopes of a token for which none were named: everything but looking after the house."""

ONLY_FOR_ONESELF = frozenset({Scope.SIGN, Scope.MANAGE})
"""Whoever issues a token has seen it. Nobody is to hold a second person's signature, or an administrator's hand."""


def granted(asked: Iterable[Scope] | None) -> frozenset[Scope]:
    """The scopes that a token gets. Each can read: nothing can be done to what one cannot see."""
    return USUAL if asked is None else frozenset(asked) | {Scope.READ}


def may_be_issued(
    scopes: frozenset[Scope],
    *,
    held: frozenset[Scope] | None,
    for_oneself: bool,
    lasts: timedelta,
    longest: timedelta,
) -> Decision:
    """Whether such a token may be issued by somebody who came by a token that holds `held`, or by none; if not, why."""
    reasons = []
    if held is not None and not scopes <= held:
        reasons.append("A token that was issued by way of a token cannot be good for more than that one.")
    if not for_oneself and scopes & ONLY_FOR_ONESELF:
        words = " or ".join(sorted(scopes & ONLY_FOR_ONESELF))
        reasons.append(f"A token for somebody else cannot {words}: whoever issues it has seen it.")
    if not timedelta(0) < lasts <= longest:
        reasons.append(f"A token lasts for {longest.days} days at most.")
    return Decision(not reasons, tuple(reasons))
