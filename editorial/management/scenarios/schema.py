"""Turns a scenario's fields into facts, with strict validation (docs/verification.md, sections 1 and 7)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from editorial.management.scenarios import expectations, inheritance, validators, yaml_loader
from editorial.management.scenarios.field_reader import FieldReader
from editorial.policy.facts import (
    UNKNOWN,
    CaseFacts,
    ClaimFacts,
    PublishedFacts,
    RelayFacts,
    ReplyRequestFacts,
    SignoffFacts,
    SourceFacts,
    StatementFacts,
    StoryFacts,
    default_terms,
)
from editorial.policy.vocabulary import (
    BenefitsIf,
    ClaimKind,
    Directness,
    FindingValue,
    Mode,
    ObtainedBy,
    Reliability,
    ReplyOutcome,
    ReviewProgress,
    Risk,
    SourceType,
    Stance,
    Terms,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Scenario:
    """A case, its story, the earlier published state (None: not published), and the expectations."""

    id: str
    case: CaseFacts
    story: StoryFacts
    published: Mapping[str, PublishedFacts] | None
    expect: Mapping[str, Any]


def read(path: Path) -> list[Scenario]:
    """The scenarios of a file. Raises ScenarioError if any is invalid."""
    return parse_scenarios(yaml_loader.read(path))


def parse_scenarios(given: list[Any]) -> list[Scenario]:
    """The scenarios of a file's documents. Raises ScenarioError if any is invalid."""
    return [scenario(fields) for fields in inheritance.resolve_all(given)]


def scenario(given: dict[str, Any]) -> Scenario:
    """One scenario from its fields."""
    fields = FieldReader(given, given["id"])
    scenario_id = fields.string("id")
    risk = fields.optional_term("policy", Risk) or Risk.SERIOUS
    claims = {name: claim(item, risk) for name, item in items(fields, "claims")}
    sources = {name: source(item) for name, item in items(fields, "sources")}
    validators.check_claims(fields, claims)
    validators.check_sources(fields, sources, claims)
    statements = {name: statement(item, sources, claims) for name, item in items(fields, "statements")}
    case = CaseFacts(
        claims=claims,
        sources=sources,
        statements=statements,
        relays=relays(fields, statements),
        replies=replies(fields, claims),
        tasks=tasks(fields, claims),
        now=fields.time("now"),
    )
    validators.check_clock(fields, case)
    uses = per_claim(fields, "use", claims, lambda entry, name: entry.term(name, Mode))
    says = per_claim(fields, "stated_source_count", claims, lambda entry, name: entry.count(name))
    given_signoffs = per_claim(fields, "signoffs", claims, signoff)
    story = StoryFacts(
        uses=validators.claim_uses(fields, case, uses, says),
        signoffs={name: given_signoffs.get(name, ALL_SIGNED) for name in claims},
    )
    printed = published(fields, claims, uses, says)
    expect = expectations.read_expectations(fields, claims)
    fields.reject_unknown()
    return Scenario(id=scenario_id, case=case, story=story, published=printed, expect=expect)


ALL_SIGNED = SignoffFacts(legal=True, standards=True)
"""In a scenario, every signature exists unless stated otherwise."""


def items(fields: FieldReader, name: str) -> list[tuple[str, FieldReader]]:
    """The items of a list by id; `inheritance` has validated the ids."""
    given = fields.remaining.pop(name, [])
    return [(item["id"], FieldReader(item, fields.scenario, f"{name} {item['id']}")) for item in given]


def claim(item: FieldReader, risk: Risk) -> ClaimFacts:
    item.ignore("text")
    facts = ClaimFacts(
        id=item.string("id"),
        kind=item.optional_term("kind", ClaimKind) or ClaimKind.CONTENT,
        risk=item.optional_term("risk", Risk) or risk,
        adverse_to=item.strings("adverse_to"),
        parts=item.strings("parts"),
    )
    item.reject_unknown()
    return facts


def source(item: FieldReader) -> SourceFacts:
    item.ignore("name", "description")
    facts = SourceFacts(
        id=item.string("id"),
        type=item.term("type", SourceType),
        reliability=item.optional_term("reliability", Reliability) or Reliability.B,
        unnamed=item.flag("unnamed", False),
        key=item.optional_string("key"),
        editor_knows=item.flag("editor_knows", True),
        org=item.optional_string("org"),
        speaks_for=item.optional_string("speaks_for"),
        parent=item.optional_string("parent"),
        benefits_if=item.optional_term("benefits_if", BenefitsIf),
        camp=item.optional_string("camp"),
        author=item.optional_string("author"),
        issuer=item.optional_string("issuer"),
        authenticated=item.flag("authenticated", False),
        establishes=frozenset(item.strings("establishes")),
        contradicts=frozenset(item.strings("contradicts")),
    )
    item.reject_unknown()
    return facts


def statement(
    item: FieldReader, sources: Mapping[str, SourceFacts], claims: Mapping[str, ClaimFacts]
) -> StatementFacts:
    archived = "exhibit" in item.remaining
    item.ignore("quote", "said_at", "exhibit", "credibility")
    speaker, about = item.string("source"), item.string("claim")
    item.require_known("source", [speaker], sources, "source")
    validators.check_statement(item, about, claims)
    facts = StatementFacts(
        id=item.string("id"),
        source=speaker,
        claim=about,
        stance=item.term("stance", Stance),
        directness=item.term("directness", Directness),
        terms=item.optional_term("terms", Terms) or default_terms(unnamed=sources[speaker].unnamed),
        informant=item.optional_string("informant") or UNKNOWN,
        obtained_by=item.optional_term("obtained_by", ObtainedBy) or ObtainedBy.US,
        briefing=item.optional_string("briefing"),
        benefits_if=item.optional_term("benefits_if", BenefitsIf),
        embargo_until=item.time("embargo_until"),
        withdrawn=item.flag("withdrawn", False),
        retracted=item.flag("retracted", False),
        archived=archived,
    )
    item.reject_unknown()
    return facts


