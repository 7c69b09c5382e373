"""Graph algorithms: disjoint sets and strongly connected components."""

from collections.abc import Callable, Collection, Hashable, Iterable, Mapping, Sequence
from typing import Generic, TypeVar, cast

Node = TypeVar("Node", bound=Hashable)
Leaf = TypeVar("Leaf", bound=Hashable)
Key = TypeVar("Key", bound=Hashable)


class DisjointSets(Generic[Node]):
    """Disjoint sets (union-find) of items, also joined by shared keys."""

    def __init__(self, items: Iterable[Node]) -> None:
        self.parent: dict[Node, Node] = {item: item for item in items}
        self.key_owner: dict[Hashable, Node] = {}

    def union_by_keys(self, item: Node, keys: Iterable[Hashable]) -> None:
        """Join the item with every item that has one of these keys."""
        for key in keys:
            self.union(self.key_owner.setdefault(key, item), item)

    def union(self, one: Node, other: Node) -> None:
        """Join the sets of two items."""
        self.parent[self.find(one)] = self.find(other)

    def find(self, item: Node) -> Node:
        """The representative of the item's set, with path halving."""
        parent = self.parent
        while parent[item] != item:
            parent[item] = parent[parent[item]]
            item = parent[item]
        return item

    def sets(self) -> list[list[Node]]:
        """The sets, each as a list of its items."""
        found: dict[Node, list[Node]] = {}
        for item in self.parent:
            found.setdefault(self.find(item), []).append(item)
        return list(found.values())


def strongly_connected_components(links: Mapping[Node, Sequence[Node]]) -> Iterable[list[Node]]:
    """The strongly connected components, each after those it links to (Tarjan, without recursion)."""
    order: dict[Node, int] = {}
    low: dict[Node, int] = {}
    pending: list[Node] = []
    waiting: set[Node] = set()
    for start in links:
        if start in order:
            continue
        if not links[start]:
            order[start] = len(order)
            yield [start]
            continue
        path = [(start, iter(links[start]))]
        order[start] = low[start] = len(order)
        pending.append(start)
        waiting.add(start)
        while path:
            node, targets = path[-1]
            fresh = next((target for target in targets if target not in order or target in waiting), None)
            if fresh is None:
                path.pop()
                if path:
                    above = path[-1][0]
                    low[above] = min(low[above], low[node])
                if low[node] == order[node]:
                    yield pop_component(pending, waiting, node)
            elif fresh in order:
                low[node] = min(low[node], order[fresh])
            else:
                order[fresh] = low[fresh] = len(order)
                pending.append(fresh)
                waiting.add(fresh)
                path.append((fresh, iter(links[fresh])))


def pop_component(pending: list[Node], waiting: set[Node], first: Node) -> list[Node]:
    """Pop the component of `first` from the stack."""
    circle: list[Node] = []
    while not circle or circle[-1] != first:
        circle.append(pending.pop())
        waiting.discard(circle[-1])
    return circle


def reachable_leaves(links: Mapping[Node, Sequence[Node]], leaves: Collection[Leaf]) -> dict[Node, frozenset[Leaf]]:
    """Node with links → the leaves that it reaches; also leaf with links to it → itself. Equal sets are shared."""
    reached: dict[Node, frozenset[Leaf]] = {}
    for circle in strongly_connected_components(links):
        if not links[circle[0]]:
            continue
        beyond = set()
        for far in {far for near in circle for far in links[near]}.difference(circle):
            if not links[far] and far not in reached:
                reached[far] = frozenset({cast(Leaf, far)}.intersection(leaves))
            beyond.add(reached[far])
        together = next(iter(beyond)) if len(beyond) == 1 else frozenset[Leaf]().union(*beyond)
        reached |= dict.fromkeys(circle, together)
    return reached


def group_by(items: Iterable[Node], key: Callable[[Node], Key]) -> dict[Key, list[Node]]:
    """Key → the items that have it, in order."""
    groups: dict[Key, list[Node]] = {}
    for item in items:
        groups.setdefault(key(item), []).append(item)
    return groups
