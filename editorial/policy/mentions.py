"""Mentions: the people and desks that a comment names by @."""

from __future__ import annotations

import re

# Not inside an email address. A full stop or a hyphen at the end belongs to the sentence.
_MENTION = re.compile(r"(?<![\w.@+-])@(\w(?:[\w.@+-]*\w)?)")


def mentions_in(text: str) -> frozenset[str]:
    """The words after an @, in lower case: usernames, short names of desks, or neither."""
    return frozenset(word.lower() for word in _MENTION.findall(text))
