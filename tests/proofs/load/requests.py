"""What is asked, of a house that was filled. Each question is one request."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

House = dict[str, Any]


class Question(NamedTuple):
    """One request: by whom, and what. `required`: there is a goal for it."""

    name: str
    who: str
    method: str
    path: str
    body: Callable[[House], dict[str, Any]] | None = None
    required: bool = False


QUESTIONS = (
    Question("list of claims", "rosa", "GET", "/claims", required=True),
    Question("claim", "rosa", "GET", "/claims/{claim}", required=True),
    Question(
        "record a statement",
        "rosa",
        "POST",
        "/statements",
        lambda house: {
            "claim": house["claim"],
            "source": house["source"],
            "stance": "affirms",
            "direct": "first_hand",
        },
        required=True,
    ),
    Question("take the next task", "felix", "POST", "/reviews/take", lambda _: {}, required=True),
    Question("list of claims, at a desk with few", "ines", "GET", "/claims"),
    Question("claims found verified", "rosa", "GET", "/claims?status=verified"),
    Question("claims that say “island treaty”", "rosa", "GET", "/claims?q=island+treaty"),
    Question("what changed, from the start", "rosa", "GET", "/claims?updated_since=start"),
    Question("what happened, from the start", "rosa", "GET", "/events?after=start"),
    Question("what happened, at a desk with few", "ines", "GET", "/events?after=start"),
    Question("queue", "felix", "GET", "/reviews"),
    Question("stories", "rosa", "GET", "/stories"),
)
