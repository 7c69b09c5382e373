"""Signatures as they stand: which a claim has, whose evidence counts, and what voids them. Verbs are in signoffs.py."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime

from editorial.models import Assessment, Claim, Signoff, Statement, StoryAuthor, User
from editorial.models.signoffs import LIVE
from editorial.policy import thresholds
from editorial.policy.audience import Occasion
from editorial.policy.facts import CaseFacts, SignoffFacts
from editorial.policy.finding import Finding
from editorial.policy.transitions import SignoffKind, SignoffState
from editorial.policy.vocabulary import FindingValue, Risk
from editorial.workflow import record

# Findings that differ only in how far the work on them has come: a read survives the step from one to another.
_IN_WORK = {FindingValue.UNVERIFIED.value, FindingValue.UNDER_INVESTIGATION.value, FindingValue.UNVERIFIABLE.value}


def held(
    claim: Claim,
    findings: Mapping[str, Finding],
    policy: thresholds.Policy,
    case: CaseFacts,
    *,
    authors: frozenset[str] | None = None,
) -> SignoffFacts:
    """Which signatures a claim has. `authors`: of the story that is judged; else of every story using the claim."""
    signs = {
        signoff.kind: signoff for signoff in Signoff.objects.filter(claim=claim, state=SignoffState.APPROVED.value)
    }
    standards, legal = signs.get(SignoffKind.STANDARDS.value), signs.get(SignoffKind.LEGAL.value)
    finding, found = signs.get(SignoffKind.FINDING.value), findings.get(str(claim.pk))
    agreed = finding is not None and found is not None and finding.finding == (found.finding or "")
    signed = agreed and (standards is not None or not policy.standards_read(Risk(claim.risk)))
    interested = (authors_of(claim) if authors is None else authors) | (
        _gatherers(found, case) if found else frozenset()
    )
    approver = str(finding.decided_by_id) if finding else ""
    own = finding is not None and (approver in interested or finding.proposed_by_id == finding.decided_by_id)
    return SignoffFacts(legal=legal is not None, standards=standards is not None, four_eyes=not own, signed=signed)


def void_stale(claim: Claim, now_found: FindingValue | None, *, now: datetime) -> bool:
    """Void the signatures that the new finding leaves without ground. Returns whether there were any."""
    value = now_found.value if now_found else ""
    voided = False
    for signoff in Signoff.objects.select_for_update().filter(claim=claim, state__in=LIVE):
        same = signoff.finding == value
        still_in_work = signoff.kind != SignoffKind.FINDING and {signoff.finding, value} <= _IN_WORK
        if not same and not still_in_work:
            _void(signoff, now)
            voided = True
    return voided


def void_all(claim: Claim, *, now: datetime) -> None:
    """Void every signature, because what was signed says something else now."""
    for signoff in Signoff.objects.select_for_update().filter(claim=claim, state__in=LIVE):
        _void(signoff, now)


def collectors(assessment: Assessment) -> frozenset[str]:
    """Who recorded a statement that counts in this assessment, or in those of a compound's parts."""
    parts = assessment.claim.part_links.values_list("part_id", flat=True)
    counted = set(_counted(assessment.groups))
    for part in parts:
        latest = Assessment.objects.filter(claim=part).order_by("-number").first()
        counted |= set(_counted(latest.groups)) if latest else set()
    return _people(counted)


def authors_of(claim: Claim) -> frozenset[str]:
    claims = [claim.pk, *claim.whole_links.values_list("whole_id", flat=True)]
    users = StoryAuthor.objects.filter(story__uses__claim__in=claims).values_list("user_id", flat=True)
    return frozenset(str(user) for user in users)


def live(claim: Claim, kind: SignoffKind) -> Signoff | None:
    return Signoff.objects.filter(claim=claim, kind=kind.value, state=SignoffState.APPROVED.value).first()


def _void(signoff: Signoff, now: datetime) -> None:
    signoff.state, signoff.voided_at = SignoffState.VOIDED.value, now
    signoff.save(update_fields=["state", "voided_at"])
    note(signoff, Occasion.SIGNOFF_VOID, actor=None, now=now)


def _gatherers(found: Finding, case: CaseFacts) -> frozenset[str]:
    return _people(_counted(found.plain(joins=False)["groups"]))


def _counted(groups: Mapping[str, list[dict[str, list[str]]]]) -> list[str]:
    return [key for side in ("independent", "against") for group in groups.get(side, []) for key in group["statements"]]


def _people(statements: Iterable[str]) -> frozenset[str]:
    users = Statement.objects.filter(pk__in=list(statements)).values_list("collected_by_id", flat=True)
    return frozenset(str(user) for user in users)


def note(signoff: Signoff, verb: str, *, actor: User | None, now: datetime) -> None:
    """Record on the claim what became of a sign-off."""
    record.event(
        signoff.claim,
        verb,
        actor=actor,
        now=now,
        signoff=str(signoff.pk),
        kind=signoff.kind,
        finding=signoff.finding,
        reason=signoff.reason,
    )
