"""What an outlet says of an item on file acts on what the newsroom holds."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from editorial.models import Correction, Desk, Event, Membership, Notification, Story, WireItem
from editorial.notifications import notices
from editorial.workflow.core.errors import Conflict
from editorial.workflow.stories import desks, gates, publication, stories
from tests.support.cast import HOUR, Room, assert_refused, events
from tests.workflow.imports.test_imports import ITEM, rows, wire

SLUICE = ITEM | {"uri": "urn:newsml:wire.example:sluice", "version": "3", "versionCreated": "2026-03-03T12:00:00Z"}


def version(number: int, **changed: Any) -> dict[str, Any]:
    """A version of the item, made at that hour of the day."""
    return SLUICE | {"version": str(number), "versionCreated": f"2026-03-03T{9 + number:02}:00:00Z"} | changed


def words(text: str) -> dict[str, Any]:
    return {"bodies": [{"value": f"<p>{text}</p>"}]}


def cleared(room: Room, item: dict[str, Any]) -> Story:
    """A draft of the item that has been cleared and needs nothing else."""
    rosa, edith = room.people["rosa"], room.people["edith"]
    story = wire(room, item).rows.get().story
    stories.revise(story_id=story.pk, body="All night, it says.", actor=rosa, now=room.now)
    stories.submit(story_id=story.pk, actor=rosa, now=room.now)
    stories.confirm_no_claims(story_id=story.pk, actor=edith, now=room.now)
    stories.clear(story_id=story.pk, actor=edith, now=room.now)
    return story


def reload(story: Story) -> Story:
    return Story.objects.get(pk=story.pk)


class TestWithdrawal:
    @pytest.mark.parametrize(
        "status", ["canceled", "withheld", "stat:canceled", "Killed", "no longer good", ["usable"]]
    )
    def test_of_a_scheduled_item_stops_the_story_and_tells_authors_and_editors(
        self, room: Room, status: object
    ) -> None:
        edith = room.people["edith"]
        story = cleared(room, version(3))
        stories.schedule(story_id=story.pk, at=room.now + HOUR, time_zone="UTC", actor=edith, now=room.now)
        notice = {"uri": SLUICE["uri"], "version": "4", "pubStatus": status, "headlines": [{"value": "KILL"}]}
        assert rows(wire(room, notice)) == [(1, "updated", [])]
        story = reload(story)
        assert (story.status, story.publish_at, story.gate) == ("cleared", None, "block")
        assert story.wire_items.get().pub_status in ("canceled", "withheld")
        assert '"version": "4"' in story.wire_items.get().exhibit.text, "the notice is archived"
        notices.notify(event_id=Event.objects.get(action="story.wire_item_withdraw").pk, now=room.now)
        told = Notification.objects.filter(subject__startswith="Wire item withdrawn")
        assert {notice.user.username for notice in told} >= {"rosa", "edith"}
        for attempt in (
            lambda: publication.publish(story_id=story.pk, actor=edith, now=room.now),
            lambda: stories.schedule(story_id=story.pk, at=room.now + HOUR, time_zone="UTC", actor=edith, now=room.now),
        ):
            with assert_refused(Conflict, "E_WIRE_ITEM_WITHDRAWN"):
                attempt()

    def test_is_overridden_only_by_a_senior_editor_and_only_until_the_next_notice(self, room: Room) -> None:
        story = cleared(room, version(3))
        wire(room, version(4, pubStatus="withheld"))
        senior = room.people["sena"]
        room.later(hours=1)
        stories.override(
            story_id=story.pk, code="E_WIRE_ITEM_WITHDRAWN", reason="We have it ourselves.", actor=senior, now=room.now
        )
        assert gates.evaluate(reload(story), now=room.now).may_run
        room.later(hours=1)
        wire(room, version(5, pubStatus="canceled"))
        with assert_refused(Conflict, "E_WIRE_ITEM_WITHDRAWN"):
            publication.publish(story_id=story.pk, actor=room.people["edith"], now=room.now)

        def override() -> None:
            stories.override(
                story_id=story.pk, code="E_WIRE_ITEM_WITHDRAWN", reason="Asked again.", actor=senior, now=room.now
            )

        with assert_refused(Conflict, "GATEOVERRIDE_ONCE"):
            override()
        stories.revise(story_id=story.pk, body="All night, we say.", actor=room.people["rosa"], now=room.now)
        override()
        assert gates.evaluate(reload(story), now=room.now).wire_item_refusals == []

    def test_of_a_printed_item_flags_the_story(self, room: Room) -> None:
        story = cleared(room, version(3))
        publication.publish(story_id=story.pk, actor=room.people["edith"], now=room.now)
        room.later(hours=1)
        wire(room, version(4, pubStatus="withheld"))
        assert (reload(story).status, reload(story).remedy) == ("published", "correction")
        assert "withdrawn the wire item" in Correction.objects.get(story=story, closed_at=None).because
        publication.reevaluate(story_id=story.pk, now=room.now)
        assert events(story).count("story.flag") == 1
        wire(room, version(5))
        assert reload(story).remedy == "none"

    def test_is_lifted_only_by_a_newer_version_and_only_if_it_is_not_final(self, room: Room) -> None:
        story = cleared(room, version(3))
        wire(room, version(4, pubStatus="withheld"))
        assert rows(wire(room, version(3))) == [(1, "known", [])], "an older version changes nothing"
        assert rows(wire(room, version(4))) == [(1, "refused", ["WIRE_ITEM_WITHDRAWN"])]
        assert rows(wire(room, version(5))) == [(1, "updated", [])]
        assert (reload(story).wire_items.get().pub_status, reload(story).wire_items.get().held_at) == ("usable", None)
        assert events(story)[-2:] == ["story.wire_item_restore", "story.gate"]
        wire(room, version(6, pubStatus="canceled"))
        assert rows(wire(room, version(7))) == [(1, "refused", ["WIRE_ITEM_WITHDRAWN"])]
        assert reload(story).wire_items.get().pub_status == "canceled"

    def test_that_is_repeated_is_no_news(self, room: Room) -> None:
        story = cleared(room, version(3))
        for _ in range(2):
            wire(room, version(4, pubStatus="canceled"))
        assert events(story).count("story.wire_item_withdraw") == 1

    def test_that_arrives_before_the_item_keeps_it_out(self, room: Room) -> None:
        assert rows(wire(room, version(4, pubStatus="withheld"))) == [(1, "refused", ["NOT_USABLE"])]
        assert rows(wire(room, version(3))) == [(1, "refused", ["WIRE_ITEM_WITHDRAWN"])]
        assert rows(wire(room, version(5))) == [(1, "filed", [])]

    def test_within_one_document_outweighs_the_version_before_it(self, room: Room) -> None:
        batch = wire(room, version(3), version(4, pubStatus="canceled"))
        assert rows(batch) == [(1, "known", ["OLDER_VERSION"]), (2, "refused", ["NOT_USABLE"])]
        assert not Story.objects.exists()


class TestEmbargo:
    @pytest.mark.parametrize("stated", ["after the vote", "1798102800000", 1798102800, True, ["2026"], "04/05/2026"])
    def test_that_cannot_be_read_holds_until_a_senior_editor_overrides_it(self, room: Room, stated: object) -> None:
        story = cleared(room, version(3, embargoed=stated))
        with assert_refused(Conflict, "E_EMBARGO_UNREADABLE"):
            publication.publish(story_id=story.pk, actor=room.people["edith"], now=room.now)
        with assert_refused(Conflict, "E_EMBARGO_UNREADABLE"):
            stories.schedule(
                story_id=story.pk, at=room.now + HOUR, time_zone="UTC", actor=room.people["edith"], now=room.now
            )
        assert gates.evaluate(reload(story), now=room.now).gate == "block"
        senior = room.people["sena"]
        stories.override(
            story_id=story.pk, code="E_EMBARGO_UNREADABLE", reason="The vote is over.", actor=senior, now=room.now
        )
        publication.publish(story_id=story.pk, actor=room.people["edith"], now=room.now)

    @pytest.mark.parametrize(
        ("stated", "ends"),
        [
            ("2026-12-24T09:00:00z", datetime(2026, 12, 24, 9, tzinfo=UTC)),
            (" 2026-12-24T24:00:00Z", datetime(2026, 12, 25, tzinfo=UTC)),
            ("Thu, 24 Dec 2026 09:00:00 GMT", datetime(2026, 12, 24, 9, tzinfo=UTC)),
            ("24 December 2026 09:00 CET", datetime(2026, 12, 24, 8, tzinfo=UTC)),
            ("2026-12-24T09:00:00", datetime(2026, 12, 24, 21, tzinfo=UTC)),
            ("2026-12-24", datetime(2026, 12, 25, 12, tzinfo=UTC)),
        ],
    )
    def test_that_can_be_read_ends_at_the_latest_instant_that_it_can_mean(
        self, room: Room, stated: str, ends: datetime
    ) -> None:
        item = wire(room, version(3, embargoed=stated)).rows.get().story.wire_items.get()
        assert (item.embargo_until, item.embargo_as_stated) == (ends, "")

    def test_that_becomes_unreadable_in_a_later_version_holds(self, room: Room) -> None:
        story = cleared(room, version(3))
        stories.schedule(
            story_id=story.pk, at=room.now + HOUR, time_zone="UTC", actor=room.people["edith"], now=room.now
        )
        wire(room, version(4, embargoed="to be announced"))
        assert (reload(story).status, reload(story).gate) == ("cleared", "block")
        assert "story.wire_item_embargo" in events(story)


class TestMovedStory:
    """The wire item stays with the desk that imports it; what the outlet says of it still bars the story."""

    @pytest.fixture
    def moved(self, room: Room) -> Story:
        """A cleared and scheduled story of the item that is now at the desk City."""
        edith, city = room.people["edith"], Desk.objects.get(slug="city")
        Membership.objects.create(user=edith, desk=city, role="editor")
        story = cleared(room, version(3))
        stories.schedule(story_id=story.pk, at=room.now + 2 * HOUR, time_zone="UTC", actor=edith, now=room.now)
        return desks.move(story_id=story.pk, desk_id=city.pk, reason="Theirs.", actor=edith, now=room.now)

    def test_is_barred_by_a_withdrawal_that_its_former_desk_imports(self, room: Room, moved: Story) -> None:
        batch = wire(room, version(4, pubStatus="canceled"))
        assert rows(batch) == [(1, "updated", [])]
        assert batch.rows.get().story is None, "its former desk no longer sees it"
        story = reload(moved)
        assert (story.status, story.gate, story.wire_items.get().pub_status) == ("cleared", "block", "canceled")
        with assert_refused(Conflict, "E_WIRE_ITEM_WITHDRAWN"):
            publication.publish(story_id=story.pk, actor=room.people["edith"], now=room.now)
        notices.notify(event_id=Event.objects.get(action="story.wire_item_withdraw").pk, now=room.now)
        assert "cleo" in set(Notification.objects.values_list("user__username", flat=True)), "at the new desk"

    def test_is_barred_by_an_embargo_that_its_former_desk_imports(self, room: Room, moved: Story) -> None:
        ends = room.now + 4 * HOUR
        wire(room, version(4, embargoed=ends.isoformat()))
        assert reload(moved).wire_items.get().embargo_until == ends
        with assert_refused(Conflict, "UNDER_EMBARGO"):
            publication.publish(story_id=moved.pk, actor=room.people["edith"], now=room.now)

    def test_is_shown_to_an_importer_who_also_sees_the_new_desk(self, room: Room, moved: Story) -> None:
        assert wire(room, version(4, **words("Five.")), by="edith").rows.get().story == moved

    def test_does_not_take_part_in_what_its_new_desk_imports(self, room: Room, moved: Story) -> None:
        batch = wire(room, version(3), by="carl", desk_id=moved.desk_id)
        assert rows(batch) == [(1, "filed", [])]
        assert batch.rows.get().story != moved


class TestOrder:
    def test_an_older_version_is_not_shown_as_the_newest(self, room: Room) -> None:
        story = wire(room, version(3, **words("Four."))).rows.get().story
        assert rows(wire(room, version(2, **words("Nine.")))) == [(1, "known", [])]
        item = WireItem.objects.get()
        assert (item.edition, item.revised_at.hour, item.changed_at) == ("3", 12, None)
        assert "story.wire_item_change" not in events(story)

    def test_of_several_versions_in_one_document_the_newest_is_drafted(self, room: Room) -> None:
        batch = wire(room, version(1, **words("One.")), version(3, **words("Three.")), version(2, **words("Two.")))
        assert rows(batch) == [(1, "known", ["OLDER_VERSION"]), (2, "filed", []), (3, "known", ["OLDER_VERSION"])]
        assert Story.objects.get().revisions.get().body == "Three."

    def test_versions_from_alternating_caches_without_dates_are_news_once(self, room: Room) -> None:
        bare = {name: value for name, value in ITEM.items() if name not in ("versionCreated", "firstCreated")}
        states = [rows(wire(room, bare | words(text)))[0][1] for text in ("A.", "B.", "A.", "B.", "A.")]
        assert states == ["filed", "updated", "known", "known", "known"]

    def test_earlier_words_in_a_newer_version_are_news(self, room: Room) -> None:
        wire(room, version(1, **words("A.")))
        assert rows(wire(room, version(2, **words("B."))))[0][1] == "updated"
        assert rows(wire(room, version(3, **words("A."))))[0][1] == "updated"
