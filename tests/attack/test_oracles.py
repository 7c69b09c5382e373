"""Oracles: nobody at another desk can distinguish a protected source from an id that does not exist.

Every API operation and every admin page, from the OpenAPI document and the admin's registry, is tried with both ids.
Status, response and number of queries must be the same; response time depends mainly on the queries.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from statistics import median
from time import perf_counter
from typing import Any, NamedTuple
from uuid import uuid4

import pytest
from django.db import connection, transaction
from django.db.models import Model
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from drf_spectacular.generators import SchemaGenerator

from editorial.models import User
from editorial.policy.roles import Role
from tests.admin.conftest import AdminBrowser, registered_pages
from tests.api.conftest import ApiClient
from tests.support.confidential import reader_at
from tests.support.sample_rows import create_row_of_each_model

pytestmark = pytest.mark.exhaustive

DOCUMENT: dict[str, Any] = SchemaGenerator().get_schema(request=None, public=True)  # type: ignore[no-untyped-call]
ID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")

# Choices to send where actions refuse the first one, and optional fields that actions need.
PREFERRED = {"type": "person", "stance": "affirms", "directness": "first_hand", "risk": "routine"}
ALWAYS = {"desk"}


class Observation(NamedTuple):
    """What a caller can observe."""

    status: int
    answer: str
    queries: int


def operations() -> Iterator[tuple[str, str, dict[str, Any]]]:
    """Every operation of the API: path below /api/v1/, method, description."""
    for path, methods in DOCUMENT["paths"].items():
        for method, operation in methods.items():
            yield path.removeprefix("/api/v1/"), method, operation


def fields_of(operation: dict[str, Any]) -> tuple[dict[str, Any], set[str]]:
    """The fields of the JSON body, resolved, and the names of those that are required."""
    content = operation.get("requestBody", {}).get("content", {}).get("application/json", {})
    schema = _resolve(content.get("schema", {}))
    return {name: _resolve(field) for name, field in schema.get("properties", {}).items()}, set(
        schema.get("required", ())
    )


def _resolve(schema: dict[str, Any]) -> dict[str, Any]:
    """A schema without references and alternatives: the first that is not null."""
    if "$ref" in schema:
        return _resolve(DOCUMENT["components"]["schemas"][schema["$ref"].rpartition("/")[2]])
    for key in ("allOf", "oneOf", "anyOf"):
        if key in schema:
            return _resolve(next(each for each in schema[key] if each.get("type") != "null"))
    return schema


def is_id(field: dict[str, Any]) -> bool:
    """Whether a field holds the id of a row, or several."""
    return (
        field.get("format") == "uuid"
        or "0-9a-fA-F]{8}" in field.get("pattern", "")
        or ("items" in field and is_id(_resolve(field["items"])))
    )


def valid_body(operation: dict[str, Any], rows: dict[str, str]) -> dict[str, Any]:
    """A body with all required fields, about rows that the reader may see and change."""
    content = operation.get("requestBody", {}).get("content", {}).get("application/json", {})
    return _valid(_resolve(content.get("schema", {})), rows)


def _valid(schema: dict[str, Any], rows: dict[str, str]) -> dict[str, Any]:
    fields, required = schema.get("properties", {}), schema.get("required", ())
    return {name: _value(name, _resolve(fields[name]), rows) for name in fields if name in required or name in ALWAYS}


def _value(name: str, field: dict[str, Any], rows: dict[str, str]) -> Any:
    if is_id(field):
        return _as_field(field, rows.get(name, rows["other"]))
    if "enum" in field:
        return PREFERRED.get(name, field["enum"][0])
    kind = field.get("type")
    kind = kind[0] if isinstance(kind, list) else kind
    if kind == "string":
        return "2031-03-09T09:00:00Z" if field.get("format") == "date-time" else "Some words."
    return {"boolean": True, "integer": 1, "number": 1, "array": [], "object": {}}.get(str(kind))


def _as_field(field: dict[str, Any], key: str) -> Any:
    return [key] if "items" in field else key


def observe(send: Callable[[str], Any], key: str) -> Observation:
    """Send a request with this id in a transaction that is rolled back."""
    with CaptureQueriesContext(connection) as queries, transaction.atomic():
        response = send(key)
        transaction.set_rollback(True)
    text = response.content.decode() if not response.streaming else ""
    return Observation(response.status_code, ID.sub("…", text.replace(key, "…")), len(queries))


def assert_alike(send: Callable[[str], Any], hidden: str, where: str) -> None:
    send(str(uuid4()))  # warm up the caches
    one, other = observe(send, hidden), observe(send, str(uuid4()))
    if one.queries != other.queries:  # once a minute a request also notes that the session is in use
        one, other = observe(send, hidden), observe(send, str(uuid4()))
    assert one.status == other.status, (where, one, other)
    assert _steady(one.answer) == _steady(other.answer), (where, one, other)
    assert one.queries == other.queries, (where, one.queries, other.queries)


def _steady(answer: str) -> str:
    """The response without what differs each time: nonces, CSRF tokens and when a form was opened."""
    answer = re.sub(r'nonce="[^"]+"', "", answer)
    answer = re.sub(r"&quot;at&quot;: &quot;[^&]+&quot;", "", answer)
    return re.sub(r'name="csrfmiddlewaretoken" value="\w+"', "", answer)


def open_page(browser: AdminBrowser, path: str) -> Any:
    """Read a page. Earlier notices, which nobody read, are dropped: too many for a cookie are kept in the session."""
    browser.client.cookies.pop("messages", None)
    return browser.client.get(path)


def try_operations(reader: User, hidden: str, rows: dict[str, str], subtests: Any) -> list[int]:
    """Try every operation on a source. Returns the statuses."""
    client, statuses = ApiClient(reader), []
    for path, method, operation in operations():
        if not path.startswith("sources/{id}"):
            continue

        def send(key: str, path=path, method=method, operation=operation) -> Any:
            body = None if method == "get" else valid_body(operation, rows)
            response = client.send(method, path.replace("{id}", key), body, headers={"If-Match": "*"}).response
            statuses.append(response.status_code)
            return response

        with subtests.test(f"{reader}: {method} {path}"):
            assert_alike(send, hidden, f"{method} {path}")
    return statuses


class IdField(NamedTuple):
    """A field of an operation's body that takes an id, perhaps inside a list of objects."""

    path: str
    method: str
    name: str
    operation: dict[str, Any]

    def send(self, client: ApiClient, rows: dict[str, str], key: str) -> Any:
        """Send the operation with this id in the field, and valid values in the others."""
        outer, _, inner = self.name.partition("/")
        fields, _ = fields_of(self.operation)
        if inner:
            schema = _resolve(fields[outer]["items"])
            value: Any = [_valid(schema, rows) | {inner: _as_field(_resolve(schema["properties"][inner]), key)}]
        else:
            value = _as_field(fields[outer], key)
        body = valid_body(self.operation, rows) | {outer: value}
        if self.path == "reply-requests/{id}/answer":
            body["outcome"] = "replied" if inner else "no_response"
        address = self.path.replace("{id}", rows.get(self.path.split("/")[0], rows["other"]))
        return client.send(self.method, address, body, headers={"If-Match": "*"}).response


