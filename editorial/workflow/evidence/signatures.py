"""Signatures: which ones a claim has, whose evidence counts, and what voids them. The actions are in signoffs.py."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from uuid import UUID

from editorial.models import Claim, Signoff, Statement, User
from editorial.models.evidence import containment
from editorial.models.review.signoffs import LIVE_STATES
from editorial.policy.facts import CaseFacts, SignoffFacts
from editorial.policy.publication import replies
from editorial.policy.publication.transitions import SignoffKind, SignoffState
from editorial.policy.system_events import SystemEvent
from editorial.policy.verification import thresholds
from editorial.policy.verification.evidence import Evidence
from editorial.policy.verification.finding import Finding
from editorial.policy.vocabulary import FindingValue
from editorial.workflow.core import audit
from editorial.workflow.core.changes import Changes
from editorial.workflow.evidence import story_writers

SIGNABLE_FINDINGS = (FindingValue.VERIFIED.value, FindingValue.REFUTED.value)
"""The findings that take effect only when signed."""

# Findings that differ only in how far the work has come. Legal and standards reviews survive a change between them.
_UNRESOLVED = {FindingValue.UNVERIFIED.value, FindingValue.UNDER_INVESTIGATION.value, FindingValue.UNVERIFIABLE.value}


@dataclass(frozen=True, slots=True)
class Signatures:
    """A case's live sign-offs, the collectors of its evidence and its stories' writers; loaded once."""

    case: CaseFacts
    live: tuple[Signoff, ...]
    collectors: Mapping[str, str]
    authors: Mapping[str, frozenset[str]]

    @property
    def approved(self) -> dict[tuple[str, SignoffKind], Signoff]:
        """The sign-offs in effect, by claim and kind."""
        approved = (signoff for signoff in self.live if signoff.state == SignoffState.APPROVED)
        return {(str(signoff.claim_id), SignoffKind(signoff.kind)): signoff for signoff in approved}

    def void_stale(self, claim: Claim, new_finding: FindingValue | None, changes: Changes) -> Signatures:
        """Void the sign-offs of the locked claim that its finding does not support. Returns the signatures without."""
        value = new_finding.value if new_finding else ""
        stale = [each for each in self.live if each.claim_id == claim.pk and not is_supported(each, value)]
        if not stale:
            return self
        changes.update(stale, state=SignoffState.VOIDED.value, voided_at=changes.now)
        for signoff in stale:
            changes.log(claim, SystemEvent.SIGNOFF_VOID, **_event_data(signoff))
        return replace(self, live=tuple(each for each in self.live if each not in stale))

    def facts(self, findings: Mapping[str, Finding], policy: thresholds.PolicyRules) -> dict[str, SignoffFacts]:
        """Compute which signatures each claim of the case has.

        A review that a claim's own risk does not require counts as done, or a routine part would hold a serious
        compound. A finding that needs no signature counts as signed, or an open part would keep a compound from being
        refuted.
        """
        facts, approved = {}, self.approved
        for claim in self.case.claims:
            risk = replies.risk_of(self.case, claim)
            standards = (claim, SignoffKind.STANDARDS) in approved or not policy.rules[risk].standards_read
            legal = (claim, SignoffKind.LEGAL) in approved or not policy.rules[risk].legal_read
            signoff, finding = approved.get((claim, SignoffKind.FINDING)), findings[claim]
            counted = {key for member in (claim, *self.case.members(claim)) for key in findings[member].counted}
            involved = self.authors[claim] | {self.collectors[key] for key in counted}
            facts[claim] = SignoffFacts(
                legal=legal,
                standards=standards,
                four_eyes=signoff is None
                or (str(signoff.decided_by_id) not in involved and signoff.decided_by_id != signoff.proposed_by_id),
                signed=standards and (finding.finding not in SIGNABLE_FINDINGS or _matches(signoff, finding)),
            )
        return facts


def for_case(
    case: CaseFacts, *, authors: frozenset[str] | None = None, collectors: Mapping[str, str] | None = None
) -> Signatures:
    """Load the signatures of a case. `authors`: the writers of one story; by default, of every story that uses a claim.

    `collectors`: who collected each statement, if the caller knows.
    """
    return Signatures(
        case=case,
        live=_live_signoffs(case),
        collectors=_collectors_by_statement(case) if collectors is None else collectors,
        authors=_authors_by_claim(case) if authors is None else dict.fromkeys(case.claims, authors),
    )


def _matches(signoff: Signoff | None, finding: Finding) -> bool:
    return signoff is not None and signoff.finding == finding.finding


def _live_signoffs(case: CaseFacts) -> tuple[Signoff, ...]:
    return tuple(Signoff.objects.filter(claim__in=list(case.claims), state__in=LIVE_STATES))


def _collectors_by_statement(case: CaseFacts) -> dict[str, str]:
    rows = Statement.objects.filter(pk__in=list(case.statements)).values_list("pk", "collected_by_id")
    return {str(key): str(user) for key, user in rows}


def _authors_by_claim(case: CaseFacts) -> dict[str, frozenset[str]]:
    """Map each claim to the writers of every story that uses it or a claim that contains it."""
    containing = containment.all_containing(*map(UUID, case.claims))
    by_use: dict[UUID, set[str]] = defaultdict(set)
    for claim_id, user in story_writers.pairs("story__uses__claim_id", story__uses__claim__in=containing):
        by_use[claim_id].add(str(user))
    by_claim: dict[str, set[str]] = defaultdict(set)
    for claim, container in containment.containers_by_claim(case.claims) if by_use else ():
        by_claim[str(claim)] |= by_use[container]
    return {claim: frozenset(by_claim[claim]) for claim in case.claims}


def is_supported(signoff: Signoff, value: str) -> bool:
    """Whether the signed finding is the current one, or the sign-off is a review of work that is still open."""
    is_open_review = signoff.kind != SignoffKind.FINDING and {signoff.finding, value} <= _UNRESOLVED
    return signoff.finding == value or is_open_review


def void_all(claim: Claim, *, now: datetime) -> None:
    """Void every signature because the claim has changed, and reset a status that depended on them."""
    for signoff in Signoff.objects.select_for_update().filter(claim=claim, state__in=LIVE_STATES):
        _void(signoff, now)
    if claim.status in SIGNABLE_FINDINGS:
        claim.status = FindingValue.UNDER_INVESTIGATION.value
        claim.save(update_fields=["status"])


def collectors(case: CaseFacts, claim: str, by_statement: Mapping[str, str]) -> frozenset[str]:
    """The users who recorded a statement that now counts for the claim or a part of it.

    This includes statements that form no group of their own, such as one at a briefing by a source who also spoke
    elsewhere.
    """
    counted = {key for member in case.members(claim) for key in Evidence(case, member).countable}
    return frozenset(by_statement[key] for key in counted)


def _void(signoff: Signoff, now: datetime) -> None:
    signoff.state, signoff.voided_at = SignoffState.VOIDED.value, now
    signoff.save(update_fields=["state", "voided_at"])
    log_event(signoff, SystemEvent.SIGNOFF_VOID, actor=None, now=now)


def log_event(signoff: Signoff, action: str, *, actor: User | None, now: datetime) -> None:
    """Log an event of a sign-off on its claim."""
    audit.log(signoff.claim, action, actor=actor, now=now, **_event_data(signoff))


def _event_data(signoff: Signoff) -> dict[str, Any]:
    texts = {"finding": signoff.finding, "reason": signoff.reason}
    return {"signoff": str(signoff.pk), "kind": signoff.kind, **texts}
