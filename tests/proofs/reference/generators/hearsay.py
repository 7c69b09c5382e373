"""One claim of which a few people tell each other: loops, split groups, briefings, and people who say both."""

from typing import Any

from tests.proofs.reference.generators import builders
from tests.proofs.reference.generators.builders import Items
from tests.proofs.reference.generators.seeded_random import SeededRandom


def scenario(luck: SeededRandom) -> dict[str, Any]:
    """A scenario without its id."""
    names = [f"s{number}" for number in range(luck.randint(3, 7))]
    generated = statements(luck, names)
    claims: Items = [{"id": "c"} | luck.fields(("adverse_to", 0.3, [[name] for name in names]))]
    if luck.maybe(0.1):
        claims.append({"id": "w", "parts": ["c"]} | luck.fields(("adverse_to", 0.7, [[name] for name in names])))
    return builders.filled(
        {
            "policy": luck.choice(["routine", "contentious", "contentious", "serious"]),
            "claims": claims,
            "sources": [source(luck, name, names) for name in names],
            "statements": generated,
            "relays": builders.relays(luck, generated, luck.choice([0, 0.05, 0.2, 0.4]), loops=0.05),
            "use": {"c": luck.choice(["asserted", "attributed", "attributed", "debunk"])},
            "stated_source_count": {"c": luck.randint(1, 3)} if luck.maybe(0.2) else None,
        }
    )


def source(luck: SeededRandom, name: str, names: list[str]) -> dict[str, Any]:
    """Mostly a person with few ties. Some share a key."""
    kind = luck.choices(["person", "outlet", "document", "observation"], [12, 1, 1, 0.5])[0]
    fields = {"id": name, "type": kind} | luck.fields(
        ("key", 0.12, ["k1", "k2", "s0"]),
        ("org", 0.3, ["firm", "firm", *names]),
        ("camp", 0.15, ["red", "red", "blue"]),
        ("speaks_for", 0.08, ["firm", *names]),
        ("parent", 0.05, ["firm", *names]),
        ("benefits_if", 0.25, builders.GAINS),
        ("unnamed", 0.2, [True]),
        ("editor_knows", 0.15, [False, True]),
        ("reliability", 0.12, "ACDEF"),
    )
    if kind in ("document", "observation"):
        fields |= luck.fields(("authenticity", 0.9, builders.CHECKED), ("author", 0.3, names), ("issuer", 0.3, names))
    return fields


def statements(luck: SeededRandom, names: list[str]) -> Items:
    """Much second-hand, some of it in briefings, some of it ended, sometimes by people who say the opposite, too."""
    denials, endings = luck.choice([0.0, 0.15, 0.5, 0.85]), luck.choice([0.0, 0.15, 0.35])
    briefings, outside = luck.choice([0.0, 0.0, 0.4]), luck.choice([0.0, 0.0, 0.3])
    there = luck.choice([1, 4])
    circumstances = luck.choice([0.0, 0.0, 0.1])
    generated = []
    for number in range(luck.randint(3, 9)):
        fields = {"id": f"t{number}", "source": luck.choice(names), "claim": "c"}
        fields["stance"] = "denies" if luck.maybe(denials) else "affirms"
        fields["directness"] = luck.choices(["first_hand", "second_hand", "relayed"], [there, 4, 0.7])[0]
        if fields["directness"] == "second_hand":
            fields["informant"] = luck.choice([*names * 3, "unknown"])
        generated.append(
            fields
            | luck.fields(
                ("briefing", briefings, ["b1", "b1", "b2"]),
                ("ended", endings, builders.ENDINGS),
                ("obtained_by", outside, ["external"]),
                ("terms", 0.06, builders.TERMS),
            )
            | builders.circumstances(luck, circumstances)
        )
    return generated
