"""Saved searches notify their owner of what matches for the first time, as far as they may see it, and once."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from editorial.models import Claim, Event, Notification, SavedSearch, User
from editorial.models.ops import change_log
from editorial.notifications import notices
from editorial.policy.roles import Role
from editorial.workflow.core.errors import Conflict, NotFound, ValidationFailed
from editorial.workflow.evidence import claims
from editorial.workflow.stories import saved_searches, search, stories
from tests.support.cast import Room
from tests.support.confidential import reader_at


@pytest.fixture(autouse=True)
def everything_is_committed(monkeypatch: pytest.MonkeyPatch) -> None:
    """The test's own transaction counts as ended, so that what it wrote can be compared."""
    settled = change_log.Watermark(0, 2**62)
    monkeypatch.setattr(change_log, "watermark", lambda: _after_newest() or settled)


def _after_newest() -> change_log.Watermark | None:
    newest = change_log.newest_position(search.KINDS)
    return None if newest is None else change_log.Watermark(0, newest + 1)


def save(room: Room, q: str = "dredging", by: str = "rosa", **options: Any) -> SavedSearch:
    """A saved search by rosa."""
    row = saved_searches.save(name=options.pop("name", q), q=q, actor=room.people[by], now=room.now, **options)
    # The test has one transaction, and so one position: what comes next is at the same.
    SavedSearch.objects.filter(pk=row.pk).update(evaluated_to=0)
    return row


def evaluate(row: SavedSearch, room: Room) -> int:
    """Compare it with all changes."""
    SavedSearch.objects.filter(pk=row.pk).update(evaluated_to=0)
    return saved_searches.evaluate(search_id=row.pk, now=room.now)


def told(room: Room, name: str = "rosa") -> list[str]:
    """What the person is notified of."""
    for event in Event.objects.filter(action="saved_search.match", fanout=None):
        notices.notify(event_id=event.pk, now=room.now)
    rows = Notification.objects.filter(user=room.people[name], event__action="saved_search.match")
    return [row.body for row in rows.order_by("pk")]


def test_new_matches_are_notified_once_and_present_ones_never(room):
    room.claim("The dredging began.")
    row = save(room)
    assert evaluate(row, room) == 0
    room.claim("Dredging was paid twice.")
    stories.pitch(
        headline="Who dredges?", body="Dredging.", desk_id=room.desk.pk, actor=room.people["rosa"], now=room.now
    )
    assert evaluate(row, room) == 2
    assert evaluate(row, room) == 0
    assert told(room) == ["“dredging” now also finds 1 story, 1 claim."]


def test_an_older_claim_that_begins_to_match_is_new(room):
    claim = room.claim("The harbour was closed.")
    row = save(room)
    claims.revise(claim_id=claim.pk, text="The dredging ended.", actor=room.people["rosa"], now=room.now)
    assert evaluate(row, room) == 1


def test_types_and_desks_narrow_it(room, city):
    of_stories, of_city = save(room, types=["story"], name="stories"), save(room, desk_id=city.pk, name="city")
    room.claim("Dredging was paid twice.")
    assert evaluate(of_stories, room) == evaluate(of_city, room) == 0


def test_of_a_crowded_type_only_what_is_written_later_is_new(room, monkeypatch):
    monkeypatch.setattr(saved_searches, "_ALL", 2)
    monkeypatch.setattr(search, "CANDIDATES", 2)
    older = [room.claim(f"Dredging {number}.") for number in range(4)]
    row = save(room)
    assert SavedSearch.objects.get().crowded_types == ["claim"]
    assert evaluate(row, room) == 0, older
    monkeypatch.undo()
    monkeypatch.setattr(change_log, "watermark", _after_newest)
    SavedSearch.objects.update(new_only_since=room.now.replace(year=2000))
    assert evaluate(row, room) == 2, "the two that could not be remembered"


