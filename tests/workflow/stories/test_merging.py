"""Two drafts of one original become one, and what the outlet says of either acts on it."""

from __future__ import annotations

import pytest

from editorial.models import Story, Subscription
from editorial.workflow.core.errors import Conflict, Forbidden, ValidationFailed
from editorial.workflow.people import subscriptions
from editorial.workflow.stories import gates, merging, publication, restrictions, returns, stories
from tests.support.cast import Room, assert_refused, events, run_concurrently
from tests.workflow.imports.test_imports import ITEM, rows, wire
from tests.workflow.imports.test_later_versions import cleared

AGENCY = ITEM | {"uri": "urn:newsml:wire.example:sluice", "version": "3"}
REWRITTEN = AGENCY | {"uri": "urn:newsml:copy.example:sluice"}


def draft(room: Room, item: dict[str, object]) -> Story:
    return wire(room, item).rows.get().story


def merge(room: Room, story: Story, into: Story, **fields: object) -> Story:
    arguments = {"reason": "One report.", "actor": room.people["edith"], "now": room.now} | fields
    return merging.merge(story_id=story.pk, into_id=into.pk, **arguments)


def unmerge(room: Room, story: Story) -> Story:
    return merging.unmerge(story_id=story.pk, reason="Two.", actor=room.people["edith"], now=room.now)


def kill(room: Room, item: dict[str, object]) -> None:
    notice = {"uri": item["uri"], "version": "9", "pubStatus": "canceled", "headlines": [{"value": "KILL"}]}
    assert rows(wire(room, notice)) == [(1, "updated", [])]


def test_the_other_draft_gets_what_this_one_has(room: Room) -> None:
    rosa, ruben, edith = (room.people[name] for name in ("rosa", "ruben", "edith"))
    shared, added = room.claim(), room.claim("The lock was old.")
    into, story = room.story(shared), room.story(shared, added)
    stories.revise(story_id=story.pk, body="Ajar, it says.", actor=rosa, now=room.now)
    stories.assign(story_id=into.pk, authors=[ruben.pk], actor=edith, now=room.now)
    stories.revise(
        story_id=into.pk, uses=[{"claim": shared.pk, "mode": "debunk", "central": False}], actor=edith, now=room.now
    )
    restrictions.restrict_story(story_id=story.pk, kind="court", reason="An order.", actor=edith, now=room.now)
    subscriptions.follow(story_id=story.pk, actor=rosa, now=room.now)
    into = merge(room, story, into)
    story.refresh_from_db()
    assert (story.status, story.merged_into) == ("spiked", into)
    assert {author.username for author in into.authors.all()} == {"rosa", "ruben"}
    assert {use.claim_id: use.mode for use in into.uses.all()} == {shared.pk: "debunk", added.pk: "asserted"}
    assert gates.evaluate(into, now=room.now).restricted
    assert Subscription.objects.filter(story=into, user=rosa).exists()
    assert events(story)[-1] == events(into)[-1] == "story.merge"
    assert into.revisions.latest("number").body == "It stood wide open.", "its copy is its own"


def test_a_new_claim_voids_the_clearance_of_the_other_draft(room: Room) -> None:
    story, into = room.story(room.claim()), room.cleared(room.verified())
    assert merge(room, story, into).status == "submitted"
    same = room.story()
    ready = room.cleared(room.verified("The lock was shut."))
    assert merge(room, same, ready).status == "cleared", "it got nothing new"


def test_a_withdrawal_of_either_original_bars_the_draft_that_remains(room: Room) -> None:
    into = cleared(room, AGENCY)
    merge(room, draft(room, REWRITTEN), into)
    kill(room, REWRITTEN)
    assert [block.code for block in gates.evaluate(into, now=room.now).item_blocks] == ["E_WIRE_ITEM_WITHDRAWN"]
    override = {"code": "E_WIRE_ITEM_WITHDRAWN", "reason": "We saw it.", "actor": room.people["sena"]}
    stories.override(story_id=into.pk, **override, now=room.now)
    assert gates.evaluate(into, now=room.now).may_run
    room.later(minutes=1)
    kill(room, AGENCY)
    assert not gates.evaluate(into, now=room.now).may_run, "the override is older than the second notice"
    with assert_refused(Conflict, "E_WIRE_ITEM_WITHDRAWN", "E_WIRE_ITEM_WITHDRAWN"):
        publication.publish(story_id=into.pk, actor=room.people["edith"], now=room.now)


