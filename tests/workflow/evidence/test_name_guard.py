"""The name guard: no text of an action may contain the name of a source it concerns."""

from __future__ import annotations

from datetime import timedelta
from io import BytesIO

import pytest

from editorial.models import ClaimVisibility, Event, ReviewTask, Source, Story
from editorial.workflow.core.errors import ValidationFailed
from editorial.workflow.evidence import briefings, claims, sources, statement_repairs, statements
from editorial.workflow.imports import imports
from editorial.workflow.review import replies, signoffs, tasks
from editorial.workflow.stories import cases, publication, stories
from tests.support.cast import HOUR, assert_refused

JO = {"identity_name": "Zephyrine Quillfeather", "identity_known_by": "1970-03-12"}
NAMES = ("Zephyrine Quillfeather", "Quillfeather", "Quіllfeather", "Quillfeather, Z.", "Q u i l l f e a t h e r")


@pytest.fixture(autouse=True)
def wide_quota(settings):
    settings.MATCHING_PER_PERSON = settings.MATCHING_PER_DESK = settings.MATCHING_ALARM = 1000


@pytest.fixture
def source(room):
    return room.person("a keeper", unnamed=True, **JO)


@pytest.fixture
def claim(room, source):
    claim = room.claim()
    room.says(source, claim)
    return claim


def writes(room, source, claim):
    """Every action with a text that concerns the source, as field → call."""
    people, now = room.people, room.now
    statement = claim.statements.get()
    story = room.story(claim, mode="attributed")
    stories.submit(story_id=story.pk, actor=people["rosa"], now=now)
    room.settle()
    task = ReviewTask.objects.filter(claim=claim).order_by("kind").first()
    tasks.take(task_id=task.pk, actor=people["felix"], now=now)
    rosa, edith, felix, stan = (people[name] for name in ("rosa", "edith", "felix", "stan"))
    by_source = {"source_id": source.pk, "now": now}
    by_statement = {"statement_id": statement.pk, "actor": rosa, "now": now}
    asked = {"to_id": room.person().pk, "covers": [claim.pk], "now": now}
    return {
        "sources.revise camp": ("camp", lambda text: sources.revise(**by_source, camp=text, actor=rosa)),
        "sources.revise description": (
            "description",
            lambda text: sources.revise(**by_source, description=text, actor=rosa),
        ),
        "sources.revise name": ("name", lambda text: sources.revise(**by_source, name=text, actor=rosa)),
        "sources.rate": ("reason", lambda text: sources.rate(**by_source, reliability="A", reason=text, actor=felix)),
        "sources.vouch": ("reason", lambda text: sources.vouch(**by_source, reason=text, actor=edith)),
        "statements.record": (
            "quote",
            lambda text: room.says(room.person(), claim, quote=text),
        ),
        "statements.revise": ("quote", lambda text: statements.revise(**by_statement, quote=text)),
        "statement_repairs.reassign": (
            "reason",
            lambda text: statement_repairs.reassign(**by_statement, source_id=asked["to_id"], reason=text),
        ),
        "statement_repairs.strike": ("reason", lambda text: statement_repairs.strike(**by_statement, reason=text)),
        "statements.end": ("reason", lambda text: statements.end(**by_statement, ended="withdrawn", reason=text)),
        "claims.revise": (
            "text",
            lambda text: claims.revise(claim_id=claim.pk, text=text, actor=rosa, now=now),
        ),
        "claims.split": (
            "texts/1",
            lambda text: claims.split(claim_id=claim.pk, texts=["It rained.", text], actor=rosa, now=now),
        ),
        "claims.drop": ("reason", lambda text: claims.drop(claim_id=claim.pk, reason=text, actor=felix, now=now)),
        "briefings.record": (
            "name",
            lambda text: briefings.record(desk_id=room.desk.pk, name=text, actor=rosa, now=now),
        ),
        "replies.send": (
            "question",
            lambda text: replies.send(**asked, question=text, deadline_at=now + HOUR, actor=rosa),
        ),
        "replies.waive": ("reason", lambda text: replies.waive(**asked, reason=text, actor=edith)),
        "tasks.finish": (
            "note",
            lambda text: tasks.finish(task_id=task.pk, outcome="exhausted", note=text, actor=felix, now=now),
        ),
        "signoffs.propose": (
            "reason",
            lambda text: signoffs.propose(claim_id=claim.pk, reason=text, actor=felix, now=now),
        ),
        "signoffs.read_standards": (
            "reason",
            lambda text: signoffs.read_standards(claim_id=claim.pk, reason=text, actor=stan, now=now),
        ),
        "stories.override": (
            "reason",
            lambda text: stories.override(
                story_id=story.pk, code="E_REPLY_PENDING", reason=text, actor=room.people["sena"], now=now
            ),
        ),
    }


