"""Checks of claims: assessments, tasks, statuses, signatures and visibility match the current facts."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from django.db import connection
from django.db.models import Exists, F, OuterRef, Q, Subquery

from editorial.models import Assessment, Claim, MessageKind, ReviewTask, Signoff
from editorial.models.review.signoffs import LIVE_STATES as LIVE_SIGNOFF_STATES
from editorial.models.review.tasks import LIVE_STATES as LIVE_TASK_STATES
from editorial.policy.publication import signoffs, status
from editorial.policy.review import agenda
from editorial.policy.verification import digest, finding
from editorial.policy.vocabulary import FindingValue
from editorial.workflow.evidence import facts, signatures
from editorial.workflow.ops.integrity.checks import CheckContext, integrity_check
from editorial.workflow.ops.integrity.table_scan import CLAIMS, EVIDENCE
from editorial.workflow.review import policies

_LIVE = {"dropped_at": None, "merged_into": None}


@integrity_check("claims.assessed", Claim, scan=CLAIMS, requeue=MessageKind.ASSESS_CLAIM)
def _never_assessed(context: CheckContext) -> Iterable[UUID]:
    """Every claim on file has been assessed, or is about to be."""
    # Two queries: with one, PostgreSQL would read every assessment.
    live = set(Claim.objects.filter(pk__in=context.keys, **_LIVE).values_list("pk", flat=True))
    return live - set(Assessment.objects.filter(claim__in=context.keys, number=1).values_list("claim_id", flat=True))


@integrity_check("claims.status", Claim, scan=CLAIMS, requeue=MessageKind.ASSESS_CLAIM)
def _status_mismatches(context: CheckContext) -> Iterable[UUID]:
    """Every claim has the status of its last assessment, unless that needs a signature."""
    last = Assessment.objects.filter(claim=OuterRef("pk")).order_by("-number")
    claims = Claim.objects.filter(pk__in=context.keys, **_LIVE).annotate(
        last_finding=Subquery(last.values("finding")[:1]), last_contested=Subquery(last.values("contested")[:1])
    )
    unsigned = FindingValue.UNDER_INVESTIGATION.value
    matches = Q(status=F("last_finding")) | Q(last_finding__in=signatures.SIGNABLE_FINDINGS, status=unsigned)
    mismatches = claims.filter(last_finding__isnull=False).exclude(matches & Q(contested=F("last_contested")))
    return mismatches.values_list("pk", flat=True)


@integrity_check("tasks.not_orphaned", Claim, scan=CLAIMS, requeue=MessageKind.ASSESS_CLAIM)
def _tasks_on_closed_claims(context: CheckContext) -> Iterable[UUID]:
    """No claim that was dropped or merged has open tasks."""
    has_open_task = Exists(ReviewTask.objects.filter(claim=OuterRef("pk"), state__in=LIVE_TASK_STATES))
    closed = Claim.objects.filter(has_open_task, pk__in=context.keys).exclude(**_LIVE)
    return closed.values_list("pk", flat=True)


def _refresh_visibility(claim: UUID, now: datetime) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT refresh_claim_visibility(ARRAY[%s])", [claim])


@integrity_check("claims.visibility", Claim, scan=CLAIMS, repair=_refresh_visibility)
def _visibility_mismatches(context: CheckContext) -> Iterable[UUID]:
    """Every claim is visible to its desk and desks whose stories use it or its compound, and to no other."""
    keys = list(context.keys)
    with connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT coalesce(expected.claim_id, stored.claim_id)
            FROM claim_desks(%s) expected
            FULL JOIN (SELECT * FROM editorial_claimvisibility WHERE claim_id = ANY(%s)) stored
                USING (claim_id, desk_id)
            WHERE expected.claim_id IS NULL OR stored.claim_id IS NULL
            """,
            [keys, keys],
        )
        return {claim for (claim,) in cursor.fetchall()}


@dataclass
class ClaimDrift:
    """The claims that a reassessment would change, by kind of change."""

    facts: set[UUID] = field(default_factory=set)
    tasks: set[UUID] = field(default_factory=set)
    status: set[UUID] = field(default_factory=set)
    signatures: set[UUID] = field(default_factory=set)


