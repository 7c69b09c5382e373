"""What an utterance carries, in the admin: the form, both claims' pages, and the page of a story."""

from __future__ import annotations

from editorial.models import Claim
from tests.admin.conftest import assert_done, page_text


def test_an_utterance_is_filed_and_changed_with_what_it_carries(room, visit):
    charge, rosa = room.claim("The purser stole the wages."), visit("rosa")
    assert_done(
        rosa.submit(
            Claim, "claim.file", text="Torv said so.", kind="utterance", risk="routine", carries=[str(charge.pk)],
            desk_id=str(room.desk.pk),
        )
    )  # fmt: skip
    said = Claim.objects.get(text="Torv said so.")
    assert list(said.carries.all()) == [charge]
    assert f"also use what it passes on: Unverified {charge.text}" in page_text(rosa.page(said))
    assert "Passed on by: Torv said so." in page_text(rosa.page(charge))
    form = rosa.open_form(said, "claim.carry").content.decode()
    assert f'value="{charge.pk}" selected' in form
    assert_done(rosa.submit(said, "claim.carry", carries=[], expected_version=str(said.version)), said)
    assert not said.carries.exists()


def test_the_button_is_offered_on_utterances_only(room, visit):
    said, other = room.claim("He said so.", kind="utterance"), room.claim()
    assert "/action/claim.carry/" in visit("rosa").page(said).content.decode()
    assert "/action/claim.carry/" not in visit("rosa").page(other).content.decode()


def test_the_page_of_a_story_says_which_utterance_carries_the_refused_claim(room, visit):
    charge = room.claim("The purser stole the wages.")
    room.says(room.paper(contradicts=[charge.pk]), charge, "denies")
    said = room.verified("Torv said so.", kind="utterance", risk="routine", carries=[charge.pk])
    story = room.cleared(said, mode="attributed")
    text = page_text(visit("edith").page(story))
    assert "Printing a quotation also prints what it says. Carried by: Torv said so." in text
    assert "E_REFUTED" in text
    assert "The gate" in page_text(visit("edith").page(charge)), "the story uses the charge, too"
    form = page_text(visit("edith").open_form(story, "story.publish"))
    assert "Carried by: Torv said so." in form


def test_another_desk_does_not_see_which_utterances_carry_its_claim(room, visit, city):
    room.desk, politics = city, room.desk
    charge = room.claim("The mayor knew.", by="carl")
    room.desk = politics
    said = room.claim("Torv said so.", kind="utterance", by="hugo")
    room.people["hugo"].refresh_from_db()
    said.carried_links.create(carried=charge)
    assert "Torv said so." not in page_text(visit("carl").page(charge))
    assert "The mayor knew." in page_text(visit("rosa").page(said))
