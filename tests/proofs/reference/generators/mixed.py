"""Everything at once: several claims, many ties, every field, in moods from tidy to wild."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

from tests.proofs.reference.generators import builders
from tests.proofs.reference.generators.builders import Items
from tests.proofs.reference.generators.seeded_random import SeededRandom

NOW = datetime(2031, 3, 4, 9, tzinfo=UTC)
TIMES = [
    notation
    for until in (NOW + timedelta(minutes=minutes) for minutes in (-60, -1, 0, 1, 60))
    for notation in (
        until.isoformat(),
        f"{until:%Y-%m-%dT%H:%M:%SZ}",
        f"{until:%Y-%m-%dT%H:%M:%S}",
        until.astimezone(timezone(timedelta(hours=2))).isoformat(),
    )
]
KEYS = ["k1", "k2", "k3"]
NOBODY = ["ghost", "ghost2"]


@dataclass
class Mood:
    """How wild the statements are, how many ties there are, and which one tie is tested in isolation."""

    wild: float
    ties: float
    focus: str | None
    quiet: bool

    @classmethod
    def of(cls, luck: SeededRandom) -> "Mood":
        """Drawn first, or every tie would always obscure every other."""
        looked_at = luck.choice(["org", "camp", "parent", "speaks_for", "makers", "briefing", "masks"])
        focus = looked_at if luck.maybe(0.7) else None
        quiet = focus is not None and luck.maybe(0.7)
        ties = 0.0 if quiet else luck.choice([0.0, 0.05, 0.2, 0.5])
        return cls(luck.choice([0.05, 0.2, 0.4, 0.8]), ties, focus, quiet)

    def tie(self, field: str, chance: float) -> float:
        """How often a field is set: often if it is tested."""
        return chance if self.focus == field else self.ties


def scenario(luck: SeededRandom) -> dict[str, Any]:
    """A scenario without its id."""
    mood = Mood.of(luck)
    names = [f"s{number}" for number in range(luck.choice([2, 4, 6, 9, 12]))]
    timed = luck.maybe(0.35)
    listed = claims(luck, names, TIMES if timed else [])
    atoms = [claim["id"] for claim in listed if "parts" not in claim]
    speakers = [source(luck, mood, name, names, atoms) for name in names]
    generated = statements(luck, mood, names, atoms)
    ids = [claim["id"] for claim in listed]
    use = {
        name: luck.choice(["asserted", "attributed", "debunk", "asserted", "attributed", "omitted"])
        for name in luck.each(ids, 0.85)
    }
    return builders.filled(
        luck.fields(("policy", 0.85, ["routine", "contentious", "contentious", "serious"]))
        | clock(luck, generated, timed)
        | {
            "claims": listed,
            "sources": speakers,
            "statements": generated,
            "relays": builders.relays(luck, generated, luck.choice([0.0, 0.05, 0.2, 0.5])),
            "replies": [reply(luck, names, ids, speakers) for _ in range(luck.choice([0, 0, 1, 2, 4]))],
            "use": use,
            "relies_on": builders.relies(luck, listed, generated, use, 0.15 * mood.wild),
            "stated_source_count": {name: luck.randint(0, 4) for name in luck.each(ids, luck.choice([0, 0.6]))},
            "signoffs": signoffs(luck, ids),
            "tasks": tasks(luck, ids),
            "published": builders.published(luck, listed) if luck.maybe(0.6) else None,
        }
    )


def a_name(luck: SeededRandom, names: list[str]) -> str:
    """Mostly a recorded name, sometimes an unknown one, sometimes a source's key."""
    return luck.choice(luck.choices([names, NOBODY, KEYS], [75, 20, 5])[0])


def claims(luck: SeededRandom, names: list[str], times: list[str]) -> Items:
    """Simple claims of every kind, and up to two compounds of them."""
    listed = [
        {"id": f"c{number}"} | luck.fields(("kind", 0.3, ["opinion", "forecast", "utterance", "utterance", "content"]))
        for number in range(luck.choice([1, 1, 2, 2, 3, 4]))
    ]
    plain = [claim["id"] for claim in listed if claim.get("kind") not in builders.JUDGEMENTS]
    for number in range(2):
        if plain and luck.maybe(0.35):
            compound = {"id": f"w{number}", "parts": luck.some(plain, 3)} | luck.fields(("kind", 0.1, ["utterance"]))
            listed.insert(luck.randint(0, len(listed)), compound)
    for claim in listed:
        claim |= luck.fields(("risk", 0.3, builders.RISKS))
        claim |= luck.fields(("needs_context", 0.1, [True, False]))
        if luck.maybe(0.4):
            claim["adverse_to"] = [a_name(luck, names) for _ in range(luck.randint(1, 2))]
        if luck.maybe(0.08):
            claim["restrictions"] = builders.restrictions(luck, times)
    builders.carry(luck, listed, 0.8)
    return listed


