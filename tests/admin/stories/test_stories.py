"""Buttons on a story, from pitch to retraction."""

from __future__ import annotations

import html
import re
from datetime import timedelta
from uuid import UUID

import pytest
from django.utils import timezone

from editorial.models import Membership, Story
from editorial.workflow.review import replies
from editorial.workflow.stories import stories
from tests.admin.conftest import assert_done, page_text
from tests.support.confidential import claim_with_silent_party

pytestmark = pytest.mark.exhaustive  # plays whole stories


def test_from_pitch_to_print(room, visit):
    claim = room.verified()
    rosa, edith = visit("rosa"), visit("edith")
    assert_done(rosa.submit(Story, "story.pitch", headline="The gate", body="Open.", desk_id=str(room.desk.pk)))
    story = Story.objects.get()
    assert_done(rosa.submit(story, "story.revise", **revision(story, (claim, "asserted"))), story)
    assert story.uses.get().mode == "asserted"
    assert_done(rosa.submit(story, "story.submit"))
    assert_done(edith.submit(story, "story.clear"), story)
    assert_done(edith.submit(story, "story.publish"), story)
    assert story.status == "published"


def test_a_refused_story_says_why_claim_by_claim_and_stays_where_it_was(room, visit):
    story = room.cleared(room.claim("The lock was broken."))
    answer = visit("edith").submit(story, "story.publish")
    assert answer.status_code == 409
    words = page_text(answer)
    assert "The copy states as fact an opinion, a forecast, or a claim that is not verified and signed" in words
    assert "The lock was broken." in words
    story.refresh_from_db()
    assert story.status == "cleared"


def test_each_condition_is_confirmed_from_the_page(room, visit):
    story = room.cleared(room.corroborated(), mode="attributed")
    copy_editor, page = visit("cora"), visit("cora").page(story).content.decode()
    forms = re.findall(r'name="claim_id" value="([^"]+)"><input type="hidden" name="code" value="([^"]+)"', page)
    assert forms
    for claim_id, code in forms:
        assert_done(copy_editor.submit(story, "story.confirm_condition", claim_id=claim_id, code=code))
    assert story.condition_checks.count() == len(forms)
    assert "Confirmed by cora" in page_text(copy_editor.page(story))
    assert_done(visit("edith").submit(story, "story.publish"), story)
    assert story.status == "published"


def test_a_pending_reply_is_overridden(room, visit):
    party = room.person()
    claim = room.verified(adverse_to=[party.pk])
    story = room.cleared(claim)
    now = timezone.now()
    replies.send(
        to_id=party.pk, covers=[claim.pk], question="Was it?", deadline_at=now + timedelta(hours=4),
        actor=room.people["rosa"], now=now,
    )  # fmt: skip
    chief = visit("sena")
    assert "/action/story.override/?code=E_REPLY_PENDING" in chief.page(story).content.decode()
    assert_done(chief.submit(story, "story.override", code="E_REPLY_PENDING", reason="Public danger."))
    assert story.overrides.get().reason == "Public danger."


def test_a_story_is_scheduled_in_a_chosen_time_zone(room, visit):
    story = room.cleared(room.verified())
    given = {"at": "2099-07-01T18:00", "time_zone": "America/New_York"}
    assert_done(visit("edith").submit(story, "story.schedule", **given), story)
    assert story.publish_at.isoformat() == "2099-07-01T22:00:00+00:00"
    for wrong in ({"at": "soon"}, {"time_zone": "Mars/Olympus"}, {"at": "2001-01-01T00:00"}):
        assert visit("edith").submit(story, "story.schedule", **given | wrong).status_code == 422


def test_an_editor_withholds_corrects_and_a_senior_editor_retracts(room, visit):
    story, edith = room.published(room.verified()), visit("edith")
    assert_done(edith.submit(story, "story.withhold", reason="A call."), story)
    assert story.status == "withheld"
    assert_done(edith.submit(story, "story.correct", text="We had the day wrong."), story)
    assert (story.status, story.corrections.get().text) == ("published", "We had the day wrong.")
    assert edith.submit(story, "story.retract", reason="All wrong.").status_code == 403
    assert_done(visit("sena").submit(story, "story.retract", reason="All wrong."), story)
    assert story.status == "retracted"