def id_fields() -> Iterator[IdField]:
    """Every field of every operation that takes an id."""
    for path, method, operation in operations():
        for name, field in fields_of(operation)[0].items():
            if is_id(field):
                yield IdField(path, method, name, operation)
            for inner, part in _resolve(field.get("items", {})).get("properties", {}).items():
                if is_id(_resolve(part)):
                    yield IdField(path, method, f"{name}/{inner}", operation)


def try_fields(reader: User, hidden: str, rows: dict[str, str], subtests: Any) -> list[bool]:
    """Try every field of every operation that holds an id. Returns for each request whether the id was looked for."""
    client, looked_for = ApiClient(reader), []
    for field in id_fields():

        def send(key: str, field=field) -> Any:
            response = field.send(client, rows, key)
            looked_for.append(b'"NOT_FOUND"' in response.content)
            return response

        with subtests.test(f"{reader}: {field.method} {field.path}: {field.name}"):
            assert_alike(send, hidden, f"{field.method} {field.path}: {field.name}")
    return looked_for


TAKES_SOURCES = {
    "cases: claims/adverse_to", "cases: statements/informant", "cases: statements/source", "claims/{id}: adverse_to",
    "claims: adverse_to", "reply-requests/waive: to",
    "reply-requests/{id}/answer: answers/informant", "reply-requests/{id}/answer: respondent", "reply-requests: to",
    "sources/{id}/merge: into", "statements/{id}/reassign: source", "statements/{id}: informant",
    "statements: informant", "statements: source",
    *(f"{path}{name}" for path in ("sources: ", "sources/{id}: ", "cases: sources/")
      for name in ("org", "speaks_for", "parent", "author", "issuer")),
}  # fmt: skip


def test_every_field_that_takes_a_source_distinguishes_a_visible_one_from_a_random_id(stranger, rows):
    """Proves that the comparison reaches the look-up of the source, and that the list of such fields is complete."""
    client, distinguished = ApiClient(stranger), set()
    for field in id_fields():
        try:
            assert_alike(lambda key, field=field: field.send(client, rows, key), rows["source"], field.name)
        except AssertionError:
            distinguished.add(f"{field.path}: {field.name}")
    assert distinguished == TAKES_SOURCES


