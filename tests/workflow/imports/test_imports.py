"""Imports: begun once, filed row by row in the importer's name, and nothing filed twice."""

from __future__ import annotations

from datetime import UTC, datetime
from io import BytesIO
from typing import Any

import pytest

from editorial.models import Exhibit, Import, ImportRow, Source, Story, User, WireItem
from editorial.workflow.core.errors import Conflict, Forbidden, ValidationFailed
from editorial.workflow.imports import imports
from editorial.workflow.stories import publication, scheduled_corrections, stories
from tests.support.cast import HOUR, Room, assert_refused, events

NAME, KNOWN_BY = "Johanna Quillfeather", "born 3 May 1961"
SHEET = "text;risk;adverse_to\r\nThe gate was open.;serious;\r\nNobody kept the log.;contentious;\r\n"
ITEM = {
    "uri": "urn:newsml:wire.example:gate",
    "versionCreated": "2026-03-03T12:00:00Z",
    "firstCreated": "2026-03-03T11:00:00Z",
    "infoSources": [{"name": "Harbour Wire"}],
    "headlines": [{"role": "main", "value": "Gate stood open"}],
    "bodies": [{"role": "main", "contentType": "text/html", "value": "<p>All night.</p><script>x()</script>"}],
}


def start_import(room: Room, sheet: str | bytes = SHEET, *, by: str = "rosa", **fields: Any) -> Import:
    """An import of a claims sheet."""
    content = sheet.encode() if isinstance(sheet, str) else sheet
    arguments = {"kind": "claims_sheet", "file": BytesIO(content), "desk_id": room.desk.pk} | fields
    return imports.start(**arguments, actor=room.people[by], now=room.now)


def wire(room: Room, *items: dict[str, Any], by: str = "rosa", **fields: Any) -> Import:
    """An import of ninjs, filed."""
    arguments = {"kind": "ninjs", "items": list(items), "desk_id": room.desk.pk} | fields
    batch = imports.start(**arguments, actor=room.people[by], now=room.now)
    return processed(room, batch)


def processed(room: Room, batch: Import) -> Import:
    room.settle()
    return Import.objects.get(pk=batch.pk)


def rows(batch: Import) -> list[tuple[int, str, list[str]]]:
    """Number, state and codes of each row."""
    return [(row.number, row.state, [each["code"] for each in row.reasons]) for row in batch.rows.all()]


def counts(batch: Import) -> tuple[int, ...]:
    return batch.row_count, batch.filed, batch.known, batch.updated, batch.refused


