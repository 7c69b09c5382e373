"""Test clients for the admin: requests in, pages out."""

from __future__ import annotations

import html
import re
from collections.abc import Callable
from typing import Any

import pytest
from django.contrib import admin
from django.db.models import Model
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from editorial.admin.framework.action_views import ActionAdminMixin
from editorial.models import User
from tests.support.cast import Room


@pytest.fixture
def room(room: Room) -> Room:
    """A room at the current time: the admin uses the real clock."""
    room.now = timezone.now()
    return room


class AdminBrowser:
    """A client signed in as one user."""

    def __init__(self, person: User) -> None:
        self.person, self.client = person, Client()
        self.client.force_login(person)

    def page(self, row: Model, **options: Any) -> HttpResponse:
        """The page of a row."""
        return self.client.get(reverse(f"admin:editorial_{row._meta.model_name}_change", args=[row.pk]), **options)

    def listing(self, model: type[Model], **query: str) -> HttpResponse:
        """A list."""
        return self.client.get(reverse(f"admin:editorial_{model._meta.model_name}_changelist"), query)

    def open_form(self, row: Model | type[Model], button: str, **query: Any) -> HttpResponse:
        """The form of a button."""
        return self.client.get(action_url(row, button), query)

    def submit(self, row: Model | type[Model], button: str, **data: Any) -> HttpResponse:
        """Submit a button's form with these data, for the current version of the row unless they give another."""
        if isinstance(row, Model) and hasattr(row, "version"):
            data = {"expected_version": row._meta.model._default_manager.get(pk=row.pk).version} | data
        return self.client.post(action_url(row, button), data)


def action_url(row: Model | type[Model], button: str) -> str:
    """The URL of a button on a row's page, or on the list of a model."""
    name = f"admin:editorial_{row._meta.model_name}_action"
    return reverse(f"{name}_new", args=[button]) if isinstance(row, type) else reverse(name, args=[row.pk, button])


@pytest.fixture
def visit(people: dict[str, User]) -> Callable[[str], AdminBrowser]:
    """A signed-in client by username."""
    return lambda name: AdminBrowser(people[name])


def page_text(response: Any) -> str:
    """The text of a page, without markup."""
    return html.unescape(re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", response.content.decode())))


def assert_done(response: Any, row: Model | None = None) -> None:
    """The action succeeded and redirected; reload the row."""
    assert response.status_code == 302, page_text(response)[:2000]
    if row is not None:
        row.refresh_from_db()


def registered_pages() -> dict[type[Model], ActionAdminMixin]:
    """Every page registered in the admin."""
    return {model: page for model, page in admin.site._registry.items() if isinstance(page, ActionAdminMixin)}