def source(luck: SeededRandom, mood: Mood, name: str, names: list[str], atoms: list[str]) -> dict[str, Any]:
    """A source with ties to others."""
    papers = 10 if mood.focus == "makers" else 3
    kinds = ["person", "organization", "document", "outlet", "observation"]
    kind = luck.choices(kinds, [6, 2, papers, 1.2, 1])[0]
    fields = {"id": name, "type": kind} | luck.fields(
        ("reliability", 0.3 * mood.wild + 0.05, "ABCDEF"),
        ("unnamed", 0.6 if mood.focus == "masks" else 0.05 if mood.quiet else 0.3, [True, True, True, False]),
        ("key", mood.ties / 2, KEYS),
        ("editor_knows", 0.2, [True, False]),
        ("camp", mood.tie("camp", 0.8), ["red", "blue"]),
        ("benefits_if", 0.3, builders.GAINS),
    )
    if mood.focus == "camp":
        fields |= luck.fields(("benefits_if", 0.6, ["believed", "believed", "disbelieved"]))
    ties = {"org": mood.tie("org", 0.7), "speaks_for": mood.tie("speaks_for", 0.5), "parent": mood.tie("parent", 0.5)}
    if kind == "organization":
        del ties["org"]
    if kind == "document":
        ties |= {"author": 0.4, "issuer": 0.4}
    if kind in ("document", "observation"):
        fields |= luck.fields(("authenticity", 0.85, builders.CHECKED))
        fields |= {way: luck.some(atoms) for way in luck.each(["establishes", "contradicts"], 0.3)}
    # The tested field ties many to the same few, or two sources with one tie would be rare.
    few = {mood.focus: names[:2]}
    return fields | {field: a_name(luck, few.get(field, names)) for field in ties if luck.maybe(ties[field])}


def statements(luck: SeededRandom, mood: Mood, names: list[str], atoms: list[str]) -> Items:
    """Few claims get most of the statements, or none would ever get enough."""
    denials = luck.choice([0.05, 0.05, 0.25, 0.5, 0.9])
    briefings = 0.5 if mood.focus in ("briefing", "masks") else luck.choice([0.0, 0.0, 0.1, 0.4])
    stage = luck.some(atoms, 2)
    generated = []
    for number in range(luck.randint(2, 14)):
        claim = luck.choice(stage if luck.maybe(0.7) else atoms)
        fields = {"id": f"t{number}", "source": luck.choice(names), "claim": claim}
        fields["stance"] = "denies" if luck.maybe(denials) else "affirms"
        if luck.maybe(0.06):
            fields["stance"] = luck.choice(["unaware", "cannot_confirm", "declines", "qualifies"])
        fields["directness"] = luck.choices(["first_hand", "second_hand", "relayed"], [3, 2, mood.wild + 0.1])[0]
        if fields["directness"] == "second_hand" or luck.maybe(0.05):
            fields |= luck.fields(("informant", 0.9, names * 5 + ["unknown", "ghost", "k1"]))
        generated.append(
            fields
            | luck.fields(
                ("terms", 0.3 * mood.wild, builders.TERMS),
                ("obtained_by", 0.5 * mood.wild, ["us", "external", "external"]),
                ("briefing", briefings, ["b1", "b2"]),
                ("benefits_if", 0.1, builders.GAINS),
                ("ended", 0.4 * mood.wild, builders.ENDINGS),
            )
            | builders.circumstances(luck, 0.15 * mood.wild)
        )
    return generated


def clock(luck: SeededRandom, generated: Items, timed: bool) -> dict[str, str]:
    """Sometimes the time, and embargoes around it to the minute, with and without time zones."""
    if not timed:
        return {}
    for statement in generated:
        statement |= luck.fields(("embargo_until", 0.3, TIMES))
    return {"now": luck.choice(["2031-03-04T09:00:00Z", "2031-03-04T09:00:00", "2031-03-04T10:00:00+01:00"])}


def reply(luck: SeededRandom, names: list[str], ids: list[str], speakers: Items) -> dict[str, Any]:
    """A request to a party, with a respondent who may be an unnamed source of ours."""
    masked = [source.get("key", source["id"]) for source in speakers if source.get("unnamed")]
    return {
        "to": a_name(luck, names),
        "covers": luck.some(ids, 3),
        "outcome": luck.choice(builders.OUTCOMES),
    } | luck.fields(
        ("hours", 0.85, [0, 1, 3, 4, 6, 23, 24, 30]),
        ("deadline_passed", 0.4, [True, False]),
        ("specific", 0.3, [True, False]),
        ("reason", 0.3, ["because", "because", "", " "]),
        ("respondent_key", 0.4, KEYS + names + masked * 3),
    )


def signoffs(luck: SeededRandom, ids: list[str]) -> dict[str, dict[str, bool]]:
    """Signatures stated as present or missing."""
    signed = luck.each(ids, luck.choice([0, 0.6]))
    return {name: luck.fields(*((what, 0.6, [True, False]) for what in builders.SIGNATURES)) for name in signed}


def tasks(luck: SeededRandom, ids: list[str]) -> str | dict[str, str] | None:
    """One value for all claims, or claim by claim."""
    standings = ["none", "open", "exhausted"]
    by_claim = {name: luck.choice(standings) for name in luck.each(ids, 0.6)}
    return luck.choices([None, luck.choice(standings), by_claim], [60, 15, 25])[0]
