"""The form that adopts a corroboration policy. It shows what would change before anything is saved."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from django.core.exceptions import ValidationError
from django.utils import timezone

from editorial.admin.framework.action_forms import ActionForm
from editorial.admin.framework.fields import CheckboxField, DateTimeField, NumberField, TextAreaField, TextField
from editorial.policy.vocabulary import Requirement, Risk
from editorial.workflow.core.errors import ActionError
from editorial.workflow.review import policies, policy_impact
from editorial.workflow.review.policy_impact import PolicyImpact

_COLUMNS = ", ".join(requirement.label.lower() for requirement in Requirement)
_MAX_LISTED = 10  # changed findings; the rest are counted


class PolicyForm(ActionForm):
    name = TextField("Name", max_length=120)
    note = TextAreaField("Note", rows=2, help_text="The reason for this version.")
    in_force_at = DateTimeField(label="In force from", required=False, help_text="Empty: now.")
    omit_when_empty = ("in_force_at",)

    def prepare(self) -> None:
        """Add the rules of each risk, with those in force as initial values."""
        current = policies.rules_in_force(timezone.now())
        for risk in Risk:
            rules = current[risk.value]
            for name, field in _fields_of(risk).items():
                self.fields[f"{risk}_{name}"] = field
                self.initial.setdefault(f"{risk}_{name}", _to_lines(rules[name]) if name == "rows" else rules[name])
        self.fields["confirmed"] = CheckboxField(
            "I have read what would change", help_text="Leave it unticked to see that first."
        )

    def clean(self) -> dict[str, Any]:
        """Show what would change unless that is confirmed."""
        cleaned = super().clean() or self.cleaned_data
        for risk in Risk:
            try:
                cleaned[f"{risk}_rows"] = _from_lines(cleaned.get(f"{risk}_rows", ""))
            except ValidationError as error:
                self.add_error(f"{risk}_rows", error)
        if not self.errors and not cleaned["confirmed"]:
            try:
                report = policy_impact.preview(rules=self._rules(cleaned), actor=self.actor, now=timezone.now())
            except ActionError as error:
                raise ValidationError(str(error)) from None
            self.add_error("confirmed", list(_sentences(report)))
        return cleaned

    def action_kwargs(self) -> dict[str, Any]:
        kwargs = super().action_kwargs()
        stated = {name: kwargs[name] for name in ("name", "note", "in_force_at") if name in kwargs}
        return stated | {"rules": self._rules(self.cleaned_data)}

    def _rules(self, cleaned: Mapping[str, Any]) -> dict[str, Any]:
        return {risk.value: {name: cleaned[f"{risk}_{name}"] for name in _fields_of(risk)} for risk in Risk}


def _fields_of(risk: Risk) -> dict[str, Any]:
    label = risk.label
    return {
        "rows": TextAreaField(
            f"{label}: thresholds",
            rows=3,
            help_text=f"A line for each way to meet it, with five numbers: {_COLUMNS}. One line must be met.",
        ),
        "reply_hours": NumberField(
            f"{label}: hours to reply", required=False, min_value=1, help_text="Empty: no reply is owed."
        ),
        "review_hours": NumberField(f"{label}: hours for a review task", min_value=1),
        "legal_read": CheckboxField(f"{label}: requires a legal review"),
        "standards_read": CheckboxField(f"{label}: requires a standards review"),
    }


def _to_lines(rows: list[dict[str, int]]) -> str:
    return "\n".join(" ".join(str(row[requirement.value]) for requirement in Requirement) for row in rows)


def _from_lines(text: str) -> list[dict[str, int]]:
    rows = []
    for line in filter(str.strip, text.splitlines()):
        numbers = line.split()
        if len(numbers) != len(Requirement) or not all(number.isdecimal() and len(number) < 3 for number in numbers):
            raise ValidationError(f"Give five numbers in each line: {_COLUMNS}.")
        rows.append({item.value: int(number) for item, number in zip(Requirement, numbers, strict=True)})
    return rows


def _sentences(report: PolicyImpact) -> Iterator[str]:
    """What would change, one sentence for each rule and finding."""
    for rule in report.rules:
        if rule.rule == "rows":
            before, after = (_to_lines(rows).replace("\n", "; ") for rows in (rule.before, rule.after))
        else:
            before, after = (str(value if value is not None else "none").lower() for value in (rule.before, rule.after))
        yield f"{Risk(rule.risk).label}, {rule.rule.replace('_', ' ')}: {after} instead of {before}."
    if not report.rules:
        yield "No rule would change."
    yield f"{len(report.findings)} of {report.examined} examined findings would change ({report.total} open claims)."
    for claim, now, then in report.findings[:_MAX_LISTED]:
        before, after = (each.finding.label.lower() if each.finding else "undecided" for each in (now, then))
        yield f"“{claim.text}” would be {after} instead of {before}."