def test_no_query_parameter_distinguishes_a_protected_source_from_a_random_id(planted, stranger, subtests):
    client, hidden, tried = ApiClient(stranger), str(planted.sources["speaker"].pk), 0
    for path, method, operation in operations():
        if method != "get" or "{" in path:
            continue
        for parameter in operation.get("parameters", ()):
            if parameter["in"] == "query" and parameter["schema"].get("format") == "uuid":
                tried += 1
                with subtests.test(f"{path}?{parameter['name']}"):
                    query = parameter["name"]
                    assert_alike(
                        lambda key, path=path, query=query: client.get(path, **{query: key}).response,
                        hidden,
                        f"{path}?{query}",
                    )
    assert tried > 30


def test_no_operation_on_a_source_distinguishes_a_protected_one_from_a_random_id(planted, stranger, rows, subtests):
    statuses = try_operations(stranger, str(planted.sources["speaker"].pk), rows, subtests)
    assert len(statuses) > 3 * 12
    assert statuses.count(404) > len(statuses) * 0.7, "too many were refused before the source was looked for"


def test_no_field_of_any_operation_distinguishes_a_protected_source_from_a_random_id(planted, stranger, rows, subtests):
    looked_for = try_fields(stranger, str(planted.sources["speaker"].pk), rows, subtests)
    assert len(looked_for) > 3 * 30
    assert sum(looked_for) > len(looked_for) * 0.5, "too many were refused before the source was looked for"


@pytest.mark.slow
def test_no_single_role_at_another_desk_distinguishes_a_protected_source_from_a_random_id(
    planted, city, rows, subtests
):
    hidden = str(planted.sources["speaker"].pk)
    for role in Role:
        reader = reader_at(city, f"only-{role.value}", {role})
        assert try_operations(reader, hidden, rows, subtests)
        assert try_fields(reader, hidden, rows, subtests)


def test_a_visible_source_is_distinguished_from_a_random_id(stranger, rows):
    """Proves that the comparison can fail."""
    client = ApiClient(stranger)
    with pytest.raises(AssertionError):
        assert_alike(lambda key: client.get(f"sources/{key}").response, rows["source"], "sources")


def row_pages() -> Iterator[tuple[type[Model], str]]:
    """The address of every page and button of a row, by model, with {} for the id: from the admin's URL patterns."""
    for model, page in registered_pages().items():
        start = f"{reverse('admin:index')}editorial/{model._meta.model_name}/"
        for pattern in page.get_urls():
            route = str(pattern.pattern).replace("<path:object_id>", "{}")
            for slug in [button.slug for button in page.buttons] if "<str:slug>" in route else [""]:
                if "{}" in route:
                    yield model, start + route.replace("<str:slug>", slug)


def test_no_admin_page_or_form_distinguishes_a_protected_source_from_a_random_id(planted, stranger, subtests):
    browser, hidden, paths = AdminBrowser(stranger), str(planted.sources["speaker"].pk), list(row_pages())
    assert len(paths) > 100
    for _, path in paths:
        with subtests.test(path):
            assert_alike(lambda key, path=path: open_page(browser, path.format(key)), hidden, path)


def test_no_admin_page_or_form_distinguishes_a_row_of_another_desk_from_a_random_id(room, city, subtests):
    create_row_of_each_model(room)
    reader, tried = reader_at(city, "nina", set(Role)), set()
    browser = AdminBrowser(reader)
    for model, path in row_pages():
        rows: Any = model._default_manager.order_by("-pk")
        hidden = rows.hidden_from(reader.facts()).first() if hasattr(rows, "hidden_from") else None
        if hidden is not None:
            tried.add(model.__name__)
            with subtests.test(path):
                assert_alike(lambda key, path=path: open_page(browser, path.format(key)), str(hidden.pk), path)
    assert tried >= {
        "Claim",
        "Statement",
        "Source",
        "Story",
        "Exhibit",
        "ReplyRequest",
        "ReceivedAnswer",
        "ReviewTask",
        "Signoff",
        "Import",
    }


def test_a_protected_source_is_answered_as_fast_as_a_random_id(planted, stranger):
    """Medians of alternating requests. The bound is wide: a busy machine must not fail it, a lookup must."""
    client, hidden = ApiClient(stranger), str(planted.sources["speaker"].pk)
    times: dict[bool, list[float]] = {True: [], False: []}
    for _ in range(120):
        for protected in (True, False):
            key = hidden if protected else str(uuid4())
            began = perf_counter()
            client.get(f"sources/{key}")
            times[protected].append(perf_counter() - began)
    one, other = median(times[True]), median(times[False])
    assert abs(one - other) < max(0.002, 0.25 * other), (one, other)
