"""The requests of the load test to a filled newsroom."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

FilledNewsroom = dict[str, Any]


class ApiRequest(NamedTuple):
    """One request and its user. `required`: there is a goal for it."""

    name: str
    who: str
    method: str
    path: str
    body: Callable[[FilledNewsroom], dict[str, Any]] | None = None
    required: bool = False


API_REQUESTS = (
    ApiRequest("list of claims", "rosa", "GET", "/claims", required=True),
    ApiRequest("claim", "rosa", "GET", "/claims/{claim}", required=True),
    ApiRequest(
        "record a statement",
        "rosa",
        "POST",
        "/statements",
        lambda house: {
            "claim": house["claim"],
            "source": house["source"],
            "stance": "affirms",
            "directness": "first_hand",
        },
        required=True,
    ),
    ApiRequest("take the next task", "felix", "POST", "/reviews/take", lambda _: {}, required=True),
    ApiRequest("list of claims, at a desk with few", "ines", "GET", "/claims"),
    ApiRequest("claims found verified", "rosa", "GET", "/claims?status=verified"),
    ApiRequest("claims that say “island treaty”", "rosa", "GET", "/claims?q=island+treaty"),
    ApiRequest("what changed, from the start", "rosa", "GET", "/claims?updated_since=start"),
    ApiRequest("what happened, from the start", "rosa", "GET", "/events?after=start"),
    ApiRequest("what happened, at a desk with few", "ines", "GET", "/events?after=start"),
    ApiRequest("queue", "felix", "GET", "/reviews"),
    ApiRequest("stories", "rosa", "GET", "/stories"),
)
