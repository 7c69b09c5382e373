"""Corroboration policy: adopt and load versions. A version is never edited."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from functools import lru_cache
from typing import Any
from uuid import UUID

from editorial import outbox
from editorial.models import Claim, CorroborationPolicy, MessageKind, PolicyRisk, PolicyRow, User
from editorial.policy.access import SubjectFacts
from editorial.policy.actions import Action
from editorial.policy.verification import thresholds
from editorial.policy.vocabulary import Requirement
from editorial.workflow.core import audit
from editorial.workflow.core.actions import atomic_action, require_permission, require_valid_times, validate_and_save
from editorial.workflow.core.errors import Conflict, Reason, ValidationFailed

_NONE_IN_FORCE = "No corroboration policy is in force. Run `manage.py migrate`, which installs the default one."


@atomic_action
def adopt(
    *, name: str, rules: Mapping[str, Any], note: str, in_force_at: datetime | None = None, actor: User, now: datetime
) -> CorroborationPolicy:
    """Adopt a new version, in force now or from a later time. Every open claim is then reassessed.

    `rules`: one entry for each risk, as `thresholds.PolicyRules.parse` reads it, with hours as whole numbers.
    """
    require_permission(actor, Action.POLICY_ADOPT, SubjectFacts())
    last = CorroborationPolicy.objects.select_for_update().order_by("-version").first()
    number = last.version + 1 if last else 1
    parsed = parse(rules, number)
    require_valid_times(in_force_at=in_force_at)
    starts_at = in_force_at or now
    if starts_at < now or (last and starts_at < last.in_force_at):
        raise Conflict(
            "A policy cannot take effect in the past or before its predecessor. Choose a later time.",
            code="IN_THE_PAST",
        )
    version = CorroborationPolicy(version=number, name=name.strip(), in_force_at=starts_at, note=note.strip())
    validate_and_save(version)
    for risk, risk_rules in parsed.rules.items():
        _save_rules(version, risk.value, risk_rules)
    audit.log(version, Action.POLICY_ADOPT, actor=actor, now=now, version=number, in_force_at=starts_at.isoformat())
    claims = Claim.objects.filter(dropped_at=None, merged_into=None).values_list("pk", flat=True)
    outbox.send_each(MessageKind.ASSESS_CLAIM, claims, now=now, at=starts_at)
    return version


def in_force(now: datetime) -> tuple[CorroborationPolicy, thresholds.PolicyRules]:
    """Return the highest version in force: its row and its rules."""
    version = CorroborationPolicy.objects.filter(in_force_at__lte=now).order_by("-version").first()
    if version is None:
        raise RuntimeError(_NONE_IN_FORCE)
    return version, _rules_of(version.pk)


def from_rows(rows: Sequence[Mapping[str, str]]) -> tuple[UUID, thresholds.PolicyRules]:
    """The id and the rules of the version in force, which the caller has read."""
    if not rows:
        raise RuntimeError(_NONE_IN_FORCE)
    key = UUID(rows[0]["id"])
    return key, _rules_of(key)


@lru_cache(maxsize=8)
def _rules_of(version_id: UUID) -> thresholds.PolicyRules:
    """Load a version's rules. Cached per process: versions are never edited, and every reassessment needs them."""
    return thresholds.PolicyRules.parse(
        _as_mapping(CorroborationPolicy.objects.prefetch_related("risks", "rows").get(pk=version_id))
    )


def _as_mapping(version: CorroborationPolicy) -> dict[str, object]:
    rows: dict[str, list[dict[str, int]]] = {}
    for row in version.rows.all():
        rows.setdefault(row.risk, []).append({name.value: getattr(row, name.value) for name in Requirement})
    return {"version": str(version.version)} | {
        rules.risk: {
            "rows": rows.get(rules.risk, []),
            "reply_hours": rules.reply_hours,
            "legal_read": rules.legal_read,
            "standards_read": rules.standards_read,
            "review_hours": rules.review_hours,
        }
        for rules in version.risks.all()
    }


def rules_in_force(now: datetime) -> dict[str, Any]:
    """The rules in force as plain values by risk, from which a new version is written."""
    rules = in_force(now)[1].to_dict()
    del rules["version"]
    return rules


def parse(rules: Mapping[str, Any], number: int = 0) -> thresholds.PolicyRules:
    """The rules of a version. Raises `ValidationFailed`."""
    try:
        parsed = thresholds.PolicyRules.parse({**rules, "version": str(number)})
    except thresholds.PolicyError as error:
        raise ValidationFailed(Reason("INVALID_POLICY", str(error), "rules")) from error
    hours = [
        hour
        for risk_rules in parsed.rules.values()
        for hour in (risk_rules.review_hours, risk_rules.reply_hours)
        if hour
    ]
    if any(hour != int(hour) for hour in hours):
        raise ValidationFailed(Reason("INVALID_POLICY", "Give hours as whole numbers.", "rules"))
    return parsed


def _save_rules(version: CorroborationPolicy, risk: str, rules: thresholds.RiskRules) -> None:
    values = thresholds.rules_to_dict(rules)
    rows = values.pop("rows")
    validate_and_save(PolicyRisk(policy=version, risk=risk, **values))
    for position, row in enumerate(rows, 1):
        validate_and_save(PolicyRow(policy=version, risk=risk, position=position, **row))
