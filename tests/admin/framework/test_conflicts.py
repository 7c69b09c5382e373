"""Somebody saved first: who changed what, both versions by words, a choice; pressing twice overwrites nothing."""

from __future__ import annotations

import html
import json
import re
from typing import Any

import pytest

from editorial.models import Claim, Story
from editorial.workflow.stories import stories
from tests.admin.conftest import action_url, assert_done, page_text


def carried(page: Any) -> dict[str, str]:
    """What the page's form submits without being typed into."""
    form = html.unescape(page.content.decode()).partition('id="decide"')[2]
    return dict(re.findall(r'<input type="hidden" name="([^"]+)" value="(.*?)"[ >]', form))


def test_the_other_version_is_shown_with_its_author_and_pressing_twice_changes_nothing(room, visit):
    claim, rosa, felix = room.claim("The gate stood open on Friday."), visit("rosa"), visit("felix")
    opened = carried(rosa.open_form(claim, "claim.revise"))
    revise(felix, claim, text="The gate stood open on Saturday.")
    mine = opened | {"text": "The gate stood open on Sunday.", "kind": "content", "risk": claim.risk}
    for _ in range(2):
        answer = rosa.client.post(action_url(claim, "claim.revise"), mine)
        assert answer.status_code == 409
        text = page_text(answer)
        assert "felix" in text.lower()
        assert "<del> Friday.</del><ins> Saturday.</ins>" in answer.content.decode()
        assert "<del> Friday.</del><ins> Sunday.</ins>" in answer.content.decode()
        assert "Merge both" not in text
        mine |= carried(answer)
    claim.refresh_from_db()
    assert claim.text == "The gate stood open on Saturday."


def test_theirs_is_taken_or_mine_kept_by_choice(room, visit):
    for choice, expected in (("theirs", "It was half open."), ("mine", "It was shut.")):
        claim, rosa = room.claim("It was open."), visit("rosa")
        opened = carried(rosa.open_form(claim, "claim.revise"))
        revise(visit("felix"), claim, text="It was half open.")
        mine = opened | {"text": "It was shut.", "kind": "content", "risk": claim.risk}
        mine |= carried(rosa.client.post(action_url(claim, "claim.revise"), mine)) | {"_take_text": choice}
        assert_done(rosa.client.post(action_url(claim, "claim.revise"), mine), claim)
        assert claim.text == expected


def test_changes_of_different_words_are_merged(room, visit):
    claim, rosa = room.claim("The gate stood open on Friday night."), visit("rosa")
    opened = carried(rosa.open_form(claim, "claim.revise"))
    revise(visit("felix"), claim, text="The lock stood open on Friday night.")
    mine = opened | {"text": "The gate stood open on Sunday night.", "kind": "content", "risk": claim.risk}
    answer = rosa.client.post(action_url(claim, "claim.revise"), mine)
    merged = re.search(r'name="_merged_text">\n(.*?)</textarea>', answer.content.decode())
    mine |= carried(answer) | {"_take_text": "merged", "_merged_text": merged.group(1)}
    assert_done(rosa.client.post(action_url(claim, "claim.revise"), mine), claim)
    assert claim.text == "The lock stood open on Sunday night."


def test_what_only_they_changed_is_kept(room, visit):
    claim, rosa = room.claim("It was open."), visit("rosa")
    opened = carried(rosa.open_form(claim, "claim.revise"))
    revise(visit("felix"), claim, risk="routine")
    mine = opened | {"text": "It was shut.", "kind": "content", "risk": claim.risk}
    answer = rosa.client.post(action_url(claim, "claim.revise"), mine)
    assert "theirs is kept" in page_text(answer)
    mine |= carried(answer) | dict(answer.context["form"].data.items())
    assert_done(rosa.client.post(action_url(claim, "claim.revise"), mine | carried(answer)), claim)
    assert (claim.text, claim.risk) == ("It was shut.", "routine")


