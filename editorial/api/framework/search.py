"""Searching by words: a pattern match, which PostgreSQL answers from its trigram indexes."""

from __future__ import annotations

import re

from django.db.models import Q


def contains_text(column: str, text: str) -> Q:
    """Rows whose column holds these words, in this order, whatever their case."""
    return Q(**{f"{column}__iregex": re.escape(text)})
