"""The name guard: a text of an action must not contain the name of a source that it concerns."""

from __future__ import annotations

from datetime import timedelta
from io import BytesIO

import pytest
from django.apps import apps
from django.db import models
from pghistory.models import Event as HistoryRow

from editorial.models import ClaimVisibility, Event, MatchingAttempt, ReviewTask, Source, Story
from editorial.workflow.core.errors import ValidationFailed
from editorial.workflow.evidence import (
    briefings,
    claim_distinctions,
    claims,
    exhibits,
    sources,
    statement_repairs,
    statements,
)
from editorial.workflow.evidence.confidentiality import unmasking
from editorial.workflow.imports import imports
from editorial.workflow.review import comments, received_answers, replies, signoffs, tasks
from editorial.workflow.stories import cases, publication, restrictions, saved_searches, stories
from tests.support import incoming_mail
from tests.support.cast import HOUR, assert_refused

JO = {"identity_name": "Zephyrine Quillfeather", "identity_known_by": "1970-03-12"}
CHECKED = {
    "Briefing.name": {"briefings.record"},
    "Claim.text": {"claims.file", "claims.revise", "claims.split"},
    "ClaimDistinction.reason": {"claim_distinctions.mark_distinct"},
    "CommentRevision.text": {"comments.add", "comments.edit"},
    "Correction.text": {"publication.correct", "publication.retract"},
    "Exhibit.title": {"exhibits.attach title"},
    "Exhibit.url": {"exhibits.attach url"},
    "GateOverride.reason": {"stories.override"},
    "ReceivedAnswer.reason": {"received_answers.dismiss"},
    "ReplyRequest.channel": {"replies.send channel"},
    "ReplyRequest.no_statement_reason": {"replies.answer"},
    "ReplyRequest.question": {"replies.send question"},
    "ReplyRequest.reason": {"replies.send reason", "replies.waive"},
    "Restriction.lift_reason": {"restrictions.lift_from_claim", "restrictions.lift_from_story"},
    "Restriction.reason": {"restrictions.restrict_claim", "restrictions.restrict_story"},
    "ReviewTask.note": {"tasks.finish"},
    "ReviewTask.snooze_reason": {"tasks.snooze"},
    "SavedSearch.name": {"saved_searches.save name", "saved_searches.revise name"},
    "SavedSearch.q": {"saved_searches.save q"},
    "Signoff.reason": {"signoffs.propose", "signoffs.read_standards"},
    "Source.camp": {"sources.revise camp", "sources.register camp"},
    "Source.description": {"sources.revise description", "sources.register description"},
    "Source.name": {"sources.revise name", "sources.register name"},
    "Statement.quote": {"statements.record", "statements.revise"},
    "UnmaskRequest.reason": {"unmasking.request_unmask"},
    # The reasons that people give for an action without a row of its own.
    "Event.data": {
        "claims.drop", "publication.withhold", "sources.rate", "sources.vouch", "statement_repairs.reassign",
        "statement_repairs.strike", "statement_repairs.reopen", "statements.end", "stories.spike",
    },
}  # fmt: skip
"""The texts of people that the guard checks, each with the actions that write it."""
UNCHECKED = {
    "copy, of which it only warns": "Story.headline StoryRevision.headline StoryRevision.body",
    "copies of material from outside": """
        Exhibit.text ImportRow.data ImportRow.reasons Import.url Import.problem Import.read_as ScheduledImport.problem
        ScheduledImport.url WireItem.edition
        WireItem.embargo_as_stated WireItem.link WireItem.uri""",
    "texts of administrators, who work for every desk": """
        AccountChange.email AccountChange.reason CorroborationPolicy.name CorroborationPolicy.note Desk.name Desk.slug
        User.email User.first_name User.last_name User.username WebhookEndpoint.url""",
    "names of things in one's own account": "Passkey.name Token.label",
    "names of accounts at the provider": "ProviderAccount.issuer ProviderAccount.subject ProviderSignIn.next_url",
    "written by the newsroom itself": """
        Assessment.missing Assessment.hangs_on Assessment.groups Correction.because Delivery.error DeliveryAttempt.error
        Notification.body Notification.path Notification.subject Notification.thread PublishedUse.text
        ReviewTask.because ReviewTask.question ReviewTask.subject Session.device""",
    "codes, ids, digests": """
        Mailbox.problem
        Assessment.digest AuditHead.digest Change.model Escalation.stream Event.action Event.hash
        Event.previous Event.stream Exhibit.content_type Exhibit.sha256 Heartbeat.host Heartbeat.running_jobs
        Heartbeat.version
        IdempotencyRecord.fingerprint IdempotencyRecord.key IdentityRecord.token IntegrityFinding.check_name
        CircuitBreaker.receiver IntegrityFinding.subject OutboxMessage.error
        OutboxMessage.receiver OutboxMessage.reference OutboxMessage.request_id ScanCursor.name SignIn.interface
        User.password User.time_zone VisibilityLoss.model""",
}
NAMES = ("Zephyrine Quillfeather", "Quillfeather", "Quіllfeather", "Quillfeather, Z.", "Q u i l l f e a t h e r")


