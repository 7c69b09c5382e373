"""Digest of the facts that determine a finding, so that unchanged assessments are not stored again."""

import hashlib
import json
from collections.abc import Iterable
from dataclasses import asdict
from typing import Any

from editorial.policy.facts import CaseFacts, ClaimFacts, SourceFacts, StatementFacts
from editorial.policy.vocabulary import ReviewProgress


def digest(case: CaseFacts, claim_id: str) -> str:
    """SHA-256 (hex) over those facts, independent of the order in which they were recorded.

    It omits facts that do not affect a finding: embargoes, replies, archived copies, the clock. It also omits the
    policy; store the policy's version with it.
    """
    members = sorted(case.members(claim_id))
    statements = [statement for member in members for statement in case.statements_on.get(member, ())]
    statement_ids = {statement.id for statement in statements}
    sources = relevant_sources(case, statements)
    facts = {
        "claims": [claim_to_dict(case.claims[name]) for name in sorted({claim_id, *members})],
        "statements": sorted(
            (statement_to_dict(statement) for statement in statements), key=lambda statement: statement["id"]
        ),
        "relays": sorted([relay.derived, relay.origin] for relay in case.relays if relay.derived in statement_ids),
        "sources": [source_to_dict(source, members) for source in sources],
        "identities": identities(case, members, sources),
        "tasks": [case.tasks.get(member, ReviewProgress.NONE) for member in members],
    }
    return hashlib.sha256(json.dumps(facts, sort_keys=True).encode()).hexdigest()


def relevant_sources(case: CaseFacts, statements: Iterable[StatementFacts]) -> list[SourceFacts]:
    """The sources and informants of these statements, by id."""
    names = {name for statement in statements for name in (statement.source, statement.informant)}
    return [case.sources[name] for name in sorted(names) if name in case.sources]


def identities(case: CaseFacts, members: Iterable[str], sources: Iterable[SourceFacts]) -> dict[str, list[Any]]:
    """Every name in those facts → its identity and, for makers of documents, the identity of its principal."""
    names = {party for member in members for party in case.claims[member].adverse_to}
    for source in sources:
        names |= {name for name in (source.speaks_for, source.org, source.parent, source.author, source.issuer) if name}
    by_name = {}
    for name in names:
        known_source = case.sources.get(name)
        principal = known_source.speaks_for if known_source else None
        by_name[name] = [case.identity(name), case.identity(principal) if principal else None]
    return by_name


def claim_to_dict(claim: ClaimFacts) -> dict[str, Any]:
    """A claim as plain values, with sorted lists."""
    return asdict(claim) | {"adverse_to": sorted(claim.adverse_to), "parts": sorted(claim.parts)}


def statement_to_dict(statement: StatementFacts) -> dict[str, Any]:
    """A statement as plain values, without fields that do not affect a finding."""
    plain = asdict(statement)
    del plain["embargo_until"], plain["archived"]
    return plain


def source_to_dict(source: SourceFacts, members: Iterable[str]) -> dict[str, Any]:
    """A source as plain values, limited to the given claims that it settles."""
    claim_ids = frozenset(members)
    return asdict(source) | {
        "establishes": sorted(source.establishes & claim_ids),
        "contradicts": sorted(source.contradicts & claim_ids),
    }
