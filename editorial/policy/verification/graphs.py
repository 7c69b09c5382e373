"""Graph algorithms: disjoint sets and strongly connected components."""

from collections.abc import Hashable, Iterable, Mapping, Sequence
from typing import Generic, TypeVar

Node = TypeVar("Node", bound=Hashable)


class DisjointSets(Generic[Node]):
    """Disjoint sets (union-find) of items, also joined by shared keys."""

    def __init__(self, items: Iterable[Node]) -> None:
        self.parent: dict[Node, Node] = {item: item for item in items}
        self.key_owner: dict[Hashable, Node] = {}

    def union_by_keys(self, item: Node, keys: Iterable[Hashable]) -> None:
        """Join the item with every item that has one of these keys."""
        for key in keys:
            self.union(self.key_owner.setdefault(key, item), item)

    def union(self, first: Node, second: Node) -> None:
        """Join the sets of two items."""
        self.parent[self.find(first)] = self.find(second)

    def find(self, item: Node) -> Node:
        """The representative of the item's set, with path halving."""
        parent = self.parent
        while parent[item] != item:
            parent[item] = parent[parent[item]]
            item = parent[item]
        return item

    def sets(self) -> list[list[Node]]:
        """The sets, each as a list of its items."""
        by_root: dict[Node, list[Node]] = {}
        for item in self.parent:
            by_root.setdefault(self.find(item), []).append(item)
        return list(by_root.values())


def strongly_connected_components(links: Mapping[Node, Sequence[Node]]) -> Iterable[list[Node]]:
    """The strongly connected components, each after those it links to (Tarjan, without recursion)."""
    order: dict[Node, int] = {}
    low: dict[Node, int] = {}
    pending: list[Node] = []
    waiting: set[Node] = set()
    for start in links:
        if start in order:
            continue
        path = [(start, iter(links[start]))]
        order[start] = low[start] = len(order)
        pending.append(start)
        waiting.add(start)
        while path:
            node, targets = path[-1]
            successor = next((target for target in targets if target not in order or target in waiting), None)
            if successor is None:
                path.pop()
                if path:
                    parent = path[-1][0]
                    low[parent] = min(low[parent], low[node])
                if low[node] == order[node]:
                    yield pop_component(pending, waiting, node)
            elif successor in order:
                low[node] = min(low[node], order[successor])
            else:
                order[successor] = low[successor] = len(order)
                pending.append(successor)
                waiting.add(successor)
                path.append((successor, iter(links[successor])))


def pop_component(pending: list[Node], waiting: set[Node], first: Node) -> list[Node]:
    """Pop the component of `first` from the stack."""
    component: list[Node] = []
    while not component or component[-1] != first:
        component.append(pending.pop())
        waiting.discard(component[-1])
    return component
