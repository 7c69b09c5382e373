"""Scopes: a token allows the actions of its scopes and no others, whatever its user may do."""

from __future__ import annotations

from typing import Any
from uuid import UUID, uuid4

import pytest
from django.urls import get_resolver
from django.utils import timezone
from drf_spectacular.generators import SchemaGenerator

from editorial.api.openapi.scopes import required_scope
from editorial.models import (
    ChatChannel,
    Claim,
    Delivery,
    Desk,
    EmailedComment,
    Event,
    Membership,
    Notification,
    ReviewTask,
    SavedSearch,
    Session,
    Subscription,
    Token,
    User,
)
from editorial.policy.actions import ACTIONS
from editorial.policy.roles import Role, Scope
from editorial.workflow.core.errors import NotFound
from editorial.workflow.people import chat_channels, tokens
from editorial.workflow.stories import saved_searches
from tests.api.conftest import ApiClient, create_token
from tests.permissions.test_actions import allowed_actions, attempt
from tests.support import incoming_mail
from tests.support.cast import HOUR, rolled_back
from tests.support.sample_rows import create_row_of_each_model

pytestmark = pytest.mark.exhaustive

SETS = [frozenset({Scope.READ, scope}) for scope in Scope] + [frozenset(Scope)]
UNCHANGED_PATCHES = {"HTTP_IF_MATCH": "*"}


def operations() -> list[tuple[str, str, str]]:
    """Method, path and name of every operation of the API."""
    described = SchemaGenerator().get_schema(request=None, public=True)  # type: ignore[no-untyped-call]
    return [
        (method, path.removeprefix("/api/v1/"), operation["operationId"])
        for path, found in described["paths"].items()
        for method, operation in found.items()
    ]


OPERATIONS = operations()


@pytest.fixture
def almighty(room: Any) -> User:
    """A user with every role at every desk: only a token limits them."""
    person = User.objects.create(username="omar", email="omar@newsroom.example", password="!")
    Membership.objects.bulk_create(Membership(user=person, role=role.value) for role in Role)
    return person


def test_every_scope_has_operations():
    assert {required_scope(name, method) for method, _, name in OPERATIONS} == {None, *Scope}


def test_no_write_but_marking_a_notification_as_read_is_allowed_by_the_scope_to_read() -> None:
    allowed = {name for method, _, name in OPERATIONS if method != "get" and required_scope(name, method) is Scope.READ}
    assert allowed == {"notifications_mark_read", "notifications_mark_all_read"}


def test_every_action_requires_its_scope(room, subtests):
    for verb, (_, act) in allowed_actions(room).items():
        with subtests.test(verb=verb):
            for scopes in (frozenset(Scope) - {ACTIONS[verb].scope}, frozenset({Scope.READ, ACTIONS[verb].scope})):
                for person in map(room.people.get, ("rosa", "felix", "edith", "ada")):
                    person.scopes = scopes
                    with rolled_back():
                        refusal = attempt(act, person)
                    person.scopes = None
                    lacking = "lacks the scope" in str(refusal)
                    if ACTIONS[verb].scope in scopes:
                        assert not lacking, refusal
                    else:  # without the scope to read nothing is there at all
                        assert lacking or isinstance(refusal, NotFound), refusal


@pytest.mark.exhaustive
def test_me_lists_the_scopes_of_the_caller(room, almighty, subtests):
    create_row_of_each_model(room)
    Session.objects.update(user=almighty, auth_hash=almighty.get_session_auth_hash(), expire_date=room.now + HOUR)
    callers = {scopes: ApiClient(almighty, scopes=[scope.value for scope in scopes]) for scopes in SETS}
    bounded = 0
    for method, path, name in OPERATIONS:
        scope = required_scope(name, method)
        if scope is None:
            continue
        with subtests.test(name):
            for scopes, caller in callers.items():
                address = path.replace("{id}", str(some_row(path, almighty)))
                answer = caller.send(method, address, {} if method in ("post", "patch") else None, **UNCHANGED_PATCHES)
                lacking = "lacks the scope" in str(answer.json)
                assert not (lacking and scope in scopes), answer
                # 409, 422: the request was refused after the permission check, or could not be read
                assert answer.status in (403, 409, 422) or scope in scopes, answer
                bounded += lacking
    assert bounded > 40


def some_row(path: str, person: User) -> UUID | str:
    """An id of the path's resource that this user may see."""
    noun = path.split("/")[0]
    view = next(
        pattern.callback.cls
        for pattern in get_resolver("editorial.api.urls").url_patterns
        if str(pattern.pattern) == noun and hasattr(pattern.callback, "cls")
    )
    rows = getattr(view, "output_serializer", None)
    if rows is None or "{id}" not in path:
        return uuid4()
    model = rows.Meta.model
    if model is Token:
        return Token.objects.get(digest=tokens.digest(create_token(person, ["read"]))).pk
    if model is Event:
        return Event.objects.filter(stream__startswith="claim:").latest("id").pk
    if model is Notification:
        Notification.objects.filter(pk=Notification.objects.earliest("id").pk).update(user=person)
    if model is Subscription:
        return Subscription.objects.get_or_create(user=person, desk=Desk.objects.first())[0].pk
    if model is ChatChannel:
        own = ChatChannel.objects.filter(user=person, removed_at=None).first()  # few are allowed
        return (own or chat_channels.add(url="ntfys://ntfy.example/gates", actor=person, now=timezone.now())).pk
    if model is Delivery:
        return Delivery.objects.filter(channel="webhook").latest("pk").pk
    if model is SavedSearch:
        return saved_searches.save(name=str(uuid4()), q="gate", actor=person, now=timezone.now()).pk
    if model is EmailedComment:
        return incoming_mail.answer_email(Claim.objects.order_by("pk")[0], person, now=timezone.now()).pk
    if model is ReviewTask:
        return model.objects.filter(state="open").latest("id").pk
    found = model.objects.order_by("pk").first()
    return found.pk if found else uuid4()
