"""A restriction that an outlet states holds until the outlet lifts it, whatever else is wrong with the message."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from editorial.formats import feeds, ninjs
from editorial.formats.news_item import NewsItem
from editorial.models import Exhibit, Import, Notification, Story, User
from editorial.workflow.core.actions import run_in_transaction
from editorial.workflow.core.errors import Conflict, VersionConflict
from editorial.workflow.imports import imports, wire_items
from editorial.workflow.people import users
from editorial.workflow.stories import gates, publication, stories
from tests.support.cast import HOUR, Room, assert_refused, events
from tests.workflow.imports.test_imports import ITEM, KNOWN_BY, NAME, processed, rows, wire
from tests.workflow.imports.test_later_versions import SLUICE, cleared, reload, version, words

PAGE = "https://wire.example/sluice"
UNDATED = {name: value for name, value in ITEM.items() if name not in ("versionCreated", "firstCreated")}
ENDS, LATER = datetime(2040, 1, 1, tzinfo=UTC), datetime(2041, 1, 1, tzinfo=UTC)


def until(end: datetime) -> dict[str, str]:
    return {"embargoed": end.isoformat()}


def embargo(story: Story) -> tuple[datetime | None, str]:
    item = reload(story).wire_items.get()
    return item.embargo_until, item.embargo_as_stated


def page(room: Room, text: str = "Other words.\n\nAnd a body.") -> Import:
    """An import of the item's page."""
    arguments = {"kind": "page", "url": PAGE, "text": text, "desk_id": room.desk.pk, "actor": room.people["rosa"]}
    return processed(room, imports.start(**arguments, now=room.now))


def file(room: Room, item: NewsItem, *, began_at: datetime | None = None) -> str:
    """The state of a row with this item, filed by a job that began at this time."""
    arguments = {"desk": room.desk, "outlet": None, "actor": room.people["rosa"], "now": began_at or room.now}
    return run_in_transaction(lambda: wire_items.file(item, **arguments)).state


def rss(date: str) -> NewsItem:
    """The item, as a feed has it."""
    item = f"<item><guid>{PAGE}</guid><title>Gate</title><pubDate>{date}</pubDate></item>"
    return feeds.read(f'<rss version="2.0"><channel>{item}</channel></rss>'.encode(), url="https://wire.example/feed")[
        0
    ]


def override(room: Room, story: Story, code: str = "E_WIRE_ITEM_WITHDRAWN", *, at: datetime | None = None) -> None:
    stories.override(story_id=story.pk, code=code, reason="We asked.", actor=room.people["sena"], now=at or room.now)


