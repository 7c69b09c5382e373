"""One claim and few sources, with everything that makes statements depend on each other."""

from typing import Any

from tests.proofs.reference.generators import builders
from tests.proofs.reference.generators.builders import Items
from tests.proofs.reference.generators.seeded_random import SeededRandom


def scenario(luck: SeededRandom) -> dict[str, Any]:
    """A scenario without its id."""
    names = [f"s{number}" for number in range(luck.randint(2, 5))]
    calm = luck.choice([0.03, 0.1, 0.3])
    generated = statements(luck, names, calm)
    claim: dict[str, Any] = {"id": "c"}
    if luck.maybe(0.4):
        claim["adverse_to"] = luck.some([*names, *names, "ghost"], luck.choice([1, 1, 2]))
    accused = luck.choice(names) if luck.maybe(0.25) else None
    if accused:
        claim["adverse_to"] = [accused]
    counted = luck.maybe(0.3)
    return builders.filled(
        {
            "policy": luck.choice(["routine", "routine", "contentious", "contentious", "serious"]),
            "claims": [claim],
            "sources": sources(luck, names, calm, accused),
            "statements": generated,
            "relays": builders.relays(luck, generated, luck.choice([0, 0.1, 0.3])),
            "use": {"c": luck.choice(["asserted", "attributed", "debunk"])},
            "stated_source_count": {"c": luck.randint(0, 3)} if counted else None,
            "published": {"mode": "asserted", "finding": "verified"} if counted else None,
        }
    )


def sources(luck: SeededRandom, names: list[str], calm: float, accused: str | None) -> Items:
    """Mostly people. In some scenarios every other one is an agent, and in some of the accused."""
    agents = 0.6 if accused or luck.maybe(0.15) else 2 * calm
    principals = [accused] if accused else [*names, "ghost", "k1"]
    return [source(luck, name, names, calm, agents, principals) for name in names]


def source(
    luck: SeededRandom, name: str, names: list[str], calm: float, agents: float, principals: list[str]
) -> dict[str, Any]:
    """A source that may have ties to the others."""
    kind = luck.choices(["person", "organization", "document", "outlet", "observation"], [8, 1, 2, 1, 0.5])[0]
    fields = {"id": name, "type": kind} | luck.fields(
        ("reliability", calm, "ABCDEF"),
        ("unnamed", 0.25, [True]),
        ("key", calm, ["k1", "k2"]),
        ("editor_knows", calm, [False, False, True]),
        ("speaks_for", agents, principals),
        ("parent", calm, [*names, "ghost"]),
        ("benefits_if", 0.3, builders.GAINS),
        ("camp", 2 * calm, ["red", "red", "blue"]),
    )
    if kind != "organization":
        fields |= luck.fields(("org", 2 * calm, [*names, "ghost"]))
    if kind == "document":
        makers = [*names, "ghost", "ghost"]
        fields |= luck.fields(("author", 0.2, makers), ("issuer", 0.4, makers))
    if kind in ("document", "observation"):
        fields |= luck.fields(("authenticity", 0.95, builders.CHECKED))
    if kind in ("document", "observation") and luck.maybe(0.3):
        fields[luck.choice(["establishes", "contradicts"])] = ["c"]
    return fields


def statements(luck: SeededRandom, names: list[str], calm: float) -> Items:
    """Eyewitnesses, second-hand statements, and those that were withdrawn."""
    denials = luck.choice([0.0, 0.1, 0.3, 0.6, 0.75])
    external, withdrawn = luck.choice([0, 0.3]), luck.choice([0, 0.2])
    generated = []
    for number in range(luck.randint(2, 7)):
        fields = {"id": f"t{number}", "source": luck.choice(names), "claim": "c"}
        fields["stance"] = "denies" if luck.maybe(denials) else "affirms"
        fields["directness"] = luck.choices(["first_hand", "second_hand", "relayed"], [5, 5, 1])[0]
        if fields["directness"] == "second_hand":
            fields["informant"] = luck.choice([*names, *names, "unknown", "ghost"])
        generated.append(
            fields
            | luck.fields(
                ("obtained_by", external, ["external"]),
                ("terms", calm, builders.TERMS),
                ("ended", withdrawn + calm / 2, builders.ENDINGS),
                ("benefits_if", 2 * calm, builders.GAINS),
                ("briefing", calm, ["b1", "b2"]),
            )
            | builders.circumstances(luck, calm / 2)
        )
    return generated
