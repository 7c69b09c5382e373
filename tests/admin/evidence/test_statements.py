"""Buttons on a statement."""

from __future__ import annotations

from editorial.models import ClaimUse, ClaimVisibility, Desk, Relay, Statement
from editorial.workflow.evidence import briefings, exhibits
from editorial.workflow.stories import stories
from tests.admin.conftest import assert_done, page_text


def test_a_reporter_records_a_statement(room, visit):
    claim, source = room.claim(), room.person()
    assert_done(
        visit("rosa").submit(
            claim, "statement.record", source_id=str(source.pk), stance="affirms", directness="first_hand",
            obtained_by="us", quote="I saw it.", said_at="2026-01-02T12:00",
        )
    )  # fmt: skip
    recorded = Statement.objects.get()
    assert (recorded.collected_by.username, recorded.terms, recorded.quote) == ("rosa", "on_record", "I saw it.")


def test_a_statement_is_revised_moved_and_ended(room, visit):
    claim, rosa = room.claim(), visit("rosa")
    said = room.says(room.person(), claim)
    given = {
        "stance": "denies",
        "directness": "first_hand",
        "terms": "background",
        "obtained_by": "us",
        "expected_version": said.version,
    }
    assert_done(rosa.submit(said, "statement.revise", **given), said)
    assert (said.stance, said.terms) == ("denies", "background")
    other = room.claim("Another.")
    assert_done(rosa.submit(said, "statement.revise.move", claim_id=str(other.pk)), said)
    assert said.claim == other
    assert_done(rosa.submit(said, "statement.end", ended="withdrawn", reason="Phoned."), said)
    assert said.ended == "withdrawn"


def test_a_superseded_statement_shows_its_replacement(room, visit):
    source = room.person("Ada Kern")
    earlier = room.says(source, room.claim("Twelve died."), quote="Twelve.")
    later = room.says(source, room.claim("Fourteen died."), quote="Fourteen.")
    rosa = visit("rosa")
    form = page_text(rosa.open_form(earlier, "statement.end"))
    assert "the facts have changed" in form
    assert "“Fourteen.” – on: Fourteen died." in form
    given = {"ended": "superseded", "ended_by": str(later.pk), "reason": "The afternoon count."}
    assert_done(rosa.submit(earlier, "statement.end", **given), earlier)
    assert (earlier.ended, earlier.ended_by) == ("superseded", later)
    assert "replaced by Ada Kern" in page_text(rosa.page(earlier))
    assert "Replaces Ada Kern" in page_text(rosa.page(later))
    assert "superseded by newer facts" in page_text(rosa.page(earlier.claim))


def test_the_form_does_not_reveal_what_else_a_protected_source_said(room, visit, people):
    """A reporter at the other desk sees both claims, and neither learns that one keeper spoke on both."""
    keeper = room.person("a keeper", unnamed=True, identity_name="Jo Roe", identity_known_by="1970")
    first, second = room.claim("The lock was broken."), room.claim("The gate was open.")
    earlier, later = room.says(keeper, first, quote="Broken."), room.says(keeper, second, quote="Open.")
    city = Desk.objects.get(slug="city")
    story = stories.pitch(desk_id=city.pk, headline="The lock", actor=people["carl"], now=room.now)
    for number, claim in enumerate((first, second)):
        ClaimUse.objects.create(story=story, claim=claim, mode="attributed", central=bool(number))
    assert "Open." in page_text(visit("rosa").open_form(earlier, "statement.end"))
    assert visit("carl").page(earlier).status_code == 200
    assert "Open." not in page_text(visit("carl").open_form(earlier, "statement.end"))
    assert later.claim == second


def test_a_link_to_an_origin_is_added_and_removed(room, visit):
    claim, rosa = room.claim(), visit("rosa")
    origin = room.says(room.person(), claim)
    derived = room.says(room.source("outlet"), claim, directness="relayed")
    assert_done(rosa.submit(derived, "statement.relay", origin_id=str(origin.pk)))
    relay = Relay.objects.get()
    assert (relay.derived, relay.origin) == (derived, origin)
    assert_done(rosa.submit(relay, "statement.undo_relay", reason="It was the other mayor."))
    assert not Relay.objects.exists()


