"""Alternatives as a UNION: for an OR across joins or subqueries, PostgreSQL reads whole tables."""

from __future__ import annotations

from typing import Any

from django.db.models import Q, QuerySet


def keys_of_any(rows: QuerySet[Any], *alternatives: Q) -> QuerySet[Any]:
    """The keys of the rows to which one of these conditions applies: `filter(pk__in=keys_of_any(…))`."""
    first, *others = (rows.filter(condition).order_by().values("pk") for condition in alternatives)
    return first.union(*others) if others else first