class TestItems:
    def test_become_drafts_with_outlet_link_time_and_archived_copy(self, room: Room, rosa: User) -> None:
        batch = wire(room, ITEM)
        assert (batch.state, counts(batch)) == ("done", (1, 1, 0, 0, 0))
        story = batch.rows.get().story
        assert (story.headline, story.status, list(story.authors.all())) == ("Gate stood open", "pitched", [rosa])
        assert story.revisions.get().body == "All night."
        original = story.wire_items.get()
        assert (original.outlet.name, original.outlet.type) == ("Harbour Wire", "outlet")
        assert original.published_at == datetime(2026, 3, 3, 11, tzinfo=UTC)
        assert original.revised_at == datetime(2026, 3, 3, 12, tzinfo=UTC)
        assert '"urn:newsml:wire.example:gate"' in original.exhibit.text
        assert "<script>" in original.exhibit.text, "the archive keeps it as it came"

    def test_of_one_outlet_have_one_source(self, room: Room, cleo: User) -> None:
        wire(room, ITEM, ITEM | {"uri": "urn:2"})
        wire(
            room, ITEM | {"infoSources": [{"name": "harbour wire"}]}, by="cleo", desk_id=cleo.memberships.get().desk_id
        )
        assert Source.objects.filter(type="outlet").count() == 1
        assert Story.objects.count() == 3, "each desk drafts its own"

    def test_that_are_imported_again_create_nothing(self, room: Room) -> None:
        first, again = wire(room, ITEM), wire(room, ITEM, by="ruben")
        assert rows(again) == [(1, "known", [])]
        assert again.rows.get().story == first.rows.get().story
        assert (Story.objects.count(), Exhibit.objects.count()) == (1, 1)

    def test_that_changed_are_marked_and_overwrite_nothing(self, room: Room, rosa: User) -> None:
        story = wire(room, ITEM).rows.get().story
        stories.revise(story_id=story.pk, body="It was open from nine.", actor=rosa, now=room.now)
        room.later(hours=1)
        later = ITEM | {"bodies": [{"value": "<p>Until six.</p>"}], "versionCreated": "2026-03-03T14:00:00Z"}
        again = wire(room, later, by="ruben")
        assert rows(again) == [(1, "updated", [])]
        story.refresh_from_db()
        assert story.revisions.last().body == "It was open from nine."
        assert (story.wire_items.get().changed_at, story.wire_items.get().revised_at.hour) == (room.now, 14)
        assert "Until six." in story.wire_items.get().exhibit.text
        assert Exhibit.objects.count() == 2, "both versions are archived"
        assert events(story)[-1] == "story.wire_item_change"
        assert rows(wire(room, later)) == [(1, "known", [])]

    def test_under_embargo_are_published_only_after_its_end(self, room: Room, edith: User) -> None:
        def run(at: datetime) -> None:
            publication.publish(story_id=story.pk, actor=edith, now=at)

        ends = room.now + 4 * HOUR
        embargoed = ITEM | {"embargoedUntil": ends.isoformat()}
        story = wire(room, embargoed).rows.get().story
        rosa = room.people["rosa"]
        stories.revise(story_id=story.pk, body="All night, it says.", actor=rosa, now=room.now)
        stories.submit(story_id=story.pk, actor=rosa, now=room.now)
        stories.confirm_no_claims(story_id=story.pk, actor=edith, now=room.now)
        stories.clear(story_id=story.pk, actor=edith, now=room.now)
        with assert_refused(Conflict, "UNDER_EMBARGO"):
            run(room.now)
        with assert_refused(Conflict, "UNDER_EMBARGO"):
            stories.schedule(story_id=story.pk, at=ends - HOUR, time_zone="UTC", actor=edith, now=room.now)
        stories.schedule(story_id=story.pk, at=ends, time_zone="UTC", actor=edith, now=room.now)
        assert rows(wire(room, embargoed | {"embargoedUntil": (ends + HOUR).isoformat()})) == [(1, "known", [])]
        handed_back = publication.publish_due(story_id=story.pk, now=ends)
        assert handed_back is not None
        assert handed_back.status == "cleared"
        assert rows(wire(room, ITEM | {"versionCreated": "2026-03-03T13:00:00Z"})) == [(1, "known", [])]
        run(room.now)
        story.refresh_from_db()
        assert story.status == "published"

    def test_under_an_embargo_since_print_are_corrected_but_come_back_only_after_its_end(
        self, room: Room, rosa: User, edith: User
    ) -> None:
        story, by = wire(room, ITEM).rows.get().story, {"actor": edith}
        stories.revise(story_id=story.pk, body="All night, it says.", actor=rosa, now=room.now)
        stories.submit(story_id=story.pk, actor=rosa, now=room.now)
        stories.confirm_no_claims(story_id=story.pk, **by, now=room.now)
        stories.clear(story_id=story.pk, **by, now=room.now)
        publication.publish(story_id=story.pk, **by, now=room.now)
        ends = room.now + 4 * HOUR
        assert rows(wire(room, ITEM | {"embargoedUntil": ends.isoformat()})) == [(1, "known", [])]
        publication.correct(story_id=story.pk, text="A comma.", **by, now=room.now)
        scheduled_corrections.schedule_correction(
            story_id=story.pk, text="Another.", at=room.now + HOUR, time_zone="UTC", **by, now=room.now
        )
        scheduled_corrections.publish_due_correction(story_id=story.pk, now=room.now + HOUR)
        assert [each.text for each in story.corrections.order_by("closed_at")] == ["A comma.", "Another."]
        publication.withhold(story_id=story.pk, reason="Embargo.", **by, now=room.now + 2 * HOUR)
        with assert_refused(Conflict, "UNDER_EMBARGO"):
            publication.restore(story_id=story.pk, reason="!", **by, now=ends - HOUR)
        with assert_refused(Conflict, "UNDER_EMBARGO"):
            publication.correct(story_id=story.pk, text="!", **by, now=ends - HOUR)
        assert publication.restore(story_id=story.pk, reason="!", **by, now=ends).status == "published"

    def test_a_meaningless_date_is_dropped(self, room: Room) -> None:
        dated = ITEM | {"firstCreated": "0001-01-01T00:00:00Z", "versionCreated": "9999-12-31T00:00:00Z"}
        item = wire(room, dated).rows.get().story.wire_items.get()
        assert (item.published_at, item.revised_at) == (None, None)

    def test_that_must_not_be_used_are_refused_with_a_reason(self, room: Room) -> None:
        batch = wire(
            room, ITEM | {"pubStatus": "canceled"}, {"headlines": []}, ITEM | {"uri": "u:3", "type": "picture"}
        )
        assert rows(batch) == [(1, "refused", ["NOT_USABLE"]), (2, "refused", ["NO_URI"]), (3, "refused", ["NO_TEXT"])]
        assert not WireItem.objects.exists()

    def test_take_the_outlet_stated_with_the_import(self, room: Room) -> None:
        gazette = room.source("outlet", "Gazette")
        assert wire(room, ITEM, outlet_id=gazette.pk).rows.get().story.wire_items.get().outlet == gazette
        person = room.person()
        with assert_refused(ValidationFailed, "NO_OUTLET"):
            wire(room, ITEM, outlet_id=person.pk)

    def test_pasted_as_text_become_a_draft_immediately(self, room: Room, rosa: User) -> None:
        batch = imports.start(
            desk_id=room.desk.pk, kind="page", url="https://gazette.example/1", text="Gate open\n\nAll <b>night</b>.",
            actor=rosa, now=room.now,
        )  # fmt: skip
        story = processed(room, batch).rows.get().story
        assert (story.headline, story.revisions.get().body) == ("Gate open", "All night.")
        assert story.wire_items.get().outlet.name == "gazette.example"

    def test_are_checked_in_a_dry_run_that_stores_nothing(self, room: Room) -> None:
        batch = wire(room, ITEM, check_only=True)
        assert rows(batch) == [(1, "filed", [])]
        assert not Story.objects.exists()
        assert not Source.objects.exists()
        assert not Exhibit.objects.exists()


