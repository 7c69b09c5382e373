"""After publication: what a printed story owes its readers now (Verification, section 5)."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from editorial.policy.facts import CaseFacts, PublishedFacts, StatementFacts, StoryFacts
from editorial.policy.verification.evidence import Evidence
from editorial.policy.verification.finding import Finding
from editorial.policy.vocabulary import ClaimKind, FindingValue, Mode, RemedyKind, SourceType, Stance

FALLEN_FINDINGS = (FindingValue.REFUTED, FindingValue.WITHDRAWN)
"""Findings under which a claim should not have been passed on."""


@dataclass(frozen=True, slots=True)
class UseRemedy:
    """What one printed use calls for, and why in plain words. `withheld`: take the item down at once."""

    remedy: RemedyKind
    reason: str

    @property
    def withheld(self) -> bool:
        """Whether the item comes down at once."""
        return self.remedy is RemedyKind.RETRACTION


@dataclass(frozen=True, slots=True)
class Remedy:
    """What the story calls for: the worst of its uses, and each of them by claim id."""

    remedy: RemedyKind
    withheld: bool
    uses: Mapping[str, UseRemedy] = field(default_factory=dict)


def remedy(
    case: CaseFacts,
    findings: Mapping[str, Finding],
    published: Mapping[str, PublishedFacts],
    story: StoryFacts | None = None,
) -> Remedy:
    """Compare what was printed with what is found now.

    The story tells `stated_source_count` where `published` does not.
    """
    uses = {}
    for claim_id, printed in published.items():
        use = story.uses.get(claim_id) if story else None
        if printed.stated_source_count is None and use is not None:
            printed = replace(printed, stated_source_count=use.stated_source_count)
        uses[claim_id] = use_remedy(case, findings, claim_id, printed)
    worst = max((use.remedy for use in uses.values()), key=list(RemedyKind).index, default=RemedyKind.NONE)
    return Remedy(worst, any(use.withheld for use in uses.values()), uses)


def use_remedy(case: CaseFacts, findings: Mapping[str, Finding], claim_id: str, published: PublishedFacts) -> UseRemedy:
    """What one use calls for: the first that fits."""
    now = findings[claim_id]
    if published.mode is Mode.OMITTED or case.claims[claim_id].kind is ClaimKind.OPINION:
        return UseRemedy(RemedyKind.NONE, "It was not in the copy, or is an opinion.")
    if published.mode is Mode.DEBUNK:
        return debunk_remedy(now, published)
    if now.finding in FALLEN_FINDINGS and published.finding not in FALLEN_FINDINGS:
        return UseRemedy(gravest_remedy(published), f"It was printed, and is {finding_text(now.finding)} now.")
    if published.stated_source_count is not None and published.stated_source_count > affirming_person_count(
        case, findings, claim_id
    ):
        return UseRemedy(RemedyKind.CORRECTION, "The copy said that there were more people than there ever were.")
    if now.finding in (FindingValue.VERIFIED, published.finding):
        if now.contested and not published.contested:
            return UseRemedy(RemedyKind.UPDATE, "It stands, and is contested now.")
        return UseRemedy(RemedyKind.NONE, "It stands as it was printed, or better.")
    changed = f"It was {finding_text(published.finding)} when it was printed, and is {finding_text(now.finding)} now."
    asserted = published.mode is Mode.ASSERTED
    return UseRemedy(RemedyKind.EDITORS_NOTE if asserted else RemedyKind.UPDATE, changed)


def debunk_remedy(now: Finding, published: PublishedFacts) -> UseRemedy:
    """What a printed debunk calls for: to take one back is a retraction like any other."""
    if now.finding in FALLEN_FINDINGS:
        return UseRemedy(RemedyKind.NONE, f"It was called false, and is {finding_text(now.finding)}.")
    if now.finding is FindingValue.VERIFIED:
        return UseRemedy(gravest_remedy(published), "It was called false, and is verified now.")
    if now.finding is published.finding:
        return UseRemedy(RemedyKind.NONE, "It stands as it was printed.")
    return UseRemedy(RemedyKind.EDITORS_NOTE, f"It was called false, and is {finding_text(now.finding)} now.")


def finding_text(finding: FindingValue | None) -> str:
    """A finding within a sentence."""
    return finding.label.lower() if finding else "without a finding"


def gravest_remedy(published: PublishedFacts) -> RemedyKind:
    """Whether the story was about it, or mentioned it in passing."""
    return RemedyKind.RETRACTION if published.central else RemedyKind.CORRECTION


def affirming_person_count(case: CaseFacts, findings: Mapping[str, Finding], claim_id: str) -> int:
    """How many persons count on the affirming side, or would had nothing been taken back."""
    found: set[str] = set()
    for name in case.members(claim_id):
        evidence = findings[name].evaluation.evidence
        found |= affirming_persons(evidence) | affirming_persons(evidence.map_statements(as_if_not_ended))
    return len(found)


def as_if_not_ended(statement: StatementFacts) -> StatementFacts:
    """The statement as if nobody had ever taken it back."""
    return replace(statement, withdrawn=False, retracted=False)


def affirming_persons(evidence: Evidence) -> set[str]:
    """The identities of the persons who count on the affirming side."""
    counting = evidence.countable_with(Stance.AFFIRMS)
    return {evidence.speaker[name] for name in counting if evidence.source(name).type is SourceType.PERSON}