@pytest.fixture(autouse=True)
def wide_quota(settings):
    settings.MATCHING_PER_PERSON = settings.MATCHING_PER_DESK = settings.MATCHING_ALERT = 1000


@pytest.fixture
def source(room):
    return room.person("a keeper", unnamed=True, **JO)


@pytest.fixture
def claim(room, source):
    claim = room.claim()
    room.says(source, claim)
    return claim


def writes(room, source, claim):
    """Every action with a text that concerns the source, as field → call. No field: other texts are given as well."""
    people, now = room.people, room.now
    statement = claim.statements.get()
    story = room.story(claim, mode="attributed")
    stories.submit(story_id=story.pk, actor=people["rosa"], now=now)
    room.settle()
    task, waiting = ReviewTask.objects.filter(claim=claim).order_by("kind")[:2]
    tasks.take(task_id=task.pk, actor=people["felix"], now=now)
    rosa, edith, felix, stan = (people[name] for name in ("rosa", "edith", "felix", "stan"))
    by_source = {"source_id": source.pk, "now": now}
    by_statement = {"statement_id": statement.pk, "actor": rosa, "now": now}
    asked = {"to_id": room.person().pk, "covers": [claim.pk], "now": now}
    sent = asked | {"question": "Was it open?", "deadline_at": now + 4 * HOUR, "actor": rosa}
    new = {"desk_id": room.desk.pk, "actor": rosa, "now": now}
    unnamed = new | {"type": "person", "unnamed": True, "name": "another keeper"}
    printed = room.story(claim, mode="attributed")
    Story.objects.filter(pk=printed.pk).update(status="published", published_at=now)
    of_print = {"story_id": printed.pk, "actor": people["sena"], "now": now}
    by_edith = {"actor": edith, "now": now}
    order = {"kind": "court", "reason": "An order."}
    pending = replies.send(**sent)
    received, other = incoming_mail.receive(room, pending), room.claim("The dam held.")
    search = saved_searches.save(name="Gates", q="gate", actor=rosa, now=now)
    barred = restrictions.restrict_claim(claim_id=claim.pk, **order, **by_edith)
    barred_story = restrictions.restrict_story(story_id=story.pk, **order, **by_edith)
    comment = comments.add(claim_id=claim.pk, text="Who saw it?", actor=rosa, now=now)
    lift = {"restriction_id": barred.pk, "claim_id": claim.pk} | by_edith
    lift_story = {"restriction_id": barred_story.pk, "story_id": story.pk} | by_edith
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
        "statement_repairs.reopen": ("reason", lambda text: statement_repairs.reopen(**by_statement, reason=text)),
        "statement_repairs.strike": ("reason", lambda text: statement_repairs.strike(**by_statement, reason=text)),
        "statements.end": ("reason", lambda text: statements.end(**by_statement, ended="withdrawn", reason=text)),
        "claims.revise": (
            "text",
            lambda text: claims.revise(claim_id=claim.pk, text=text, actor=rosa, now=now),
        ),
        "claims.split": (
            "texts",
            lambda text: claims.split(claim_id=claim.pk, texts=["It rained.", text], actor=rosa, now=now),
        ),
        "claims.drop": ("reason", lambda text: claims.drop(claim_id=claim.pk, reason=text, actor=felix, now=now)),
        "claim_distinctions.mark_distinct": (
            "reason",
            lambda text: claim_distinctions.mark_distinct(
                claim_id=claim.pk, other_id=other.pk, reason=text, actor=rosa, now=now
            ),
        ),
        "received_answers.dismiss": (
            "reason",
            lambda text: received_answers.dismiss(received_answer_id=received.pk, reason=text, actor=rosa, now=now),
        ),
        "saved_searches.save name": ("", lambda text: saved_searches.save(name=text, q="gate", actor=rosa, now=now)),
        "saved_searches.save q": ("", lambda text: saved_searches.save(name="Gates", q=text, actor=rosa, now=now)),
        "saved_searches.revise name": (
            "",
            lambda text: saved_searches.revise(search_id=search.pk, name=text, actor=rosa, now=now),
        ),
        "comments.add": ("text", lambda text: comments.add(claim_id=claim.pk, text=text, actor=rosa, now=now)),
        "comments.edit": (
            "text",
            lambda text: comments.edit(comment_id=comment.pk, text=text, actor=rosa, now=now),
        ),
        "briefings.record": (
            "name",
            lambda text: briefings.record(desk_id=room.desk.pk, name=text, actor=rosa, now=now),
        ),
        "replies.send question": ("question", lambda text: replies.send(**sent | {"question": text})),
        "replies.send reason": ("", lambda text: replies.send(**sent, reason=text)),
        "replies.send channel": ("", lambda text: replies.send(**sent, channel=text)),
        "claims.file": ("text", lambda text: claims.file(**new, text=text)),
        "sources.register name": ("name", lambda text: sources.register(**unnamed | {"name": text})),
        "sources.register description": ("", lambda text: sources.register(**unnamed, description=text)),
        "sources.register camp": ("", lambda text: sources.register(**unnamed, camp=text)),
        "exhibits.attach title": ("title", lambda text: exhibits.attach(**new, title=text, text="A page.")),
        "exhibits.attach url": ("", lambda text: exhibits.attach(**new, title="A page", text="A page.", url=text)),
        "restrictions.restrict_claim": (
            "reason",
            lambda text: restrictions.restrict_claim(claim_id=claim.pk, **order | {"reason": text}, **by_edith),
        ),
        "restrictions.lift_from_claim": ("reason", lambda text: restrictions.lift_from_claim(**lift, reason=text)),
        "restrictions.restrict_story": (
            "reason",
            lambda text: restrictions.restrict_story(story_id=story.pk, **order | {"reason": text}, **by_edith),
        ),
        "restrictions.lift_from_story": (
            "reason",
            lambda text: restrictions.lift_from_story(**lift_story, reason=text),
        ),
        "stories.spike": ("reason", lambda text: stories.spike(story_id=story.pk, reason=text, **by_edith)),
        "publication.withhold": ("reason", lambda text: publication.withhold(**of_print, reason=text)),
        "publication.retract": ("reason", lambda text: publication.retract(**of_print, reason=text)),
        "publication.correct": ("text", lambda text: publication.correct(**of_print, text=text)),
        "unmasking.request_unmask": (
            "reason",
            lambda text: unmasking.request_unmask(source_id=source.pk, reason=text, actor=people["cuno"], now=now),
        ),
        "replies.answer": (
            "no_statement_reason",
            lambda text: replies.answer(
                request_id=pending.pk, outcome="replied", no_statement_reason=text, actor=rosa, now=now
            ),
        ),
        "replies.waive": ("reason", lambda text: replies.waive(**asked, reason=text, actor=edith)),
        "tasks.finish": (
            "note",
            lambda text: tasks.finish(task_id=task.pk, outcome="exhausted", note=text, actor=felix, now=now),
        ),
        "tasks.snooze": (
            "reason",
            lambda text: tasks.snooze(
                task_id=waiting.pk, until=now + timedelta(hours=1), reason=text, actor=edith, now=now
            ),
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
                several = action == "claims.split" or not field
                assert reason.text.startswith("One of these texts contains " if several else "This text contains ")
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


def test_every_text_field_of_a_model_is_checked_or_says_why_not(room, source, claim):
    """A new text field has to be listed, and its actions have to be among those that are tried."""
    fields = {
        f"{model.__name__}.{field.name}"
        for model in apps.get_app_config("editorial").get_models()
        if not issubclass(model, HistoryRow)
        for field in model._meta.local_fields
        if isinstance(field, (models.CharField, models.TextField, models.JSONField)) and field.editable
        if not field.choices
    }
    unchecked = " ".join(UNCHECKED.values()).split()
    assert fields == {*CHECKED, *unchecked}
    assert len(fields) == len(CHECKED) + len(unchecked)
    assert set().union(*CHECKED.values()) == set(writes(room, source, claim))


class TestOtherSources:
    """A new claim concerns nobody yet: it is compared with the sources of its desk."""

    @pytest.fixture
    def other(self, room):
        return room.claim("Somebody closed it.")

    def test_a_claim_that_names_another_source_of_the_desk_is_refused_and_counts(self, room, source, other):
        for write in (
            lambda text: room.claim(text),
            lambda text: claims.revise(claim_id=other.pk, text=text, actor=room.people["rosa"], now=room.now),
            lambda text: claims.split(claim_id=other.pk, texts=["A", text], actor=room.people["rosa"], now=room.now),
        ):
            with pytest.raises(ValidationFailed, match=r"the (sur)?name of a confidential source.*as a named source"):
                write("It was Quillfeather.")
        assert MatchingAttempt.objects.filter(person=room.people["rosa"], kind="text").count() == 3

    def test_the_name_of_somebody_who_is_also_a_named_source_passes(self, room, source):
        room.person("Zephyrine Quillfeather")
        claim = room.claim("Quillfeather, Z. opened the gate.")
        room.says(Source.objects.get(name="Zephyrine Quillfeather"), claim, quote="I, Quillfeather, opened it.")

    def test_a_namesake_on_record_does_not_free_the_whole_name(self, room, source):
        room.person("Bob Quillfeather")
        room.claim("Quillfeather opened the gate.")
        with assert_refused(ValidationFailed, "NAME_IN_TEXT"):
            room.claim("Zephyrine Quillfeather opened the gate.")

    def test_a_named_source_that_may_be_the_same_person_is_registered(self, room, source):
        assert room.person("Zephyrine Quillfeather").name == "Zephyrine Quillfeather"

    def test_a_reason_about_a_story_without_claims_is_checked(self, room, source):
        story = room.story()
        with assert_refused(ValidationFailed, "NAME_IN_TEXT"):
            stories.spike(story_id=story.pk, reason="Quillfeather asked.", actor=room.people["edith"], now=room.now)

    def test_a_question_to_the_source_itself_is_checked(self, room, source, other):
        with assert_refused(ValidationFailed, "NAME_IN_TEXT"):
            replies.send(
                to_id=source.pk, covers=[other.pk], question="Quillfeather, was it open?",
                deadline_at=room.now + 4 * HOUR, actor=room.people["rosa"], now=room.now,
            )  # fmt: skip

    def test_a_process_without_the_key_stores_what_was_checked_before(self, room, source, settings, caplog):
        settings.VAULT_KEYS = []
        assert room.claim("Quillfeather opened the gate.").pk
        assert "cannot decrypt" not in caplog.text


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

    def test_a_sheet_that_names_a_confidential_source_is_refused_as_a_whole(self, room, source, rosa):
        for sheet in (
            f"text,adverse_to\nQuillfeather opened it.,{source.pk}\n".encode(),
            b"text,adverse_to\nQuillfeather opened it.,\n",
            b"text,kind,carries\nShe said so.,utterance,Quillfeather opened it.\n",
        ):
            with pytest.raises(ValidationFailed, match="confidential source"):
                imports.start(
                    desk_id=room.desk.pk, kind="claims_sheet", file=BytesIO(sheet), actor=rosa,
                    now=room.now + timedelta(minutes=1),
                )  # fmt: skip
