"""Action forms: permission, origin, redirects, and the arguments that they pass."""

from __future__ import annotations

import inspect
import re

import pytest
from django.test import Client
from django.urls import reverse

from editorial.models import Event
from tests.admin.conftest import action_url, page_text, registered_pages


def test_without_the_token_of_the_page_nothing_happens(room, people):
    claim = room.claim()
    stranger = Client(enforce_csrf_checks=True)
    stranger.force_login(people["felix"])
    answer = stranger.post(action_url(claim, "claim.drop"), {"reason": "From elsewhere."})
    assert answer.status_code == 403
    claim.refresh_from_db()
    assert claim.dropped_at is None


def test_opening_a_form_changes_nothing(room, visit):
    claim = room.claim()
    before = Event.objects.count()
    assert visit("felix").open_form(claim, "claim.drop", reason="By a link.").status_code == 200
    assert Event.objects.count() == before


def test_an_invisible_row_is_not_found(room, visit):
    claim = room.claim()
    assert visit("cleo").open_form(claim, "claim.drop").status_code == 404
    assert visit("cleo").submit(claim, "claim.drop", reason="x").status_code == 404


def test_an_unknown_button_is_not_there(room, visit):
    assert visit("felix").submit(room.claim(), "claim.explode").status_code == 404


def test_without_permission_the_form_says_who_may_before_input(room, visit):
    answer = visit("lara").open_form(room.claim(), "claim.drop")
    assert answer.status_code == 403
    assert "Only these roles may do this: editor, fact-checker, senior editor." in page_text(answer)
    assert b'<button type="submit" class="nr-button' not in answer.content


@pytest.mark.parametrize("elsewhere", ["https://elsewhere.example/", "//elsewhere.example/", "javascript:alert(1)"])
def test_no_open_redirect(room, visit, elsewhere):
    claim = room.claim()
    answer = visit("felix").submit(claim, "claim.drop", reason="Old.", next=elsewhere)
    assert "elsewhere" not in answer["Location"]
    assert "javascript" not in answer["Location"]


def test_a_button_leads_back_to_where_it_was_pressed(room, visit):
    claim = room.claim()
    said, back = room.says(room.person(), claim), reverse("admin:index")
    assert (
        visit("rosa").submit(said, "statement.end", ended="withdrawn", reason="Phoned.", next=back)["Location"] == back
    )


def test_every_button_passes_the_arguments_of_its_action():
    for button in (button for page in registered_pages().values() for button in (*page.buttons, *page.list_buttons)):
        takes = inspect.signature(button.handler).parameters.values()
        given = {button.pk_kwarg, *button.extra_kwargs, *keywords(button)} - {None}
        open_ended = any(one.kind is one.VAR_KEYWORD for one in takes)
        needed = {one.name for one in takes if one.default is one.empty and one.kind is one.KEYWORD_ONLY}
        assert given <= {one.name for one in takes} or open_ended, button.slug
        assert needed - {"actor", "now"} <= given, button.slug


def keywords(button):
    """The keywords of a button's form; two forms make one keyword of several fields."""
    fields = set(button.form.base_fields)
    if button.slug == "user.create":
        return fields - {"role", "desk"} | {"memberships"}
    if button.slug == "review.snooze":
        return fields - {"wait"}
    return fields | {"story.revise": {"uses"}, "policy.adopt": {"rules"}}.get(button.slug, set())


def test_buttons_speak_to_editors_not_to_programmers():
    buttons = {
        button.slug: button for page in registered_pages().values() for button in (*page.buttons, *page.list_buttons)
    }
    assert len(buttons) > 100
    code = re.compile(r"`|\w_\w|\bReturns\b|\bNone\b|\bparameter\b")
    assert {slug: button.description for slug, button in buttons.items() if code.search(button.description)} == {}
    assert [slug for slug, button in buttons.items() if not button.description] == []


def test_anybody_logged_out_is_asked_to_log_in(room):
    claim = room.claim()
    answer = Client().get(action_url(claim, "claim.drop"))
    assert answer.status_code == 302
    assert "/login/" in answer["Location"]
