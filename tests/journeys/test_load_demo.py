"""The demo newsroom as a newcomer finds it."""

import io
from collections.abc import Iterator
from typing import Any

import pytest
import yaml
from django.contrib.auth import authenticate
from django.core.management import CommandError, call_command
from django.db import connection, transaction
from django.utils import timezone

from editorial import outbox
from editorial.management.demo import loader
from editorial.models import (
    Claim,
    Desk,
    Event,
    MessageKind,
    MessageState,
    Notification,
    OutboxMessage,
    ReviewTask,
    Story,
    User,
)
from editorial.policy.roles import Role
from editorial.workflow.evidence.confidentiality import unmasking
from editorial.workflow.review import assessments
from editorial.workflow.stories import gates, publication
from tests.support.live import RunningProcess, wait_until
from tests.support.servers import ROOT

SCENARIO = next(yaml.safe_load_all((ROOT / "tests/scenarios/journal-report.yaml").read_text()))
EXPECTED = SCENARIO["expect"]

pytestmark = pytest.mark.servers


@pytest.fixture(scope="module")
def log_ins(django_db_setup: None, django_db_blocker: Any) -> Iterator[str]:
    """The output of load_demo. Every test that uses it shares the loaded newsroom, with all jobs done."""
    with django_db_blocker.unblock(), transaction.atomic():
        output = io.StringIO()
        call_command("load_demo", stdout=output)
        settle()
        yield output.getvalue()
        transaction.set_rollback(True)


def settle() -> None:
    """Review what waits to be reviewed, as the workers would."""
    effects = {
        MessageKind.ASSESS_CLAIM: lambda claim, now: assessments.reassess(claim_id=claim, now=now),
        MessageKind.REEVALUATE_STORY: lambda story, now: publication.reevaluate(story_id=story, now=now),
    }
    while claimed := outbox.claim_batch(now=timezone.now()):
        for message, kind, *_ in claimed:
            outbox.run_message(message, effects.get(kind, lambda reference, now: None), clock=timezone.now)


def journal_claims() -> dict[str, Claim]:
    """The Journal's claims, by their names in the scenario."""
    texts = {claim.id: claim.text for claim in loader.journal().claims}
    texts |= {name: text for claim in loader.journal().claims for name, text in claim.parts.items()}
    return {name: Claim.objects.get(text=text) for name, text in texts.items()}


def found(claim: Claim) -> dict[str, Any]:
    """The latest finding of a claim, in the words of a scenario."""
    last = claim.assessments.order_by("-number")[0]
    names = ("finding", "basis", "origins", "independent", "against", "contested")
    return {name: None if getattr(last, name) == "" else getattr(last, name) for name in names}


def confidential() -> list[str]:
    """Every name that only the vault may hold."""
    harbour = loader.harbour()
    identities = [source.identity for source in harbour.sources] + [
        match.identity for match in harbour.identity_matches
    ]
    return [identity.name for identity in identities if identity]


def test_every_claim_of_the_journals_has_the_expected_finding(log_ins: str) -> None:
    claims = journal_claims()
    assert set(claims) == set(EXPECTED["claims"])
    for name, expected in EXPECTED["claims"].items():
        assert {key: found(claims[name])[key] for key in expected} == expected, name


def test_forty_repeats_are_one_origin(log_ins: str) -> None:
    claim = journal_claims()["contact"]
    assert claim.statements.filter(directness="relayed", relays__isnull=False).count() == 41
    assert found(claim)["origins"] == 1


def test_the_gate_refuses_the_story_with_reasons(log_ins: str) -> None:
    story = Story.objects.get(headline=loader.journal().story.headline)
    event = Event.objects.get(stream=f"story:{story.pk}", action="story.refuse")
    assert event.data["codes"] == [code for code in EXPECTED["codes"] if code.startswith("E_")]
    assert (story.status, story.gate) == ("cleared", EXPECTED["gate"])
    assert sorted(gates.evaluate(story, now=timezone.now()).result.codes) == EXPECTED["codes"]


