"""Repeatable random choices."""

from collections.abc import Sequence
from random import Random
from typing import Any


class SeededRandom(Random):
    """Random numbers with the methods that generators need."""

    def maybe(self, chance: float) -> bool:
        """True about this often."""
        return self.random() < chance

    def some(self, values: Sequence[Any], most: int | None = None) -> list[Any]:
        """One or more of the values, each once."""
        return self.sample(values, self.randint(1, min(most or len(values), len(values))))

    def fields(self, *chances: tuple[str, float, Sequence[Any]]) -> dict[str, Any]:
        """Of (field, chance, values) those that are set, each with one of its values."""
        return {name: self.choice(values) for name, chance, values in chances if self.maybe(chance)}

    def each(self, names: Sequence[str], chance: float) -> list[str]:
        """A random selection of the names."""
        return [name for name in names if self.maybe(chance)]
