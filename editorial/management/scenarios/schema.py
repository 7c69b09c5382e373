"""From a scenario's fields to facts, checked to the last word (docs/verification.md, sections 1 and 7)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from editorial.management.scenarios import expectations, inheritance, validators, yaml_loader
from editorial.management.scenarios.field_reader import Fields
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
    default_level,
)
from editorial.policy.vocabulary import (
    ClaimKind,
    Directness,
    FindingValue,
    Gains,
    Got,
    Level,
    Mode,
    Outcome,
    Reliability,
    Risk,
    SourceType,
    Stance,
    TaskStanding,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Scenario:
    """A case, the story told of it, what was printed before (None: nothing), and what is expected."""

    id: str
    case: CaseFacts
    story: StoryFacts
    published: Mapping[str, PublishedFacts] | None
    expect: Mapping[str, Any]


def read(path: Path) -> list[Scenario]:
    """The scenarios of a file. Raises ScenarioError if any of them is not valid."""
    return interpret(yaml_loader.read(path))


def interpret(given: list[Any]) -> list[Scenario]:
    """The scenarios of a file's documents. Raises ScenarioError if any of them is not valid."""
    return [scenario(fields) for fields in inheritance.unfold(given)]


def scenario(given: dict[str, Any]) -> Scenario:
    """One scenario from its fields."""
    fields = Fields(given, given["id"])
    scenario_id = fields.word("id")
    risk = fields.maybe_term("policy", Risk) or Risk.SERIOUS
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
    says = per_claim(fields, "says_sources", claims, lambda entry, name: entry.count(name))
    given_signoffs = per_claim(fields, "signoffs", claims, signoff)
    story = StoryFacts(
        uses=validators.claim_uses(fields, case, uses, says),
        signoffs={name: given_signoffs.get(name, ALL_SIGNED) for name in claims},
    )
    printed = published(fields, claims, uses, says)
    expect = expectations.check(fields, claims)
    fields.finish()
    return Scenario(id=scenario_id, case=case, story=story, published=printed, expect=expect)


ALL_SIGNED = SignoffFacts(legal=True, standards=True)
"""In a scenario every signature is in place unless it is stated to be missing."""


def items(fields: Fields, name: str) -> list[tuple[str, Fields]]:
    """The items of a list by id; `inheritance` has checked that they have one."""
    given = fields.left.pop(name, [])
    return [(item["id"], Fields(item, fields.scenario, f"{name} {item['id']}")) for item in given]


def claim(item: Fields, risk: Risk) -> ClaimFacts:
    """One claim."""
    item.ignore("text")
    facts = ClaimFacts(
        id=item.word("id"),
        kind=item.maybe_term("kind", ClaimKind) or ClaimKind.CONTENT,
        risk=item.maybe_term("risk", Risk) or risk,
        adverse_to=item.words("adverse_to"),
        parts=item.words("parts"),
    )
    item.finish()
    return facts


def source(item: Fields) -> SourceFacts:
    """One source."""
    item.ignore("name", "description")
    facts = SourceFacts(
        id=item.word("id"),
        type=item.term("type", SourceType),
        reliability=item.maybe_term("reliability", Reliability) or Reliability.B,
        unnamed=item.flag("unnamed", False),
        key=item.maybe_word("key"),
        editor_knows=item.flag("editor_knows", True),
        org=item.maybe_word("org"),
        speaks_for=item.maybe_word("speaks_for"),
        parent=item.maybe_word("parent"),
        gains=item.maybe_term("gains", Gains),
        camp=item.maybe_word("camp"),
        author=item.maybe_word("author"),
        issuer=item.maybe_word("issuer"),
        authenticated=item.flag("authenticated", False),
        establishes=frozenset(item.words("establishes")),
        contradicts=frozenset(item.words("contradicts")),
    )
    item.finish()
    return facts


def statement(item: Fields, sources: Mapping[str, SourceFacts], claims: Mapping[str, ClaimFacts]) -> StatementFacts:
    """One statement."""
    archived = "exhibit" in item.left
    item.ignore("quote", "said_at", "exhibit", "credibility")
    speaker, about = item.word("source"), item.word("claim")
    item.known("source", [speaker], sources, "source")
    validators.check_statement(item, about, claims)
    facts = StatementFacts(
        id=item.word("id"),
        source=speaker,
        claim=about,
        stance=item.term("stance", Stance),
        direct=item.term("direct", Directness),
        level=item.maybe_term("level", Level) or default_level(unnamed=sources[speaker].unnamed),
        informant=item.maybe_word("informant") or UNKNOWN,
        got=item.maybe_term("got", Got) or Got.US,
        briefing=item.maybe_word("briefing"),
        gains=item.maybe_term("gains", Gains),
        embargo_until=item.time("embargo_until"),
        withdrawn=item.flag("withdrawn", False),
        retracted=item.flag("retracted", False),
        archived=archived,
    )
    item.finish()
    return facts


