"""The agenda: every kind of question, and the questions that must not be asked."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from editorial.policy.facts import ClaimFacts, RelayFacts, ReplyRequestFacts, SignoffFacts
from editorial.policy.review.agenda import agenda, short_hash
from editorial.policy.vocabulary import (
    ClaimKind,
    Directness,
    Ending,
    ObtainedBy,
    Reliability,
    ReplyOutcome,
    ReviewProgress,
    Risk,
    SourceType,
    Stance,
    TaskKind,
    TaskQueue,
)
from tests.policy.builders import POLICY, assess, case_of, person, says
from tests.policy.random_cases import cases

SIGNED = SignoffFacts(legal=True, standards=True)
PAIR = (person("a"), person("b"), says("a-1", "a"), says("b-1", "b"))


def agenda_of(case, claim="dam-safe", signoff=SIGNED):
    """Kind and subject of everything on the agenda."""
    return {(item.kind, item.subject): item for item in agenda(case, assess(case), claim, POLICY, signoff)}


def test_forty_unarchived_repeats_are_one_task_beside_that_of_their_origin():
    relayed = [says(f"repeat-{n}", f"paper-{n}", directness=Directness.RELAYED, archived=False) for n in range(40)]
    papers = [person(f"paper-{n}") for n in range(40)]
    links = [RelayFacts(statement.id, "first") for statement in relayed]
    case = case_of(person("witness"), says("first", "witness", archived=False), *papers, *relayed, relays=links)
    archive = {subject: item for (kind, subject), item in agenda_of(case).items() if kind is TaskKind.ARCHIVE}
    assert set(archive) == {"first", ""}
    assert "40" in archive[""].question


def test_a_verified_and_signed_claim_needs_no_task():
    assert agenda_of(case_of(*PAIR)) == {}


@pytest.mark.parametrize(
    ("key", "because", "items"),
    [
        ((TaskKind.TRACE_ROOT, "x"), ("no relay",), [person("p"), says("x", "p", directness=Directness.RELAYED)]),
        ((TaskKind.AUTHENTICATE, "d"), ("unauthenticated",), [person("d", type=SourceType.DOCUMENT), says("x", "d")]),
        ((TaskKind.ARCHIVE, "x"), ("no copy",), [person("p"), says("x", "p", archived=False)]),
        ((TaskKind.ASSESS_SOURCE, "p"), ("F",), [person("p", reliability=Reliability.F), says("x", "p")]),
        ((TaskKind.ASSESS_SOURCE, "p"), ("unset",), [person("p", reliability=None), says("x", "p")]),
        (
            (TaskKind.IDENTIFY_SOURCE, "p"),
            ("unknown to every editor",),
            [person("p", unnamed=True, editor_knows=False), says("x", "p")],
        ),
        (
            (TaskKind.IDENTIFY_SOURCE, "q"),
            ("unknown to every editor",),
            [
                person("p"),
                person("q", unnamed=True, editor_knows=False),
                says("x", "p", directness=Directness.SECOND_HAND, informant="q"),
            ],
        ),
        ((TaskKind.SPLIT_CLAIM, "x"), ("qualifies",), [person("p"), says("x", "p", stance=Stance.QUALIFIES)]),
        (
            (TaskKind.RESOLVE_BOTH_WAYS, "p"),
            (short_hash(["x", "y"]),),
            [person("p"), says("x", "p"), says("y", "p", stance=Stance.DENIES)],
        ),
        ((TaskKind.SEEK_FIRST_HAND, ""), ("first_hand 0/1",), []),
        ((TaskKind.SEEK_INDEPENDENT, ""), ("groups 0/2", "rated 0/1"), []),
        ((TaskKind.SEEK_DISINTERESTED, ""), ("disinterested 0/1",), []),
        ((TaskKind.RESOLVE_DENIAL, ""), ("x",), [person("p"), says("x", "p", stance=Stance.DENIES)]),
    ],
)
def test_a_task_lists_the_facts_that_raise_it(key, because, items):
    item = agenda_of(case_of(*items))[key]
    assert item.because == because
    assert item.question.endswith(".")
    assert all(type(reason) is str for reason in item.because)


def test_a_loop_of_relays_is_traced():
    repeated = {"directness": Directness.RELAYED, "obtained_by": ObtainedBy.EXTERNAL}
    case = case_of(
        person("p"),
        person("q"),
        says("x", "p", **repeated),
        says("y", "q", **repeated),
        relays=[RelayFacts("x", "y"), RelayFacts("y", "x")],
    )
    assert agenda_of(case)[TaskKind.TRACE_ROOT, "x"].because == ("loop",)


def test_a_question_states_the_missing_numbers():
    item = agenda_of(case_of(person("a"), says("a-1", "a")))[TaskKind.SEEK_INDEPENDENT, ""]
    assert item.question == "Find another independent source: 2 needed, 1 so far."
    assert item.queue is TaskQueue.CORROBORATE


def test_a_serious_claim_needs_a_named_source():
    unnamed = [person("a", unnamed=True), person("b", unnamed=True), says("a-1", "a"), says("b-1", "b")]
    assert agenda_of(case_of(*unnamed, risk=Risk.SERIOUS))[TaskKind.SEEK_NAMED, ""].because == ("named 0/1",)


def test_a_refuted_claim_needs_a_second_review_and_no_further_support():
    denials = [person("a"), person("b"), *(says(f"{name}-1", name, stance=Stance.DENIES) for name in "ab")]
    assert set(agenda_of(case_of(*denials), signoff=SignoffFacts(signed=False))) == {(TaskKind.SECOND_REVIEW, "")}


def test_an_unsigned_verified_serious_claim_needs_all_three_signoffs():
    case = case_of(*PAIR, risk=Risk.SERIOUS)
    assert set(agenda_of(case, signoff=SignoffFacts())) == {
        (TaskKind.SECOND_REVIEW, ""),
        (TaskKind.STANDARDS_READ, ""),
        (TaskKind.LEGAL_READ, ""),
    }
    assert agenda_of(case) == {}


@pytest.mark.parametrize(
    ("replies", "kind"),
    [
        ([], TaskKind.SEND_REPLY_REQUEST),
        ([{"outcome": ReplyOutcome.NO_RESPONSE, "hours": 3}], TaskKind.SEND_REPLY_REQUEST),
        ([{"outcome": ReplyOutcome.PENDING, "hours": 4, "deadline_passed": False}], TaskKind.AWAIT_REPLY),
        ([{"outcome": ReplyOutcome.REPLIED}], None),
    ],
)
def test_an_accused_party_is_asked_and_its_reply_awaited(replies, kind):
    case = case_of(
        *PAIR,
        claims=[ClaimFacts(id="dam-safe", risk=Risk.CONTENTIOUS, adverse_to=("owner",))],
        replies=[ReplyRequestFacts(to="owner", covers=frozenset({"dam-safe"}), **fields) for fields in replies],
    )
    assert set(agenda_of(case)) == ({(kind, "owner")} if kind else set())


def test_a_party_with_two_names_is_asked_once():
    case = case_of(
        *PAIR,
        person("owner", key="k"),
        person("landlord", key="k"),
        claims=[ClaimFacts(id="dam-safe", risk=Risk.CONTENTIOUS, adverse_to=("owner", "landlord"))],
    )
    assert set(agenda_of(case)) == {(TaskKind.SEND_REPLY_REQUEST, "owner")}


def test_a_withdrawn_statement_raises_no_task_about_itself():
    items = [person("p", type=SourceType.DOCUMENT), says("x", "p", ended=Ending.WITHDRAWN, archived=False)]
    assert {kind for kind, subject in agenda_of(case_of(*items)) if subject} == set()


def test_an_opinion_needs_replies_only():
    opinion = ClaimFacts(id="dam-safe", kind=ClaimKind.OPINION, adverse_to=("owner",))
    case = case_of(person("p"), says("x", "p", archived=False), claims=[opinion])
    assert set(agenda_of(case, signoff=SignoffFacts())) == {(TaskKind.SEND_REPLY_REQUEST, "owner")}


def test_a_compound_is_signed_and_its_members_are_investigated():
    claims = [ClaimFacts(id="whole", parts=("dam-safe",)), ClaimFacts(id="dam-safe", risk=Risk.ROUTINE)]
    case = case_of(person("p"), says("x", "p", archived=False), claims=claims)
    assert set(agenda_of(case, "whole", SignoffFacts())) == {
        (TaskKind.SECOND_REVIEW, ""),
        (TaskKind.STANDARDS_READ, ""),
        (TaskKind.LEGAL_READ, ""),
    }
    assert (TaskKind.ARCHIVE, "x") in agenda_of(case)


@given(cases(), st.sampled_from(list(ReviewProgress)))
def test_existing_tasks_raise_no_task(case, standing):
    """Otherwise the end of one would open the next, without end."""
    after = replace(case, tasks=dict.fromkeys(case.claims, standing))
    for claim in case.claims:
        assert agenda_of(case, claim, SignoffFacts()) == agenda_of(after, claim, SignoffFacts())


@given(cases())
def test_each_subject_has_one_task_per_kind(case):
    """Tasks are distinguished by kind and subject."""
    for claim in case.claims:
        items = agenda(case, assess(case), claim, POLICY)
        assert len(items) == len({(item.kind, item.subject) for item in items})
        assert all(item.queue is item.kind.queue for item in items)


def test_many_denials_have_a_short_fingerprint_that_changes_with_them():
    people = [person(f"p{number}") for number in range(9)]
    denials = [says(f"x{number}", f"p{number}", stance=Stance.DENIES, benefits_if="disbelieved") for number in range(9)]
    nine = agenda_of(case_of(*people, *denials))[TaskKind.RESOLVE_DENIAL, ""].because
    eight = agenda_of(case_of(*people, *denials[1:]))[TaskKind.RESOLVE_DENIAL, ""].because
    assert len(nine) == 2
    assert nine != eight


def test_a_contradiction_under_two_names_is_asked_about_the_unnamed_source():
    faces = [person("a-named", key="k"), person("b-unnamed", key="k", unnamed=True)]
    statements = [says("x", "a-named"), says("y", "b-unnamed", stance=Stance.DENIES)]
    task = agenda_of(case_of(*faces, *statements))[TaskKind.RESOLVE_BOTH_WAYS, "b-unnamed"]
    assert not {"x", "y", "a-named"} & set(task.because), "it would tell who the unnamed one is"
