"""Digest of the facts that determine a finding, so that unchanged assessments are not stored again."""

import hashlib
import json
from collections.abc import Iterable
from dataclasses import fields
from typing import Any

from editorial.policy.facts import CaseFacts, ClaimFacts, SourceFacts, StatementFacts
from editorial.policy.verification.evidence import Evidence
from editorial.policy.vocabulary import BenefitsIf, ReviewProgress, Stance

_STATEMENT_FIELDS = {field.name for field in fields(StatementFacts)} - {"embargo_until", "archived"}
_SOURCE_FIELDS = {field.name for field in fields(SourceFacts)}


def digest(case: CaseFacts, claim_id: str) -> str:
    """SHA-256 (hex) over those facts, independent of the order in which they were recorded.

    It omits facts that do not affect a finding: embargoes, replies, archived copies, the clock. It also omits the
    policy; store the policy's version with it.
    """
    members = sorted(case.members(claim_id))
    statements = [statement for member in members for statement in case.statements_on.get(member, ())]
    statement_ids = {statement.id for statement in statements}
    weighed = sources_weighed(case, statements)
    facts = {
        "claims": [claim_to_dict(case.claims[name]) for name in sorted({claim_id, *members})],
        "statements": sorted(
            (statement_to_dict(statement) for statement in statements), key=lambda fields: fields["id"]
        ),
        "relays": sorted([relay.derived, relay.origin] for relay in case.relays if relay.derived in statement_ids),
        "sources": [source_to_dict(source, members) for source in weighed],
        "identities": identities(case, members, weighed),
        "interests": [interests(Evidence(case, member), weighed) for member in members],
        "tasks": [case.tasks.get(member, ReviewProgress.NONE) for member in members],
    }
    return hashlib.sha256(json.dumps(facts, sort_keys=True).encode()).hexdigest()


def sources_weighed(case: CaseFacts, statements: Iterable[StatementFacts]) -> list[SourceFacts]:
    """The sources and informants of these statements, by id."""
    names = {name for statement in statements for name in (statement.source, statement.informant)}
    return [case.sources[name] for name in sorted(names) if name in case.sources]


def identities(case: CaseFacts, members: Iterable[str], weighed: Iterable[SourceFacts]) -> dict[str, list[Any]]:
    """Every name in those facts → its identity and, for makers of documents, the identity of its principal."""
    names = {party for member in members for party in case.claims[member].adverse_to}
    for source in weighed:
        names |= {name for name in (source.speaks_for, source.org, source.parent, source.author, source.issuer) if name}
    by_name = {}
    for name in names:
        recorded = case.sources.get(name)
        master = recorded.speaks_for if recorded else None
        by_name[name] = [case.identity(name), case.identity(master) if master else None]
    return by_name


def interests(evidence: Evidence, weighed: Iterable[SourceFacts]) -> list[list[BenefitsIf]]:
    """What each source gains from when it affirms and, if anybody does, when it denies.

    It depends on houses, employers and makers, too. Without a denial, who belongs to the accused makes no difference.
    """
    denied = any(said.stance is Stance.DENIES for said in evidence.statements.values())
    stances = (Stance.AFFIRMS, Stance.DENIES) if denied else (Stance.AFFIRMS,)
    return [[evidence.interest(source, stance) for stance in stances] for source in weighed]


def claim_to_dict(claim: ClaimFacts) -> dict[str, Any]:
    """What decides the finding on a claim, as plain values, with sorted lists."""
    return {
        "id": claim.id,
        "kind": claim.kind,
        "risk": claim.risk,
        "adverse_to": sorted(claim.adverse_to),
        "parts": sorted(claim.parts),
    }


def statement_to_dict(statement: StatementFacts) -> dict[str, Any]:
    """A statement as plain values, without fields that do not affect a finding."""
    return {name: getattr(statement, name) for name in _STATEMENT_FIELDS}


def source_to_dict(source: SourceFacts, members: Iterable[str]) -> dict[str, Any]:
    """A source as plain values, limited to the given claims that it settles."""
    concerned = frozenset(members)
    return {name: getattr(source, name) for name in _SOURCE_FIELDS} | {
        "establishes": sorted(source.establishes & concerned),
        "contradicts": sorted(source.contradicts & concerned),
    }