def test_every_text_about_a_source_is_checked_and_the_refusal_does_not_repeat_it(room, source, claim, subtests):
    for action, (field, write) in writes(room, source, claim).items():
        for name in NAMES:
            with subtests.test(action=action, name=name):
                with pytest.raises(ValidationFailed) as refusal:
                    write(f"As {name} put it")
                (reason,) = refusal.value.reasons
                assert (reason.code, reason.field) == ("NAME_IN_TEXT", field)
                assert reason.text.startswith("This text contains ")
                assert "uill" not in reason.text


def test_the_refusal_says_what_part_of_the_name_it_is(room, source, claim):
    for text, part in (
        ("Zephyrine Quillfeather was there", "the name"),
        ("Z. Quillfeather was there", "the initials and surname"),
        ("Quillfeather was there", "the surname"),
        ("Zephyrine was there", "a given name"),
    ):
        with pytest.raises(ValidationFailed, match=f"contains {part} of a confidential source"):
            room.says(source, claim, quote=text)


def test_other_texts_pass(room, source, claim):
    statement = room.says(source, claim, quote="A keeper of quills and feathers was there.")
    assert statement.quote.startswith("A keeper")


def test_a_claim_without_confidential_speakers_may_name_anybody(room, source):
    claim = room.claim("Zephyrine Quillfeather opened the gate.")
    room.says(room.person("Zephyrine Quillfeather"), claim, quote="I, Quillfeather, opened it.")


def test_a_desk_learns_nothing_about_sources_of_another(room, source, claim, city):
    """At another desk a refusal would tell that our source is theirs."""
    ClaimVisibility.objects.create(claim=claim, desk=city)  # as if a story of theirs used our claim
    carls = room.source("person", "Lida Fenn", by="carl", desk_id=city.pk)
    assert room.says(carls, claim, by="carl", quote="Quillfeather was there.")


def test_a_storys_copy_is_warned_of_and_not_refused(room, source, claim):
    story = room.story(claim, mode="attributed")
    stories.revise(story_id=story.pk, body="It was Quillfeather.", actor=room.people["rosa"], now=room.now)
    warning = Event.objects.get(action="story.name_in_copy")
    assert (warning.stream, warning.data) == (f"story:{story.pk}", {"fields": {"body": "surname"}})


def test_reasons_about_a_story_in_print_are_checked(room, source, claim):
    story = room.story(claim, mode="attributed")
    Story.objects.filter(pk=story.pk).update(status="published", published_at=room.now)
    for action in (publication.withhold, publication.retract):
        with assert_refused(ValidationFailed, "NAME_IN_TEXT"):
            action(story_id=story.pk, reason="Quillfeather asked.", actor=room.people["sena"], now=room.now)


class TestTypedNames:
    """A name that the writer has just typed is checked before anything is written."""

    def test_nothing_is_written_of_a_refused_source(self, room, rosa):
        before = Source.objects.count()
        for field in ("name", "description", "camp"):
            fields = {"name": "a keeper"} | {field: "old Quillfeather"}
            with assert_refused(ValidationFailed, "NAME_IN_DESCRIPTION"):
                sources.register(
                    desk_id=room.desk.pk, type="person", unnamed=True, **fields, **JO, actor=rosa, now=room.now
                )
        assert Source.objects.count() == before

    @pytest.mark.parametrize(
        ("collection", "item", "path"),
        [
            ("claims", {"text": "Quillfeather opened the gate."}, "claims/0/text"),
            ("briefings", {"name": "Quillfeather's call"}, "briefings/0/name"),
            ("sources", {"type": "person", "name": "Z. Quillfeather"}, "sources/1/name"),
        ],
    )
    def test_a_case_that_names_its_own_source_is_refused(self, room, rosa, collection, item, path):
        hidden = {"type": "person", "name": "a keeper", "unnamed": True, **JO}
        case = {"sources": [hidden]}
        case[collection] = [*case.get(collection, []), item]
        before = Source.objects.count()
        with pytest.raises(ValidationFailed) as refusal:
            cases.file(desk_id=room.desk.pk, **case, actor=rosa, now=room.now)
        assert [(reason.code, reason.field) for reason in refusal.value.reasons] == [("NAME_IN_TEXT", path)]
        assert Source.objects.count() == before

    def test_a_sheet_that_names_a_confidential_party_is_refused_as_a_whole(self, room, source, rosa):
        sheet = f"text,adverse_to\nQuillfeather opened it.,{source.pk}\n".encode()
        with pytest.raises(ValidationFailed, match="confidential source"):
            imports.start(
                desk_id=room.desk.pk, kind="claims_sheet", file=BytesIO(sheet), actor=rosa,
                now=room.now + timedelta(minutes=1),
            )  # fmt: skip
