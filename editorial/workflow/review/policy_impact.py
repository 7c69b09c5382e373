"""What a corroboration policy would change before it is adopted: its rules, and findings under them. Read-only."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from editorial.models import Claim, User
from editorial.policy.access import SubjectFacts
from editorial.policy.actions import Action
from editorial.policy.review import impact
from editorial.policy.verification import finding, thresholds
from editorial.policy.verification.finding import Finding
from editorial.policy.verification.thresholds import PolicyRules
from editorial.workflow.core.actions import require_permission
from editorial.workflow.evidence import facts
from editorial.workflow.review import policies

MAX_CLAIMS = 200
"""The number of claims that are evaluated, newest first, so that a preview takes seconds."""


@dataclass(frozen=True, slots=True)
class ChangedRule:
    """A rule of one risk, with its value now and in the new policy."""

    risk: str
    rule: str
    before: Any
    after: Any


@dataclass(frozen=True, slots=True)
class PolicyImpact:
    """What would change: rules, and findings among the examined claims, of which the organisation has `total`."""

    rules: list[ChangedRule]
    findings: list[tuple[Claim, Finding, Finding]]
    examined: int
    total: int


def preview(*, rules: Mapping[str, Any], actor: User, now: datetime) -> PolicyImpact:
    """Preview a policy: which rules and which findings it would change. Nothing is saved."""
    require_permission(actor, Action.POLICY_ADOPT, SubjectFacts())
    current, planned = policies.in_force(now)[1], policies.parse(rules)
    live = Claim.objects.visible_to(actor.facts()).filter(dropped_at=None, merged_into=None)
    claims = live.order_by("-pk").in_bulk(list(live.order_by("-pk").values_list("pk", flat=True)[:MAX_CLAIMS]))
    changes = []
    if claims:
        case = facts.case(list(claims), now=now)
        before, after = (finding.assess(case, policy, hangs_on=False) for policy in (current, planned))
        changes = [
            (claims[UUID(item.claim)], item.before, item.after)
            for item in impact.finding_changes(before, after)
            if UUID(item.claim) in claims
        ]
    return PolicyImpact(list(_changed_rules(current, planned)), changes, len(claims), live.count())


def _changed_rules(before: PolicyRules, after: PolicyRules) -> Iterator[ChangedRule]:
    for risk in before.rules:
        old, new = (thresholds.rules_to_dict(policy.rules[risk]) for policy in (before, after))
        for rule, value in old.items():
            if value != new[rule]:
                yield ChangedRule(risk.value, rule, value, new[rule])