class TestEmbargo:
    @pytest.mark.parametrize("stated", [{"embargoed": "after the vote"}, until(ENDS)])
    def test_is_not_lifted_by_a_page_or_feed_which_cannot_state_one(self, room: Room, stated: dict[str, str]) -> None:
        story = cleared(room, version(3, uri=PAGE, **stated))
        before = embargo(story)
        assert rows(page(room)) == [(1, "updated", [])]
        assert file(room, rss("Tue, 03 Mar 2026 18:00:00 GMT")) == "updated"
        assert embargo(story) == before
        with assert_refused(Conflict, "E_EMBARGO_UNREADABLE" if before[1] else "UNDER_EMBARGO"):
            publication.publish(story_id=story.pk, actor=room.people["edith"], now=room.now)

    def test_is_imposed_and_extended_but_not_lifted_by_a_version_without_date(self, room: Room) -> None:
        story = cleared(room, UNDATED)
        for stated, ends in (({}, None), (until(ENDS), ENDS), ({}, ENDS), (until(LATER), LATER), (until(ENDS), LATER)):
            wire(room, UNDATED | stated)
            assert embargo(story) == (ends, "")
        assert events(story).count("story.wire_item_embargo") == 2

    def test_is_lifted_or_shortened_by_a_newer_version(self, room: Room) -> None:
        story = cleared(room, version(3, **until(LATER)))
        for number, stated, ends in ((4, until(ENDS), ENDS), (3, {}, ENDS), (5, {}, None)):
            wire(room, version(number, **stated))
            assert embargo(story) == (ends, "")

    def test_in_words_of_several_versions_without_date_holds_for_all_of_them_and_settles(self, room: Room) -> None:
        story = cleared(room, UNDATED | {"embargoed": "after the vote"})
        override(room, story, "E_EMBARGO_UNREADABLE")
        for _ in range(2):
            wire(room, UNDATED | {"embargoed": "after the count"})
            wire(room, UNDATED | {"embargoed": "after the vote"})
        assert embargo(story) == (None, "after the count; after the vote")
        assert events(story).count("story.wire_item_embargo") == 1
        assert not gates.evaluate(reload(story), now=room.now).may_run

    def test_in_long_words_is_kept_whole_and_settles(self, room: Room) -> None:
        vote, count = (f"Not before {'the committee has ended ' * 6}its {last}" for last in ("vote", "count"))
        assert 150 < len(vote) < 200
        story = cleared(room, UNDATED | {"embargoed": vote})
        wire(room, UNDATED | {"embargoed": count})
        settled, notified = reload(story), Notification.objects.count()
        assert embargo(story) == (None, f"{count}; {vote}")
        for words_again in (vote, count, vote, count):
            room.later(hours=1)
            wire(room, UNDATED | {"embargoed": words_again})
        again = reload(story)
        assert (again.version, again.wire_items.get().held_at) == (settled.version, settled.wire_items.get().held_at)
        assert embargo(story) == (None, f"{count}; {vote}")
        assert (events(story).count("story.wire_item_embargo"), Notification.objects.count()) == (1, notified)

    def test_in_words_with_a_separator_or_stated_twice_settles(self, room: Room) -> None:
        twice = {"embargoed": "noon", "embargoeduntil": "noon"}
        story = cleared(room, UNDATED | twice)
        for _ in range(2):
            wire(room, UNDATED | {"embargoed": "after the vote; not online"})
            wire(room, UNDATED | twice)
        assert embargo(story) == (None, "after the vote; not online; noon; noon")
        assert events(story).count("story.wire_item_embargo") == 1

    def test_in_more_words_than_fit_loses_the_oldest_whole(self, room: Room) -> None:
        stated = [f"{number:02} {'x' * 190}" for number in range(12)]
        story = cleared(room, UNDATED | {"embargoed": stated[0]})
        for each in stated[1:]:
            wire(room, UNDATED | {"embargoed": each})
        assert embargo(story)[1].split("; ") == stated[:1:-1]

    def test_that_is_replaced_with_new_words_of_the_item_is_reported_once(self, room: Room) -> None:
        story = cleared(room, version(3, embargoed="after the vote"))
        before = reload(story).version
        wire(room, version(4, embargoed="after the count", **words("Other words.")))
        assert embargo(story) == (None, "after the count")
        assert events(story).count("story.wire_item_embargo") == 1
        assert reload(story).version == before + 1

    def test_holds_though_the_words_were_seen_before(self, room: Room) -> None:
        story = cleared(room, UNDATED | words("A."))
        wire(room, UNDATED | words("B."))
        assert rows(wire(room, UNDATED | words("A.") | until(ENDS))) == [(1, "known", [])]
        assert embargo(story) == (ENDS, "")

    def test_beyond_all_years_cannot_be_read_and_keeps_no_withdrawal_out(self, room: Room) -> None:
        story = cleared(room, version(3, embargoed="9999-12-31"))
        assert embargo(story) == (None, "9999-12-31")
        assert rows(wire(room, version(4, pubStatus="canceled", embargoed="9999-12-31T23:59:59Z")))[0][1] == "updated"
        assert reload(story).wire_items.get().pub_status == "canceled"

    def test_of_a_withdrawal_outlasts_its_override(self, room: Room) -> None:
        story = cleared(room, version(3))
        wire(room, version(4, pubStatus="withheld", **until(ENDS)))
        override(room, story)
        with assert_refused(Conflict, "UNDER_EMBARGO"):
            publication.publish(story_id=story.pk, actor=room.people["edith"], now=room.now)

    @pytest.mark.parametrize(
        ("changed", "code"),
        [
            ({"headlines": [], "bodies": []}, "EMPTY"),
            ({"type": "picture"}, "NO_TEXT"),
            ({"headlines": [{"value": f"{NAME} says"}]}, "NAME_IN_TEXT"),
        ],
    )
    def test_of_a_version_that_is_refused_holds(self, room: Room, changed: dict[str, Any], code: str) -> None:
        room.person("a sluice engineer", unnamed=True, identity_name=NAME, identity_known_by=KNOWN_BY)
        story = cleared(room, version(3))
        assert rows(wire(room, version(5, **until(ENDS), **changed), check_only=True)) == [(1, "refused", [code])]
        assert embargo(story) == (None, ""), "a dry run changes nothing"
        batch = wire(room, version(5, **until(ENDS), **changed))
        assert rows(batch) == [(1, "refused", [code])]
        assert batch.refused == 1
        assert embargo(story) == (ENDS, "")
        wire(room, version(4))
        assert embargo(story) == (ENDS, ""), "an older version lifts nothing"
        assert rows(wire(room, version(5, **until(ENDS), **words("Five."))))[0][1] == "updated"

    def test_of_a_version_that_was_refused_before_the_item_arrived_holds(self, room: Room) -> None:
        wire(room, version(4, type="picture", **until(ENDS)))
        assert embargo(cleared(room, version(3))) == (ENDS, "")

    def test_of_an_older_version_holds_if_only_feeds_had_newer_ones(self, room: Room) -> None:
        file(room, rss("Tue, 03 Mar 2026 18:00:00 GMT"))
        wire(room, version(3, uri=PAGE, **until(ENDS)))
        assert embargo(Story.objects.get()) == (ENDS, "")
        wire(room, version(10, uri=PAGE))
        wire(room, version(4, uri=PAGE, **until(LATER)))
        assert embargo(Story.objects.get()) == (None, ""), "ninjs has said since that there is none"

    def test_stated_only_by_its_reason_holds(self, room: Room) -> None:
        story = cleared(room, version(3, embargoedReason="Until the verdict is announced"))
        assert embargo(story) == (None, "Until the verdict is announced")

    def test_in_words_that_arrives_after_print_prevents_the_return_only(self, room: Room, edith: User) -> None:
        story = cleared(room, version(3))
        publication.publish(story_id=story.pk, actor=edith, now=room.now)
        room.later(hours=1)
        wire(room, version(4, embargoed="after the vote"))
        publication.correct(story_id=story.pk, text="A comma.", actor=edith, now=room.now)
        assert reload(story).gate != "block"
        publication.withhold(story_id=story.pk, reason="Embargo.", actor=edith, now=room.now)
        room.settle()
        assert reload(story).gate == "block"
        with assert_refused(Conflict, "E_EMBARGO_UNREADABLE"):
            publication.restore(story_id=story.pk, reason="!", actor=edith, now=room.now)
        override(room, story, "E_EMBARGO_UNREADABLE")
        assert publication.restore(story_id=story.pk, reason="!", actor=edith, now=room.now).status == "published"


