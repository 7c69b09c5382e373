"""Groups as `manage.py assess` prints them, with joins enough to follow them (section 3)."""

from itertools import combinations
from typing import Any

from tests.proofs.reference.rules import joins
from tests.proofs.reference.rules.facts import World
from tests.proofs.reference.rules.groups import Group


def printed(world: World, found: list[Group]) -> list[dict[str, Any]]:
    """Groups by their first id."""
    listed = [{"statements": sorted(group.members), "joins": spanning(world, group)} for group in found]
    return sorted(listed, key=lambda group: group["statements"])


def spanning(world: World, group: Group) -> list[dict[str, Any]]:
    """Of all joining pairs, by lowest J and then by ids, those that tie together what was not tied yet."""
    hypothetical = world.of_ghosts()
    everybody = sorted(group.members.union(*group.components))
    pairs = [(joins.join(hypothetical, *pair), *pair) for pair in combinations(everybody, 2)]
    tied = {one: frozenset([one]) for one in everybody}
    kept = []
    for number, one, other in sorted(pair for pair in pairs if pair[0] is not None):
        if other not in tied[one]:
            kept.append({"between": [one, other], "by": f"J{number}"})
            whole = tied[one] | tied[other]
            tied |= dict.fromkeys(whole, whole)
    return kept
