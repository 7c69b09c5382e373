"""Chance that can be repeated."""

from collections.abc import Sequence
from random import Random
from typing import Any


class SeededRandom(Random):
    """Random numbers with the questions that inventors ask."""

    def maybe(self, chance: float) -> bool:
        """True about so often."""
        return self.random() < chance

    def some(self, values: Sequence[Any], most: int | None = None) -> list[Any]:
        """One or more of the values, each once."""
        return self.sample(values, self.randint(1, min(most or len(values), len(values))))

    def fields(self, *chances: tuple[str, float, Sequence[Any]]) -> dict[str, Any]:
        """Of (field, chance, values) those that are given, each with one of its values."""
        return {name: self.choice(values) for name, chance, values in chances if self.maybe(chance)}

    def each(self, names: Sequence[str], chance: float) -> list[str]:
        """Those of the names that chance picks."""
        return [name for name in names if self.maybe(chance)]
