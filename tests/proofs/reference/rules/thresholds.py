"""Thresholds: the rows of the default policy, and the unmet requirements of one (sections 2 and 3)."""

from tests.proofs.reference.rules import groups, qualities
from tests.proofs.reference.rules.facts import World

Row = tuple[int, int, int, int, int]
"""Numbers of groups, in the order of REQUIREMENTS."""

REQUIREMENTS = ("groups", "first_hand", "named", "disinterested", "rated")
ROWS: dict[str, list[Row]] = {
    "routine": [(1, 1, 1, 0, 1)],
    "contentious": [(2, 1, 0, 1, 1)],
    "serious": [(2, 1, 1, 1, 1), (3, 2, 0, 1, 1)],
}


def counts_of(world: World, found: list[groups.Group]) -> Row:
    """The counts of these groups."""
    return (
        len(found),
        sum(qualities.first_hand(world, group) for group in found),
        sum(qualities.named(world, group) for group in found),
        sum(qualities.disinterested(world, group) for group in found),
        sum(qualities.rated(world, group) for group in found),
    )


def satisfied(row: Row, amount: Row) -> bool:
    """Whether every requirement is met."""
    return all(has >= need for has, need in zip(amount, row, strict=True))


def met_for(world: World, claim: str) -> bool:
    """Whether the affirming groups satisfy some row."""
    amount = counts_of(world, groups.independent(world, claim))
    return any(satisfied(row, amount) for row in ROWS[world.own_risk(claim)])


def met_against(world: World, claim: str) -> bool:
    """Whether the disinterested denying groups alone satisfy some row that requires at least one of them."""
    amount = counts_of(
        world, [group for group in groups.against(world, claim) if qualities.disinterested(world, group)]
    )
    return any(satisfied(raised(row), amount) for row in ROWS[world.own_risk(claim)])


def raised(row: Row) -> Row:
    """The row with its disinterested requirement raised to at least one, which the default rows would not need."""
    number, first_hand, named, disinterested, rated = row
    return number, first_hand, named, max(disinterested, 1), rated


def missing(world: World, claim: str) -> list[dict]:
    """The unmet requirements of the nearest row; the first of equally near ones."""
    amount = counts_of(world, groups.independent(world, claim))
    lacks = [
        [
            {"requirement": requirement, "need": need, "have": has}
            for requirement, need, has in zip(REQUIREMENTS, row, amount, strict=True)
            if has < need
        ]
        for row in ROWS[world.own_risk(claim)]
    ]
    return min(lacks, key=lambda lack: sum(item["need"] - item["have"] for item in lack))