def test_the_form_and_pages_show_how_a_statement_was_obtained(room, visit):
    claim, source, rosa = room.claim(), room.person(), visit("rosa")
    given = {"source_id": str(source.pk), "stance": "affirms", "directness": "first_hand", "obtained_by": "us"}
    told = given | {"inducement": "paid", "collector_conflict": "on", "translation": "machine"}
    assert_done(rosa.submit(claim, "statement.record", **told))
    said = Statement.objects.get()
    assert (said.inducement, said.collector_conflict, said.translation) == ("paid", True, "machine")
    page = page_text(rosa.page(claim))
    assert "Paid: counts as interested" in page
    assert "the colleague who recorded it has a conflict of interest" in page
    assert "translated by a machine, and nobody has checked the translation" in page
    assert "has a conflict of interest" in page_text(rosa.page(said))


def test_titles_of_exhibits_and_briefings_of_another_desk_are_not_shown(room, visit, city, rosa):
    claim, now = room.claim(), room.now
    ClaimVisibility.objects.create(claim=claim, desk=city)  # as if a story of theirs used it
    call = briefings.record(desk_id=room.desk.pk, name="Meeting in the canteen", actor=rosa, now=now)
    said = room.says(room.person(), claim, briefing=call.pk)
    copy = exhibits.attach(
        desk_id=room.desk.pk, title="Payslip of the keeper", text="x", statement_id=said.pk, actor=rosa, now=now
    )
    said.refresh_from_db()
    for page in (said, claim):
        shown = page_text(visit("carl").page(page))
        assert copy.title not in shown
        assert call.name not in shown
        assert "archived at another desk" in shown
    own = page_text(visit("rosa").page(said))
    assert copy.title in own
    assert call.name in own


def test_an_exhibit_lists_no_statements_on_claims_of_another_desk(room, visit, city, carl, rosa):
    hidden = room.says(room.person(), room.claim())
    copy = exhibits.attach(desk_id=city.pk, title="A page", text="x", actor=carl, now=room.now)
    Statement.objects.filter(pk=hidden.pk).update(exhibit=copy)
    assert str(hidden.pk) not in visit("carl").page(copy).content.decode()


def test_a_statement_says_whether_it_counts_and_why_not(room, visit):
    claim, rosa = room.claim(), visit("rosa")
    assert " Counts " in page_text(rosa.page(room.says(room.person(), claim)))
    hearsay = room.says(room.person(), claim, directness="second_hand")
    for page in (page_text(rosa.page(hearsay)), page_text(rosa.page(claim))):
        assert "second-hand, without a named informant" in page


def test_reopening_a_statement_and_separating_sources(room, visit):
    statement, rosa, edith = room.says(room.person(), room.claim()), visit("rosa"), visit("edith")
    assert "statement.reopen" not in rosa.page(statement).content.decode()
    assert_done(rosa.submit(statement, "statement.end", ended="withdrawn", reason="Phoned."), statement)
    assert_done(rosa.submit(statement, "statement.reopen", reason="The other Fenn phoned."), statement)
    assert statement.ended is None
    one, other = room.person(), room.person()
    assert_done(edith.submit(one, "source.merge", into_id=str(other.pk), reason="Same voice."), one)
    assert_done(edith.submit(one, "source.unmerge", reason="Namesakes."), one)
    assert one.merged_into is None


def test_whether_an_unnamed_source_and_its_opponent_count_is_for_custodians(room, visit):
    claim = room.claim()
    said = room.says(room.person("a keeper", unnamed=True), claim, terms="background")
    room.says(room.person(), claim, "denies")
    for row in (said, claim):
        assert "Only custodians see whether it counts." in page_text(visit("rosa").page(row))
        assert "Only custodians see" not in page_text(visit("cuno").page(row))
