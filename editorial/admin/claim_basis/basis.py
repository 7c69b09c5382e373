"""What a decision on a claim rests on: one view for its page, the forms that decide on it, and its review tasks."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db.models import prefetch_related_objects

from editorial.admin.claim_basis import changes, view
from editorial.admin.claim_basis.provenance import provenance_of
from editorial.admin.claim_basis.view import EvidenceView, RepeatGroup, StatementRow
from editorial.models import Claim, ClaimUse, MessageKind, MessageState, OutboxMessage, Signoff, Statement, Story
from editorial.models.evidence import containment
from editorial.policy.access import ActorFacts
from editorial.workflow.evidence import facts
from editorial.workflow.review import policies

_MAX_ASSESSMENTS = 20


def basis_of(claim: Claim, actor: ActorFacts, *, now: datetime, limit: int | None = view.MAX_ROWS) -> dict[str, Any]:
    """The context of the templates in evidence/claim: the finding, both sides, replies and stories.

    `limit`: statements, and repeats of one, to show.
    """
    _, policy = policies.in_force(now)
    case = facts.load([claim.pk], now=now).facts
    evidence = EvidenceView(claim, case, policy, actor)
    assessments = list(claim.assessments.select_related("policy").order_by("-number")[:_MAX_ASSESSMENTS])
    latest = assessments[0] if assessments else None
    is_compound = str(claim.pk) not in evidence.evidence
    links = claim.member_links.select_related("member").order_by("id") if is_compound else ()
    parts = [link.member for link in links]
    ungrouped = evidence.ungrouped_rows()[:limit]
    repeat_groups = _within(evidence.repeat_groups, None if limit is None else limit - len(ungrouped))
    shown = [*ungrouped, *(row for _, rows in repeat_groups for row in rows)]
    prefetch_related_objects([row.statement for row in shown], "exhibit", "briefing")
    against, origins = (evidence.groups_of_side(latest, side) for side in ("against", "origins"))
    struck = Statement.objects.filter(claim__in=[claim, *parts], struck_at__isnull=False)
    return {
        "evidence": evidence,
        "latest": latest,
        "assessments": assessments,
        "freshness": view.freshness(latest, _is_being_assessed(claim), now),
        "missing_requirements": view.missing_requirements(latest),
        "hangs_on": evidence.hangs_on(latest),
        "independent": evidence.groups_of_side(latest, "independent"),
        "against": against,
        "origins": origins,
        "statement_rows": list(evidence.statement_rows.values()),
        "struck_statements": struck.select_related("source"),
        "shown_rows": shown,
        "unlisted_statement_count": len(evidence.statement_rows) - len(shown),
        "provenance": provenance_of(
            ungrouped[: view.MAX_ROWS],
            evidence.repeat_groups,
            origins=origins,
            against=against,
            statement_count=len(evidence.statement_rows),
        ),
        "ungrouped_rows": ungrouped,
        "repeat_groups": repeat_groups,
        "group_limit": ":20" if limit else "",
        "parties": evidence.accused_parties(),
        "requests": [(reply_request, []) for reply_request in evidence.reply_requests],
        "uses": _uses(claim, actor),
        "parts": parts,
    }


def panel(claim: Claim, actor: ActorFacts, *, now: datetime, proposal: Signoff | None = None) -> dict[str, Any]:
    """The panel beside a form that decides on the claim, with what changed since the proposal, if there is one."""
    basis = basis_of(claim, actor, now=now)
    is_restricted = basis["evidence"].case.claims[str(claim.pk)].restrictions
    restrictions = claim.restrictions.in_force(now).select_related("restricted_by") if is_restricted else ()
    changed = None
    if proposal is not None:
        requests = [reply_request for reply_request, _ in basis["requests"]]
        sources = {row.statement.source for row in basis["statement_rows"] if row.source_visible}
        also = [*basis["parts"], *basis["struck_statements"], *requests, *sources]
        changed = changes.since(proposal, basis["evidence"], basis["latest"], also=also)
    return basis | {
        "template": "editorial/evidence/claim_basis.html",
        "supports_decision": True,
        "row": claim,
        "restriction_views": [{"restriction": restriction} for restriction in restrictions],
        "changes": changed,
    }


def _within(groups: list[RepeatGroup], room: int | None) -> list[tuple[RepeatGroup, list[StatementRow]]]:
    """The groups, with as many of their statements as there is room for."""
    listed: list[tuple[RepeatGroup, list[StatementRow]]] = []
    for group in groups:
        rows = group.statement_rows[:room]
        room = None if room is None else room - len(rows)
        listed.append((group, rows))
    return listed


def _uses(claim: Claim, actor: ActorFacts) -> list[ClaimUse]:
    """The story uses of the claim or of one that contains it, in stories that this user may see."""
    used_claims = containment.containing_ids([claim.pk])
    uses = ClaimUse.objects.filter(claim__in=used_claims, story__in=Story.objects.all().visible_to(actor))
    return list(uses.select_related("story__desk").order_by("-story"))


def _is_being_assessed(claim: Claim) -> bool:
    messages = OutboxMessage.objects.filter(kind=MessageKind.ASSESS_CLAIM.value, reference=str(claim.pk))
    # A UNION, because each half has a partial index of its own and a condition with OR could use neither.
    waiting = messages.filter(state__in=[MessageState.READY.value, MessageState.SENT.value])
    return waiting.union(messages.filter(state=MessageState.RUNNING.value)).exists()
