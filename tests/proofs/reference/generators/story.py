"""Claims with simple and mostly decisive evidence, under a story with many details."""

from typing import Any

from tests.proofs.reference.generators import builders
from tests.proofs.reference.generators.builders import Items
from tests.proofs.reference.generators.seeded_random import SeededRandom

NOW = "2031-03-04T09:00:00Z"
EMBARGOES = ["2031-03-04T12:00:00Z", "2031-03-04T09:00:00Z", "2031-03-04T09:00:00", "2031-03-04T08:59:59Z"]
NAMES = ["s0", "s1", "s2", "s3"]
MODES = ["asserted", "attributed", "debunk", "asserted", "attributed", "debunk", "omitted"]


def scenario(luck: SeededRandom) -> dict[str, Any]:
    """A scenario without its id."""
    atoms = [f"c{number}" for number in range(luck.randint(1, 3))]
    embargoes = 0.5 if luck.maybe(0.4) else 0
    listed = claims(luck, atoms, EMBARGOES if embargoes else [])
    ids = [claim["id"] for claim in listed]
    speakers = sources(luck, atoms)
    generated = statements(luck, atoms, embargoes)
    use = {name: luck.choice(MODES) for name in luck.each(ids, 0.85)}
    return builders.filled(
        {
            "policy": luck.choice(["routine", "contentious", "contentious", "serious"]),
            "now": NOW if embargoes else None,
            "claims": listed,
            "sources": speakers,
            "statements": generated,
            "relays": builders.relays(luck, generated, 0.3),
            "replies": [reply(luck, ids, speakers) for _ in range(luck.choice([0, 1, 2, 3]))],
            "use": use,
            "relies_on": builders.relies(luck, listed, generated, use, 0.2),
            "stated_source_count": {name: luck.randint(0, 3) for name in luck.each(ids, 0.5)},
            "signoffs": {
                name: dict.fromkeys(luck.each(builders.SIGNATURES, 0.3), False) for name in luck.each(ids, 0.6)
            },
            "tasks": {name: luck.choice(["open", "exhausted"]) for name in luck.each(ids, 0.2)},
            "published": builders.published(luck, listed) if luck.maybe(0.6) else None,
        }
    )


def claims(luck: SeededRandom, atoms: list[str], times: list[str]) -> Items:
    """Simple claims, a few of them opinions, and compounds of the others; most adverse to a party."""
    listed: Items = [
        {"id": name} | luck.fields(("kind", 0.3, ["opinion", "forecast", "utterance", "utterance"])) for name in atoms
    ]
    plain = [claim["id"] for claim in listed if claim.get("kind") not in builders.JUDGEMENTS]
    if plain:
        listed += [{"id": name, "parts": luck.some(plain)} for name in luck.each(["w0", "w1"], 0.6)]
    for claim in listed:
        claim |= luck.fields(("risk", 0.4, builders.RISKS), ("needs_context", 0.06, [True]))
        if luck.maybe(0.05):
            claim["restrictions"] = builders.restrictions(luck, times)
        if luck.maybe(0.6):
            claim["adverse_to"] = luck.some([*NAMES, "ghost"], luck.choice([1, 1, 2]))
    builders.carry(luck, listed, 0.9)
    return listed


def sources(luck: SeededRandom, atoms: list[str]) -> Items:
    """Four people who know each other, and one record."""
    speakers = [
        {"id": name, "type": luck.choice(["person"] * 18 + ["organization", "outlet"])}
        | luck.fields(
            ("unnamed", 0.5, [True]),
            ("editor_knows", 0.12, [False]),
            ("key", 0.3, ["k1", "k2", "k3"]),
            ("benefits_if", 0.2, ["believed", "disbelieved"]),
            ("speaks_for", 0.3, [*NAMES, "ghost"]),
        )
        for name in NAMES
    ]
    record = {"id": "rec", "type": luck.choice(["document", "observation"])} | luck.fields(("unnamed", 0.2, [True]))
    record |= {way: luck.each(atoms, 0.5) for way in ("establishes", "contradicts")}
    record["authenticity"] = luck.choice(builders.CHECKED)
    return [*speakers, record]


def statements(luck: SeededRandom, atoms: list[str], embargoes: float) -> Items:
    """On each claim up to four statements, mostly of one stance."""
    generated: Items = []
    for claim in atoms:
        stances = luck.choice([["affirms"], ["affirms"], ["denies"], ["affirms", "affirms", "denies", "declines"]])
        for _ in range(luck.choice([0, 1, 2, 3, 4])):
            fields = {"id": f"t{len(generated)}", "source": luck.choice([*NAMES, "rec"]), "claim": claim}
            fields |= {"stance": luck.choice(stances), "directness": "first_hand"}
            if luck.maybe(0.15):
                fields |= {"directness": "second_hand", "informant": luck.choice([*NAMES, "unknown"])}
            fields |= luck.fields(
                ("ended", 0.15, builders.ENDINGS),
                ("inducement", 0.06, ["paid", "coerced"]),
                ("obtained_by", 0.12, ["external"]),
                ("terms", 0.15, builders.TERMS),
                ("briefing", 0.3, ["b1", "b2"]),
                ("embargo_until", embargoes, EMBARGOES),
            )
            generated.append(fields)
    return generated


def reply(luck: SeededRandom, ids: list[str], speakers: Items) -> dict[str, Any]:
    """A request to one of the four, answered by any of them."""
    identities = [source.get("key", source["id"]) for source in speakers]
    return {
        "to": luck.choice([*NAMES, "ghost"]),
        "covers": luck.some(ids),
        "outcome": luck.choice([*builders.OUTCOMES, "declined"]),
        "hours": luck.choice([0, 3, 4, 5, 23, 24]),
    } | luck.fields(
        ("deadline_passed", 0.4, [True, False, False]),
        ("specific", 0.2, [False]),
        ("reason", 0.3, ["because"]),
        ("respondent_key", 0.5, identities),
    )
