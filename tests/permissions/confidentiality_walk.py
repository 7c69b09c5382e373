"""Every page of the admin and every answer of the API, as one reader gets them."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from django.db.models import Model
from django.urls import reverse
from drf_spectacular.generators import SchemaGenerator

from editorial.models import (
    Claim,
    Event,
    Exhibit,
    Relay,
    ReplyRequest,
    ReviewTask,
    Signoff,
    Source,
    Statement,
    Story,
    User,
)
from tests.admin.conftest import AdminBrowser, registered_pages
from tests.api.conftest import ApiClient

SCHEMA: dict[str, Any] = SchemaGenerator().get_schema(request=None, public=True)["paths"]  # type: ignore[no-untyped-call]
LISTS = {
    path.removeprefix("/api/v1/"): operations["get"]
    for path, operations in SCHEMA.items()
    if "get" in operations and "{" not in path
}
DETAILS = [
    path.removeprefix("/api/v1/") for path, operations in SCHEMA.items() if "get" in operations and "{id}" in path
]
PAGES: tuple[type[Model], ...] = (
    Claim,
    Statement,
    Source,
    ReplyRequest,
    ReviewTask,
    Relay,
    Event,
    Story,
    Exhibit,
    Signoff,
)


def pages(reader: User, most: int = 80) -> Iterator[tuple[str, Any]]:
    """The start page, every list, and the pages of the rows of the models that refer to sources.

    `most`: rows of each model.
    """
    browser = AdminBrowser(reader)
    yield "index", browser.client.get(reverse("admin:index"))
    for model in registered_pages():
        yield f"list of {model.__name__}", browser.listing(model)
    for model in PAGES:
        for row in model._default_manager.all()[:most]:
            # In a separate request: Django's message that there is no such row repeats the id that was asked for.
            yield f"page of {model.__name__}", AdminBrowser(reader).page(row)
    further = (
        ("claim_assessments", Claim.objects.all()),
        ("statement_menu", Statement.objects.all()[:most]),
        ("story_preview", Story.objects.all()),
        ("story_revisions", Story.objects.all()),
    )
    for view, rows in further:
        for row in rows:
            yield view, AdminBrowser(reader).client.get(reverse(f"admin:editorial_{view}", args=[row.pk]))
    decisions = ("signoff.propose", "signoff.read_standards", "signoff.read_legal")
    for button in ("statement.record", "reply.send", "claim.revise", *decisions):
        for row in Claim.objects.all():
            yield button, browser.open_form(row, button)
    for row in Statement.objects.filter(directness="relayed"):
        yield "relay form", browser.open_form(row, "statement.relay")
    for story in Story.objects.all():
        for button in ("story.revise", "story.publish", "story.correct"):
            yield "story form", browser.open_form(story, button)
    fields = {"statement": ("source", "informant"), "source": ("org", "merged_into"), "claim": ("adverse_to",)}
    for model_name, names in fields.items():
        for name in names:
            query = {"app_label": "editorial", "model_name": model_name, "field_name": name, "term": ""}
            yield f"choices of {name}", browser.client.get(reverse("admin:autocomplete"), query)


def answers(reader: User) -> Iterator[tuple[str, str]]:
    """Every list of the API, the row of each, every sub-resource, and every export."""
    for path, operation in LISTS.items():
        client = ApiClient(reader)
        if path.endswith("/export"):
            for kind in ("csv", "jsonl"):
                yield path, b"".join(client.client.get(f"/api/v1/{path}?format={kind}").streaming_content).decode()
            continue
        names = {parameter["name"] for parameter in operation.get("parameters", ())}
        for query in [{}, *({name: "start"} for name in ("updated_since", "after") if name in names)]:
            yield path, body(client.get(path, **query, **({"limit": "200"} if "limit" in names else {})))
        rows = client.get(path).json
        for row in (rows.get("results", []) if isinstance(rows, dict) else [])[:30]:
            for detail in DETAILS:
                if detail.startswith(f"{path}/{{id}}") and detail.count("{") == 1:
                    yield detail, body(client.get(detail.replace("{id}", str(row["id"]))))


def body(response: Any) -> str:
    if response.json is not None:
        return json.dumps(response.json)
    return "" if response.response.streaming else response.response.content.decode()


def assert_without(text: str, canaries: list[str], where: str) -> None:
    for canary in canaries:
        assert canary not in text.lower(), (where, canary)
