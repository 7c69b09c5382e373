"""What every action has in common: all or nothing, refused with reasons, recorded with its actor."""

from __future__ import annotations

from datetime import timedelta, timezone
from uuid import uuid4

import pghistory
import pytest
from django.db import transaction

from editorial.models import Claim, Event, MessageKind, OutboxMessage, Source
from editorial.workflow.core import audit
from editorial.workflow.core.errors import Conflict, Forbidden, NotFound, ValidationFailed, VersionConflict
from editorial.workflow.evidence import claims, sources, statements
from editorial.workflow.stories import stories
from tests.support.cast import assert_refused, count_pending_jobs, events


def test_an_action_commits_its_change_event_and_jobs_together(room, rosa):
    claim = claims.file(desk_id=room.desk.pk, text="The gate was open.", actor=rosa, now=room.now)
    assert events(claim) == ["claim.file"]
    event = Event.objects.get(stream=f"claim:{claim.pk}")
    assert (event.actor, event.desk, event.at) == (rosa, room.desk, room.now)
    assert count_pending_jobs(MessageKind.ASSESS_CLAIM, claim) == 1


def test_an_action_that_is_rolled_back_leaves_nothing(room, rosa):
    before = Event.objects.count(), OutboxMessage.objects.count()
    with transaction.atomic():
        claims.file(desk_id=room.desk.pk, text="The gate was open.", actor=rosa, now=room.now)
        transaction.set_rollback(True)
    assert not Claim.objects.exists()
    assert (Event.objects.count(), OutboxMessage.objects.count()) == before


def test_an_action_that_fails_half_way_leaves_nothing(room, rosa, monkeypatch):
    claim, source = room.claim(), room.person()
    before = events(claim), OutboxMessage.objects.count()

    def fail(*_: object, **__: object) -> None:
        raise RuntimeError("the power went")

    monkeypatch.setattr(audit.outbox, "send", fail)
    with pytest.raises(RuntimeError):
        statements.record(
            claim_id=claim.pk, source_id=source.pk, stance="affirms", directness="first_hand", actor=rosa, now=room.now
        )
    assert not claim.statements.exists()
    assert (events(claim), OutboxMessage.objects.count()) == before


def test_history_names_the_action_and_the_actor_of_every_change(room, rosa, felix):
    claim = room.claim()
    claims.revise(claim_id=claim.pk, text="The gate was ajar.", actor=felix, now=room.now)
    history = pghistory.models.Events.objects.tracks(claim).order_by("pgh_created_at")
    assert [(row.pgh_context["action"], row.pgh_context["actor"]) for row in history] == [
        ("claims.file", str(rosa.pk)),
        ("claims.revise", str(felix.pk)),
    ]
    assert history[1].pgh_diff["text"] == ["The gate was open.", "The gate was ajar."]


def test_an_invisible_row_is_not_found(room, carl, rosa):
    claim = room.claim()
    with assert_refused(NotFound, "NOT_FOUND"):
        claims.revise(claim_id=claim.pk, text="Mine.", actor=carl, now=room.now)
    for unknown in (uuid4(), "no id at all", ""):
        with assert_refused(NotFound, "NOT_FOUND"):
            claims.revise(claim_id=unknown, text="Mine.", actor=rosa, now=room.now)


def test_a_forbidden_action_names_the_permitted_roles(room, cora):
    claim = room.claim()
    with pytest.raises(Forbidden, match=r"Only these roles may do this: .*reporter"):
        claims.revise(claim_id=claim.pk, text="Mine.", actor=cora, now=room.now)


def test_a_revoked_role_takes_effect_immediately(room, rosa):
    claim = room.claim()
    rosa.memberships.all().delete()
    with assert_refused(NotFound, "NOT_FOUND"):
        claims.revise(claim_id=claim.pk, text="Mine.", actor=rosa, now=room.now)


def test_an_outdated_version_is_refused(room, rosa, felix):
    claim = room.claim()
    claims.revise(claim_id=claim.pk, text="The gate was ajar.", expected_version=1, actor=felix, now=room.now)
    with assert_refused(VersionConflict, "STALE_VERSION"):
        claims.revise(claim_id=claim.pk, text="The gate was shut.", expected_version=1, actor=rosa, now=room.now)


