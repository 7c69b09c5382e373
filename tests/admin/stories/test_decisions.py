"""What a decision on a story rests on, and what it will do, beside the form."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from editorial.models import Event, Notification, User
from editorial.notifications import notices
from editorial.workflow.evidence import statements
from editorial.workflow.ops import webhooks
from editorial.workflow.people import subscriptions
from editorial.workflow.stories import publication, restrictions, stories
from tests.admin.conftest import assert_done, page_text
from tests.support.confidential import claim_with_silent_party

pytestmark = pytest.mark.exhaustive  # plays whole stories

MAX_QUERIES = 40


def test_publishing_shows_the_copy_the_gate_and_what_will_happen(room, visit):
    story = room.cleared(room.corroborated("The lock was broken."), mode="attributed")
    form = page_text(visit("edith").open_form(story, "story.publish"))
    assert "It stood wide open." in form
    assert "Condition" in form
    assert "The lock was broken." in form
    assert "Say in the copy" in form
    assert "Version 1 goes out: revision 2 of the copy." in form
    assert "As things stand it will be refused" in form, "no copy editor has confirmed the conditions"


def test_each_decision_says_which_version_goes_out(room, visit):
    story, edith, sena = room.cleared(room.verified()), visit("edith"), visit("sena")
    assert "Nothing goes out." in page_text(edith.open_form(story, "story.clear"))
    assert "will be refused" not in page_text(edith.open_form(story, "story.publish"))
    schedule = page_text(edith.open_form(story, "story.schedule"))
    assert "Nothing goes out now." in schedule
    assert "Version 1 goes out: revision 2 of the copy." in schedule
    assert "Notified when it goes out" in schedule
    assert_done(edith.submit(story, "story.publish"), story)
    assert story.published_version == 1
    correct = page_text(edith.open_form(story, "story.correct"))
    assert "Version 2 goes out in place of version 1: the copy as it is in print, with your note to readers." in correct
    assert "readers get only the note" in correct
    stories.revise(story_id=story.pk, body="It stood ajar.", actor=room.people["rosa"], now=room.now)
    assert "in place of version 1: revision 3 of the copy" in page_text(edith.open_form(story, "story.correct"))
    withhold = page_text(edith.open_form(story, "story.withhold"))
    assert "It stood wide open." in withhold, "what is in print"
    assert "It stood ajar." not in withhold
    assert_done(edith.submit(story, "story.withhold", reason="A call."), story)
    assert "Publish a correction instead" in page_text(edith.open_form(story, "story.restore"))
    retract = page_text(sena.open_form(story, "story.retract"))
    assert "Version 3 goes out in place of version 2: a retraction" in retract


def test_a_correction_shows_what_is_owed_to_readers(room, visit):
    claim = room.verified("The lock was broken.")
    story = room.published(claim)
    statements.end(
        statement_id=claim.statements.first().pk, ended="withdrawn", reason="Rang.", actor=room.people["rosa"],
        now=room.now,
    )  # fmt: skip
    room.settle()
    for button in ("story.correct", "story.retract"):
        assert "Readers are owed" in page_text(visit("sena").open_form(story, button)), button


@pytest.mark.parametrize("action", ["story.publish", "story.correct", "story.retract"])
def test_everybody_shown_as_notified_is_notified(room, visit, action):
    claim = room.verified()
    story = room.cleared(claim) if action == "story.publish" else room.published(claim)
    subscriptions.follow(story_id=story.pk, actor=room.people["faye"], now=room.now)
    subscriptions.follow(desk_id=room.desk.pk, actor=room.people["ruben"], now=room.now)
    webhooks.add(desk_id=room.desk.pk, url="https://hook.example/in", actor=room.people["ada"], now=room.now)
    browser, run = visit("sena"), getattr(publication, action.partition(".")[2])
    shown = browser.open_form(story, action).context["panel"]["consequences"].notified
    words = {} if action == "story.publish" else {"text" if action == "story.correct" else "reason": "All wrong."}
    run(story_id=story.pk, **words, actor=browser.person, now=room.now)
    event = Event.objects.filter(action=action).latest("number")
    notices.notify(event_id=event.pk, now=room.now)
    notified = set(Notification.objects.filter(event=event).values_list("user__username", flat=True))
    named = {person.username for person in shown.people}
    assert named
    assert named <= notified
    assert len(notified - named) == shown.follower_count == 2
    assert shown.webhook_count == 1
    assert "sena" not in named


def test_followers_are_counted_and_not_named(room, visit):
    story = room.cleared(room.verified())
    subscriptions.follow(story_id=story.pk, actor=room.people["faye"], now=room.now)
    form = page_text(visit("edith").open_form(story, "story.publish"))
    assert "and 1 who follows it" in form
    assert "faye" not in form


def test_the_panel_shows_of_a_silent_party_only_what_its_reader_may_know(room, visit):
    story = room.story(claim_with_silent_party(room, is_our_source=True), mode="attributed")
    stories.submit(story_id=story.pk, actor=room.people["rosa"], now=room.now)
    stories.clear(story_id=story.pk, actor=room.people["edith"], now=room.now)
    for name in ("edgar", "cuno"):
        form = page_text(visit(name).open_form(story, "story.publish"))
        assert ("one of our unnamed sources" in form) is (name == "cuno")
        assert "Quillfeather" not in form
    assert visit("cleo").open_form(story, "story.publish").status_code == 404


def test_a_restriction_is_shown_with_its_reason(room, visit):
    story = room.cleared(room.verified())
    restrictions.restrict_story(
        story_id=story.pk, kind="court", reason="High Court, 7 HC 1.", actor=room.people["lara"], now=room.now
    )
    assert "High Court, 7 HC 1." in page_text(visit("edith").open_form(story, "story.publish"))


def test_a_refusal_keeps_the_panel(room, visit):
    refused = visit("edith").submit(room.cleared(room.claim("The lock was broken.")), "story.publish")
    assert refused.status_code == 409
    assert "What will happen" in page_text(refused)


def test_a_decision_takes_few_queries_however_much_there_is(room, visit):
    editor, counts = visit("sena"), []
    for claim_count in (2, 5):
        claims = [room.verified(f"The lock was broken ({number} of {claim_count}).") for number in range(claim_count)]
        for each in range(claim_count):
            user = User.objects.create(username=f"e{claim_count}{each}", email="e@newsroom.example", password="!")
            user.memberships.create(desk=room.desk, role="editor")
        story = room.published(*claims)
        statements.end(
            statement_id=claims[0].statements.first().pk, ended="withdrawn", reason="Rang.", now=room.now,
            actor=room.people["rosa"],
        )  # fmt: skip
        room.settle()
        with CaptureQueriesContext(connection) as queries:
            form = editor.open_form(story, "story.correct")
        assert "Readers are owed" in page_text(form)
        counts.append(len(queries))
    assert counts[0] == counts[1] <= MAX_QUERIES, counts
