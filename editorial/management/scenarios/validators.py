"""Consistency checks of a scenario: ids, parts, relays, embargoes and the story."""

from collections.abc import Mapping

from editorial.management.scenarios.field_reader import FieldReader
from editorial.policy.facts import CaseFacts, ClaimFacts, ClaimUseFacts, SourceFacts, StatementFacts
from editorial.policy.vocabulary import ClaimKind, Directness, Mode, SourceType


def check_claims(fields: FieldReader, claims: Mapping[str, ClaimFacts]) -> None:
    """Parts are recorded claims, neither compounds nor opinions; an opinion has no parts."""
    for claim in claims.values():
        name = f"claims {claim.id}.parts"
        fields.require_known(name, claim.parts, claims, "claim")
        if claim.parts and claim.kind is ClaimKind.OPINION:
            raise fields.error(name, "An opinion has no parts; remove them or change its kind.")
        for part in claim.parts:
            if claims[part].parts:
                raise fields.error(name, f"`{part}` is itself a compound; list its parts instead.")
            if claims[part].kind is ClaimKind.OPINION:
                raise fields.error(name, f"`{part}` is an opinion, which cannot be a part.")


def check_sources(fields: FieldReader, sources: Mapping[str, SourceFacts], claims: Mapping[str, ClaimFacts]) -> None:
    """A source settles recorded claims only; an organization is its own employer."""
    for source in sources.values():
        fields.require_known(f"sources {source.id}.establishes", sorted(source.establishes), claims, "claim")
        fields.require_known(f"sources {source.id}.contradicts", sorted(source.contradicts), claims, "claim")
        if source.type is SourceType.ORGANIZATION and source.org:
            raise fields.error(f"sources {source.id}.org", "An organization is its own employer; remove org.")


def check_statement(item: FieldReader, about: str, claims: Mapping[str, ClaimFacts]) -> None:
    """A statement is about a recorded claim that is not a compound."""
    item.require_known("claim", [about], claims, "claim")
    if claims[about].parts:
        raise item.error("claim", f"`{about}` is a compound; attach the statement to one of its parts.")


def check_relay(
    fields: FieldReader, name: str, derived: str, origin: str, statements: Mapping[str, StatementFacts]
) -> None:
    """A relay joins statements with the same claim and stance; a first-hand statement repeats nothing."""
    fields.require_known(name, (derived, origin), statements, "statement")
    one, other = statements[derived], statements[origin]
    if one.claim != other.claim:
        raise fields.error(name, f"`{derived}` and `{origin}` are about different claims.")
    if one.stance is not other.stance:
        raise fields.error(name, f"`{derived}` {one.stance}, `{origin}` {other.stance}: the stances must match.")
    if one.directness is Directness.FIRST_HAND:
        raise fields.error(name, f"`{derived}` is first_hand, so it cannot repeat another statement.")


def check_clock(fields: FieldReader, case: CaseFacts) -> None:
    """An embargo requires a clock."""
    if case.now is None:
        for statement in case.statements.values():
            if statement.embargo_until:
                name = f"statements {statement.id}.embargo_until"
                raise fields.error(name, "An embargo needs a clock: add now to the scenario.")


def claim_uses(
    fields: FieldReader, case: CaseFacts, modes: Mapping[str, Mode], says: Mapping[str, int]
) -> dict[str, ClaimUseFacts]:
    """Each use with the statements that the copy relies on: on its claim or on one of its parts."""
    relies_on = fields.strings("relies_on")
    fields.require_known("relies_on", relies_on, case.statements, "statement")
    members = {claim_id: case.members(claim_id) for claim_id in modes}
    used = {member for parts in members.values() for member in parts}
    for name in relies_on:
        if case.statements[name].claim not in used:
            raise fields.error("relies_on", f"`{name}` is about a claim that the story does not use.")
    return {
        claim_id: ClaimUseFacts(
            mode=mode,
            relies_on=frozenset(name for name in relies_on if case.statements[name].claim in members[claim_id]),
            stated_source_count=says.get(claim_id),
        )
        for claim_id, mode in modes.items()
    }