class TestWithdrawal:
    def test_is_later_than_an_override_that_overtook_it(self, room: Room) -> None:
        story = cleared(room, version(3))
        wire(room, version(4, pubStatus="withheld"))
        override(room, story, at=room.now + timedelta(seconds=1))
        assert file(room, ninjs.read(version(5, pubStatus="canceled"))[0], began_at=room.now) == "updated"
        assert not gates.evaluate(reload(story), now=room.now + timedelta(seconds=2)).may_run

    def test_is_later_than_a_publication_that_overtook_it(self, room: Room) -> None:
        story = cleared(room, version(3))
        began_at = room.now
        publication.publish(story_id=story.pk, actor=room.people["edith"], now=began_at + timedelta(seconds=1))
        file(room, ninjs.read(version(5, pubStatus="canceled"))[0], began_at=began_at)
        room.later(minutes=1)
        publication.reevaluate(story_id=story.pk, now=room.now)
        assert reload(story).remedy == "correction"

    def test_makes_a_page_that_does_not_show_it_stale(self, room: Room) -> None:
        story = reload(cleared(room, version(3)))
        wire(room, version(4, pubStatus="canceled"))
        with assert_refused(VersionConflict, "STALE_VERSION"):
            stories.override(
                story_id=story.pk, code="E_WIRE_ITEM_WITHDRAWN", reason="!", expected_version=story.version,
                actor=room.people["sena"], now=room.now,
            )  # fmt: skip

    def test_takes_effect_though_its_headline_names_a_confidential_source(self, room: Room) -> None:
        room.person("a sluice engineer", unnamed=True, identity_name=NAME, identity_known_by=KNOWN_BY)
        story = cleared(room, version(3))
        stories.schedule(
            story_id=story.pk, at=room.now + HOUR, time_zone="UTC", actor=room.people["edith"], now=room.now
        )
        notice = version(4, pubStatus="canceled", headlines=[{"value": f"KILL: {NAME} did not say so"}])
        assert rows(wire(room, notice)) == [(1, "updated", [])]
        item = reload(story).wire_items.get()
        assert (item.pub_status, reload(story).status) == ("canceled", "cleared")
        assert (item.exhibit.title, item.exhibit.url) == ("Notice of withdrawal", "")
        assert NAME not in str(list(Exhibit.objects.values_list("title", "url")))

    def test_takes_effect_though_it_cannot_be_archived(self, room: Room, settings: Any) -> None:
        story = cleared(room, version(3))
        before = reload(story).wire_items.get().exhibit
        settings.EXHIBIT_MAX_BYTES = 100
        assert rows(wire(room, version(4, pubStatus="canceled"))) == [(1, "updated", [])]
        assert (reload(story).wire_items.get().pub_status, reload(story).wire_items.get().exhibit) == (
            "canceled",
            before,
        )

    def test_that_is_final_counts_whenever_it_arrives(self, room: Room) -> None:
        story = cleared(room, version(3))
        assert rows(wire(room, version(2, pubStatus="withheld"))) == [(1, "known", [])]
        assert rows(wire(room, version(2, pubStatus="canceled"))) == [(1, "updated", [])]
        item = reload(story).wire_items.get()
        assert (item.pub_status, item.edition, item.revised_at.hour) == ("canceled", "3", 12)
        assert rows(wire(room, version(4, pubStatus="canceled"), version(5, uri=SLUICE["uri"]))) == [
            (1, "known", []),
            (2, "known", ["OLDER_VERSION"]),
        ]

    def test_in_a_later_notice_of_the_same_status_needs_another_override(self, room: Room) -> None:
        story = cleared(room, version(3))
        wire(room, version(4, pubStatus="withheld"))
        override(room, story)
        assert rows(wire(room, version(4, pubStatus="withheld"))) == [(1, "known", [])]
        assert gates.evaluate(reload(story), now=room.now).may_run
        assert (
            rows(wire(room, version(5, pubStatus="withheld", headlines=[{"value": "Court order"}])))[0][1] == "updated"
        )
        with assert_refused(Conflict, "E_WIRE_ITEM_WITHDRAWN"):
            publication.publish(story_id=story.pk, actor=room.people["edith"], now=room.now)

    def test_is_not_lifted_by_a_feed_which_cannot_state_one(self, room: Room) -> None:
        story = cleared(room, version(3, uri=PAGE))
        wire(room, version(4, uri=PAGE, pubStatus="withheld"))
        assert file(room, rss("Tue, 03 Mar 2026 18:00:00 GMT")) == "refused"
        assert reload(story).wire_items.get().pub_status == "withheld"

    def test_of_an_older_version_counts_if_only_feeds_had_newer_ones(self, room: Room) -> None:
        file(room, rss("Tue, 03 Mar 2026 18:00:00 GMT"))
        assert rows(wire(room, version(3, uri=PAGE, pubStatus="withheld")))[0][1] == "updated"
        assert reload(Story.objects.get()).wire_items.get().pub_status == "withheld"

    def test_of_a_spiked_story_is_recorded(self, room: Room) -> None:
        story = cleared(room, version(3))
        stories.spike(story_id=story.pk, reason="Dull.", actor=room.people["edith"], now=room.now)
        assert rows(wire(room, version(4, pubStatus="canceled")))[0][1] == "updated"

    def test_is_filed_first_even_while_the_queue_is_backlogged(
        self, room: Room, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        story = cleared(room, version(3))
        items = [*(version(1, uri=f"urn:{number}") for number in range(12)), version(4, pubStatus="withheld")]
        batch = imports.start(kind="ninjs", items=items, desk_id=room.desk.pk, actor=room.people["rosa"], now=room.now)
        monkeypatch.setattr("editorial.backlog.BACKLOG_THRESHOLD", 1)
        for _ in range(2):
            imports.file_next(import_id=batch.pk, now=room.now)
            assert reload(story).wire_items.get().pub_status == "withheld"
            assert batch.rows.filter(state="waiting").count() == 3, "the others wait"

    def test_and_embargo_count_from_people_who_may_no_longer_import_but_are_lifted_by_none_of_them(
        self, room: Room, rosa: User, ada: User
    ) -> None:
        story = cleared(room, version(3, **until(LATER)))
        lifting = [version(4), version(5, **until(room.now)), version(6, pubStatus="withheld", **until(room.now))]
        batches = [
            imports.start(kind="ninjs", items=item, desk_id=room.desk.pk, actor=rosa, now=room.now) for item in lifting
        ]
        users.deactivate(user_id=rosa.pk, actor=ada, now=room.now)
        assert [rows(processed(room, batch)) for batch in batches] == [
            [(1, "refused", ["FORBIDDEN"])],
            [(1, "refused", ["FORBIDDEN"])],
            [(1, "updated", [])],
        ]
        assert embargo(story) == (LATER, "")
        assert reload(story).wire_items.get().pub_status == "withheld"

    def test_that_is_lifted_leaves_the_item_as_its_archived_copy(self, room: Room) -> None:
        story = cleared(room, version(3))
        wire(room, version(4, pubStatus="withheld", headlines=[{"value": "WITHHELD"}]))
        assert reload(story).wire_items.get().exhibit.title == "WITHHELD"
        wire(room, version(5))
        assert reload(story).wire_items.get().exhibit.title == "Gate stood open"