def test_an_invalid_value_names_its_field(room, rosa):
    with pytest.raises(ValidationFailed) as error:
        claims.file(desk_id=room.desk.pk, text="", risk="mortal", actor=rosa, now=room.now)
    assert {reason.field for reason in error.value.reasons} >= {"text", "risk"}


def test_an_unknown_field_is_refused_by_name(room, rosa):
    claim = room.claim()
    with pytest.raises(ValidationFailed) as error:
        claims.revise(claim_id=claim.pk, status="verified", actor=rosa, now=room.now)
    assert [(reason.code, reason.field) for reason in error.value.reasons] == [("UNKNOWN_FIELD", "status")]


def test_a_rejection_by_the_database_is_an_action_error(room, rosa):
    council, ministry = room.source("organization"), room.source("organization")
    with pytest.raises((ValidationFailed, Conflict), match="has no employer"):
        sources.revise(source_id=council.pk, org=ministry.pk, actor=rosa, now=room.now)


def test_a_deferred_constraint_still_refuses_the_action(room, rosa):
    claim = room.claim()
    origin = room.says(room.person(), claim)
    repeat = room.says(room.source("outlet"), claim, directness="relayed")
    statements.relay(derived_id=repeat.pk, origin_id=origin.pk, actor=rosa, now=room.now)
    with assert_refused(Conflict, "CONSTRAINT"):
        statements.revise(statement_id=repeat.pk, stance="denies", actor=rosa, now=room.now)
    repeat.refresh_from_db()
    assert repeat.stance == "affirms"


@pytest.mark.parametrize("text", ["The gate \x00 was open.", "\ud800"])
def test_text_with_unsupported_characters_is_refused(room, rosa, text):
    with assert_refused(ValidationFailed, "INVALID"):
        claims.file(desk_id=room.desk.pk, text=text, actor=rosa, now=room.now)
    story = room.story()
    with assert_refused(ValidationFailed, "INVALID"):
        stories.spike(story_id=story.pk, reason=text, actor=room.people["edith"], now=room.now)


def test_a_reason_must_not_be_empty(room, edith):
    story = room.story()
    for reason in ("", "   ", None):
        with assert_refused(ValidationFailed, "REASON_REQUIRED"):
            stories.spike(story_id=story.pk, reason=reason, actor=edith, now=room.now)


def test_an_event_holds_no_text_of_a_change(room, rosa):
    """A text may contain a name, which would stay readable in the record after it was removed."""
    claim = room.claim()
    claims.revise(claim_id=claim.pk, text="The gate was shut.", risk="serious", actor=rosa, now=room.now)
    event = Event.objects.filter(stream=f"claim:{claim.pk}").latest("number")
    assert event.data["changed"] == {
        "text": ["(not recorded)", "(not recorded)"],
        "risk": ["contentious", "serious"],
    }


def test_the_hash_of_an_event_is_independent_of_the_time_zone(room, rosa):
    there = room.now.astimezone(timezone(timedelta(hours=5, minutes=30)))
    claim = claims.file(desk_id=room.desk.pk, text="The gate was open.", actor=rosa, now=there)
    assert events(claim) == ["claim.file"]


def test_a_changed_event_no_longer_matches_its_hash(room):
    event = Event.objects.get(stream=f"claim:{room.claim().pk}")
    for name, bent in {"action": "claim.drop", "number": 2, "data": {}, "actor_id": uuid4(), "desk_id": None}.items():
        honest = getattr(event, name)
        setattr(event, name, bent)
        assert event.compute_hash() != event.hash, f"{name} is not sealed"
        setattr(event, name, honest)
    assert event.compute_hash() == event.hash


def test_a_source_name_is_in_no_event(room, rosa):
    source = room.person("Lida Fenn")
    sources.revise(source_id=source.pk, name="Lida Fenn-Ode", description="A clerk.", actor=rosa, now=room.now)
    assert "Fenn" not in str(list(Event.objects.values_list("data", flat=True)))
    assert Source.objects.get(pk=source.pk).name == "Lida Fenn-Ode"