def test_both_queues_have_tasks_for_every_reviewing_role(log_ins: str) -> None:
    tasks = ReviewTask.objects.filter(state="open")
    assert {task.queue for task in tasks} == {"investigate", "corroborate"}
    assert {"SECOND_REVIEW", "STANDARDS_READ", "LEGAL_READ", "TRACE_ROOT"} <= {task.kind for task in tasks}


def test_every_role_has_a_user_and_every_user_can_sign_in(log_ins: str) -> None:
    people = User.objects.all()
    assert {link.role for person in people for link in person.memberships.all()} == set(Role)
    for person in people:
        assert person.username in log_ins
    assert loader.PASSWORD in log_ins
    assert authenticate(username="mina", password=loader.PASSWORD)


def test_two_sources_are_matched_without_a_name(log_ins: str) -> None:
    claim = Claim.objects.get(text=loader.harbour().claims[0].text)
    groups = claim.assessments.order_by("-number")[0].groups["origins"]
    joined = [group for group in groups if group["joins"]]
    assert [[join["by"] for join in group["joins"]] for group in joined] == [["J1"]]
    speakers = {claim.statements.get(pk=key).source.name for key in joined[0]["statements"]}
    assert speakers == {"A clerk in the harbour office", "A caller to the tip line"}


def test_no_confidential_name_is_anywhere_in_the_database(log_ins: str) -> None:
    names = [part for name in confidential() for part in name.casefold().split()]
    assert names
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            cursor.execute(f'SELECT lower(t::text) FROM "{table}" t')  # noqa: S608
            text = "\n".join(row for (row,) in cursor.fetchall())
            for name in names:
                assert name not in text, table
                assert name.encode().hex() not in text, table


def test_the_custodian_can_reveal_the_identity(log_ins: str) -> None:
    clerk = loader.harbour().sources[3]
    with transaction.atomic():
        filed = User.objects.get(username="karim"), Claim.objects.get(text=loader.harbour().claims[0].text)
        source = filed[1].statements.get(source__name=clerk.name).source
        identity = unmasking.break_glass(source_id=source.pk, reason="To see it.", actor=filed[0], now=timezone.now())
        transaction.set_rollback(True)
    assert clerk.identity is not None
    assert identity.name == clerk.identity.name


def test_a_newsroom_with_users_is_unchanged(log_ins: str) -> None:
    before = (User.objects.count(), Claim.objects.count(), Event.objects.count())
    with pytest.raises(CommandError, match="This newsroom has users"):
        call_command("load_demo")
    assert (User.objects.count(), Claim.objects.count(), Event.objects.count()) == before


def test_a_failed_load_leaves_nothing(db: None) -> None:
    Desk.objects.create(name="Investigations", slug="investigations")  # in the way of the third desk
    with pytest.raises(CommandError, match="nothing was changed"):
        call_command("load_demo")
    assert [desk.name for desk in Desk.objects.all()] == ["Investigations"]
    assert not User.objects.exists()
    assert not Event.objects.exists()


@pytest.mark.slow
def test_the_workers_process_the_loaded_newsroom(celery_worker_process: dict[str, RunningProcess]) -> None:
    call_command("load_demo", stdout=io.StringIO())
    waits = OutboxMessage.objects.filter(
        state__in=[MessageState.READY.value, MessageState.SENT.value, MessageState.RUNNING.value]
    ).exclude(kind=MessageKind.DELIVER.value)
    wait_until(lambda: not waits.exists(), within=120)
    assert not OutboxMessage.objects.filter(state=MessageState.DEAD.value).exists()
    claims = journal_claims()
    for name, expected in EXPECTED["claims"].items():
        assert {key: found(claims[name])[key] for key in expected} == expected, name
    notifications = Notification.objects.filter(user__username="edith", event__action="story.refuse")
    assert notifications.count() == 1
