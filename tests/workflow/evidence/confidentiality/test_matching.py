"""Matching: counted, limited, and locked after an unusual number of attempts."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import connection, transaction

from editorial.models import Event, MatchingAttempt, MatchingLock, MessageKind, ReplyRequest, Source
from editorial.workflow.core.errors import ActionError, Conflict, Forbidden, QuotaExceeded, ValidationFailed
from editorial.workflow.evidence import sources
from editorial.workflow.evidence.confidentiality import matching
from editorial.workflow.ops import scheduler
from editorial.workflow.review import replies
from editorial.workflow.stories import cases
from tests.models.constraints import assert_rejected_by_database
from tests.support.cast import HOUR, assert_refused, count_pending_jobs

JO = {"identity_name": "Jo Roe", "identity_known_by": "1970-03-12"}


@pytest.fixture(autouse=True)
def limits(settings):
    settings.MATCHING_PER_PERSON, settings.MATCHING_PER_DESK, settings.MATCHING_ALERT = 3, 5, 6


@pytest.fixture
def named(room):
    return room.person("Jo Roe")


def match(room, source, by="rosa", name="Jo Roe"):
    return sources.match_identity(
        source_id=source.pk, identity_name=name, identity_known_by="1970", actor=room.people[by], now=room.now
    )


def attempts(person):
    return MatchingAttempt.objects.filter(person=person).count()


def try_to_match(room, source, times, by="rosa"):
    for _ in range(times):
        with pytest.raises(ActionError):
            match(room, source, by)


def try_to_match_beyond(room, source):
    """Match until the account is locked."""
    for _ in range(3):
        match(room, source)
    try_to_match(room, source, 3)


def test_every_way_to_compare_an_identity_counts_and_notifies_custodians(room, named, rosa):
    room.person("a keeper", unnamed=True, **JO)
    sources.protect(source_id=named.pk, name="a clerk", **JO, actor=rosa, now=room.now)
    match(room, room.person())
    assert attempts(rosa) == 3
    compared = Event.objects.filter(action="identity.compare")
    assert compared.count() == 3
    assert all(event.data == {} and event.actor == rosa for event in compared)
    assert all(count_pending_jobs(MessageKind.NOTIFY, event) == 1 for event in compared)


def test_beyond_the_quota_a_person_waits(room, named, rosa):
    for _ in range(3):
        match(room, named)
    with pytest.raises(QuotaExceeded) as refusal:
        match(room, named)
    assert refusal.value.wait == 24 * 3600
    assert "24 hours" in str(refusal.value)
    match(room, named, by="felix")
    room.later(hours=24)
    match(room, named)


def test_beyond_the_quota_a_desk_waits(room, named):
    for by in ("rosa", "rosa", "felix", "felix", "edith"):
        match(room, named, by)
    with assert_refused(QuotaExceeded, "MATCHING_QUOTA"):
        match(room, named, "edgar")


def test_an_attempt_counts_even_if_its_transaction_fails(room, named, rosa):
    with pytest.raises(RuntimeError), transaction.atomic():  # noqa: PT012
        match(room, named)
        raise RuntimeError
    assert attempts(rosa) == 1
    source = Source.objects.get(pk=named.pk)
    assert source.key == "", "the match itself was rolled back"


def test_a_case_of_guesses_is_refused_as_a_whole(room, rosa):
    guesses = [
        {"type": "person", "name": "a keeper", "unnamed": True, "identity_name": f"Jo {name}", "identity_known_by": "1"}
        for name in ("Roe", "Doe", "Poe", "Loe")
    ]
    before = Source.objects.count()
    with pytest.raises(ActionError) as refusal:
        cases.file(desk_id=room.desk.pk, sources=guesses, actor=rosa, now=room.now)
    assert [reason.code for reason in refusal.value.reasons] == ["MATCHING_QUOTA"]
    assert refusal.value.wait > 0
    assert (Source.objects.count(), attempts(rosa)) == (before, 4)


def test_an_unusual_number_of_attempts_locks_and_alerts(room, named, rosa, ada):
    try_to_match_beyond(room, named)
    with assert_refused(Forbidden, "MATCHING_LOCKED"):
        match(room, named)
    room.later(hours=48)
    with assert_refused(Forbidden, "MATCHING_LOCKED"):
        match(room, named)
    scheduler.run_due(now=room.now)
    (lock,) = MatchingLock.objects.filter(person=rosa)
    alert = Event.objects.get(action="matching.lock")
    assert alert.data == {"person": str(rosa.pk)}
    assert count_pending_jobs(MessageKind.NOTIFY, alert) == 1
    scheduler.run_due(now=room.now)
    assert Event.objects.filter(action="matching.lock").count() == 1, "the alert is raised once"

    with assert_refused(ValidationFailed, "REASON_REQUIRED"):
        matching.unlock(lock_id=lock.pk, reason=" ", actor=ada, now=room.now)
    matching.unlock(lock_id=lock.pk, reason="She imported old notes.", actor=ada, now=room.now)
    with assert_refused(Conflict, "NOT_LOCKED"):
        matching.unlock(lock_id=lock.pk, reason="Again.", actor=ada, now=room.now)


@pytest.mark.django_db(transaction=True)
def test_matching_works_again_after_an_administrator_unlocks_it(room, rosa, ada):
    """Committed, because attempts are counted on a connection of their own."""
    named = room.person("Jo Roe")
    try_to_match_beyond(room, named)
    lock = MatchingLock.objects.get(person=rosa)
    room.later(minutes=1)
    matching.unlock(lock_id=lock.pk, reason="She imported old notes.", actor=ada, now=room.now)
    match(room, named)


def test_nobody_unlocks_their_own_matching(room, ada):
    lock = MatchingLock.objects.create(person=ada, desk=room.desk, locked_at=room.now)
    with assert_refused(Forbidden, "FOUR_EYES"):
        matching.unlock(lock_id=lock.pk, reason="It was me.", actor=ada, now=room.now)


def test_a_text_with_a_confidential_name_counts_and_too_many_block_further_texts(room, rosa):
    """Otherwise somebody could write one name after another into a quote and learn which is right."""
    claim, keeper = room.claim(), room.person("a keeper", unnamed=True, **JO)
    room.says(keeper, claim)
    for _ in range(3):
        with assert_refused(ValidationFailed, "NAME_IN_TEXT"):
            room.says(keeper, claim, quote="Roe was there.")
    with assert_refused(QuotaExceeded, "MATCHING_QUOTA"):
        room.says(keeper, claim, quote="Nobody was there.")
    assert MatchingAttempt.objects.filter(person=rosa, kind="text").count() == 3
    match(room, room.person())  # the quota of identities is another


class TestRespondent:
    """The gate tells that a source of ours "declined to comment", so naming a respondent is a guess, too."""

    @pytest.fixture
    def request_sent(self, room, rosa):
        return replies.send(
            to_id=room.person().pk,
            covers=[room.claim().pk],
            question="Was it open?",
            deadline_at=room.now + 4 * HOUR,
            actor=rosa,
            now=room.now,
        )

    def answer(self, room, request, by, **respondent):
        return replies.answer(
            request_id=request.pk, outcome="declined", actor=room.people[by], now=room.now, **respondent
        )

    def test_a_respondents_name_counts_and_notifies_custodians(self, room, request_sent, rosa):
        self.answer(room, request_sent, "rosa", respondent_name="Jo Roe", respondent_known_by="1970")
        assert attempts(rosa) == 1
        event = Event.objects.get(action="identity.compare")
        assert event.stream == f"replyrequest:{request_sent.pk}"

    def test_only_the_person_who_recorded_the_request_names_the_respondent(self, room, request_sent):
        for respondent in (
            {"respondent_name": "Jo Roe", "respondent_known_by": "1970"},
            {"respondent_id": request_sent.to_id},
        ):
            with assert_refused(Forbidden, "NOT_THE_REQUESTER"):
                self.answer(room, request_sent, "felix", **respondent)
        self.answer(room, request_sent, "felix")
        assert ReplyRequest.objects.get(pk=request_sent.pk).respondent_key == ""


def test_attempts_hold_nothing_of_the_identity_and_are_not_changed(room, named, rosa):
    match(room, named)
    fields = {field.name for field in MatchingAttempt._meta.get_fields()}
    assert fields == {"id", "person", "desk", "kind", "weight", "at", "within_quota"}
    with assert_rejected_by_database("Cannot update"):
        MatchingAttempt.objects.filter(person=rosa).update(at=room.now - timedelta(days=2))


@pytest.mark.django_db
def test_the_counter_uses_a_connection_of_its_own(room, rosa):
    matching.count_attempt(actor=rosa, desk_id=room.desk.pk, now=room.now)
    assert connection.in_atomic_block
    with matching._own_transaction() as cursor:
        cursor.execute("SELECT count(*) FROM editorial_matchingattempt WHERE person_id = %s", [rosa.pk])
        assert cursor.fetchone() == (1,), "visible to others although this test has not committed"


def test_a_respondent_whose_identity_is_in_the_vault_counts_as_a_comparison(room, rosa):
    party, keeper, open_source = room.person("Aaron Able"), room.person("a keeper", unnamed=True, **JO), room.person()
    claim = room.claim(adverse_to=[party.pk])
    before = attempts(rosa)
    for respondent, count in ((open_source, 0), (keeper, 1)):
        request = replies.send(
            to_id=party.pk, covers=[claim.pk], question="Did you?", deadline_at=room.now + 4 * HOUR, actor=rosa,
            now=room.now,
        )  # fmt: skip
        replies.answer(request_id=request.pk, outcome="declined", respondent_id=respondent.pk, actor=rosa, now=room.now)
        assert attempts(rosa) - before == count
