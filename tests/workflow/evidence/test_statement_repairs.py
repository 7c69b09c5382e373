"""Repairs: statements recorded under the wrong source or by mistake. Neither records a withdrawal."""

from __future__ import annotations

import pytest
from django.apps import apps

from editorial.models import ClaimVisibility, Desk, Event
from editorial.workflow.core.errors import Conflict, Forbidden, NotFound, ValidationFailed, VersionConflict
from editorial.workflow.evidence import claims, facts, statement_repairs, statements
from editorial.workflow.stories import stories
from tests.support.cast import assert_refused, events, exceptions_in, run_behind, run_concurrently

StatementEvent = apps.get_model("editorial", "StatementEvent")


def reassign(room, statement, source, **more):
    fields = {"reason": "I mixed up two notes.", "actor": room.people["rosa"], "now": room.now} | more
    return statement_repairs.reassign(statement_id=statement.pk, source_id=source.pk, **fields)


def strike(room, statement, **more):
    fields = {"reason": "I recorded it twice.", "actor": room.people["rosa"], "now": room.now} | more
    return statement_repairs.strike(statement_id=statement.pk, **fields)


class TestReassigning:
    def test_a_reassigned_statement_counts_for_the_new_source_and_voids_signatures(self, room):
        claim, source = room.verified(), room.person("Ada Kern")
        statement = claim.statements.first()
        former = statement.source
        reassign(room, statement, source)
        statement.refresh_from_db()
        claim.refresh_from_db()
        assert (statement.source, statement.ended, claim.status) == (source, None, "under_investigation")
        assert events(statement)[-1] == "statement.reassign"
        assert "signoff.void" in events(claim)
        room.settle()
        assert claim.assessments.latest().independent == 2
        before = StatementEvent.objects.filter(pgh_obj=statement.pk).values_list("source_id", flat=True)
        assert former.pk in before, "the history keeps under whom it was recorded"

    def test_two_statements_of_one_source_become_one_voice(self, room):
        claim = room.corroborated()
        first, second = claim.statements.order_by("recorded_at", "id")[:2]
        reassign(room, second, first.source)
        room.settle()
        assert claim.assessments.latest().independent == 1

    def test_the_event_does_not_name_the_former_source(self, room):
        statement, source = room.says(room.person(), room.claim()), room.person()
        former = statement.source_id
        reassign(room, statement, source)
        event = Event.objects.filter(stream=f"statement:{statement.pk}", action="statement.reassign").get()
        assert event.data["source"] == str(source.pk)
        assert str(former) not in str(event.data)

    def test_an_invalid_reassignment_is_refused(self, room, edith, carl):
        claim, source = room.claim(), room.person()
        statement, informant = room.says(source, claim), room.person()
        hearsay = room.says(room.person(), claim, directness="second_hand", informant=informant.pk)
        with assert_refused(Conflict, "SAME_OBJECT"):
            reassign(room, statement, source)
        with assert_refused(ValidationFailed, "INFORMANT"):
            reassign(room, hearsay, informant)
        with assert_refused(ValidationFailed, "REASON_REQUIRED"):
            reassign(room, statement, informant, reason=" ")
        with assert_refused(VersionConflict, "STALE_VERSION"):
            reassign(room, statement, informant, expected_version=9)
        with assert_refused(NotFound, "NOT_FOUND"):
            reassign(room, statement, informant, actor=carl)

    def test_a_reporter_of_another_desk_cannot_replace_a_source_that_they_may_not_see(self, room, carl):
        claim = room.claim()
        keeper = room.person("a keeper", unnamed=True, identity_name="Jo Roe", identity_known_by="1970")
        statement, named = room.says(keeper, claim), room.person()
        story = stories.pitch(desk_id=Desk.objects.get(slug="city").pk, headline="The gate", actor=carl, now=room.now)
        uses = [{"claim": str(claim.pk), "mode": "attributed"}]
        with pytest.raises(NotFound):
            stories.revise(story_id=story.pk, uses=uses, actor=carl, now=room.now)
        story.uses.create(claim=claim, mode="attributed")
        with assert_refused(Forbidden, "PROTECTED"):
            reassign(room, statement, named, actor=carl)

    def test_a_quote_with_the_name_of_the_right_source_is_refused(self, room):
        statement = room.says(room.person(), room.claim(), quote="I, Jo Quillfeather, saw it.")
        keeper = room.person("a keeper", unnamed=True, identity_name="Jo Quillfeather", identity_known_by="1970")
        with assert_refused(ValidationFailed, "NAME_IN_TEXT"):
            reassign(room, statement, keeper)


