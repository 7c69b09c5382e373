"""Consistency checks of a scenario: ids, parts, relays, embargoes and the story."""

from collections.abc import Iterable, Iterator, Mapping

from editorial.management.scenarios.schema import PublishedFields, ScenarioFields
from editorial.management.scenarios.yaml_loader import ScenarioError, display_value
from editorial.policy.facts import CaseFacts
from editorial.policy.vocabulary import ClaimKind, Directness, SourceType

Problems = Iterator[tuple[str, str]]
"""Pairs of field and message."""


def check(scenario: ScenarioFields, case: CaseFacts) -> None:
    """Raise ScenarioError about the first contradiction."""
    for check_part in (_claims, _sources, _statements, _relays, _replies, _uses, _published):
        for field, message in check_part(scenario, case):
            raise ScenarioError(message, scenario=scenario.id, field=field)


def _unknown(field: str, ids: Iterable[str], known: Mapping[str, object], kind: str) -> Problems:
    """References to something that the scenario does not contain."""
    for name in ids:
        if name not in known:
            yield field, f"{display_value(name)} is not a {kind} of this scenario."


def _claims(_: ScenarioFields, case: CaseFacts) -> Problems:
    """Parts are claims of the scenario, neither compounds nor opinions; an opinion has no parts."""
    for claim in case.claims.values():
        field = f"claims {claim.id}.parts"
        yield from _unknown(field, claim.parts, case.claims, "claim")
        if claim.parts and claim.kind is ClaimKind.OPINION:
            yield field, "An opinion has no parts; remove them or change its kind."
        for part in claim.parts:
            if case.claims[part].parts:
                yield field, f"`{part}` is itself a compound; list its parts instead."
            if case.claims[part].kind is ClaimKind.OPINION:
                yield field, f"`{part}` is an opinion, which cannot be a part."


def _sources(_: ScenarioFields, case: CaseFacts) -> Problems:
    """A source settles claims of the scenario only; an organization is its own employer."""
    for source in case.sources.values():
        yield from _unknown(f"sources {source.id}.establishes", sorted(source.establishes), case.claims, "claim")
        yield from _unknown(f"sources {source.id}.contradicts", sorted(source.contradicts), case.claims, "claim")
        if source.type is SourceType.ORGANIZATION and source.org:
            yield f"sources {source.id}.org", "An organization is its own employer; remove org."


def _statements(_: ScenarioFields, case: CaseFacts) -> Problems:
    """A statement is about a claim that is not a compound. An embargo requires a clock."""
    for statement in case.statements.values():
        path, claim = f"statements {statement.id}", statement.claim
        yield from _unknown(f"{path}.source", [statement.source], case.sources, "source")
        yield from _unknown(f"{path}.claim", [claim], case.claims, "claim")
        if case.claims[claim].parts:
            yield f"{path}.claim", f"`{claim}` is a compound; attach the statement to one of its parts."
        if statement.embargo_until and case.now is None:
            yield f"{path}.embargo_until", "An embargo needs a clock: add now to the scenario."


def _relays(_: ScenarioFields, case: CaseFacts) -> Problems:
    """A relay joins statements with the same claim and stance; a first-hand statement repeats nothing."""
    for number, relay in enumerate(case.relays, 1):
        field, derived, origin = f"relays[{number}]", relay.derived, relay.origin
        yield from _unknown(field, (derived, origin), case.statements, "statement")
        one, other = case.statements[derived], case.statements[origin]
        if one.claim != other.claim:
            yield field, f"`{derived}` and `{origin}` are about different claims."
        if one.stance is not other.stance:
            yield field, f"`{derived}` {one.stance}, `{origin}` {other.stance}: the stances must match."
        if one.directness is Directness.FIRST_HAND:
            yield field, f"`{derived}` is first_hand, so it cannot repeat another statement."


def _replies(_: ScenarioFields, case: CaseFacts) -> Problems:
    for number, reply in enumerate(case.replies, 1):
        yield from _unknown(f"replies[{number}].covers", sorted(reply.covers), case.claims, "claim")


def _uses(scenario: ScenarioFields, case: CaseFacts) -> Problems:
    """Every mapping from claims names claims of the scenario; the copy relies on statements about its claims."""
    mappings: dict[str, object] = {
        "tasks": scenario.tasks,
        "use": scenario.use,
        "stated_source_count": scenario.stated_source_count,
        "signoffs": scenario.signoffs,
        "published": scenario.published,
        "expect.claims": scenario.expect and scenario.expect.claims,
    }
    for name, mapping in mappings.items():
        for claim_id in mapping if isinstance(mapping, dict) else ():
            yield from _unknown(f"{name}.{claim_id}", [claim_id], case.claims, "claim")
    yield from _unknown("relies_on", scenario.relies_on, case.statements, "statement")
    used = {member for claim_id in scenario.use for member in case.members(claim_id)}
    for name in scenario.relies_on:
        if case.statements[name].claim not in used:
            yield "relies_on", f"`{name}` is about a claim that the story does not use."


def _published(scenario: ScenarioFields, case: CaseFacts) -> Problems:
    """Only opinions were published without a finding."""
    published = scenario.published
    if isinstance(published, PublishedFields):
        uses = {"published.finding": (published, [case.claims[claim_id] for claim_id in scenario.use])}
    else:
        uses = {
            f"published.{claim_id}.finding": (use, [case.claims[claim_id]])
            for claim_id, use in (published or {}).items()
        }
    for field, (use, claims) in uses.items():
        opinions = bool(claims) and all(claim.kind is ClaimKind.OPINION for claim in claims)
        if use.finding is None and not opinions:
            yield field, "Only an opinion has no finding; give the published one."