def relays(fields: FieldReader, statements: Mapping[str, StatementFacts]) -> tuple[RelayFacts, ...]:
    """The relays between statements."""
    given = fields.remaining.pop("relays", [])
    if not isinstance(given, list):
        raise fields.error("relays", "Give a list of pairs [derived, origin].")
    found = []
    for number, pair in enumerate(given, 1):
        name = f"relays[{number}]"
        if not isinstance(pair, list) or len(pair) != 2:
            raise fields.error(name, "A relay is a pair [derived, origin].")
        derived, origin = (fields.as_string(name, end) for end in pair)
        validators.check_relay(fields, name, derived, origin, statements)
        found.append(RelayFacts(derived, origin))
    return tuple(found)


def replies(fields: FieldReader, claims: Mapping[str, ClaimFacts]) -> tuple[ReplyRequestFacts, ...]:
    """The requests for comment."""
    given = fields.remaining.pop("replies", [])
    if not isinstance(given, list):
        raise fields.error("replies", "Give a list of requests.")
    return tuple(
        reply(FieldReader(request, fields.scenario, f"replies[{number}]"), claims)
        for number, request in enumerate(given, 1)
    )


def reply(item: FieldReader, claims: Mapping[str, ClaimFacts]) -> ReplyRequestFacts:
    """One request for comment."""
    if "covers" not in item.remaining:
        item.required("covers")
    facts = ReplyRequestFacts(
        to=item.string("to"),
        covers=frozenset(item.strings("covers")),
        outcome=item.term("outcome", ReplyOutcome),
        hours=item.hours("hours"),
        deadline_passed=item.flag("deadline_passed", True),
        reason=item.text("reason"),
        respondent_key=item.optional_string("respondent_key"),
    )
    item.require_known("covers", facts.covers, claims, "claim")
    item.reject_unknown()
    return facts


def tasks(fields: FieldReader, claims: Mapping[str, ClaimFacts]) -> dict[str, ReviewProgress]:
    """The progress of review tasks: one value for all claims, or one per claim."""
    if isinstance(fields.remaining.get("tasks"), dict):
        return per_claim(fields, "tasks", claims, lambda entry, name: entry.term(name, ReviewProgress))
    standing = fields.optional_term("tasks", ReviewProgress) or ReviewProgress.NONE
    return dict.fromkeys(claims, standing)


def per_claim(fields: FieldReader, name: str, claims: Mapping[str, ClaimFacts], read_one: Any) -> dict[str, Any]:
    """A mapping from recorded claims to values."""
    given = fields.remaining.pop(name, {})
    entries = FieldReader(given, fields.scenario, name)
    if "note" in claims and given.get("note") is not None:
        entries.remaining["note"] = given["note"]
    for claim_id in entries.remaining:
        entries.require_known(claim_id, [claim_id], claims, "claim")
    return {claim_id: read_one(entries, claim_id) for claim_id in list(entries.remaining)}


def signoff(entries: FieldReader, claim_id: str) -> SignoffFacts:
    """The sign-offs of one claim."""
    item = FieldReader(entries.remaining.pop(claim_id), entries.scenario, f"signoffs.{claim_id}")
    facts = SignoffFacts(
        legal=item.flag("legal", True),
        standards=item.flag("standards", True),
        four_eyes=item.flag("four_eyes", True),
    )
    item.reject_unknown()
    return facts


def published(
    fields: FieldReader, claims: Mapping[str, ClaimFacts], uses: Mapping[str, Mode], says: Mapping[str, int]
) -> dict[str, PublishedFacts] | None:
    """The published state: one mapping for all uses, or one per claim; None if not published."""
    given = fields.remaining.get("published")
    if given is None:
        return None
    if isinstance(given, dict) and all(isinstance(value, dict) for value in given.values() if value is not None):
        printed = per_claim(fields, "published", claims, lambda entry, name: published_use(entry, name, [claims[name]]))
    else:
        entry = FieldReader({"": fields.remaining.pop("published")}, fields.scenario, "published")
        everywhere = published_use(entry, "", [claims[name] for name in uses])
        printed = dict.fromkeys(uses, everywhere)
    return {name: replace(facts, stated_source_count=says.get(name)) for name, facts in printed.items()}


def published_use(entries: FieldReader, claim_id: str, about: Sequence[ClaimFacts]) -> PublishedFacts:
    """The published state of one use, or of all uses."""
    where = ".".join(filter(None, ("published", claim_id)))
    item = FieldReader(entries.remaining.pop(claim_id), entries.scenario, where)
    facts = PublishedFacts(
        mode=item.term("mode", Mode),
        finding=finding_when_published(item, about),
        central=item.flag("central", True),
        contested=item.flag("contested", False),
    )
    item.reject_unknown()
    return facts


def finding_when_published(item: FieldReader, about: Sequence[ClaimFacts]) -> FindingValue | None:
    """The finding at publication: required, and null only for opinions, which have no finding."""
    opinions = bool(about) and all(claim.kind is ClaimKind.OPINION for claim in about)
    if opinions and "finding" in item.null:
        return None
    return item.term("finding", FindingValue)