def drift(keys: Sequence[UUID], now: datetime) -> ClaimDrift:
    """Evaluate the claims again, all together, and compare the result with the stored one. Read-only."""
    result = ClaimDrift()
    claims = Claim.objects.filter(**_LIVE).in_bulk(list(keys))
    if not claims:
        return result
    version, policy = policies.in_force(now)
    loaded = facts.load(claims, now=now)
    case = loaded.facts
    findings = finding.assess(case, policy, hangs_on=False)
    signoff_facts = signatures.for_case(case).facts(findings, policy)
    assessments, live_signoffs = _last_assessments(claims), _signoffs_in_effect(claims)
    for key, claim in claims.items():
        name = str(key)
        claim_finding = findings[name]
        value = claim_finding.finding.value if claim_finding.finding else ""
        if key not in assessments:
            continue  # reported by another check
        assessment = assessments[key]
        stored = (assessment.policy_id, assessment.digest, assessment.finding, assessment.contested)
        if stored != (version.pk, digest.digest(case, name), value, claim_finding.contested):
            result.facts.add(key)
        items = agenda.agenda(case, findings, name, policy, signoff_facts[name])
        plan = agenda.plan(items, map(facts.task_facts, loaded.tasks[key]))
        if plan.open or plan.close or plan.reopen or plan.refresh:
            result.tasks.add(key)
        effective = status.effective_status(
            claim_finding.finding, signed=signoffs.is_signed(case, name, signoff_facts, policy)
        )
        if (claim.status, claim.contested) != (effective.value if effective else "", claim_finding.contested):
            result.status.add(key)
        if not all(signatures.is_supported(signoff, value) for signoff in live_signoffs[key]):
            result.signatures.add(key)
    return result


def _last_assessments(claims: Iterable[UUID]) -> dict[UUID, Assessment]:
    heads = Assessment.objects.filter(claim__in=list(claims)).order_by("claim_id", "-number").distinct("claim_id")
    return {head.claim_id: head for head in heads.defer("groups", "missing", "hangs_on")}


def _signoffs_in_effect(claims: Iterable[UUID]) -> dict[UUID, list[Signoff]]:
    by_claim: dict[UUID, list[Signoff]] = defaultdict(list)
    for signoff in Signoff.objects.filter(claim__in=list(claims), state__in=LIVE_SIGNOFF_STATES):
        by_claim[signoff.claim_id].append(signoff)
    return by_claim


@integrity_check("assessments.current", Claim, scan=EVIDENCE, requeue=MessageKind.ASSESS_CLAIM)
def _stale_assessments(context: CheckContext) -> Iterable[UUID]:
    """Every claim's last assessment matches the current facts and policy."""
    return context.cached(drift).facts


@integrity_check("tasks.match_agenda", Claim, scan=EVIDENCE, requeue=MessageKind.ASSESS_CLAIM)
def _task_mismatches(context: CheckContext) -> Iterable[UUID]:
    """Every claim has exactly the tasks that its evidence calls for."""
    return context.cached(drift).tasks


@integrity_check("claims.signed", Claim, scan=EVIDENCE, requeue=MessageKind.ASSESS_CLAIM)
def _unsigned_statuses(context: CheckContext) -> Iterable[UUID]:
    """A claim has the status verified or refuted only if that is its finding and it is signed."""
    return context.cached(drift).status


@integrity_check("signoffs.match_finding", Claim, scan=EVIDENCE, requeue=MessageKind.ASSESS_CLAIM)
def _stale_signoffs(context: CheckContext) -> Iterable[UUID]:
    """Every signature in effect matches the current finding."""
    return context.cached(drift).signatures


CHECKS = (
    _never_assessed,
    _status_mismatches,
    _visibility_mismatches,
    _tasks_on_closed_claims,
    _stale_assessments,
    _task_mismatches,
    _unsigned_statuses,
    _stale_signoffs,
)
