"""Remedies: what a published story owes its readers now (Verification, section 5)."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import timedelta

from editorial.policy.facts import CaseFacts, PublishedFacts, StoryFacts
from editorial.policy.verification.evaluation import only_ended_as
from editorial.policy.verification.evidence import Evidence
from editorial.policy.verification.finding import Finding
from editorial.policy.vocabulary import Ending, FindingValue, Mode, RemedyKind, SourceType, Stance

FALLEN_FINDINGS = (FindingValue.REFUTED, FindingValue.WITHDRAWN)
"""Findings with which a claim should not have been published."""
DUE = {
    RemedyKind.UPDATE: timedelta(hours=24),
    RemedyKind.EDITORS_NOTE: timedelta(hours=8),
    RemedyKind.CORRECTION: timedelta(hours=4),
    RemedyKind.RETRACTION: timedelta(hours=1),
}
"""How soon a remedy is due."""


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
    """The remedy for a story: the gravest of its uses', and each of them by claim id.

    `wire_item_withdrawn`: since print, the outlet has withdrawn the wire item behind the story.
    """

    remedy: RemedyKind
    withheld: bool
    uses: Mapping[str, UseRemedy] = field(default_factory=dict)
    wire_item_withdrawn: bool = False

    def with_wire_item_withdrawn(self) -> "Remedy":
        """This remedy, and at least a correction: only people can tell how much of the story rests on the item."""
        gravest = max(self.remedy, RemedyKind.CORRECTION, key=list(RemedyKind).index)
        return replace(self, remedy=gravest, wire_item_withdrawn=True)


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
    for claim_id, printed in published.items():
        use = story.uses.get(claim_id) if story else None
        if printed.stated_source_count is None and use is not None:
            printed = replace(printed, stated_source_count=use.stated_source_count)
        uses[claim_id] = use_remedy(case, findings, claim_id, printed)
    worst = max((use.remedy for use in uses.values()), key=list(RemedyKind).index, default=RemedyKind.NONE)
    return Remedy(worst, any(use.withheld for use in uses.values()), uses)


def use_remedy(case: CaseFacts, findings: Mapping[str, Finding], claim_id: str, published: PublishedFacts) -> UseRemedy:
    """The remedy for one use, by first match."""
    now = findings[claim_id]
    if published.mode is Mode.OMITTED or published.finding is None:
        return UseRemedy(RemedyKind.NONE, "The claim was not in the copy, or was published as a judgement.")
    if published.mode is Mode.DEBUNK:
        return debunk_remedy(now, published)
    if now.finding in FALLEN_FINDINGS and published.finding not in FALLEN_FINDINGS:
        return fallen_remedy(case, findings, claim_id, published)
    if overstated_sources(case, findings, claim_id, published):
        return UseRemedy(RemedyKind.CORRECTION, "The copy claimed more sources than the claim ever had.")
    if now.finding is FindingValue.SUPERSEDED and published.finding is not FindingValue.SUPERSEDED:
        return UseRemedy(RemedyKind.UPDATE, "Newer facts have replaced the published claim.")
    if now.finding is FindingValue.VERIFIED or is_same(now, published):
        if now.contested and not published.contested:
            return UseRemedy(RemedyKind.UPDATE, "The claim holds and is now contested.")
        return UseRemedy(RemedyKind.NONE, "The claim holds as published, or better.")
    changed = f"The claim was {finding_text(published.finding)} when published and is now {finding_text(now.finding)}."
    asserted = published.mode is Mode.ASSERTED
    return UseRemedy(RemedyKind.EDITORS_NOTE if asserted else RemedyKind.UPDATE, changed)


def fallen_remedy(
    case: CaseFacts, findings: Mapping[str, Finding], claim_id: str, published: PublishedFacts
) -> UseRemedy:
    """The remedy for a claim that has fallen since: a correction if what we printed was true or innocently wrong."""
    now = findings[claim_id].finding
    reason = f"The published claim is now {finding_text(now)}."
    if published.mode is Mode.ATTRIBUTED:
        return UseRemedy(RemedyKind.CORRECTION, f"{reason} It remains true that others said so.")
    evidence = evidence_on(case, findings, claim_id)
    if now is FindingValue.WITHDRAWN and only_ended_as(evidence, {Ending.CORRECTED, Ending.SUPERSEDED}):
        return UseRemedy(RemedyKind.CORRECTION, f"{reason} Its sources have corrected or updated what they said.")
    return UseRemedy(gravest_remedy(published), reason)


def debunk_remedy(now: Finding, published: PublishedFacts) -> UseRemedy:
    """The remedy for a published debunk. Taking one back is a retraction like any other."""
    if now.finding in FALLEN_FINDINGS:
        return UseRemedy(RemedyKind.NONE, f"The claim was debunked and is {finding_text(now.finding)}.")
    if now.finding is FindingValue.VERIFIED:
        return UseRemedy(gravest_remedy(published), "The claim was debunked and is now verified.")
    if is_same(now, published):
        return UseRemedy(RemedyKind.NONE, "The claim holds as published.")
    return UseRemedy(RemedyKind.EDITORS_NOTE, f"The claim was debunked and is now {finding_text(now.finding)}.")


def is_same(now: Finding, published: PublishedFacts) -> bool:
    """Whether the finding is the published one. The progress of a review makes no difference to readers."""
    if now.finding is None or published.finding is None:
        return now.finding is published.finding
    return now.finding is published.finding or (now.finding.in_progress and published.finding.in_progress)


def finding_text(finding: FindingValue | None) -> str:
    """A finding as it reads in a sentence."""
    return finding.label.lower() if finding else "without a finding"


def gravest_remedy(published: PublishedFacts) -> RemedyKind:
    """A retraction if the claim was central to the story, else a correction."""
    return RemedyKind.RETRACTION if published.central else RemedyKind.CORRECTION


def overstated_sources(
    case: CaseFacts, findings: Mapping[str, Finding], claim_id: str, published: PublishedFacts
) -> bool:
    """Whether the copy claimed more persons than count for the claim now, or would if nothing had ended."""
    if published.stated_source_count is None:
        return False
    persons: set[str] = set()
    for evidence in evidence_on(case, findings, claim_id):
        persons |= affirming_persons(evidence) | affirming_persons(evidence.as_if_nothing_ended)
    return published.stated_source_count > len(persons)


def evidence_on(case: CaseFacts, findings: Mapping[str, Finding], claim_id: str) -> list[Evidence]:
    """The evidence on a claim, or on each part of a compound."""
    return [findings[name].evaluation.evidence for name in case.members(claim_id)]


def affirming_persons(evidence: Evidence) -> set[str]:
    """Identities of the persons who count on the affirming side."""
    counting = evidence.countable_with(Stance.AFFIRMS)
    return {evidence.speaker[name] for name in counting if evidence.source(name).type is SourceType.PERSON}
