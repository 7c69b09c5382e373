"""What in a scenario must fit together: ids, parts, relays, embargoes and the story."""

from collections.abc import Mapping

from editorial.management.scenarios.field_reader import Fields
from editorial.policy.facts import CaseFacts, ClaimFacts, ClaimUseFacts, SourceFacts, StatementFacts
from editorial.policy.vocabulary import ClaimKind, Directness, Mode, SourceType


def check_claims(fields: Fields, claims: Mapping[str, ClaimFacts]) -> None:
    """Parts are recorded claims, no compounds and no opinions; an opinion has none."""
    for claim in claims.values():
        name = f"claims {claim.id}.parts"
        fields.known(name, claim.parts, claims, "claim")
        if claim.parts and claim.kind is ClaimKind.OPINION:
            raise fields.wrong(name, "An opinion has no parts; remove them or change its kind.")
        for part in claim.parts:
            if claims[part].parts:
                raise fields.wrong(name, f"`{part}` is a compound itself; name its parts instead.")
            if claims[part].kind is ClaimKind.OPINION:
                raise fields.wrong(name, f"`{part}` is an opinion, which is no part of anything.")


def check_sources(fields: Fields, sources: Mapping[str, SourceFacts], claims: Mapping[str, ClaimFacts]) -> None:
    """What a source settles is recorded; an organization is its own employer."""
    for source in sources.values():
        fields.known(f"sources {source.id}.establishes", sorted(source.establishes), claims, "claim")
        fields.known(f"sources {source.id}.contradicts", sorted(source.contradicts), claims, "claim")
        if source.type is SourceType.ORGANIZATION and source.org:
            raise fields.wrong(f"sources {source.id}.org", "An organization is its own; remove org.")


def check_statement(item: Fields, about: str, claims: Mapping[str, ClaimFacts]) -> None:
    """A statement is about a recorded claim that is no compound."""
    item.known("claim", [about], claims, "claim")
    if claims[about].parts:
        raise item.wrong("claim", f"`{about}` is a compound; attach the statement to one of its parts.")


def check_relay(fields: Fields, name: str, derived: str, origin: str, statements: Mapping[str, StatementFacts]) -> None:
    """A relay stays within one claim and one stance, and who was there repeats nobody."""
    fields.known(name, (derived, origin), statements, "statement")
    one, other = statements[derived], statements[origin]
    if one.claim != other.claim:
        raise fields.wrong(name, f"`{derived}` and `{origin}` are about different claims.")
    if one.stance is not other.stance:
        raise fields.wrong(name, f"`{derived}` {one.stance}, `{origin}` {other.stance}: that is no repetition.")
    if one.direct is Directness.FIRST_HAND:
        raise fields.wrong(name, f"`{derived}` is first_hand and repeats nobody.")


def check_clock(fields: Fields, case: CaseFacts) -> None:
    """Where there is an embargo there must be a clock."""
    if case.now is None:
        for statement in case.statements.values():
            if statement.embargo_until:
                name = f"statements {statement.id}.embargo_until"
                raise fields.wrong(name, "An embargo needs a clock: add now to the scenario.")


def claim_uses(
    fields: Fields, case: CaseFacts, modes: Mapping[str, Mode], says: Mapping[str, int]
) -> dict[str, ClaimUseFacts]:
    """Each use with the statements that the copy leans on there: those on its claim or on a part of it."""
    relies = fields.words("relies")
    fields.known("relies", relies, case.statements, "statement")
    members = {claim_id: case.members(claim_id) for claim_id in modes}
    used = {member for parts in members.values() for member in parts}
    for name in relies:
        if case.statements[name].claim not in used:
            raise fields.wrong("relies", f"`{name}` is about a claim that the story does not use.")
    return {
        claim_id: ClaimUseFacts(
            mode=mode,
            relies=frozenset(name for name in relies if case.statements[name].claim in members[claim_id]),
            says_sources=says.get(claim_id),
        )
        for claim_id, mode in modes.items()
    }
