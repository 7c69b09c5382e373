"""Remedies: what a published story owes its readers now (Verification, section 5)."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from editorial.policy.facts import CaseFacts, PublishedFacts, StatementFacts, StoryFacts
from editorial.policy.verification.evidence import Evidence
from editorial.policy.verification.finding import Finding
from editorial.policy.vocabulary import ClaimKind, FindingValue, Mode, RemedyKind, SourceType, Stance

FALLEN_FINDINGS = (FindingValue.REFUTED, FindingValue.WITHDRAWN)
"""Findings with which a claim should not have been published."""


@dataclass(frozen=True, slots=True)
class UseRemedy:
    """The remedy for one published use, with its reason. `withheld`: take the story down immediately."""

    remedy: RemedyKind
    reason: str

    @property
    def withheld(self) -> bool:
        """Whether the story has to be taken down immediately."""
        return self.remedy is RemedyKind.RETRACTION


@dataclass(frozen=True, slots=True)
class Remedy:
    """The remedy for a story: the gravest of its uses', and each of them by claim id."""

    remedy: RemedyKind
    withheld: bool
    uses: Mapping[str, UseRemedy] = field(default_factory=dict)


def remedy(
    case: CaseFacts,
    findings: Mapping[str, Finding],
    published: Mapping[str, PublishedFacts],
    story: StoryFacts | None = None,
) -> Remedy:
    """Compare the published uses with the current findings.

    `story` gives `stated_source_count` where `published` does not.
    """
    uses = {}
    for claim_id, published_use in published.items():
        use = story.uses.get(claim_id) if story else None
        if published_use.stated_source_count is None and use is not None:
            published_use = replace(published_use, stated_source_count=use.stated_source_count)
        uses[claim_id] = use_remedy(case, findings, claim_id, published_use)
    worst = max((use.remedy for use in uses.values()), key=list(RemedyKind).index, default=RemedyKind.NONE)
    return Remedy(worst, any(use.withheld for use in uses.values()), uses)


def use_remedy(case: CaseFacts, findings: Mapping[str, Finding], claim_id: str, published: PublishedFacts) -> UseRemedy:
    """The remedy for one use, by first match."""
    current = findings[claim_id]
    if published.mode is Mode.OMITTED or case.claims[claim_id].kind is ClaimKind.OPINION:
        return UseRemedy(RemedyKind.NONE, "The claim is not in the copy, or is an opinion.")
    if published.mode is Mode.DEBUNK:
        return debunk_remedy(current, published)
    if current.finding in FALLEN_FINDINGS and published.finding not in FALLEN_FINDINGS:
        return UseRemedy(gravest_remedy(published), f"The published claim is now {finding_text(current.finding)}.")
    if published.stated_source_count is not None and published.stated_source_count > affirming_person_count(
        case, findings, claim_id
    ):
        return UseRemedy(RemedyKind.CORRECTION, "The copy claimed more sources than the claim ever had.")
    if current.finding in (FindingValue.VERIFIED, published.finding):
        if current.contested and not published.contested:
            return UseRemedy(RemedyKind.UPDATE, "The claim holds and is now contested.")
        return UseRemedy(RemedyKind.NONE, "The claim holds as published, or better.")
    reason = (
        f"The claim was {finding_text(published.finding)} when published and is now {finding_text(current.finding)}."
    )
    asserted = published.mode is Mode.ASSERTED
    return UseRemedy(RemedyKind.EDITORS_NOTE if asserted else RemedyKind.UPDATE, reason)


def debunk_remedy(current: Finding, published: PublishedFacts) -> UseRemedy:
    """The remedy for a published debunk. Taking one back is a retraction like any other."""
    if current.finding in FALLEN_FINDINGS:
        return UseRemedy(RemedyKind.NONE, f"The claim was debunked and is {finding_text(current.finding)}.")
    if current.finding is FindingValue.VERIFIED:
        return UseRemedy(gravest_remedy(published), "The claim was debunked and is now verified.")
    if current.finding is published.finding:
        return UseRemedy(RemedyKind.NONE, "The claim holds as published.")
    return UseRemedy(RemedyKind.EDITORS_NOTE, f"The claim was debunked and is now {finding_text(current.finding)}.")


def finding_text(finding: FindingValue | None) -> str:
    """A finding as it reads in a sentence."""
    return finding.label.lower() if finding else "without a finding"


def gravest_remedy(published: PublishedFacts) -> RemedyKind:
    """A retraction if the claim was central to the story, else a correction."""
    return RemedyKind.RETRACTION if published.central else RemedyKind.CORRECTION


def affirming_person_count(case: CaseFacts, findings: Mapping[str, Finding], claim_id: str) -> int:
    """How many persons count on the affirming side, or would if nothing had been withdrawn."""
    persons: set[str] = set()
    for name in case.members(claim_id):
        evidence = findings[name].evaluation.evidence
        persons |= affirming_persons(evidence) | affirming_persons(evidence.map_statements(as_if_not_ended))
    return len(persons)


def as_if_not_ended(statement: StatementFacts) -> StatementFacts:
    """The statement as if it had never been withdrawn or retracted."""
    return replace(statement, withdrawn=False, retracted=False)


def affirming_persons(evidence: Evidence) -> set[str]:
    """Identities of the persons who count on the affirming side."""
    statement_ids = evidence.countable_with(Stance.AFFIRMS)
    return {evidence.speaker[name] for name in statement_ids if evidence.source(name).type is SourceType.PERSON}
