"""Corroboration policy as versioned data: the groups that a claim of each risk needs."""

import tomllib
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any, Self

from editorial.policy.vocabulary import Requirement, Risk

_NAMES = tuple(requirement.value for requirement in Requirement)


class PolicyError(ValueError):
    """The data is not a valid policy; the message says where and what to do."""


@dataclass(frozen=True, slots=True, kw_only=True)
class GroupCounts:
    """The number of groups, and how many of them have each quality. A policy row has this form too."""

    groups: int = 0
    first_hand: int = 0
    named: int = 0
    disinterested: int = 0
    rated: int = 0

    @classmethod
    def tally(cls, qualities: Iterable[frozenset[Requirement]]) -> Self:
        """Count groups, given the qualities of each."""
        # Few sets differ, so that counting them first saves work.
        met = dict.fromkeys(_NAMES, 0)
        for each, count in Counter(qualities).items():
            for requirement in each:
                met[requirement.value] += count
        return cls(**met)

    def meets(self, row: "GroupCounts") -> bool:
        """Whether the counts satisfy every requirement of the row."""
        return (
            self.groups >= row.groups
            and self.first_hand >= row.first_hand
            and self.named >= row.named
            and self.disinterested >= row.disinterested
            and self.rated >= row.rated
        )

    def less(self, other: "GroupCounts") -> "GroupCounts":
        """The counts that remain without those of some groups."""
        return GroupCounts(**{item.value: self.of(item) - other.of(item) for item in Requirement})

    def of(self, requirement: Requirement) -> int:
        """The number for one requirement."""
        number: int = getattr(self, requirement)
        return number


@dataclass(frozen=True, slots=True, kw_only=True)
class MissingRequirement:
    """One unmet requirement of the nearest row."""

    requirement: Requirement
    need: int
    have: int


@dataclass(frozen=True, slots=True, kw_only=True)
class RiskRules:
    """The rules for one risk. `reply_hours` None: no request for comment is needed."""

    rows: tuple[GroupCounts, ...]
    review_hours: float
    reply_hours: float | None = None
    legal_read: bool = False
    standards_read: bool = False


@dataclass(frozen=True, slots=True)
class PolicyRules:
    """One version of the newsroom's policy; build it from plain values with `PolicyRules.parse`."""

    version: str
    rules: Mapping[Risk, RiskRules]

    @classmethod
    def parse(cls, data: Mapping[str, Any]) -> "PolicyRules":
        """Parse a policy from plain values, as from TOML or JSON. Raises `PolicyError`."""
        unknown = set(data) - {"version", *Risk}
        if unknown:
            names = ", ".join(sorted(map(str, unknown)))
            raise PolicyError(f"Policy: {names} is not a risk; give version and {', '.join(Risk)}.")
        version = data.get("version")
        if not isinstance(version, str) or not version:
            raise PolicyError("Policy: give it a unique version.")
        return cls(version, {risk: parse_rules(risk, data.get(risk.value)) for risk in Risk})

    def to_dict(self) -> dict[str, Any]:
        """The policy as plain values; `PolicyRules.parse` reads them back."""
        return {"version": self.version} | {risk.value: rules_to_dict(self.rules[risk]) for risk in Risk}

    def met(self, risk: Risk, have: GroupCounts) -> bool:
        """Whether the groups satisfy a row."""
        return any(have.meets(row) for row in self.rules[risk].rows)

    def met_against(self, risk: Risk, have: GroupCounts) -> bool:
        """Whether denying groups satisfy a row and at least one of them is disinterested."""
        return have.disinterested >= 1 and self.met(risk, have)

    def missing(self, risk: Risk, have: GroupCounts) -> tuple[MissingRequirement, ...]:
        """What the nearest row still lacks, the first of equals. Empty if a row is met."""
        unmet = (tuple(unmet_requirements(row, have)) for row in self.rules[risk].rows)
        return min(unmet, key=lambda items: sum(item.need - item.have for item in items))


def unmet_requirements(row: GroupCounts, have: GroupCounts) -> Iterable[MissingRequirement]:
    """The unmet requirements of a row, in the order of `Requirement`."""
    for requirement in Requirement:
        need, count = row.of(requirement), have.of(requirement)
        if count < need:
            yield MissingRequirement(requirement=requirement, need=need, have=count)


@cache
def default_policy() -> PolicyRules:
    """The policy that ships with the product."""
    text = files("editorial.policy.verification").joinpath("default_policy.toml").read_text("utf-8")
    return PolicyRules.parse(tomllib.loads(text))


def parse_rules(risk: Risk, data: Any) -> RiskRules:
    """Parse the rules of one risk from plain values."""
    where = f"Policy, {risk}"
    fields = {"rows", "review_hours", "reply_hours", "legal_read", "standards_read"}
    if not isinstance(data, Mapping) or not set(data) <= fields:
        raise PolicyError(f"{where}: give a table with only {', '.join(sorted(fields))}.")
    rows = data.get("rows")
    if not isinstance(rows, list | tuple) or not rows:
        raise PolicyError(f"{where}: give at least one row.")
    for flag in ("legal_read", "standards_read"):
        if not isinstance(data.get(flag, False), bool):
            raise PolicyError(f"{where}: {flag} must be true or false.")
    reply_hours = data.get("reply_hours")
    return RiskRules(
        rows=tuple(parse_row(f"{where}, row {number}", row) for number, row in enumerate(rows, 1)),
        review_hours=parse_hours(f"{where}: review_hours", data.get("review_hours")),
        reply_hours=None if reply_hours is None else parse_hours(f"{where}: reply_hours", reply_hours),
        legal_read=data.get("legal_read", False),
        standards_read=data.get("standards_read", False),
    )


def parse_row(where: str, row: Any) -> GroupCounts:
    """Parse one row from plain values. Requirements default to 0, but at least one group is needed."""
    if not isinstance(row, Mapping) or not set(row) <= set(Requirement):
        raise PolicyError(f"{where}: give numbers only for {', '.join(Requirement)}.")
    if any(not isinstance(number, int) or isinstance(number, bool) or number < 0 for number in row.values()):
        raise PolicyError(f"{where}: every requirement must be a whole number, 0 or more.")
    counts = GroupCounts(**row)
    if counts.groups < 1:
        raise PolicyError(f"{where}: groups must be at least 1, or a claim without evidence would be verified.")
    return counts


def parse_hours(where: str, hours: Any) -> float:
    """Parse a number of hours, above zero and at most a year."""
    if not isinstance(hours, int | float) or isinstance(hours, bool) or not 0 < hours < 24 * 366:
        raise PolicyError(f"{where} must be a number of hours, more than 0 and at most a year.")
    return hours


def rules_to_dict(rules: RiskRules) -> dict[str, Any]:
    """The rules of one risk as plain values."""
    return {
        "rows": [{item.value: row.of(item) for item in Requirement} for row in rules.rows],
        "review_hours": rules.review_hours,
        "reply_hours": rules.reply_hours,
        "legal_read": rules.legal_read,
        "standards_read": rules.standards_read,
    }
