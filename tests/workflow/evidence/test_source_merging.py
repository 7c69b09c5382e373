"""Two records of one source: merging them, and what stays with whom."""

from __future__ import annotations

import pytest

from editorial.models import Claim, Event, Source
from editorial.workflow.core.errors import Conflict, Forbidden, ValidationFailed
from editorial.workflow.evidence import source_repairs, sources
from editorial.workflow.review import replies
from tests.support.cast import HOUR, assert_refused, events, exceptions_in, run_concurrently
from tests.workflow.evidence.test_sources import JO


class TestMerging:
    def one(self, room, source, into):
        return sources.merge(
            source_id=source.pk, into_id=into.pk, reason="One voice.", actor=room.people["edith"], now=room.now
        )

    def test_merged_sources_count_once_and_keep_their_statements(self, room):
        claim = room.corroborated()
        first, second = (statement.source for statement in claim.statements.all())
        self.one(room, first, second)
        room.settle()
        claim.refresh_from_db()
        assert claim.assessments.latest().independent == 1
        assert {statement.source for statement in claim.statements.all()} == {first, second}
        assert [events(each)[-1] for each in (first, second)] == ["source.merge", "source.merge"]

    def separate(self, room, source, by="edith", **more):
        fields = {"reason": "A namesake.", "actor": room.people[by], "now": room.now} | more
        return source_repairs.unmerge(source_id=source.pk, **fields)

    def test_sources_merged_by_mistake_are_separated(self, room):
        claim = room.corroborated()
        first, second = (statement.source for statement in claim.statements.all())
        self.one(room, first, second)
        room.settle()
        self.separate(room, first)
        room.settle()
        first.refresh_from_db()
        assert (first.merged_into, claim.assessments.latest().independent) == (None, 2)
        assert [events(each)[-1] for each in (first, second)] == ["source.unmerge", "source.unmerge"]

    def test_sources_that_cannot_be_separated_are_refused(self, room, city):
        first, second = room.person(), room.person()
        with assert_refused(Conflict, "NOT_MERGED"):
            self.separate(room, first)
        self.one(room, first, second)
        with assert_refused(Conflict, "NOT_MERGED"):
            self.separate(room, second)
        with assert_refused(ValidationFailed, "REASON_REQUIRED"):
            self.separate(room, first, reason=" ")
        with assert_refused(Forbidden, "FORBIDDEN"):
            self.separate(room, first, by="rosa")

    def test_a_refusal_does_not_tell_whom_a_hidden_source_was_merged_into(self, room, city):
        ours = room.person("a keeper", unnamed=True, **JO)
        theirs = room.person("a clerk", unnamed=True, desk_id=city.pk, by="carl")
        Source.objects.filter(pk=ours.pk).update(merged_into=theirs)
        with assert_refused(Forbidden, "PROTECTED") as _:
            self.separate(room, ours)
        with pytest.raises(Forbidden) as error:
            self.separate(room, ours)
        assert str(theirs.pk) not in str(error.value)

    def test_a_source_is_separated_once_by_two_colleagues(self, parallel):
        first, second = parallel.person(), parallel.person()
        self.one(parallel, first, second)
        outcomes = run_concurrently(*[lambda by=by: self.separate(parallel, first, by=by) for by in ("edith", "edgar")])
        refused = [reason.code for error in exceptions_in(outcomes) for reason in error.reasons]
        assert refused == ["NOT_MERGED"]
        assert events(first).count("source.unmerge") == 1

    def test_three_sources_are_merged_in_any_order(self, room):
        claim = room.claim()
        people = [room.person() for _ in range(3)]
        for person in people:
            room.says(person, claim)
        self.one(room, people[0], people[1])
        self.one(room, people[1], people[2])
        room.settle()
        assert claim.assessments.latest().independent == 1

    def test_sources_with_the_same_token_are_merged_too(self, room):
        claim = room.claim()
        twins = [room.person("a keeper", unnamed=True, **JO) for _ in range(2)]
        spokesman = room.person("a spokesman", unnamed=True)
        for person in (*twins, spokesman):
            room.says(person, claim)
        self.one(room, twins[0], spokesman)
        room.settle()
        assert claim.assessments.latest().independent == 1

    def test_two_identity_tokens_of_one_person_are_merged(self, room):
        claim = room.claim()
        people = [room.person(unnamed=True, **JO | {"identity_known_by": known}) for known in ("1970", "1970", "71")]
        for person in people:
            room.says(person, claim)
        self.one(room, people[0], people[2])
        room.settle()
        assert claim.assessments.latest().independent == 1

    def test_a_reply_stays_with_its_respondent(self, room, rosa):
        """Our unnamed source "declined to comment": the gate must see it however the person's records are merged."""
        party = room.person("Lida Fenn")
        keeper, twin = room.person(unnamed=True, **JO), room.person("a clerk", unnamed=True)
        claim = room.claim(adverse_to=[party.pk])
        room.says(keeper, claim)
        request = replies.send(
            to_id=party.pk, covers=[claim.pk], question="?", deadline_at=room.now + HOUR, reason="It runs tonight.",
            actor=rosa, now=room.now,
        )  # fmt: skip
        replies.answer(request_id=request.pk, outcome="declined", respondent_id=keeper.pk, actor=rosa, now=room.now)
        story = room.story(claim, mode="attributed", relies_on=[str(claim.statements.get().pk)])
        room.settle()
        story.refresh_from_db()
        assert story.gate == "block"
        self.one(room, keeper, twin)
        room.settle()
        story.refresh_from_db()
        assert story.gate == "block"

    def test_a_person_and_a_document_are_not_merged(self, room):
        person, document = room.person(), room.paper()
        with assert_refused(Conflict, "TYPE_MISMATCH"):
            self.one(room, person, document)
        with assert_refused(ValidationFailed, "SAME_OBJECT"):
            self.one(room, person, person)

    def test_a_merged_source_cannot_be_changed(self, room, felix):
        first, second = room.person(), room.person()
        self.one(room, first, second)
        with assert_refused(Conflict, "MERGED"):
            sources.rate(source_id=first.pk, reliability="A", actor=felix, now=room.now)
        with assert_refused(Conflict, "MERGED"):
            self.one(room, second, first)

    def test_a_source_is_not_protected_while_a_merged_record_shows_its_name(self, room, rosa, carl):
        """The record would say to every desk that this person was merged into a source that it may not see."""
        double, source = room.person("Jo Roe"), room.person("J. Roe")
        self.one(room, double, source)
        with assert_refused(Conflict, "MERGED_RECORDS"):
            sources.protect(source_id=source.pk, name="a keeper", actor=rosa, now=room.now, **JO)
        self.separate(room, double)
        for each in (double, source):
            sources.protect(source_id=each.pk, name="a keeper", actor=rosa, now=room.now, **JO)
        assert not Source.objects.visible_to(carl.facts()).filter(pk__in=[double.pk, source.pk]).exists()

    def test_a_merge_with_a_source_that_became_confidential_is_no_longer_in_the_history_of_the_other(
        self, room, rosa, hugo, cuno
    ):
        namesake, source = room.person("Jo Roe"), room.person("J. Roe")
        self.one(room, namesake, source)
        self.separate(room, namesake)
        history = Event.objects.filter(stream=f"source:{namesake.pk}", action__startswith="source.")
        assert history.visible_to(hugo.facts()).filter(action="source.merge").count() == 1
        sources.protect(source_id=source.pk, name="a keeper", actor=rosa, now=room.now, **JO)
        seen = {name: history.visible_to(room.people[name].facts()) for name in ("hugo", "rosa", "cuno")}
        assert {name: {event.action for event in events} for name, events in seen.items()} == {
            "hugo": {"source.register"},
            "rosa": {"source.register"},
            "cuno": {"source.register", "source.merge", "source.unmerge"},
        }

    def test_a_published_story_on_two_merged_sources_is_flagged(self, room):
        claim = room.verified()
        story = room.published(claim)
        first, second = (statement.source for statement in claim.statements.all())
        self.one(room, first, second)
        room.settle()
        story.refresh_from_db()
        assert story.remedy == "editors_note"
        assert Claim.objects.get().status != "verified"


def test_a_named_and_an_unnamed_source_are_not_merged(room, edith):
    named, unnamed = room.person("Jo Roe"), room.person("a keeper", unnamed=True)
    with assert_refused(Conflict, "UNNAMED"):
        sources.merge(source_id=unnamed.pk, into_id=named.pk, reason="One voice.", actor=edith, now=room.now)
