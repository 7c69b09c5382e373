"""The gate of one story: reads its uses, sign-offs, confirmed conditions and overrides, and asks the rule.

The rule itself, which knows no database, is `policy/publication/gate.py`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime

from django.db.models import DateTimeField, Value

from editorial.models import (
    Claim,
    ClaimUse,
    ConditionCheck,
    GateOverride,
    NoClaimsCheck,
    PublishedUse,
    Restriction,
    Story,
    StoryRevision,
    UseEvidence,
    WireItem,
)
from editorial.models.evidence import containment
from editorial.policy.access import ActorFacts
from editorial.policy.facts import CaseFacts, ClaimUseFacts, PublishedFacts, StoryFacts
from editorial.policy.publication import carried, gate, remedy, wire_items
from editorial.policy.publication.gate import GateResult
from editorial.policy.publication.remedy import Remedy
from editorial.policy.publication.transitions import StoryStatus
from editorial.policy.publication.wire_items import PubStatus, WireItemBlock, WireItemCode
from editorial.policy.verification import finding, thresholds
from editorial.policy.verification.finding import Finding
from editorial.policy.vocabulary import Code, FindingValue, Gate, Mode
from editorial.workflow.core.errors import Conflict, Reason
from editorial.workflow.evidence import facts, signatures, story_writers
from editorial.workflow.evidence.confidentiality import disclosure
from editorial.workflow.evidence.facts import LoadedCase
from editorial.workflow.review import policies
from editorial.workflow.review.assessments import Reassessed


@dataclass(frozen=True, slots=True)
class Verdict:
    """Whether the story may run now: blocking codes, conditions, and those already confirmed or overridden.

    `checks` and `overrides` are the records of these for this `revision`, with who made them. `uses` includes those
    that are carried, of which `carriers` names the utterances.
    """

    result: GateResult
    findings: dict[str, Finding]
    revision: StoryRevision
    claim_uses: list[ClaimUse] = field(default_factory=list)
    checks: list[ConditionCheck] = field(default_factory=list)
    overrides: list[GateOverride] = field(default_factory=list)
    confirmed: frozenset[tuple[str, Code]] = frozenset()
    overridden: frozenset[Code | WireItemCode] = frozenset()
    uses: dict[str, ClaimUseFacts] = field(default_factory=dict)
    carriers: dict[str, list[str]] = field(default_factory=dict)
    claims: dict[str, Claim] = field(default_factory=dict)
    lists_claims: bool = True
    no_claims_confirmed: bool = False
    restricted: bool = False
    item_blocks: tuple[WireItemBlock, ...] = ()

    @property
    def gate(self) -> Gate:
        """The strictest gate of its uses and of the story as a whole.

        A restriction on the story blocks it, and so does its wire item. A story without claims never passes, because
        only a person checks it.
        """
        gates = [self.result.gate, *(block.code.gate for block in self.wire_item_refusals)]
        if self.restricted:
            gates.append(Code.E_RESTRICTED.gate)
        if not self.lists_claims:
            gates.append(Gate.CONDITIONAL)
        return gate.strictest(gates)

    @property
    def needs_no_claims_check(self) -> bool:
        """Whether somebody has yet to confirm that the copy makes no claims that need checking."""
        return not self.lists_claims and not self.no_claims_confirmed

    @property
    def may_run(self) -> bool:
        """Whether the story could be published now."""
        refused = self.restricted or self.wire_item_refusals or self.refusals
        return not (refused or self.unconfirmed or self.needs_no_claims_check)

    def describe(self, claim: str) -> str:
        """The claim in a message, with the utterance that carries it, if that is why the story uses it."""
        names = [f"“{self.claims[carrier].text}”" for carrier in self.carriers.get(claim, ())]
        return f"claim: {self.claims[claim].text}{', carried by ' + ' and '.join(names) if names else ''}"

    @property
    def wire_item_refusals(self) -> list[WireItemBlock]:
        """What its wire item forbids, without what is overridden."""
        return [block for block in self.item_blocks if block.code not in self.overridden]

    @property
    def open_codes(self) -> list[str]:
        """The codes that keep it from running, for everybody to read: none tells that somebody is a source."""
        secret = withheld_codes(self, None)
        codes = {code.value for claim, code in (*self.refusals, *self.unconfirmed) if (claim, code) not in secret}
        codes |= {block.code.value for block in self.wire_item_refusals}
        codes |= {Code.E_RESTRICTED.value} if self.restricted else set()
        return sorted(codes | ({gate.NO_CLAIMS} if self.needs_no_claims_check else set()))

    @property
    def refusals(self) -> list[tuple[str, Code]]:
        """Claims and codes that keep it from running, without overridden ones."""
        return [
            (claim, code)
            for claim, use in self.result.uses.items()
            for code in use.codes
            if code.gate in (Gate.BLOCK, Gate.HOLD) and code not in self.overridden
        ]

    @property
    def unconfirmed(self) -> list[tuple[str, Code]]:
        """Conditions that no copy editor has confirmed yet."""
        return [
            (claim, code)
            for claim, use in self.result.uses.items()
            for code in use.codes
            if code.gate is Gate.CONDITIONAL and (claim, code) not in self.confirmed
        ]


def evaluate(story: Story, *, now: datetime, reassessed: Reassessed | None = None) -> Verdict:
    """Evaluate the story's gate on current facts. Hold the story's lock if a decision depends on it.

    `reassessed`: everything that it uses, if the caller has locked and reassessed it.
    """
    uses = list(ClaimUse.objects.filter(story=story).select_related("claim").order_by("id"))
    loaded, policy = reassessed or _load(uses, now)
    case = loaded.facts
    findings = finding.assess(case, policy, hangs_on=False)
    story_facts = _story_facts(story, uses, loaded, findings, policy)
    complete_uses = carried.with_carried(case, story_facts)
    carriers = {
        claim: names
        for claim, names in carried.carriers(case, complete_uses).items()
        if complete_uses[claim] is not story_facts.uses.get(claim)
    }
    revision = last_revision(story)
    checks = list(ConditionCheck.objects.filter(revision=revision).select_related("confirmed_by"))
    items = list(WireItem.objects.filter(story=story).order_by("id"))
    overrides = list(GateOverride.objects.filter(revision=revision).select_related("overridden_by"))
    return Verdict(
        result=gate.evaluate(case, findings, story_facts, policy),
        findings=findings,
        revision=revision,
        claim_uses=uses,
        checks=checks,
        overrides=overrides,
        confirmed=frozenset((str(check.claim_id), Code(check.code)) for check in checks),
        overridden=frozenset(_overridden_codes(overrides, items)),
        uses=complete_uses,
        carriers=carriers,
        claims=_claims(uses, {*complete_uses, *(name for names in carriers.values() for name in names)}),
        lists_claims=gate.lists_claims(story_facts),
        restricted=Restriction.objects.in_force(now).filter(story=story).exists(),
        no_claims_confirmed=NoClaimsCheck.objects.filter(revision=revision).exists(),
        item_blocks=_blocks(story, items, now),
    )


def withheld_codes(verdict: Verdict, reader: ActorFacts | None) -> frozenset[tuple[str, Code]]:
    """The claims and codes that the reader may not read: that a party who did not comment is an unnamed source.

    The use stays blocked. `ask_custodian` marks every use with such a party, whether or not it is a source.
    Without a reader, as in the record, nobody is a custodian.
    """
    code = Code.E_FALSE_DECLINE
    claims = [claim for claim, use in verdict.result.uses.items() if code in use.codes]
    return frozenset(
        (claim, code) for claim in claims if reader is None or not disclosure.is_custodian_of_speakers(claim, reader)
    )


def remedy_for(story: Story, *, now: datetime) -> Remedy:
    """Compute what the published story owes its readers, from what was published and the current findings.

    Findings count signed or not: readers are owed what the evidence says now. Signatures matter to the gate,
    which every new version has to pass.
    """
    published_uses = list(PublishedUse.objects.filter(story=story).select_related("claim"))
    loaded, policy = _load(published_uses, now)
    case = loaded.facts
    findings = finding.assess(case, policy, hangs_on=False)
    published = {
        str(use.claim_id): PublishedFacts(
            mode=Mode(use.mode),
            finding=FindingValue(use.finding) if use.finding else None,
            central=use.central,
            contested=use.contested,
            stated_source_count=use.stated_source_count,
        )
        for use in published_uses
    }
    owed = remedy.remedy(case, findings, published | _carried_since(case, published))
    # Before publication nothing is later than it: a comparison with NULL is never true.
    published_at = Value(story.last_published_at or story.published_at, DateTimeField())
    withdrawn = WireItem.objects.filter(story=story, held_at__gt=published_at)
    withdrawn = withdrawn.exclude(pub_status=PubStatus.USABLE.value)
    return owed.with_wire_item_withdrawn() if withdrawn.exists() else owed


def _carried_since(case: CaseFacts, published: dict[str, PublishedFacts]) -> dict[str, PublishedFacts]:
    """What published utterances turn out to carry: the story published it too, before anybody had checked it."""
    story = StoryFacts(
        uses={
            claim: ClaimUseFacts(mode=use.mode, stated_source_count=use.stated_source_count)
            for claim, use in published.items()
        }
    )
    return {
        claim: PublishedFacts(
            mode=Mode.ATTRIBUTED,
            finding=None if case.claims[claim].kind.is_judgement else FindingValue.UNVERIFIED,
            central=False,
            stated_source_count=use.stated_source_count,
        )
        for claim, use in carried.with_carried(case, story).items()
        if use is not story.uses.get(claim)
    }


def require_usable_wire_item(story: Story, *, at: datetime) -> None:
    """Raise `Conflict` if a wire item from which the story was drafted forbids it to run at this time.

    The gate of each claim handles embargoes on single statements ("Verification", section 5), as other sources may
    have given them too.
    """
    items = list(WireItem.objects.filter(story=story).order_by("id"))
    if not items:
        return
    overridden = set(_overridden_codes(GateOverride.objects.filter(revision=last_revision(story)), items))
    blocks = (block for item in items for block in wire_items.blocks(item.facts(), at=at))
    refusals = [block for block in blocks if block.code not in overridden]
    if refusals:
        raise Conflict(*(Reason(block.code.value, block.text) for block in refusals))


def last_revision(story: Story) -> StoryRevision:
    """The latest revision. Every story has one: `pitch` writes the first."""
    return story.revisions.select_related("revised_by").order_by("-number")[:1].get()


def _blocks(story: Story, items: list[WireItem], now: datetime) -> tuple[WireItemBlock, ...]:
    """What the wire items forbid now. No embargo keeps a story in print from being corrected."""
    blocks = (block for item in items for block in wire_items.blocks(item.facts(), at=now))
    in_print = story.status == StoryStatus.PUBLISHED
    return tuple(block for block in blocks if not (in_print and block.code in wire_items.EMBARGOES))


def _overridden_codes(overrides: Iterable[GateOverride], items: list[WireItem]) -> Iterator[Code | WireItemCode]:
    """The codes that these overrides cover. One about wire items must be later than every notice about them."""
    notices = [item.held_at for item in items if item.held_at is not None]
    for override in overrides:
        if override.code in set(Code):
            yield Code(override.code)
        elif notices and override.overridden_at >= max(notices):
            yield WireItemCode(override.code)


def _load(uses: list[ClaimUse] | list[PublishedUse], now: datetime) -> Reassessed:
    contained_ids = containment.contained_ids(use.claim_id for use in uses)
    loaded = facts.load(contained_ids, now=now)
    return Reassessed(loaded, policies.in_force(now)[1])


def _claims(uses: list[ClaimUse], claim_ids: set[str]) -> dict[str, Claim]:
    """The rows of these claims; those of the uses are already loaded."""
    claims = {str(use.claim_id): use.claim for use in uses}
    missing = claim_ids - claims.keys()
    return claims | {str(key): claim for key, claim in Claim.objects.in_bulk(list(missing)).items()}


def _story_facts(
    story: Story, uses: list[ClaimUse], loaded: LoadedCase, findings: dict[str, Finding], policy: thresholds.PolicyRules
) -> StoryFacts:
    statement_ids: dict[object, set[str]] = {use.pk: set() for use in uses}
    for use, statement in UseEvidence.objects.filter(use__in=uses).values_list("use_id", "statement_id"):
        statement_ids[use].add(str(statement))
    return StoryFacts(
        uses={
            str(use.claim_id): ClaimUseFacts(
                mode=Mode(use.mode),
                central=use.central,
                relies_on=frozenset(statement_ids[use.pk]),
                stated_source_count=use.stated_source_count,
            )
            for use in uses
        },
        signoffs=signatures.for_case(
            loaded.facts, authors=story_writers.writers_of(story), collectors=loaded.collectors
        ).facts(findings, policy),
    )
