"""What the clock decides: restrictions in force and statements under embargo (sections 1 and 5)."""

from datetime import UTC, date, datetime
from typing import Any

from tests.proofs.reference.rules.facts import World, cached


def restricted_now(world: World, claim: str) -> bool:
    """Whether the claim itself has a restriction in force."""
    return any(before(world, restriction.get("until")) for restriction in world.claims[claim].get("restrictions") or [])


@cached
def embargoed(world: World) -> set[str]:
    """The statements that may not be published yet."""
    limits = {name: fields.get("embargo_until") for name, fields in world.statements.items()}
    return {name for name, until in limits.items() if until is not None and before(world, until)}


def before(world: World, until: Any) -> bool:
    """Whether it is now before that time. Without an end it always is."""
    return until is None or moment(world.scenario["now"]) < moment(until)


def moment(stated: Any) -> datetime:
    """A time from YAML or text; UTC if it has no time zone."""
    value = datetime.fromisoformat(stated) if isinstance(stated, str) else stated
    if isinstance(value, date) and not isinstance(value, datetime):
        value = datetime(value.year, value.month, value.day, tzinfo=UTC)
    return value if value.tzinfo else value.replace(tzinfo=UTC)