def test_an_editor_assigns_a_story_and_spikes_it(room, visit):
    story = stories.pitch(desk_id=room.desk.pk, headline="Gate", actor=room.people["rosa"], now=timezone.now())
    assert_done(visit("edith").submit(story, "story.assign", authors=[str(room.people["ruben"].pk)]), story)
    assert [user.username for user in story.authors.all()] == ["ruben"]
    assert_done(visit("edith").submit(story, "story.spike", reason="Old."), story)
    assert story.status == "spiked"


def test_an_invalid_row_of_uses_is_shown_again(room, visit):
    story, claim = room.story(), room.claim()
    answer = visit("rosa").submit(story, "story.revise", **revision(story, (claim, "")))
    assert answer.status_code == 422
    assert "Choose how the story uses this claim." in page_text(answer)
    assert not story.uses.exists()


def test_uses_are_changed_omitted_and_rely_on_statements(room, visit):
    one, other = room.claim(), room.claim("Another.")
    said = room.says(room.person(), one)
    story = room.story(one)
    given = revision(story, (one, "attributed"), (other, "debunk")) | {
        "uses-INITIAL_FORMS": "1", "uses-0-relies_on": [str(said.pk)], "uses-0-stated_source_count": "2"
    }  # fmt: skip
    assert_done(visit("rosa").submit(story, "story.revise", **given), story)
    used = {use.claim_id: use for use in story.uses.all()}
    assert (used[one.pk].mode, used[one.pk].stated_source_count, used[other.pk].mode) == ("attributed", 2, "debunk")
    assert list(used[one.pk].relies_on.all()) == [said]
    given = revision(story, (one, "attributed"), (other, "debunk")) | {
        "uses-INITIAL_FORMS": "2", "uses-0-remove_use": "on"
    }  # fmt: skip
    assert_done(visit("rosa").submit(story, "story.revise", **given), story)
    assert [use.claim_id for use in story.uses.all()] == [other.pk]


def revision(story, *uses):
    """The form of `story.revise`, filled in."""
    given = {
        "headline": "The gate", "body": "It stood open.", "expected_version": Story.objects.get(pk=story.pk).version,
        "uses-TOTAL_FORMS": str(len(uses)), "uses-INITIAL_FORMS": "0",
    }  # fmt: skip
    for number, (claim, mode) in enumerate(uses):
        given |= {f"uses-{number}-claim": str(claim.pk), f"uses-{number}-mode": mode, f"uses-{number}-central": "on"}
    return given


def test_a_story_without_claims_asks_for_confirmation_and_shows_who_gave_it(room, visit):
    story = room.cleared()
    assert "No claims are listed" in page_text(visit("rosa").page(story))
    copy_editor = visit("cora")
    assert "/action/story.confirm_no_claims/" in copy_editor.page(story).content.decode()
    assert visit("edith").submit(story, "story.publish").status_code == 409
    assert_done(copy_editor.submit(story, "story.confirm_no_claims"))
    assert "Confirmed by cora" in page_text(visit("edith").open_form(story, "story.publish"))
    assert "Confirmed by cora" in page_text(visit("rosa").page(story))
    assert_done(visit("edith").submit(story, "story.publish"), story)
    assert story.status == "published"


@pytest.mark.parametrize(
    ("button", "data"),
    [
        ("story.clear", {}),
        ("story.publish", {}),
        ("story.schedule", {"at": "2099-07-01T18:00", "time_zone": "UTC"}),
        ("story.correct", {"text": "We had the day wrong."}),
        ("story.override", {"code": "E_REPLY_PENDING", "reason": "Public danger."}),
        ("story.confirm_condition", {"claim_id": UUID(int=0), "code": "C_ATTRIBUTE"}),
        ("story.confirm_no_claims", {}),
        ("story.assign", {}),
    ],
)
def test_nobody_acts_on_a_copy_that_has_changed_since_they_read_the_page(room, visit, button, data):
    story = room.cleared()
    data |= {"authors": [str(room.people["rosa"].pk)]} if button == "story.assign" else {}
    refusal = visit("sena").submit(story, button, **data, expected_version=story.version - 1)
    assert refusal.status_code == 409
    assert "Someone else changed this while you were editing" in page_text(refusal)


