"""The right of reply: whether each party to a claim was asked for comment, and what follows (section 5)."""

from collections.abc import Mapping
from types import MappingProxyType

from editorial.policy.facts import CaseFacts, ReplyRequestFacts
from editorial.policy.verification import affiliations
from editorial.policy.verification.thresholds import PolicyRules
from editorial.policy.vocabulary import Code, ReplyOutcome, Risk

CLOSING_OUTCOMES = (ReplyOutcome.DECLINED, ReplyOutcome.NO_RESPONSE, ReplyOutcome.UNREACHABLE, ReplyOutcome.PENDING)
"""Outcomes that close a request once the party has had the time that the policy grants."""


def risk_of(case: CaseFacts, claim_id: str) -> Risk:
    """The risk of a claim; a compound has the highest of its own and its parts'."""
    return max((case.claims[name].risk for name in (claim_id, *case.members(claim_id))), key=lambda risk: risk.rank)


def reply_codes(case: CaseFacts, claim_id: str, policy: PolicyRules) -> Mapping[str, Code | None]:
    """Party → the code that its right of reply raises for this claim, without its parts; None once waived."""
    window = policy.rules[risk_of(case, claim_id)].reply_hours
    if window is None:
        return MappingProxyType({})
    return {party: reply_code(case, claim_id, party, window) for party in case.claims[claim_id].adverse_to}


def reply_code(case: CaseFacts, claim_id: str, party: str, window: float) -> Code | None:
    """The code of one party, by first match: properly closed, waived with a reason, running, too short, not sent."""
    requests = [request for request in case.replies if counts_for(case, request, claim_id, party)]
    if any(is_closed(request, window) for request in requests):
        return Code.C_REPLY_OUTCOME
    if any(request.outcome is ReplyOutcome.WAIVED and request.reason.strip() for request in requests):
        return None
    if any(is_running(request) for request in requests):
        return Code.E_REPLY_PENDING
    if any(request.outcome is not ReplyOutcome.WAIVED for request in requests):
        return Code.E_REPLY_WINDOW
    return Code.E_REPLY_NOT_SENT


def counts_for(case: CaseFacts, request: ReplyRequestFacts, claim_id: str, party: str) -> bool:
    """Whether the request put this claim to this party or its agent, or was answered or waived all the same."""
    if case.identity(party) not in affiliations.represented_identities(case, request.to):
        return False
    if not request.specific and request.outcome not in (ReplyOutcome.REPLIED, ReplyOutcome.WAIVED):
        return False
    if not request.covers.isdisjoint((claim_id, *case.compounds_of.get(claim_id, ()))):
        return True
    parts = case.claims[claim_id].parts
    return bool(parts) and request.covers.issuperset(parts)


def is_closed(request: ReplyRequestFacts, window: float) -> bool:
    """Whether the party has replied, or has had its time (or less, with a reason)."""
    if request.outcome is ReplyOutcome.REPLIED:
        return True
    ended = request.outcome is ReplyOutcome.DECLINED or (
        request.outcome in CLOSING_OUTCOMES and request.deadline_passed
    )
    return ended and (request.hours >= window or bool(request.reason.strip()))


def is_running(request: ReplyRequestFacts) -> bool:
    """Whether the party still has time to reply; silence before the deadline is not a refusal."""
    return (
        request.outcome in CLOSING_OUTCOMES
        and request.outcome is not ReplyOutcome.DECLINED
        and not request.deadline_passed
    )
