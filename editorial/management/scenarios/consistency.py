"""Consistency checks of a scenario: ids, parts, relays, embargoes and the story."""

from collections.abc import Iterable, Iterator, Mapping

from editorial.management.scenarios.schema import ScenarioFields
from editorial.management.scenarios.yaml_loader import ScenarioError, display_value
from editorial.policy.facts import UNKNOWN, CaseFacts
from editorial.policy.vocabulary import ClaimKind, Directness, SourceType

Problems = Iterator[tuple[str, str]]
"""Pairs of field and message."""


def check(scenario: ScenarioFields, case: CaseFacts) -> None:
    """Raise ScenarioError about the first contradiction."""
    for check_part in (_claims, _carried, _sources, _statements, _relays, _replies, _uses):
        for field, message in check_part(scenario, case):
            raise ScenarioError(message, scenario=scenario.id, field=field)


def _unknown(field: str, ids: Iterable[str], known: Mapping[str, object], kind: str) -> Problems:
    """References to something that the scenario does not contain."""
    for name in ids:
        if name not in known:
            yield field, f"{display_value(name)} is not a {kind} of this scenario."


def _claims(_: ScenarioFields, case: CaseFacts) -> Problems:
    """Parts are claims of the scenario, neither compounds nor judgements; a judgement has no parts."""
    for claim in case.claims.values():
        field = f"claims {claim.id}.parts"
        yield from _unknown(field, claim.parts, case.claims, "claim")
        if claim.parts and claim.kind.is_judgement:
            yield field, f"A claim of kind {claim.kind} has no parts; remove them or change its kind."
        for part in claim.parts:
            if case.claims[part].parts:
                yield field, f"`{part}` is itself a compound; list its parts instead."
            if case.claims[part].kind.is_judgement:
                yield field, f"`{part}` is of kind {case.claims[part].kind}, which cannot be a part."
        if case.now is None and any(restriction.until for restriction in claim.restrictions):
            yield f"claims {claim.id}.restrictions", "A restriction with an end needs a clock: add now to the scenario."


def _carried(_: ScenarioFields, case: CaseFacts) -> Problems:
    """An utterance carries claims of the scenario, none of them an utterance."""
    for claim in case.claims.values():
        field = f"claims {claim.id}.carries"
        yield from _unknown(field, claim.carries, case.claims, "claim")
        if claim.carries and claim.kind is not ClaimKind.UTTERANCE:
            yield field, "Only an utterance carries claims; remove them or change its kind."
        for carried in claim.carries:
            if case.claims[carried].kind is ClaimKind.UTTERANCE:
                yield field, f"`{carried}` is itself an utterance; list the claims that it carries instead."


def _sources(_: ScenarioFields, case: CaseFacts) -> Problems:
    """A source settles claims of the scenario only; an organisation is its own employer; no source is unknown."""
    for source in case.sources.values():
        if source.id == UNKNOWN:
            yield f"sources {source.id}.id", "`unknown` stands for an informant that is not known; give another id."
        yield from _unknown(f"sources {source.id}.establishes", sorted(source.establishes), case.claims, "claim")
        yield from _unknown(f"sources {source.id}.contradicts", sorted(source.contradicts), case.claims, "claim")
        if source.type is SourceType.ORGANIZATION and source.org:
            yield f"sources {source.id}.org", "An organisation is its own employer; remove org."


def _statements(scenario: ScenarioFields, case: CaseFacts) -> Problems:
    """A statement is about a claim that is not a compound. An embargo requires a clock."""
    for item in scenario.statements:
        if item.ended_by:
            yield from _unknown(f"statements {item.id}.ended_by", [item.ended_by], case.statements, "statement")
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
        field = f"relays[{number}]"
        yield from _unknown(field, (relay.derived, relay.origin), case.statements, "statement")
        derived, origin = case.statements[relay.derived], case.statements[relay.origin]
        if derived.claim != origin.claim:
            yield field, f"`{derived.id}` and `{origin.id}` are about different claims."
        if derived.stance is not origin.stance:
            yield field, f"`{derived.id}` {derived.stance}, `{origin.id}` {origin.stance}: the stances must match."
        if derived.directness is Directness.FIRST_HAND:
            yield field, f"`{derived.id}` is first_hand, so it cannot repeat another statement."


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
