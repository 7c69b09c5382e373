"""The corroboration policy in force: versioned rows, read as what policy decides by."""

from __future__ import annotations

from datetime import datetime

from editorial.models import Policy
from editorial.policy import thresholds
from editorial.policy.vocabulary import Requirement


def in_force(now: datetime) -> tuple[Policy, thresholds.Policy]:
    """The highest version that is in force, as its row and as the thresholds it states."""
    version = Policy.objects.filter(in_force_at__lte=now).prefetch_related("risks", "rows").order_by("-version").first()
    if version is None:
        raise RuntimeError(
            "No corroboration policy is in force; run `manage.py migrate`, which brings the default one."
        )
    return version, thresholds.Policy.parse(_plain(version))


def _plain(version: Policy) -> dict[str, object]:
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
