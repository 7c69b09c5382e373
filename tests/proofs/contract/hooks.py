"""Hooks for Schemathesis: the ids that exist, and one more check.

Schemathesis loads this file (SCHEMATHESIS_HOOKS) in a separate process.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import schemathesis

from tests.proofs.contract import seed_data

_seed = seed_data.from_environment()
_tally = Path(os.environ["CONTRACT_TALLY"])

# Fields that hold ids, by the resource of the ids; other fields are named after their resource, in the singular.
_RESOURCE_OF = {
    "adverse_to": "sources", "author": "sources", "covers": "claims", "derived": "statements", "informant": "sources",
    "issuer": "sources", "batch": "imports", "org": "sources", "origin": "statements", "outlet": "sources",
    "parent": "sources", "relies_on": "statements", "respondent": "sources", "speaks_for": "sources",
    "story": "stories", "to": "sources", "reply_request": "reply-requests",
}  # fmt: skip
_UNKNOWN = 6  # one id in this many stays random, and is unknown

_REDACTED_KEY = "8e03978e-40d5-43dd-bc93-6894a57f9324"

# Error codes for the form of a request, whatever is stored. Excluded are the rules that a schema
# cannot express: no NUL in text, valid years, and (in the check) valid web addresses.
_OF_FORM = {
    "BLANK", "EMPTY", "INVALID", "INVALID_CHOICE", "MALFORMED", "MAX_LENGTH", "MAX_STRING_LENGTH", "MAX_VALUE",
    "MIN_LENGTH", "MIN_VALUE", "NOT_A_DICT", "NOT_A_LIST", "NULL", "PARSE_ERROR", "REPEATED",
    "REQUIRED", "UNKNOWN_FIELD", "UNKNOWN_PARAMETER",
    "IDEMPOTENCY_KEY_MALFORMED", "IF_MATCH_MALFORMED",
}  # fmt: skip


@schemathesis.hook
def map_path_parameters(context: Any, path_parameters: Any) -> Any:
    """Use ids that exist."""
    resource = context.operation.tags[0]
    return {name: _known(resource, value) for name, value in (path_parameters or {}).items()} or path_parameters


@schemathesis.hook
def map_query(context: Any, query: Any) -> Any:
    """Filter by values that exist."""
    return _with_known_ids(query) if isinstance(query, dict) else query


@schemathesis.hook
def map_body(context: Any, body: Any) -> Any:
    """Send values that exist, and sometimes a correct password."""
    if not isinstance(body, dict):
        return body
    if context.operation.definition.raw["operationId"] == "tokens_create" and _is_sound(body.get("username")):
        return body | {"username": seed_data.NAME, "password": seed_data.PASSWORD}
    into = context.operation.tags[0]
    return _with_known_ids({name: _known(into, value) if name == "into" else value for name, value in body.items()})


@schemathesis.hook
def before_call(context: Any, case: Any, kwargs: Any) -> None:
    """Give each write a new key, because the example in the schema is valid once, and quote versions."""
    headers = case.headers or {}
    if headers.get("Idempotency-Key") == _REDACTED_KEY:
        headers["Idempotency-Key"] = str(uuid4())
    # Schemathesis fills an optional If-Match with a bare number, which its pattern does not allow.
    if str(headers.get("If-Match", "")).isdigit():
        headers["If-Match"] = f'"{headers["If-Match"]}"'


@schemathesis.hook
def after_call(context: Any, case: Any, response: Any) -> None:
    """Record the response, to measure how much of the API a run has reached."""
    with _tally.open("a") as tally:
        tally.write(f"{case.operation.definition.raw['operationId']} {response.status_code}\n")


@schemathesis.check
def described_form_is_accepted(context: Any, response: Any, case: Any) -> None:
    """A request that the schema allows is never refused for its form: only for stored data, and by rule."""
    if case.meta is None or not case.meta.generation.mode.is_positive or response.status_code not in (400, 422):
        return
    if case.media_type == "text/csv":  # a sheet also needs query parameters that other formats do not
        return
    errors = response.json()["errors"]
    codes = {error["code"] for error in errors if not error.get("pointer", "").endswith("/url")}
    if codes and codes <= _OF_FORM:
        raise AssertionError(f"The description allows what is refused for its form: {sorted(codes)}")


def _with_known_ids(fields: dict[str, Any]) -> dict[str, Any]:
    return {name: _deeply(name, value) for name, value in fields.items()}


def _deeply(name: str, value: Any) -> Any:
    match value:
        case dict():
            return _with_known_ids(value)
        case list():
            return [_deeply(name, item) for item in value]
        case str():
            return _known(_RESOURCE_OF.get(name, f"{name}s"), value)
    return value


def _known(resource: str, value: Any) -> Any:
    """An existing id instead of a random one; always the same for the same, so that a request can be repeated."""
    ids = _seed.ids.get(resource, [])
    if not ids or not isinstance(value, str) or not _is_id(value):
        return value
    drawn = UUID(value).int
    return ids[drawn // _UNKNOWN % len(ids)] if drawn % _UNKNOWN else value


def _is_id(value: str) -> bool:
    try:
        return str(UUID(value)) == value
    except ValueError:
        return False


def _is_sound(name: Any) -> bool:
    return isinstance(name, str) and 0 < len(name) < 150 and "\x00" not in name and len(name) % 2 == 0
