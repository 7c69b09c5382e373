"""Text search: pattern matches on PostgreSQL's trigram indexes."""

from __future__ import annotations

import re

from django.db.models import Q


def contains_text(column: str, text: str) -> Q:
    """Rows whose column contains these words in this order, ignoring case."""
    return Q(**{f"{column}__iregex": re.escape(text)})