class TestStriking:
    def test_a_struck_statement_no_longer_counts(self, room):
        claim = room.corroborated()
        statement = claim.statements.first()
        strike(room, statement)
        statement.refresh_from_db()
        assert (statement.struck_at, statement.ended) == (room.now, None)
        assert events(statement)[-1] == "statement.strike"
        assert str(statement.pk) not in facts.case([claim.pk], now=room.now).statements
        room.settle()
        assert claim.assessments.latest().independent == 1

    def test_the_only_one_leaves_the_claim_unverified_and_not_withdrawn(self, room):
        claim = room.claim()
        strike(room, room.says(room.person(), claim))
        room.settle()
        assert claim.assessments.latest().finding in ("unverified", "under_investigation")

    def test_it_voids_signatures_and_closes_tasks(self, room):
        claim = room.verified()
        extra = room.says(room.person(), claim)
        room.settle()
        assert claim.tasks.filter(subject=str(extra.pk), state="open").exists()
        claim.refresh_from_db()
        assert claim.status == "verified"
        strike(room, extra)
        claim.refresh_from_db()
        assert claim.status == "under_investigation"
        room.settle()
        assert not claim.tasks.filter(subject=str(extra.pk), state="open").exists()

    def test_relays_of_a_struck_statement_have_no_origin(self, room, rosa):
        claim = room.claim()
        origin, outlet = room.says(room.person(), claim), room.source("outlet")
        derived = room.says(outlet, claim, directness="relayed")
        statements.relay(derived_id=derived.pk, origin_id=origin.pk, actor=rosa, now=room.now)
        strike(room, origin)
        case = facts.case([claim.pk], now=room.now)
        assert (list(case.statements), case.relays) == ([str(derived.pk)], ())
        room.settle()
        assert claim.tasks.filter(kind="TRACE_ROOT", subject=str(derived.pk), state="open").exists()

    def test_a_struck_statement_refuses_every_action(self, room, rosa):
        claim, other = room.claim(), room.claim("It was ajar.")
        struck, derived = room.says(room.person(), claim), room.says(room.person(), claim, directness="relayed")
        strike(room, struck)
        source, it = room.person(), {"statement_id": struck.pk, "actor": rosa, "now": room.now}
        for attempt in (
            lambda: strike(room, struck),
            lambda: reassign(room, struck, source),
            lambda: statements.revise(**it, quote="I did."),
            lambda: statements.end(**it, ended="withdrawn", reason="Phoned."),
            lambda: statements.move(**it, claim_id=other.pk),
            lambda: statements.relay(derived_id=derived.pk, origin_id=struck.pk, actor=rosa, now=room.now),
        ):
            with pytest.raises(Conflict) as refusal:
                attempt()
            assert [reason.code for reason in refusal.value.reasons] == ["STRUCK"]
        story, uses = room.story(), [{"claim": str(claim.pk), "mode": "attributed", "relies_on": [str(struck.pk)]}]
        with assert_refused(ValidationFailed, "EVIDENCE_OF_OTHER_CLAIM"):
            stories.revise(story_id=story.pk, uses=uses, actor=rosa, now=room.now)

    def test_a_statement_that_a_story_relies_on_or_that_replaces_another_is_not_struck(self, room, rosa):
        claim = room.claim()
        statement, earlier = room.says(room.person(), claim), room.says(room.person(), room.claim("Ajar."))
        room.story(claim, relies_on=[str(statement.pk)])
        with assert_refused(Conflict, "RELIED_ON"):
            strike(room, statement)
        later = room.says(room.person(), claim)
        statements.end(
            statement_id=earlier.pk, ended="corrected", ended_by=later.pk, reason="Page 2.", actor=rosa, now=room.now
        )
        with assert_refused(Conflict, "TAKES_PLACE"):
            strike(room, later)

    def test_striking_does_not_tell_of_a_replaced_statement_that_is_hidden(self, room, rosa, carl, city):
        claim = room.claim()
        ClaimVisibility.objects.create(claim=claim, desk=city)  # as if a story of theirs used it
        source = room.person()
        later, hidden = room.says(source, claim), room.says(source, room.claim("Ajar."))
        statements.end(
            statement_id=hidden.pk, ended="corrected", ended_by=later.pk, reason="Page 2.", actor=rosa, now=room.now
        )
        strike(room, later, actor=carl)
        hidden.refresh_from_db()
        assert (hidden.ended, hidden.ended_by) == ("corrected", None)
        last = Event.objects.filter(stream=f"statement:{hidden.pk}").latest("number")
        assert (last.actor, last.data["changed"]) == (carl, {"ended_by": ["(not recorded)", None]})

    @pytest.mark.parametrize("is_compound", [False, True])
    def test_no_story_relies_on_a_statement_that_is_being_struck(self, parallel, is_compound):
        rosa, claim = parallel.people["rosa"], parallel.claim()
        said_of = claim
        if is_compound:
            parts = claims.split(claim_id=claim.pk, texts=["A gate.", "Open."], actor=rosa, now=parallel.now)
            said_of = parts[0]
        statement = parallel.says(parallel.person(), said_of)
        story, use = parallel.story(claim), {"claim": claim.pk, "mode": "asserted", "relies_on": [statement.pk]}
        refusal = run_behind(
            lambda: strike(parallel, statement),
            lambda: stories.revise(story_id=story.pk, uses=[use], actor=rosa, now=parallel.now),
        )
        assert [reason.code for reason in refusal.reasons] == ["EVIDENCE_OF_OTHER_CLAIM"]
        assert not statement.evidence_links.exists()

    def test_no_statement_is_replaced_by_one_that_is_being_struck(self, parallel):
        earlier, later = (parallel.says(parallel.person(), parallel.claim()) for _ in range(2))
        replaced = {"ended": "superseded", "ended_by": later.pk, "reason": "Noon.", "actor": parallel.people["rosa"]}
        refusal = run_behind(
            lambda: strike(parallel, later),
            lambda: statements.end(statement_id=earlier.pk, **replaced, now=parallel.now),
        )
        assert [reason.code for reason in refusal.reasons] == ["STRUCK"]
        earlier.refresh_from_db()
        assert earlier.ended is None

    def test_a_reporter_of_another_desk_cannot(self, room, carl):
        statement = room.says(room.person(), room.claim())
        with assert_refused(NotFound, "NOT_FOUND"):
            strike(room, statement, actor=carl)

    def test_a_split_takes_it_along(self, room, rosa):
        claim = room.claim()
        statement = room.says(room.person(), claim)
        strike(room, statement)
        parts = claims.split(claim_id=claim.pk, texts=["It was a gate.", "It was open."], actor=rosa, now=room.now)
        statement.refresh_from_db()
        assert statement.claim == parts[0]

    def test_a_concurrent_end_never_undoes_a_strike(self, parallel):
        statement, rosa = parallel.says(parallel.person(), parallel.claim()), parallel.people["rosa"]
        outcomes = run_concurrently(
            lambda: strike(parallel, statement),
            lambda: statements.end(
                statement_id=statement.pk, ended="withdrawn", reason="Phoned.", actor=rosa, now=parallel.now
            ),
        )
        refused = [reason.code for error in exceptions_in(outcomes) for reason in error.reasons]
        statement.refresh_from_db()
        assert statement.struck_at == parallel.now
        assert (refused, statement.ended) in ((["STRUCK"], None), ([], "withdrawn"))


