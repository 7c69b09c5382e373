"""Impact: hypothetical changes of a case, and the findings that they would change."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace

from editorial.policy.facts import CaseFacts
from editorial.policy.verification.finding import Finding
from editorial.policy.vocabulary import Ending


@dataclass(frozen=True, slots=True)
class FindingChange:
    """A claim whose finding or contested flag would change."""

    claim: str
    before: Finding
    after: Finding


def with_withdrawn(case: CaseFacts, statement_ids: Collection[str]) -> CaseFacts:
    """The case as if these statements had been withdrawn."""
    statements = {
        name: replace(statement, ended=Ending.WITHDRAWN) if name in statement_ids else statement
        for name, statement in case.statements.items()
    }
    return replace(case, statements=statements)


def with_merged(case: CaseFacts, source_ids: Collection[str], key: str) -> CaseFacts:
    """The case as if these sources, and all that share a token with one of them, were one person with this key."""
    identities = {case.identity(name) for name in source_ids}
    sources = {
        name: replace(source, key=key) if case.identity(name) in identities else source
        for name, source in case.sources.items()
    }
    return replace(case, sources=sources)


def without_vault(case: CaseFacts) -> CaseFacts:
    """The case without what only the vault knows: every unnamed record is a person by itself."""
    sources = {name: replace(source, key=None) if source.unnamed else source for name, source in case.sources.items()}
    return replace(case, sources=sources)


def finding_changes(before: Mapping[str, Finding], after: Mapping[str, Finding]) -> list[FindingChange]:
    """The claims whose findings differ between two assessments of one case, in the order of the first."""
    return [
        FindingChange(claim_id, finding, after[claim_id])
        for claim_id, finding in before.items()
        if (finding.finding, finding.contested) != (after[claim_id].finding, after[claim_id].contested)
    ]