def test_no_earlier_override_covers_what_a_merger_brings_in(room: Room) -> None:
    sena = room.people["sena"]
    story, into = draft(room, REWRITTEN), cleared(room, AGENCY)
    kill(room, REWRITTEN)
    kill(room, AGENCY)
    room.later(minutes=1)
    override = {"code": "E_WIRE_ITEM_WITHDRAWN", "reason": "We saw it.", "actor": sena, "now": room.now}
    stories.override(story_id=into.pk, **override)
    version = Story.objects.get(pk=into.pk).version
    room.later(minutes=1)
    assert merge(room, story, into).version > version, "nobody decides on a page that lacks the other notice"
    assert not gates.evaluate(into, now=room.now).may_run


def test_a_changed_original_is_noted_on_the_draft_that_remains(room: Room) -> None:
    story, into = draft(room, REWRITTEN), draft(room, AGENCY)
    merge(room, story, into)
    wire(room, REWRITTEN | {"version": "4", "bodies": [{"value": "<p>Until six.</p>"}]})
    assert events(into)[-1] == "story.wire_item_change"
    assert events(story)[-1] == "story.merge"


def test_drafts_merged_by_mistake_are_separated_with_their_wire_items(room: Room) -> None:
    story, into = draft(room, REWRITTEN), draft(room, AGENCY)
    merge(room, story, into)
    with assert_refused(Conflict, "MERGED"):
        returns.unspike(story_id=story.pk, reason="News.", actor=room.people["edith"], now=room.now)
    third = room.story()
    merge(room, into, third)
    with assert_refused(Conflict, "MERGED"):
        unmerge(room, story)
    unmerge(room, into)
    story = unmerge(room, story)
    assert (story.status, story.merged_into) == ("draft", None)
    assert [item.uri for item in story.wire_items.all()] == [REWRITTEN["uri"]]
    assert [item.uri for item in into.wire_items.all()] == [AGENCY["uri"]]
    kill(room, REWRITTEN)
    assert gates.evaluate(story, now=room.now).gate == "block"
    assert gates.evaluate(into, now=room.now).gate != "block"
    with assert_refused(Conflict, "WRONG_STATE"):
        unmerge(room, story)


def test_what_cannot_be_merged_says_why(room: Room) -> None:
    story, into = room.story(), room.story()
    with assert_refused(Conflict, "SAME_STORY"):
        merge(room, story, story)
    with assert_refused(ValidationFailed, "REASON_REQUIRED"):
        merge(room, story, into, reason=" ")
    with assert_refused(Forbidden, "FORBIDDEN"):
        merge(room, story, into, actor=room.people["rosa"])
    printed = room.published(room.verified())
    for one, other in ((story, printed), (printed, story)):
        with assert_refused(Conflict, "WRONG_STATE"):
            merge(room, one, other)
    spiked = room.story()
    stories.spike(story_id=spiked.pk, reason="Old.", actor=room.people["edith"], now=room.now)
    with assert_refused(Conflict, "NOT_MERGED"):
        unmerge(room, spiked)


@pytest.mark.exhaustive
@pytest.mark.django_db(transaction=True)
def test_two_drafts_merged_into_each_other_at_once_leave_one(room: Room) -> None:
    one, other = room.story(), room.story()
    run_concurrently(lambda: merge(room, one, other), lambda: merge(room, other, one))
    merged = [story.merged_into_id for story in Story.objects.filter(pk__in=[one.pk, other.pk])]
    assert sorted(key is None for key in merged) == [False, True]