def relays(fields: Fields, statements: Mapping[str, StatementFacts]) -> tuple[RelayFacts, ...]:
    """Who repeats whom."""
    given = fields.left.pop("relays", [])
    if not isinstance(given, list):
        raise fields.wrong("relays", "Give a list of pairs [derived, origin].")
    found = []
    for number, pair in enumerate(given, 1):
        name = f"relays[{number}]"
        if not isinstance(pair, list) or len(pair) != 2:
            raise fields.wrong(name, "A relay is a pair [derived, origin].")
        derived, origin = (fields.as_word(name, end) for end in pair)
        validators.check_relay(fields, name, derived, origin, statements)
        found.append(RelayFacts(derived, origin))
    return tuple(found)


def replies(fields: Fields, claims: Mapping[str, ClaimFacts]) -> tuple[ReplyRequestFacts, ...]:
    """What was put to whom."""
    given = fields.left.pop("replies", [])
    if not isinstance(given, list):
        raise fields.wrong("replies", "Give a list of requests.")
    return tuple(
        reply(Fields(request, fields.scenario, f"replies[{number}]"), claims) for number, request in enumerate(given, 1)
    )


def reply(item: Fields, claims: Mapping[str, ClaimFacts]) -> ReplyRequestFacts:
    """One request for a reply."""
    if "covers" not in item.left:
        item.required("covers")
    facts = ReplyRequestFacts(
        to=item.word("to"),
        covers=frozenset(item.words("covers")),
        outcome=item.term("outcome", Outcome),
        hours=item.hours("hours"),
        deadline_passed=item.flag("deadline_passed", True),
        reason=item.text("reason"),
        respondent_key=item.maybe_word("respondent_key"),
    )
    item.known("covers", facts.covers, claims, "claim")
    item.finish()
    return facts


def tasks(fields: Fields, claims: Mapping[str, ClaimFacts]) -> dict[str, TaskStanding]:
    """Where the review work on each claim stands: one word for all of them, or claim by claim."""
    if isinstance(fields.left.get("tasks"), dict):
        return per_claim(fields, "tasks", claims, lambda entry, name: entry.term(name, TaskStanding))
    standing = fields.maybe_term("tasks", TaskStanding) or TaskStanding.NONE
    return dict.fromkeys(claims, standing)


def per_claim(fields: Fields, name: str, claims: Mapping[str, ClaimFacts], read_one: Any) -> dict[str, Any]:
    """A mapping from recorded claims to something."""
    given = fields.left.pop(name, {})
    entries = Fields(given, fields.scenario, name)
    if "note" in claims and given.get("note") is not None:
        entries.left["note"] = given["note"]
    for claim_id in entries.left:
        entries.known(claim_id, [claim_id], claims, "claim")
    return {claim_id: read_one(entries, claim_id) for claim_id in list(entries.left)}


def signoff(entries: Fields, claim_id: str) -> SignoffFacts:
    """The signatures on one claim."""
    item = Fields(entries.left.pop(claim_id), entries.scenario, f"signoffs.{claim_id}")
    facts = SignoffFacts(
        legal=item.flag("legal", True),
        standards=item.flag("standards", True),
        four_eyes=item.flag("four_eyes", True),
    )
    item.finish()
    return facts


def published(
    fields: Fields, claims: Mapping[str, ClaimFacts], uses: Mapping[str, Mode], says: Mapping[str, int]
) -> dict[str, PublishedFacts] | None:
    """What was printed: one mapping for every use, or claim by claim; None if nothing was."""
    given = fields.left.get("published")
    if given is None:
        return None
    if isinstance(given, dict) and all(isinstance(value, dict) for value in given.values() if value is not None):
        printed = per_claim(fields, "published", claims, lambda entry, name: published_use(entry, name, [claims[name]]))
    else:
        entry = Fields({"": fields.left.pop("published")}, fields.scenario, "published")
        everywhere = published_use(entry, "", [claims[name] for name in uses])
        printed = dict.fromkeys(uses, everywhere)
    return {name: replace(facts, says_sources=says.get(name)) for name, facts in printed.items()}


def published_use(entries: Fields, claim_id: str, about: Sequence[ClaimFacts]) -> PublishedFacts:
    """What one printed use, or every use alike, looked like."""
    where = ".".join(filter(None, ("published", claim_id)))
    item = Fields(entries.left.pop(claim_id), entries.scenario, where)
    facts = PublishedFacts(
        mode=item.term("mode", Mode),
        finding=found_then(item, about),
        central=item.flag("central", True),
        contested=item.flag("contested", False),
    )
    item.finish()
    return facts


def found_then(item: Fields, about: Sequence[ClaimFacts]) -> FindingValue | None:
    """What had been found when it was printed: stated in any case, and null only of opinions, which have no finding."""
    opinions = bool(about) and all(claim.kind is ClaimKind.OPINION for claim in about)
    if opinions and "finding" in item.null:
        return None
    return item.term("finding", FindingValue)
