"""Checks once all work is done: findings recomputed from the facts, every chain of the audit log, and visibility."""

from __future__ import annotations

from io import StringIO
from typing import TYPE_CHECKING

from django.core import mail
from django.core.management import call_command
from django.db import connection

from editorial.models import Assessment, Claim, Notification, OutboxMessage, Source
from editorial.policy.verification import digest
from editorial.workflow.evidence import facts
from tests.proofs.model.driver import calls, snapshot
from tests.proofs.model.spec import agenda, background
from tests.proofs.model.spec.actions import Attempt
from tests.proofs.model.spec.sources import IDENTITIES
from tests.proofs.model.spec.state import GONE_FROM_VIEW, State
from tests.proofs.model.spec.stories import gate_of

if TYPE_CHECKING:
    from tests.proofs.model.step import StepMixin

_MAX_JOBS = 3000
_NOTIFYING = (
    "notify",
    "compose_emails",
    "deliver",
)  # changes nothing that the model knows: checked once all jobs are done


def drain_and_check(machine: StepMixin) -> None:
    """Run due work and jobs until none is left; then check."""
    machine.run_action(background.RunDue(), {}, None)
    for _ in range(_MAX_JOBS):
        waiting = machine.newsroom.pending_jobs()
        if not waiting:
            break
        job = machine.newsroom.take_job(0)
        if job["kind"] in _NOTIFYING:
            calls.execute(background.Work(), job, None, machine.newsroom.now)
        else:
            machine.run_action(background.Work(), job, None)
    unfinished = OutboxMessage.objects.exclude(state="done").exclude(available_at__gt=machine.newsroom.now)
    assert not unfinished, f"work that was never done: {list(unfinished.values_list('kind', 'state', 'error'))}"
    state = snapshot.read_state(machine.newsroom.now)
    machine.assert_same_state(machine.state, state)
    for claim in state["claim"]:
        _check_claim(machine, state, claim)
    for story in state["story"]:
        _check_story(machine, state, story)
    _check_audit_log()
    _check_confidentiality(machine, state)


def _check_claim(machine: StepMixin, state: State, claim: str) -> None:
    oracle = Attempt(background.Work(), None, {}, state, machine.model_rules).oracle(claim)
    if not state.live(claim):
        assert not [task for task in state.all("task", claim=claim) if task["state"] in ("open", "taken")]
        return
    last = Assessment.objects.filter(claim=claim).order_by("-number").first()
    assert last is not None, f"{claim} was never assessed"
    actual = (last.finding, last.contested, last.basis)
    basis = oracle.basis(claim) if oracle.found(claim) == "verified" else ""
    expected = (oracle.found(claim), oracle.contested(claim), basis)
    assert actual == expected, f"{claim} is assessed as {actual}, and the rules find {expected}"
    case = facts.case([claim], now=machine.newsroom.now)
    assert last.digest == digest.digest(case, claim), f"the assessment of {claim} is not about the facts as they are"
    row = state["claim"][claim]
    assert row["status"] == oracle.status(claim), f"{claim} stands as {row['status']}, not {oracle.status(claim)}"
    faults = list(agenda.deviations(state, state, oracle, claim))
    assert not faults, "\n".join(faults)
    numbers = list(Assessment.objects.filter(claim=claim).order_by("number").values_list("number", flat=True))
    assert numbers == list(range(1, len(numbers) + 1)), f"the assessments of {claim} have a gap"
    assert Claim.objects.get(pk=claim).contested == oracle.contested(claim)


def _check_story(machine: StepMixin, state: State, story: str) -> None:
    row = state["story"][story]
    attempt = Attempt(background.Work(), None, {}, state, machine.model_rules)
    if row["status"] not in GONE_FROM_VIEW:
        judged = gate_of(state, story, attempt.oracle(*state.uses(story)).gate(story))
        assert row["gate"] == judged, f"the gate of {story} is stored as {row['gate']} and is {judged}"
    if row["status"] in ("published", "withheld"):
        remedy, _ = attempt.oracle(*state.printed(story)).remedy(story)
        assert row["remedy"] == remedy, f"{story} is said to owe {row['remedy']}, and owes {remedy}"
        corrections = state.all("correction", story=story, closed=False)
        assert len(corrections) == (remedy != "none"), (
            f"{story} owes {remedy}, with {len(corrections)} corrections open"
        )


def _check_audit_log() -> None:
    output = StringIO()
    call_command("verify_audit_log", stdout=output, stderr=output)


def _check_confidentiality(machine: StepMixin, state: State) -> None:
    """Unnamed sources are invisible at other desks, cause no notifications there, and no name is stored anywhere."""
    unnamed = {key: row for key, row in state["source"].items() if row["unnamed"]}
    for person in machine.newsroom.people:
        visible = set(
            map(str, Source.objects.visible_to(machine.newsroom.users[person.id].facts()).values_list("pk", flat=True))
        )
        allowed = {key for key in state["source"] if person.sees(state, "source", key)}
        assert visible == allowed, f"{person.name} sees other sources than docs/reference/roles.md allows"
        notifications = Notification.objects.filter(
            user=person.id, event__stream__in=[f"source:{key}" for key in unnamed]
        )
        for stream in notifications.values_list("event__stream", flat=True):
            assert person.sees(state, "source", stream.removeprefix("source:")), (
                f"{person.name} was notified of {stream}"
            )
    emails = "\n".join(f"{email.subject}\n{email.body}" for email in mail.outbox)
    surnames = [name.split()[-1] for name, _ in IDENTITIES]
    assert not [surname for surname in surnames if surname in emails], "an email reveals a name"
    with connection.cursor() as cursor:
        tables = connection.introspection.table_names(cursor)
        queries = (f"SELECT '{table}' FROM \"{table}\" t WHERE t::text ~ %(names)s" for table in tables)  # noqa: S608
        cursor.execute(" UNION ".join(queries), {"names": "|".join(surnames)})
        assert not (telling := cursor.fetchall()), f"a name stands in {telling}"
