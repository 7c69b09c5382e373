"""The same scenario, evaluated by product and reference in one process."""

from dataclasses import dataclass
from typing import Any

from editorial.management.scenarios import reader
from editorial.management.scenarios import results as product
from editorial.policy.verification import thresholds
from tests.proofs.reference.rules import results as reference

POLICY = thresholds.default_policy()


@dataclass(frozen=True)
class Difference:
    """A value on which the two disagree: its path within the result, and both values."""

    path: tuple[str, ...]
    reference: Any
    product: Any

    @property
    def kinds(self) -> set[str]:
        """The kinds of difference, whatever the claim is called; of codes, those that only one of the two reports."""
        if self.path[-1] != "codes":
            return {self.path[-1]}
        return set(self.reference or ()) ^ set(self.product or ())


def by_product(*documents: dict[str, Any]) -> list[dict[str, Any]]:
    """The product's results for the documents of a file, parsed by the product."""
    return [product.evaluate(scenario, POLICY) for scenario in reader.parse_scenarios(list(documents))]


def compare(scenario: dict[str, Any]) -> list[Difference]:
    """All differences between product and reference."""
    try:
        (ours,) = by_product(scenario)
        return differences(reference.answer(scenario), ours)
    except Exception as error:
        error.add_note(f"The scenario was {scenario!r}.")
        raise


def differences(reference: dict[str, Any], product: dict[str, Any]) -> list[Difference]:
    """The differences between two results."""
    left, right = flattened(reference), flattened(product)
    paths = [*left, *(path for path in right if path not in left)]
    return [Difference(path, left.get(path), right.get(path)) for path in paths if left.get(path) != right.get(path)]


def flattened(result: dict[str, Any]) -> dict[tuple[str, ...], Any]:
    """Every value of a result by its path, sorted where the page gives no order."""
    values_by_path: dict[tuple[str, ...], Any] = {}
    for claim, values in result["claims"].items():
        values_by_path |= {("claims", claim, name): value for name, value in values.items() if name != "groups"}
        values_by_path |= {
            ("claims", claim, "groups", side): unordered(groups) for side, groups in values["groups"].items()
        }
    for claim, use in result["uses"].items():
        values_by_path |= {("uses", claim, name): value for name, value in use.items()}
    return values_by_path | {(name,): value for name, value in result.items() if name not in ("claims", "uses")}


def unordered(groups: list[dict[str, Any]]) -> list[Any]:
    """Groups in a fixed order."""
    return sorted(
        [sorted(group["statements"]), sorted([*sorted(join["between"]), join["by"]] for join in group["joins"])]
        for group in groups
    )
