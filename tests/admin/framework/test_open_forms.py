"""Who else has a form open: a hint for a minute, to those who may see the row."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.core.cache import cache
from django.urls import reverse
from redis.exceptions import RedisError

from editorial.admin.framework import open_forms
from tests.admin.conftest import action_url, assert_done
from tests.admin.framework.test_conflicts import carried


@pytest.fixture(autouse=True)
def _nobody_yet():
    cache.clear()


def editing(browser, claim, method="get"):
    return getattr(browser.client, method)(reverse("admin:editorial_claim_editing", args=[claim.pk]))


def test_an_open_form_is_shown_to_others_and_not_to_oneself(room, visit):
    claim, edith, rosa = room.claim(), visit("edith"), visit("rosa")
    assert editing(edith, claim, "post").json() == {"text": ""}
    name = room.people["edith"].get_full_name() or "edith"
    assert editing(rosa, claim).json() == {"text": f"{name} is editing this now."}
    assert editing(edith, claim).json() == {"text": ""}
    assert editing(rosa, claim, "post").json()["text"].startswith(name)
    assert "are editing this now." in editing(visit("felix"), claim).json()["text"]
    assert editing(edith, room.claim("Another.")).json() == {"text": ""}


def test_it_ends_when_the_form_is_accepted_or_left(room, visit):
    claim, edith, rosa = room.claim(), visit("edith"), visit("rosa")
    editing(edith, claim, "post")
    form = carried(edith.open_form(claim, "claim.revise")) | {
        "text": "The gate was shut.",
        "kind": claim.kind,
        "risk": claim.risk,
    }
    assert_done(edith.client.post(action_url(claim, "claim.revise"), form))
    assert editing(rosa, claim).json() == {"text": ""}
    people = room.people
    open_forms.announce(claim, people["edith"], room.now)
    assert open_forms.others(claim, people["rosa"], room.now + timedelta(seconds=70)) == [people["edith"]]
    assert open_forms.others(claim, people["rosa"], room.now + timedelta(seconds=80)) == []


def test_forms_and_pages_ask_and_other_desks_get_no_answer(room, visit):
    claim, address = room.claim(), reverse("admin:editorial_claim_editing", args=[room.claim().pk])
    address = address.replace(address.split("/")[-3], str(claim.pk))
    assert (
        f'data-editing="{address}" data-method="POST"'
        in visit("edith").open_form(claim, "claim.revise").content.decode()
    )
    assert f'data-editing="{address}" data-method="GET"' in visit("edith").page(claim).content.decode()
    assert "data-editing" not in visit("edith").open_form(claim, "statement.record").content.decode()
    assert editing(visit("carl"), claim, "post").status_code == 404


def test_without_redis_nobody_is_shown_and_nothing_fails(room, visit, monkeypatch):
    def fail(*_arguments, **_options):
        raise RedisError

    claim = room.claim()
    editing(visit("edith"), claim, "post")
    monkeypatch.setattr(cache, "get", fail)
    monkeypatch.setattr(cache, "set", fail)
    response = editing(visit("rosa"), claim, "post")
    assert (response.status_code, response.json()) == (200, {"text": ""})