def test_uses_that_somebody_else_added_to_a_story_survive_a_revision_of_its_copy(room, visit):
    one, other = room.claim(), room.claim("The lock was rusty.")
    story = room.story(one)
    rosa, edith = visit("rosa"), visit("edith")
    form = rosa.open_form(story, "story.revise")
    copy = carried(form) | {"headline": story.headline, "body": "Rosa's new copy."} | uses(one)
    revised = carried(edith.open_form(story, "story.revise")) | {"headline": story.headline, "body": story_body(story)}
    assert_done(edith.client.post(action_url(story, "story.revise"), revised | uses(one, other)))
    answer = rosa.client.post(action_url(story, "story.revise"), copy)
    assert "Claims used: theirs is kept" in page_text(answer)
    assert "The lock was rusty." in page_text(answer)
    submitted = dict(answer.context["form"].data.items()) | carried(answer)
    assert_done(rosa.client.post(action_url(story, "story.revise"), submitted), story)
    assert {use.claim for use in story.uses.all()} == {one, other}
    assert story_body(story) == "Rosa's new copy."


def test_a_button_acts_on_a_changed_story_only_after_its_changes_were_read(room, visit):
    story, edith, rosa = room.story(), visit("edith"), visit("rosa").person
    stories.submit(story_id=story.pk, actor=rosa, now=room.now)
    opened = carried(edith.open_form(story, "story.clear"))
    stories.revise(story_id=story.pk, body="It stood open all night.", actor=rosa, now=room.now)
    first = edith.client.post(action_url(story, "story.clear"), opened)
    again = edith.client.post(action_url(story, "story.clear"), opened | carried(first))
    assert [first.status_code, again.status_code] == [409, 409]
    assert "I have read what changed" in page_text(again)
    assert_done(edith.client.post(action_url(story, "story.clear"), opened | carried(again) | {"_read": "1"}), story)
    assert story.status == "cleared"


def revise(browser: Any, claim: Claim, **changes: str) -> None:
    values = {"text": claim.text, "kind": claim.kind, "risk": claim.risk} | changes
    assert_done(browser.submit(claim, "claim.revise", **values))


def uses(*claims: Claim) -> dict[str, str]:
    """The formset of a revision that uses these claims."""
    data = {"uses-TOTAL_FORMS": str(len(claims)), "uses-INITIAL_FORMS": "1"}
    for number, claim in enumerate(claims):
        data |= {
            f"uses-{number}-claim": str(claim.pk),
            f"uses-{number}-mode": "asserted",
            f"uses-{number}-central": "on",
        }
    return data


def story_body(story: Story) -> str:
    return story.revisions.order_by("-number").first().body


@pytest.mark.parametrize(
    "seen",
    [
        '{"at": "2031-02-30T00:00:00+00:00", "values": {}}',
        '{"at": "0001-01-01T00:00:00+00:00", "values": {}}',
        '{"at": "2031-02-03T00:00:00", "values": {}}',
        '{"at": "2031-02-03T00:00:00Z", "values": {"adverse_to": ["no id"]}}',
        "[]",
    ],
)
def test_tampered_form_content_causes_no_server_error(room, visit, seen):
    claim, rosa = room.claim(), visit("rosa")
    opened = carried(rosa.open_form(claim, "claim.revise"))
    revise(visit("felix"), claim, text="It was shut.")
    mine = opened | {"text": "It was ajar.", "kind": "content", "risk": claim.risk, "_seen": seen}
    assert rosa.client.post(action_url(claim, "claim.revise"), mine).status_code == 409


@pytest.mark.parametrize(
    "use", ["{hidden}", '["{hidden}"]', '["{hidden}", "asserted", true, null, []]', "[1, 2, 3, 4, 5]"]
)
def test_carried_content_shows_no_claim_that_its_user_may_not_see(room, city, visit, use):
    hidden, own = room.claim("The mayor has resigned.", by="carl", desk_id=city.pk), room.claim()
    story, rosa = room.story(own), visit("rosa")
    opened = carried(rosa.open_form(story, "story.revise"))
    stories.revise(story_id=story.pk, body="It stood open all night.", uses=[], actor=rosa.person, now=room.now)
    seen = {"at": room.now.isoformat(), "values": {"uses": [use.replace("{hidden}", str(hidden.pk))]}}
    mine = opened | {"headline": story.headline, "body": "Copy.", "_seen": json.dumps(seen)} | uses(own)
    answer = rosa.client.post(action_url(story, "story.revise"), mine)
    assert answer.status_code == 409
    assert "resigned" not in answer.content.decode()