class TestReopening:
    @pytest.fixture
    def ended(self, room, rosa):
        """A statement that was withdrawn by mistake, on a claim that nothing else supports."""
        statement = room.says(room.person(), room.claim())
        statements.end(statement_id=statement.pk, ended="withdrawn", reason="Phoned.", actor=rosa, now=room.now)
        room.settle()
        return statement

    def reopen(self, room, statement, **more):
        fields = {"reason": "It was the other Fenn who phoned.", "actor": room.people["rosa"], "now": room.now} | more
        return statement_repairs.reopen(statement_id=statement.pk, **fields)

    def test_it_stands_as_if_it_had_never_ended(self, room, ended):
        assert ended.claim.assessments.latest().finding == "withdrawn"
        self.reopen(room, ended)
        ended.refresh_from_db()
        assert (ended.ended, ended.ended_at, ended.ended_by) == (None, None, None)
        assert events(ended)[-2:] == ["statement.end", "statement.reopen"]
        room.settle()
        assert ended.claim.assessments.latest().finding in ("unverified", "under_investigation")

    def test_it_forgets_the_replacement_and_voids_the_signatures(self, room, rosa):
        claim = room.verified()
        old, new = room.says(room.person(), claim), room.says(room.person(), claim)
        statements.end(
            statement_id=old.pk, ended="superseded", ended_by=new.pk, reason="Six now.", actor=rosa, now=room.now
        )
        room.settle()
        claim.refresh_from_db()
        assert claim.status == "verified"
        self.reopen(room, old)
        old.refresh_from_db()
        claim.refresh_from_db()
        assert (old.ended_by, claim.status) == (None, "under_investigation")

    def test_a_published_story_owes_nothing_once_the_claim_is_signed_again(self, room, rosa):
        claim = room.verified()
        story = room.published(claim, central=False)
        statement = claim.statements.first()
        statements.end(statement_id=statement.pk, ended="withdrawn", reason="Phoned.", actor=rosa, now=room.now)
        room.settle()
        story.refresh_from_db()
        assert story.remedy == "editors_note"
        self.reopen(room, statement)
        room.settle()
        room.sign(claim)
        story.refresh_from_db()
        assert story.remedy == "none"

    def test_what_cannot_be_reopened_is_refused(self, room, ended, carl):
        standing = room.says(room.person(), ended.claim)
        with assert_refused(Conflict, "NOT_ENDED"):
            self.reopen(room, standing)
        with assert_refused(ValidationFailed, "REASON_REQUIRED"):
            self.reopen(room, ended, reason=" ")
        with assert_refused(VersionConflict, "STALE_VERSION"):
            self.reopen(room, ended, expected_version=9)
        with assert_refused(NotFound, "NOT_FOUND"):
            self.reopen(room, ended, actor=carl)

    def test_two_colleagues_reopen_it_once(self, parallel):
        statement, rosa = parallel.says(parallel.person(), parallel.claim()), parallel.people["rosa"]
        statements.end(statement_id=statement.pk, ended="withdrawn", reason="Phoned.", actor=rosa, now=parallel.now)
        outcomes = run_concurrently(*[lambda: self.reopen(parallel, statement)] * 2)
        refused = [reason.code for error in exceptions_in(outcomes) for reason in error.reasons]
        assert refused == ["NOT_ENDED"]
        assert events(statement).count("statement.reopen") == 1
