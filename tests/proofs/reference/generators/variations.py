"""Variations of the scenarios in tests/scenarios and of corners.yaml: rare rules, and a few random changes.

Chance alone seldom meets the cases that those were written for, and they are seldom met from more than one side.
"""

import copy
from functools import cache
from pathlib import Path
from typing import Any

from tests.proofs.reference.generators import builders, tidying
from tests.proofs.reference.generators.seeded_random import SeededRandom
from tests.proofs.reference.rules import inheritance

Scenario = dict[str, Any]

HERE = Path(__file__).parents[1]
NOW = "2031-03-04T09:00:00Z"
TIMES = ("2031-03-04T08:00:00Z", "2031-03-04T09:00:00Z", "2031-03-04T10:00:00Z")
ABSENT = None
YES = (True, True, ABSENT)

STATEMENT_FIELDS = {
    "stance": ("affirms", "affirms", "affirms", "denies", "denies", "unaware", "declines"),
    "directness": ("first_hand", "first_hand", "second_hand", "second_hand", "relayed"),
    "terms": (*builders.TERMS, ABSENT),
    "obtained_by": ("external", "external", ABSENT),
    "briefing": ("b1", "b1", "b2", ABSENT),
    "benefits_if": (*builders.GAINS, ABSENT),
    "ended": (*builders.ENDINGS, ABSENT, ABSENT),
    "inducement": ("paid", "coerced", ABSENT),
    "collector_conflict": YES,
    "translation": ("machine", ABSENT),
    "embargo_until": (*TIMES, ABSENT),
}
SOURCE_FIELDS = {
    "type": ("person", "person", "organization", "document", "outlet", "observation"),
    "reliability": tuple("ACDEF"),
    "unnamed": YES,
    "editor_knows": (False, False, ABSENT),
    "benefits_if": (*builders.GAINS, ABSENT),
    "camp": ("red", "red", ABSENT),
    "authenticity": (*builders.CHECKED, ABSENT),
}
TIES = ("key", "org", "speaks_for", "parent", "author", "issuer")
CLAIM_FIELDS = {
    "risk": (*builders.RISKS, ABSENT),
    "kind": ("utterance", "opinion", "forecast", ABSENT),
    "needs_context": YES,
    "restrictions": ([{"kind": "court"}], [{"kind": "minor", "until": TIMES[1]}], ABSENT),
}


@cache
def originals() -> tuple[list[Scenario], list[Scenario]]:
    """The scenarios of tests/scenarios, and the corners."""
    folder = HERE.parents[1] / "scenarios"
    kept = [path for path in sorted(folder.glob("*.yaml")) if path.name != "invalid.yaml"]
    return [scenario for path in kept for scenario in inheritance.read(path)], inheritance.read(HERE / "corners.yaml")


def scenario(luck: SeededRandom) -> Scenario:
    """A scenario without its id."""
    chosen = luck.choice(luck.choice(originals()))
    varied = {"claims": [], "sources": [], "statements": []} | copy.deepcopy(chosen)
    varied = {name: value for name, value in varied.items() if name not in ("id", "expect", "note")}
    for _ in range(luck.randint(1, 6)):
        luck.choice(CHANGES)(luck, varied)
    return repaired(varied)


def vary_field(luck: SeededRandom, scenario: Scenario) -> None:
    """Change one field of a statement, a source or a claim."""
    kinds = (("statements", STATEMENT_FIELDS), ("sources", SOURCE_FIELDS), ("claims", CLAIM_FIELDS))
    name, fields = luck.choices(kinds, [5, 3, 1])[0]
    if scenario[name]:
        field = luck.choice(list(fields))
        put(luck.choice(scenario[name]), field, luck.choice(fields[field]))


def vary_tie(luck: SeededRandom, scenario: Scenario) -> None:
    """Tie a source to another, or name another speaker, informant, party or settled claim."""
    names = [source["id"] for source in scenario["sources"]]
    if not names:
        return
    every = [*names, "ghost"]
    what = luck.choice(["tie", "tie", "speaker", "informant", "informant", "party", "settles"])
    if what == "tie":
        put(luck.choice(scenario["sources"]), luck.choice(TIES), luck.choice([*every, "k1", ABSENT]))
    elif what == "party" and scenario["claims"]:
        put(luck.choice(scenario["claims"]), "adverse_to", luck.choice([luck.some(every, 2), ABSENT]))
    elif what == "settles" and scenario["claims"]:
        atoms = [claim["id"] for claim in scenario["claims"] if not claim.get("parts")]
        put(luck.choice(scenario["sources"]), luck.choice(["establishes", "contradicts"]), luck.some(atoms, 2))
    elif what in ("speaker", "informant") and scenario["statements"]:
        field = "source" if what == "speaker" else "informant"
        put(luck.choice(scenario["statements"]), field, luck.choice(names))


