"""An id in a body that nobody knows, or that the caller may not see, is invalid input: 422, and where it stands."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from uuid import uuid4

import pytest

from editorial.api.framework.endpoints import endpoint_of
from editorial.api.framework.fields import IdField
from editorial.api.ops.webhooks import WebhookCreateSerializer
from editorial.api.stories.cases import CaseCreateSerializer
from editorial.api.urls import RESOURCES
from editorial.models import Desk, Membership, User
from editorial.policy.roles import Role
from editorial.workflow.imports import scheduled_imports
from editorial.workflow.review import replies
from editorial.workflow.stories import stories
from tests.api.conftest import ClientFactory, valid_value
from tests.api.test_errors import _one_of_each as one_of_each
from tests.support.cast import Room, rolled_back

# Where more can be said than that an id is unknown.
FEED = {"kind": "feed", "url": "https://8.8.8.8/feed"}
KNOWN: dict[str, dict[str, Any]] = {
    "scheduled-imports": FEED,
    "statements/{id}/end": {"ended": "corrected"},
    "account-changes": {"kind": "role"},
}
EXTRA = {
    "exhibits": {"text": "Copied."},
    "account-changes": {"role": "senior_editor"},
}
OTHER_CODES = {("reply-requests/{id}/answer", "answers/0/claim"): "NOT_COVERED"}


def _writes() -> Iterator[tuple[str, str, Any]]:
    """Every write with a body: method, path, input serializer."""
    yield "post", "cases", CaseCreateSerializer
    yield "post", "webhooks", WebhookCreateSerializer
    for resource, view in RESOURCES.items():
        for name, method, path in (("create", "post", resource), ("partial_update", "patch", f"{resource}/{{id}}")):
            if takes := endpoint_of(getattr(view, name, None)).input_serializer:
                yield method, path, takes
        for action in view.get_extra_actions():
            below = f"{resource}/{{id}}" if action.detail else resource
            if takes := endpoint_of(action).input_serializer:
                yield "post", f"{below}/{action.url_path}", takes


def _id_paths(field: Any) -> Iterator[tuple[str, ...]]:
    """Where a field takes ids."""
    if isinstance(field, IdField):
        yield ()
    elif child := getattr(field, "child", None):
        yield from (("0", *path) for path in _id_paths(child))
    else:
        for name, each in getattr(field, "fields", {}).items():
            yield from ((name, *path) for path in _id_paths(each))


def _with_unknown(field: Any, path: tuple[str, ...], known: dict[str, Any]) -> Any:
    """A value of the field with an unknown id at the path, and otherwise with what it requires."""
    if not path:
        return str(uuid4())
    if path[0] == "0":
        return [_with_unknown(field.child, path[1:], known)]
    name, *rest = path
    filled = {other: valid_value(each, known.get(other)) for other, each in field.fields.items() if each.required}
    return filled | {name: _with_unknown(field.fields[name], tuple(rest), known)}


CASES = [
    (method, path, takes, place)
    for method, path, takes in _writes()
    for place in _id_paths(takes())
]  # fmt: skip


def test_ids_are_found_in_bodies() -> None:
    assert len(CASES) > 70
    assert {path for _, path, _, place in CASES if "desk" in place} >= {"stories", "claims", "sources", "cases"}


@pytest.mark.exhaustive
def test_an_unknown_id_is_refused_with_its_place(
    client_for: ClientFactory, rosa: User, room: Room, subtests: pytest.Subtests
) -> None:
    for role in Role:
        Membership.objects.get_or_create(user=rosa, desk=None, role=role)
    rows, client = _rows(room), client_for(rosa)
    for method, path, takes, place in CASES:
        with subtests.test(path=path, place=place), rolled_back():
            fields = takes(partial=method == "patch")
            known = rows | {"into": str(rows.get(path.split("/")[0]))} | KNOWN.get(path, {})
            body = _with_unknown(fields, place, known) | EXTRA.get(path, {})
            if method == "patch":
                body = {place[0]: body[place[0]]}
            url = path.replace("{id}", str(rows.get(path.split("/")[0])))
            response = client.send(method, url, body, headers={"If-Match": "*"})
            code = OTHER_CODES.get((path, "/".join(place)), "NOT_FOUND")
            assert (response.status, response.codes) == (422, [code]), (body, response)
            assert response.json["errors"][0]["pointer"] == "#/" + "/".join(place)


def _rows(room: Room) -> dict[str, Any]:
    """The id of a row of every resource, and valid values for fields."""
    rows, party, rosa = one_of_each(room), room.person(), room.people["rosa"]
    claim = room.claim("Ann opened it.", adverse_to=[party.pk])
    request = replies.send(
        to_id=party.pk, covers=[claim.pk], question="Did you?", channel="telephone", actor=rosa, now=room.now
    )
    desk, claim_key = room.desk.pk, str(claim.pk)
    scheduled = scheduled_imports.add(desk_id=desk, **FEED, actor=rosa, now=room.now)
    rows |= {"scheduled-imports": scheduled.pk, "tasks": [str(rows["reviews"])]}
    return rows | {"reply-requests": request.pk, "claim": claim_key, "user": str(room.people["ada"].pk)}


def test_a_row_that_the_caller_may_not_see_is_as_unknown_as_any_other(
    client_for: ClientFactory, hugo: User, carl: User, room: Room
) -> None:
    source, claim = room.person("an aide", unnamed=True), room.claim()
    room.use(
        stories.pitch(desk_id=Desk.objects.get(slug="city").pk, headline="In town", actor=hugo, now=room.now), [claim]
    )
    told = []
    for key in (str(source.pk), str(uuid4())):
        response = client_for(carl).post(
            "statements", claim=str(claim.pk), source=key, stance="affirms", directness="first_hand"
        )
        told.append((response.status, str(response.json).replace(key, "…")))
    assert told[0] == told[1]
    assert told[0][0] == 422
