"""The product and the reference asked the same, in one process."""

from dataclasses import dataclass
from typing import Any

from editorial.management.scenarios import reader
from editorial.management.scenarios import results as product
from editorial.policy.verification import thresholds
from tests.proofs.reference.rules import results as reference

POLICY = thresholds.default_policy()


@dataclass(frozen=True)
class Difference:
    """One value that the two do not agree on: its path within the answer, and what each says."""

    path: tuple[str, ...]
    reference: Any
    product: Any

    @property
    def kinds(self) -> set[str]:
        """Which values they are, whatever the claim is called; of codes, those that only one of the two gives."""
        if self.path[-1] != "codes":
            return {self.path[-1]}
        return set(self.reference or ()) ^ set(self.product or ())


def by_product(*documents: dict[str, Any]) -> list[dict[str, Any]]:
    """What the product answers to the documents of a file, read as it reads them."""
    return [product.evaluate(scenario, POLICY) for scenario in reader.parse_scenarios(list(documents))]


def compare(scenario: dict[str, Any]) -> list[Difference]:
    """Everything that product and reference answer differently."""
    try:
        (ours,) = by_product(scenario)
        return differences(reference.answer(scenario), ours)
    except Exception as error:
        error.add_note(f"The scenario was {scenario!r}.")
        raise


def differences(reference: dict[str, Any], product: dict[str, Any]) -> list[Difference]:
    """Where two answers part."""
    one, other = flattened(reference), flattened(product)
    paths = [*one, *(path for path in other if path not in one)]
    return [Difference(path, one.get(path), other.get(path)) for path in paths if one.get(path) != other.get(path)]


def flattened(answer: dict[str, Any]) -> dict[tuple[str, ...], Any]:
    """Every value of an answer by its path, in a form in which order plays no part where the page gives none."""
    found: dict[tuple[str, ...], Any] = {}
    for claim, values in answer["claims"].items():
        found |= {("claims", claim, name): value for name, value in values.items() if name != "groups"}
        found |= {("claims", claim, "groups", side): unordered(groups) for side, groups in values["groups"].items()}
    for claim, use in answer["uses"].items():
        found |= {("uses", claim, name): value for name, value in use.items()}
    return found | {(name,): value for name, value in answer.items() if name not in ("claims", "uses")}


def unordered(groups: list[dict[str, Any]]) -> list[Any]:
    """Groups in one order of our own."""
    return sorted(
        [sorted(group["statements"]), sorted([*sorted(join["between"]), join["by"]] for join in group["joins"])]
        for group in groups
    )