def double(luck: SeededRandom, scenario: Scenario) -> None:
    """Say something again, with one difference, by somebody else or the same."""
    if scenario["statements"]:
        twin = luck.choice(scenario["statements"]) | {"id": f"again-{len(scenario['statements'])}"}
        field = luck.choice(list(STATEMENT_FIELDS))
        put(twin, field, luck.choice(STATEMENT_FIELDS[field]))
        if luck.maybe(0.7):
            twin["source"] = luck.choice(scenario["sources"])["id"]
        scenario["statements"].append(twin)


def another_source(luck: SeededRandom, scenario: Scenario) -> None:
    """Let somebody new say what another says."""
    if scenario["statements"]:
        name = f"new-{len(scenario['sources'])}"
        scenario["sources"].append({"id": name, "type": luck.choice(["person", "person", "outlet", "document"])})
        twin = luck.choice(scenario["statements"])
        scenario["statements"].append(twin | {"id": f"again-{len(scenario['statements'])}", "source": name})


def relay(luck: SeededRandom, scenario: Scenario) -> None:
    """Let one statement repeat another, or no longer."""
    relays = scenario.setdefault("relays", [])
    if relays and luck.maybe(0.2):
        relays.remove(luck.choice(relays))
    elif scenario["statements"]:
        derived, origin = luck.choice(scenario["statements"]), luck.choice(scenario["statements"])
        if derived.get("directness") == "first_hand":
            derived["directness"] = luck.choice(["second_hand", "relayed"])
        relays.append([derived["id"], origin["id"]])


def vary_story(luck: SeededRandom, scenario: Scenario) -> None:
    """Change the story, or the risk of everything."""
    ids = [claim["id"] for claim in scenario["claims"]]
    what = luck.choice(["policy", "use", "use", "count", "relies_on", "published", "signoffs", "tasks"])
    if what == "policy":
        scenario["policy"] = luck.choice(builders.RISKS)
    elif ids and what == "use":
        use = scenario.get("use") or {}
        modes = ["asserted", "attributed", "debunk", "omitted"]
        scenario["use"] = use | {luck.choice(ids): luck.choice(modes)}
    elif ids and what == "count":
        counts = scenario.get("stated_source_count") or {}
        scenario["stated_source_count"] = counts | {luck.choice(ids): luck.randint(0, 3)}
    elif what == "relies_on" and scenario["statements"]:
        names = [statement["id"] for statement in scenario["statements"]]
        scenario["relies_on"] = luck.some(names, 2)
    elif what == "published":
        scenario["published"] = builders.published(luck, scenario["claims"])
    elif ids and what == "signoffs":
        missing = {luck.choice(builders.SIGNATURES): False}
        scenario["signoffs"] = (scenario.get("signoffs") or {}) | {luck.choice(ids): missing}
    elif what == "tasks":
        scenario["tasks"] = luck.choice(["none", "open", "exhausted"])


CHANGES = (*[vary_field] * 4, *[vary_tie] * 2, double, double, another_source, relay, vary_story)


def put(item: dict[str, Any], field: str, value: Any) -> None:
    """Set an optional field, or remove it."""
    item.pop(field, None)
    if value is not ABSENT:
        item[field] = value


def repaired(scenario: Scenario) -> Scenario:
    """The scenario without what a valid one may not contain."""
    compounds = {claim["id"] for claim in scenario["claims"] if claim.get("parts")}
    parts = {part for claim in scenario["claims"] for part in claim.get("parts") or []}
    for claim in scenario["claims"]:
        if claim["id"] in compounds | parts and claim.get("kind") in builders.JUDGEMENTS:
            del claim["kind"]
    utterances = {claim["id"] for claim in scenario["claims"] if claim.get("kind") == "utterance"}
    for claim in scenario["claims"]:
        if claim.get("carries"):
            claim["carries"] = [one for one in claim["carries"] if one not in utterances]
    for source in scenario["sources"]:
        if source["type"] == "organization":
            source.pop("org", None)
    by_id = {statement["id"]: statement for statement in scenario["statements"]}
    scenario["relays"] = [
        [derived, origin]
        for derived, origin in scenario.get("relays") or []
        if by_id[derived]["directness"] != "first_hand"
        and by_id[derived]["claim"] == by_id[origin]["claim"]
        and by_id[derived]["stance"] == by_id[origin]["stance"]
    ]
    return tidying.tidy({"now": NOW} | scenario)
