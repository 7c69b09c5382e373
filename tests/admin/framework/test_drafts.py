"""What forms tell the browser about drafts: keys and names by account, and which draft is done."""

from __future__ import annotations

import re

from django.urls import reverse

from editorial.models import Claim
from tests.admin.conftest import action_url, assert_done

FORM = "claim.file"


def draft(browser, name=FORM):
    page = browser.open_form(Claim, name)
    assert "no-store" in page["Cache-Control"]
    return dict(re.findall(r'data-(draft|draft-key|path)="([^"]+)"', page.content.decode()))


def test_an_account_gets_the_same_key_in_every_session_and_no_other_account_gets_it(room, visit):
    rosa, again, felix = draft(visit("rosa")), draft(visit("rosa")), draft(visit("felix"))
    assert rosa == again
    assert rosa["draft-key"] != felix["draft-key"]
    assert rosa["draft"] != felix["draft"]


def test_the_check_before_submission_tells_the_account_and_a_token(room, visit):
    rosa = visit("rosa")
    seen = draft(rosa)
    for browser, same in ((rosa, True), (visit("felix"), False)):
        answer = browser.client.get(reverse("admin:form_check"), {"form": seen["path"]}).json()
        assert (answer["id"] == seen["draft"]) is same
        assert answer["token"]
    rosa.client.logout()
    assert rosa.client.get(reverse("admin:form_check")).status_code == 302


def test_only_an_accepted_form_has_its_draft_deleted(room, visit):
    rosa = visit("rosa")
    name = f"{draft(rosa)['draft']}.abcd1234"
    refused = rosa.submit(Claim, FORM, text="", _draft=name)
    assert "newsroom_saved" not in refused.cookies
    assert f'name="_draft" value="{name}"' in refused.content.decode()
    accepted = {"text": "It was shut.", "kind": "content", "risk": "routine", "desk_id": str(room.desk.pk)}
    for sent, cookie in ((name, name), ("x; path=/", None)):
        answer = rosa.submit(Claim, FORM, **accepted, _draft=sent)
        assert_done(answer)
        assert (answer.cookies["newsroom_saved"].value if "newsroom_saved" in answer.cookies else None) == cookie


def test_a_row_created_in_a_dialog_is_returned_by_id_and_by_the_name_that_its_reader_may_see(room, visit):
    values = {"type": "person", "name": "Ole", "desk_id": str(room.desk.pk)}
    url = action_url(type(room.person()), "source.register")
    answer = visit("rosa").client.post(url, values, headers={"X-In-Dialog": "1"})
    assert answer.json()["text"] == "Ole"
    assert visit("rosa").client.post(url, values | {"name": ""}, headers={"X-In-Dialog": "1"}).status_code == 422


def test_fields_offer_to_create_only_what_their_user_may_create(room, visit):
    claim = room.claim()
    assert 'data-new-label="New source"' in visit("rosa").open_form(claim, "statement.record").content.decode()
    assert "data-new-label" not in visit("stan").open_form(Claim, FORM).content.decode()
