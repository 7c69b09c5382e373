"""Every question that the API and the admin answer: each route with its orders, filters, search and forms.

Derived from the OpenAPI file and the admin's registry, so that a new one is asked as well. Objects come from the
database, the newest that the person may see.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from functools import cache
from typing import Any, NamedTuple
from uuid import UUID

import yaml
from django.db.models import Model
from django.test import Client
from django.urls import URLResolver, get_resolver, resolve, reverse
from django.utils import timezone

from editorial.admin.framework.fields import AutocompleteField
from editorial.api.urls import RESOURCES
from editorial.models import (
    Claim,
    Comment,
    Desk,
    Event,
    Exhibit,
    Import,
    ReplyRequest,
    ReviewTask,
    ScheduledImport,
    Source,
    Statement,
    Story,
    User,
    WebhookEndpoint,
)
from tests.admin.conftest import registered_pages
from tests.support.cast import AT_POLITICS
from tests.support.servers import ROOT

API = "/api/v1/"
WORD = "12345"
"""A word that few texts hold."""
_OBJECTS: dict[str, type[Model]] = {
    "adverse_to": Source,
    "batch": Import,
    "carries": Claim,
    "claim": Claim,
    "desk": Desk,
    "editor": User,
    "event": Event,
    "informant": Source,
    "reply_request": ReplyRequest,
    "request": ReplyRequest,
    "reply_to": Comment,
    "scheduled_import": ScheduledImport,
    "source": Source,
    "statement": Statement,
    "story": Story,
    "task": ReviewTask,
    "to": Source,
    "user": User,
    "webhook": WebhookEndpoint,
}
"""Which model a parameter names."""
_MAX_CHOICES = 10  # of one filter: the rest differ by how many rows have them only
NO_ID = UUID(int=0)
_VARYING = re.compile(r"[0-9a-f]{8}-[0-9a-f-]{27}|\d{4}-\d\d-\d\dT[\d:]+Z")
_VALUES = {"q": WORD, "action": "story.publish", "after": "start", "updated_since": "start", "sha256": "1" * 64,
           "text": f"The%20minister%20took%20{WORD}%20crowns."}  # fmt: skip
NOT_ASKED = {
    "_action": "A page's buttons are asked one by one.",
    "_action_new": "A page's buttons are asked one by one.",
    "/export": "An export returns everything that there is.",
    "_add": "Closed to everybody: rows are created by actions.",
    "_delete": "Closed to everybody: nothing is deleted.",
    "_history": "Redirects to the row's page.",
    "None": "Redirects, or says that the server is alive.",
    "admin:login": "Signing in is measured with the password hash, and rate-limited.",
    "admin:logout": "Ends the session.",
    "admin:password_change": "Redirects to a form that is asked.",
    "admin:password_change_done": "Redirects to a form that is asked.",
    "admin:oidc_start": "Leads to another server.",
    "admin:oidc_callback": "Is called from another server.",
    "admin:second_factor": "Asked between two steps of signing in.",
    "admin:jsi18n": "Static.",
    "/preview/": "Asked with the story: it reads the version in print and the copy.",
    "/revisions/": "Asked with the story's page: it reads the same revisions.",
    "claim/related/": "Asked by POST: test_reads.py asks the same of a text.",
    "/editing/": "Reads a key of Redis, besides what every page reads.",
    "/menu/": "Asked with the statement's page: it offers the same buttons.",
    "/assessments/": "Asked with the claim's page: it reads the same evidence.",
    "admin:form_check": "Says whether somebody is signed in.",
    "unsubscribe": "Asked from an email, by its id.",
    "schema": "The same for everybody.",
    "docs": "The same for everybody.",
}
"""Routes by the end of their name or path, and the reason why they are left out."""


class Question(NamedTuple):
    """A path, and who asks."""

    who: str
    path: str

    @property
    def name(self) -> str:
        """The same for newsrooms of every size: without ids and times."""
        return f"{_without_ids(self.path)} as {self.who}"


def every_question(people: dict[str, User]) -> list[Question]:
    """Asked by rosa, a reporter; by ada, an administrator, what is closed to rosa.

    Lists are asked by ada too, who sees every desk, and by ines, whose desk has one in a thousand rows.
    """
    pages: dict[str, Question] = {}
    for name in ("rosa", "ada"):
        for path in _admin_paths(people[name]):
            pages.setdefault(_without_ids(path), Question(name, path))
    questions = [*_api_questions(people), *pages.values()]
    lists = [f"{API}{resource}" for resource in RESOURCES] + [_list_path(model) for model in registered_pages()]
    questions += (Question(name, path) for path in lists for name in ("ines", "ada"))
    roles = (*AT_POLITICS, "ines", "ada")
    return list(dict.fromkeys([*questions, *(Question(name, reverse("admin:index")) for name in roles)]))


def _without_ids(path: str) -> str:
    return _VARYING.sub("…", path)


def unasked_routes(questions: Iterable[Question]) -> set[str]:
    """The routes that no question leads to, without those of NOT_ASKED."""
    asked = {resolve(question.path.partition("?")[0]).route for question in questions}
    return {
        route
        for route, name in _routes(get_resolver())
        if route not in asked and not any(name.endswith(end) or route.endswith(end) for end in NOT_ASKED)
    }


def _routes(resolver: URLResolver, prefix: str = "", namespace: str = "") -> Iterator[tuple[str, str]]:
    """The routes that answer to GET, and their names."""
    for pattern in resolver.url_patterns:
        route = prefix + str(pattern.pattern).removeprefix("^")
        if isinstance(pattern, URLResolver):
            yield from _routes(pattern, route, f"{pattern.namespace}:" if pattern.namespace else namespace)
        elif "get" in (getattr(pattern.callback, "actions", None) or ("get",)):
            yield route, f"{namespace}{pattern.name}"


def _api_questions(people: dict[str, User]) -> Iterator[Question]:
    for path, operations in _openapi()["paths"].items():
        if "get" not in operations or path.endswith("/export"):
            continue
        if "{id}" in path:
            model = RESOURCES[path.split("/")[3]].output_serializer.Meta.model
            row, who = _newest(model, people["rosa"]), "rosa"
            if row is None:
                row, who = _newest(model, people["ada"]), "ada"
            yield Question(who, path.replace("{id}", str(row.pk if row else NO_ID)))
            continue
        yield Question("rosa", path)
        for parameter in map(_resolved, operations["get"].get("parameters", ())):
            if parameter["in"] == "query" and parameter["name"] not in ("cursor", "limit"):
                values = _values(parameter, people["rosa"])
                yield from (Question("rosa", f"{path}?{parameter['name']}={value}") for value in values)


@cache
def _openapi() -> dict[str, Any]:
    document: dict[str, Any] = yaml.load((ROOT / "docs/reference/openapi.yaml").read_text(), Loader=yaml.CSafeLoader)
    return document


def _resolved(schema: dict[str, Any]) -> dict[str, Any]:
    if "$ref" not in schema:
        return schema
    found = _openapi()
    for name in schema["$ref"].removeprefix("#/").split("/"):
        found = found[name]
    return found


def _values(parameter: dict[str, Any], person: User) -> list[Any]:
    """What to ask by a parameter: each word that it knows, or a value of its own."""
    name, schema = parameter["name"], _resolved(parameter["schema"])
    if name == "ids":
        return [NO_ID]
    schema = _resolved(schema["items"]) if schema.get("type") == "array" else schema
    if "enum" in schema:
        return list(schema["enum"])
    if schema["type"] == "boolean":
        return ["true", "false"]
    if schema.get("format") == "date-time":
        return [timezone.now().strftime("%Y-%m-%dT%H:%M:%SZ")]
    if name == "stream":
        return [f"claim:{_newest(Claim, person).pk}"]
    if name in _VALUES:
        return [_VALUES[name]]
    row = _newest(_OBJECTS[name], person)
    return [row.pk] if row is not None else []


def _newest(model: Any, person: User) -> Any:
    rows = model._default_manager.all()
    return (rows.visible_to(person.facts()) if hasattr(rows, "visible_to") else rows).order_by("-pk").first()


def _admin_paths(person: User) -> Iterator[str]:
    """The pages that are open to the person."""
    client = Client()
    client.force_login(person)
    yield reverse("admin:index")
    yield reverse("admin:app_list", args=["editorial"])
    yield f"{reverse('admin:search')}?q={WORD}"
    yield f"{reverse('admin:search_palette')}?q={WORD}"
    yield reverse("admin:operations")
    for field in _autocomplete_fields():
        names = f"app_label=editorial&model_name={field.model._meta.model_name}&field_name={field.name}"
        yield f"{reverse('admin:autocomplete')}?{names}&term={WORD}"
    for model, page in registered_pages().items():
        name = f"admin:editorial_{model._meta.model_name}"
        listing = _list_path(model)
        response: Any = client.get(listing)
        if response.status_code != 200:
            continue
        changes = response.context_data["cl"]
        yield listing
        if page.search_fields:
            yield f"{listing}?q={WORD}"
        for filters in changes.filter_specs:
            queries = [choice["query_string"] for choice in filters.choices(changes)]
            yield from (listing + query for query in queries[:_MAX_CHOICES] if query != "?")
        yield from (reverse(f"{name}_action_new", args=[button.slug]) for button in page.list_buttons)
        row = changes.result_list[0] if changes.result_list else None
        yield reverse(f"{name}_change", args=[row.pk if row else NO_ID])
        yield from (reverse(f"{name}_action", args=[row.pk, button.slug]) for button in page.buttons if row)
        if model is Claim:
            yield reverse(f"{name}_related", args=[row.pk if row else NO_ID])
    exhibit = _newest(Exhibit, person)
    yield reverse("admin:editorial_exhibit_file", args=[exhibit.pk if exhibit else NO_ID])


def _list_path(model: type[Model]) -> str:
    return reverse(f"admin:editorial_{model._meta.model_name}_changelist")


def _autocomplete_fields() -> list[Any]:
    """The relations that the fields of forms complete."""
    buttons = (button for page in registered_pages().values() for button in (*page.buttons, *page.list_buttons))
    fields = (field for button in buttons for field in button.form.base_fields.values())
    return list({field.widget.field: None for field in fields if isinstance(field, AutocompleteField)})