class TestInvalidImports:
    @pytest.mark.parametrize(
        ("fields", "code", "field"),
        [
            ({"kind": "gossip"}, "UNKNOWN_IMPORT_KIND", "kind"),
            ({"kind": "claims_sheet"}, "MISSING", "file"),
            ({"kind": "feed"}, "MISSING", "url"),
            ({"kind": "feed", "url": "https://a.example/", "text": "x"}, "NOT_TAKEN", "text"),
            ({"kind": "feed", "url": "https://127.0.0.1/"}, "URL_NOT_ALLOWED", "url"),
            ({"kind": "feed", "url": "http://gazette.example/"}, "URL_NOT_ALLOWED", "url"),
            ({"kind": "page", "url": "https://10.0.0.1/"}, "URL_NOT_ALLOWED", "url"),
            ({"kind": "ninjs", "items": []}, "NO_NINJS", "items"),
            ({"kind": "ninjs", "items": ["x"]}, "NO_NINJS", "items"),
            ({"kind": "page", "url": "https://a.example/", "text": "<script>x</script>"}, "EMPTY", "text"),
            ({"kind": "claims_sheet", "file": BytesIO(b"")}, "EMPTY", "file"),
        ],
    )
    def test_are_refused_and_leave_nothing(
        self, room: Room, rosa: User, fields: dict[str, Any], code: str, field: str
    ) -> None:
        with pytest.raises(ValidationFailed) as error:
            imports.start(desk_id=room.desk.pk, **fields, actor=rosa, now=room.now)
        assert [(reason.code, reason.field) for reason in error.value.reasons] == [(code, field)]
        assert not Import.objects.exists()

    def test_a_sheet_that_is_too_large_is_refused_with_a_reason(self, room: Room, settings: Any) -> None:
        settings.IMPORT_MAX_BYTES, settings.IMPORT_MAX_ROWS = 100, 2
        with assert_refused(ValidationFailed, "TOO_LARGE"):
            start_import(room, "text\n" + "x" * 200)
        with assert_refused(ValidationFailed, "TOO_MANY_LINES"):
            start_import(room, "text\na\nb\nc\n")

    def test_users_who_may_not_file_may_not_import(self, room: Room) -> None:
        for by in ("cora", "lara", "carl", "noel"):
            with assert_refused(Forbidden, "FORBIDDEN"):
                start_import(room, by=by)
        with assert_refused(Forbidden, "FORBIDDEN"):
            wire(room, ITEM, by="felix")  # fact-checkers file claims and pitch no stories
        assert not ImportRow.objects.exists()


class TestIdentity:
    def test_items_that_nothing_tells_apart_are_not_written_into_each_other(self, room: Room) -> None:
        batch = wire(room, ITEM, ITEM | {"headlines": [{"value": "Something else"}]})
        assert rows(batch) == [(1, "filed", []), (2, "refused", ["SAME_ID_TWICE"])]
        assert Story.objects.get().headline == "Gate stood open"