def test_the_buttons_of_a_page_carry_its_version_also_through_a_form_opened_later(room, visit):
    story = room.story()
    stories.submit(story_id=story.pk, actor=room.people["rosa"], now=room.now)
    editor = visit("edith")
    link = re.search(r'href="([^"]+story\.clear/\?[^"]+)"', editor.page(story).content.decode())
    stories.revise(story_id=story.pk, body="It stood open all night.", actor=room.people["rosa"], now=room.now)
    form = editor.client.get(html.unescape(link.group(1))).context["form"]
    assert editor.submit(story, "story.clear", **form.initial).status_code == 409
    assert_done(editor.submit(story, "story.clear"), story)


def test_a_condition_is_confirmed_for_the_version_that_the_page_shows(room, visit):
    story = room.cleared(room.corroborated(), mode="attributed")
    page = visit("cora").page(story).content.decode()
    assert f'<input type="hidden" name="expected_version" value="{story.version}">' in page


def test_the_gate_does_not_reveal_that_a_silent_party_is_our_source(room, visit):
    for is_our_source in (False, True):
        story = room.story(claim_with_silent_party(room, is_our_source=is_our_source), mode="attributed")
        shown = page_text(visit("ruben").page(story))
        assert "Have a custodian check it" in shown
        assert "one of our unnamed sources" not in shown
        assert ("one of our unnamed sources" in page_text(visit("cuno").page(story))) is is_our_source
    assert "keep it from running" in shown or "keeps it from running" in shown


def test_every_step_that_undoes_another_has_a_button(room, visit, city):
    edith, slot = visit("edith"), {"at": "2099-07-01T18:00", "time_zone": "America/New_York"}
    Membership.objects.create(user=room.people["edith"], desk=city, role="editor")
    story = room.cleared(room.verified())
    assert_done(edith.submit(story, "story.schedule", **slot), story)
    assert_done(edith.submit(story, "story.unschedule"), story)
    assert (story.status, story.planned_at.isoformat()) == ("cleared", "2099-07-01T22:00:00+00:00")
    assert "Planned for 1 Jul 2099" in page_text(edith.page(story))
    assert 'value="2099-07-01T18:00"' in edith.open_form(story, "story.schedule").content.decode()
    assert_done(edith.submit(story, "story.send_back", reason="Who says so?"), story)
    assert (story.status, story.cleared_by) == ("draft", None)
    assert "Who says so?" in page_text(visit("rosa").page(story))
    assert_done(edith.submit(story, "story.spike", reason="Old."), story)
    assert_done(edith.submit(story, "story.unspike", reason="New again."), story)
    assert_done(visit("rosa").submit(story, "story.submit"), story)
    assert_done(edith.submit(story, "story.clear"), story)
    assert_done(edith.submit(story, "story.publish"), story)
    assert_done(edith.submit(story, "story.withhold", reason="A call."), story)
    assert_done(edith.submit(story, "story.restore", reason="A hoax."), story)
    assert (story.status, story.published_version) == ("published", 3)
    assert "story.cancel_correction" not in edith.page(story).content.decode()
    assert_done(edith.submit(story, "story.schedule_correction", text="At dawn.", **slot), story)
    assert "Correction scheduled for 1 Jul 2099" in page_text(edith.page(story))
    assert_done(edith.submit(story, "story.cancel_correction"), story)
    assert "At dawn." in edith.open_form(story, "story.schedule_correction").content.decode()
    ruben = str(room.people["ruben"].pk)
    assert edith.submit(story, "story.assign", authors=[ruben], note="").status_code == 422
    assert_done(edith.submit(story, "story.assign", authors=[ruben], note="Ruben wrote this."), story)
    assert story.corrections.get().text == "Ruben wrote this."
    assert_done(edith.submit(story, "story.move", desk_id=str(city.pk), reason="Theirs."), story)
    assert story.desk == city
