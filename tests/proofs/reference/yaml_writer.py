"""Scenarios as YAML in the form of tests/scenarios: one item per line."""

from collections.abc import Iterator
from typing import Any

import yaml

WIDTH = 120


def as_yaml(scenario: dict[str, Any]) -> str:
    """A scenario as it could stand in tests/scenarios."""
    return "\n".join(line for name, value in scenario.items() for line in field(name, value)) + "\n"


def field(name: str, value: Any, indent: int = 0) -> Iterator[str]:
    """One field: on one line if it fits and holds no items, else one item or field per line."""
    line = f"{' ' * indent}{name}: {flow(value)}"
    opened = holds_items(value) and indent < 4
    if not value or not isinstance(value, list | dict) or not (opened or len(line) > WIDTH):
        yield line
        return
    yield f"{' ' * indent}{name}:"
    if isinstance(value, dict):
        for inner, its in value.items():
            yield from field(inner, its, indent + 2)
    else:
        yield from (f"{' ' * indent}  - {wrapped(item, indent + 4)}" for item in value)


def holds_items(value: Any) -> bool:
    """Whether it is a list or a mapping of more than plain values."""
    inner = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    return any(isinstance(item, dict | list) and item for item in inner)


def flow(value: Any, width: float = float("inf")) -> str:
    """A value in flow style; the brackets around it keep YAML from ending the document after a bare word."""
    text = yaml.safe_dump([value], default_flow_style=True, sort_keys=False, width=width, allow_unicode=True)
    return text.strip()[1:-1]


def wrapped(value: Any, indent: int) -> str:
    """A value in flow style on as many lines as needed, the later ones indented below the first."""
    # YAML breaks a line after the entry that has passed the width, so the width leaves room for one.
    lines = flow(value, WIDTH - indent - 36).splitlines()
    return f"\n{' ' * (indent + 1)}".join(line.strip() for line in lines)