def test_a_muted_search_notifies_of_nothing_and_later_only_of_what_comes_then(room):
    rosa, row = room.people["rosa"], save(room)
    saved_searches.revise(search_id=row.pk, muted=True, actor=rosa, now=room.now)
    room.claim("Dredging was paid twice.")
    assert (evaluate(row, room), row.pk in saved_searches.behind()) == (0, False)
    saved_searches.revise(search_id=row.pk, muted=False, name="Harbour", actor=rosa, now=room.now)
    assert evaluate(row, room) == 0
    room.claim("Dredging was paid three times.")
    assert evaluate(row, room) == 1
    assert told(room) == ["“Harbour” now also finds 1 claim."]


def test_nobody_is_notified_of_what_they_may_not_see(room, city):
    nina = reader_at(city, "nina", {Role.REPORTER})
    row = saved_searches.save(name="dredging", q="dredging", actor=nina, now=room.now)
    claim = room.claim("Dredging was paid twice.")
    assert evaluate(row, room) == 0
    room.desk = city
    room.story(claim, by="hugo", relies_on=[])
    assert evaluate(row, room) == 1, "once a story of their desk uses it"
    User.objects.filter(pk=nina.pk).update(is_active=False)
    Claim.objects.filter(pk=claim.pk).update(text="Dredging.")
    assert evaluate(row, room) == 0


def test_a_hidden_match_costs_the_same_statements_as_none(room, city):
    nina = reader_at(city, "nina", {Role.REPORTER})
    row = saved_searches.save(name="dredging", q="dredging", actor=nina, now=room.now)
    room.claim("Nothing of the kind.")
    with CaptureQueriesContext(connection) as none:
        evaluate(row, room)
    room.claim("Dredging was paid twice.")
    with CaptureQueriesContext(connection) as hidden:
        evaluate(row, room)
    assert len(hidden) == len(none)


def test_one_run_takes_a_batch_and_goes_on_from_there(room, monkeypatch):
    row = save(room)
    room.claim("Dredging was paid twice.")
    monkeypatch.setattr(saved_searches, "_CHANGES", 1)
    assert evaluate(row, room) == 1
    newest = change_log.newest_position(search.KINDS)
    assert SavedSearch.objects.get().evaluated_to == newest + 1
    assert saved_searches.behind() == []


def test_only_the_owner_sees_renames_and_deletes_it(room):
    row, edith = save(room), room.people["edith"]
    for action in (saved_searches.revise, saved_searches.delete):
        with pytest.raises(NotFound):
            action(search_id=row.pk, actor=edith, now=room.now)
    assert list(SavedSearch.objects.visible_to(edith.facts())) == []
    saved_searches.delete(search_id=row.pk, actor=room.people["rosa"], now=room.now)
    assert not SavedSearch.objects.exists()


def test_a_name_is_unique_for_its_owner_and_their_number_is_limited(room, monkeypatch):
    save(room)
    save(room, by="edith")
    with pytest.raises(Conflict):
        save(room)
    monkeypatch.setattr(saved_searches, "MAX_PER_USER", 1)
    with pytest.raises(Conflict) as refused:
        save(room, name="Another")
    assert refused.value.reasons[0].code == "TOO_MANY"
    with pytest.raises(ValidationFailed):
        save(room, q=" ", by="felix", name="x")


@pytest.mark.parametrize("by", ["rosa", "hugo"])  # hugo is a reporter at every desk
def test_words_and_names_that_name_a_confidential_source_are_refused(room, by):
    room.person("a keeper", unnamed=True, identity_name="Zephyrine Quillfeather", identity_known_by="1970")
    for options in ({"q": "quillfeather zephyrine"}, {"name": "Zephyrine Quillfeather"}):
        with pytest.raises(ValidationFailed) as refused:
            save(room, by=by, **options)
        assert "quill" not in str(refused.value).lower()
    assert not SavedSearch.objects.exists()


def test_the_notification_quotes_nothing_that_was_found(room):
    row = save(room, name="Harbour")
    room.claim("Dredging by Zephyrine Quillfeather.")
    evaluate(row, room)
    (body,) = told(room)
    assert "Quillfeather" not in body
    assert "Dredging" not in body
    event = Event.objects.get(action="saved_search.match")
    assert event.data == {"found": {"claim": 1}}
    assert told(room, "edith") == []
