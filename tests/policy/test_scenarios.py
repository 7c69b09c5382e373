"""The scenario files are the contract: every one agrees, and every invalid one is refused politely."""

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from editorial.management.scenarios import expectations, reader, results
from editorial.management.scenarios.yaml_loader import ScenarioError
from editorial.policy.verification import thresholds

FOLDER = Path(__file__).parent.parent / "scenarios"
ROOT = FOLDER.parent.parent
VALID = sorted(path for path in FOLDER.glob("*.yaml") if path.name != "invalid.yaml")
SCENARIOS = [(path.name, scenario) for path in VALID for scenario in reader.read(path)]

START = """
id: start
claims: [{id: c}, {id: d}]
sources: [{id: s, type: person}, {id: board, type: organization}]
statements:
  - {id: a, source: s, claim: c, stance: affirms, directness: first_hand}
  - {id: b, source: s, claim: d, stance: denies, directness: relayed}
"""


@pytest.mark.parametrize(
    "scenario", [pytest.param(document, id=f"{name}:{document.id}") for name, document in SCENARIOS]
)
def test_a_scenario_has_its_expected_results(scenario):
    result = results.evaluate(scenario, thresholds.default_policy())
    assert scenario.expect, "a scenario that expects nothing cannot fail"
    assert list(expectations.differences(scenario.expect, result)) == []


def error_of(text, tmp_path):
    """Write the text to a file of its own and return the message that refuses it."""
    path = tmp_path / "bad.yaml"
    path.write_bytes(text if isinstance(text, bytes) else text.encode("utf-8", "surrogatepass"))
    with pytest.raises(ScenarioError) as refusal:
        reader.read(path)
    return str(refusal.value)


INVALID = [part for part in (FOLDER / "invalid.yaml").read_text("utf-8").split("\n---\n") if "\nid: " in part]
FIELDS = {
    "unknown-field": "reliabilty",
    "unknown-value": "benefits_if",
    "missing-required-field": "directness",
    "unknown-id": "source",
    "statement-on-a-compound": "claim",
    "opinion-as-a-part": "parts",
    "name-of-the-first-edition": "direct",
    "compound-as-a-part": "parts",
    "forecast-with-parts": "parts",
    "carries-on-content": "carries",
    "carries-an-utterance": "carries",
    "timed-restriction-without-now": "restrictions",
    "source-called-unknown": "sources unknown",
    "organization-with-an-employer": "org",
    "relies-on-what-is-only-carried": "relies_on",
    "blank-key": "key",
    "one-id-twice": "id",
    "relay-across-claims": "relays",
    "relay-across-stances": "relays",
    "relay-from-first-hand": "relays",
    "relies-outside-the-story": "relies_on",
    "embargo-without-now": "embargo_until",
}


@pytest.mark.parametrize("text", [pytest.param(text, id=yaml.safe_load(text)["id"]) for text in INVALID])
def test_an_invalid_document_is_refused_with_its_scenario_and_field(text, tmp_path):
    scenario_id = yaml.safe_load(text)["id"]
    message = error_of(text, tmp_path)
    assert scenario_id in message
    assert FIELDS[scenario_id] in message


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ("claims: [{id: 1}]", "claims[1].id"),
        ("claims: [{id: yes}]", "claims[1].id"),
        ("claims: [{id: 2024-10-25}]", "claims[1].id"),
        ("claims: [{id: ''}]", "claims[1].id"),
        ("claims: [{text: none}]", "claims[1].id"),
        ("claims: [c]", "claims[1].id"),
        ("claims: c", "claims"),
        ("claims: [{id: c}, {id: c}]", "claims c.id"),
        ("claims: [{id: x, drop: true}]", "claims x.drop"),
        ("claims: [{id: c, drop: 1}]", "claims c.drop"),
        ("claims: [{id: c, drop: true, text: gone}]", "claims c.drop"),
        ("claims: [{id: c, parts: [d]}]", "statements a.claim"),
        ("claims: [{id: e, parts: [f]}, {id: f, parts: [d]}]", "claims e.parts"),
        ("claims: [{id: e, parts: [e]}]", "claims e.parts"),
        ("claims: [{id: e, parts: [nobody]}]", "claims e.parts"),
        ("claims: [{id: e, kind: opinion, parts: [c]}]", "claims e.parts"),
        ("claims: [{id: e, risk: mild}]", "claims e.risk"),
        ("claims: [{id: e, adverse_to: s}]", "claims e.adverse_to"),
        ("claims: [{id: e, adverse_to: [7]}]", "claims e.adverse_to[1]"),
        ("sources: [{id: s}]", "sources s.type"),
        ("sources: [{id: s, type: human}]", "sources s.type"),
        ("sources: [{id: s, type: person, unnamed: 1}]", "sources s.unnamed"),
        ("sources: [{id: s, type: person, key: 17}]", "sources s.key"),
        ("sources: [{id: s, type: person, reliability: G}]", "sources s.reliability"),
        ("sources: [{id: s, type: document, establishes: [nothing]}]", "sources s.establishes"),
        ("sources: [{id: s, type: document, contradicts: [nothing]}]", "sources s.contradicts"),
        ("sources: [{id: board, type: organization, org: s}]", "sources board.org"),
        ("statements: [{id: a, source: s, claim: x, stance: affirms, directness: first_hand}]", "statements a.claim"),
        ("statements: [{id: a, source: s, claim: c, stance: no, directness: first_hand}]", "statements a.stance"),
        ("now: soon", "now"),
        ("now: 7", "now"),
        ("now: '0001-01-01T00:00:00+23:00'", "now"),
        ("relays: [a]", "relays[1]"),
        ("relays: [[b]]", "relays[1]"),
        ("relays: {b: a}", "relays"),
        ("relays: [[b, nothing]]", "relays[1]"),
        ("replies: {to: s}", "replies"),
        ("replies: [{covers: [c], outcome: replied}]", "replies[1].to"),
        ("replies: [{to: s, outcome: replied}]", "replies[1].covers"),
        ("replies: [{to: s, covers: [c]}]", "replies[1].outcome"),
        ("replies: [{to: s, covers: [x], outcome: replied}]", "replies[1].covers"),
        ("replies: [{to: s, covers: [c], outcome: replied, hours: -1}]", "replies[1].hours"),
        ("replies: [{to: s, covers: [c], outcome: replied, hours: .nan}]", "replies[1].hours"),
        ("replies: [{to: s, covers: [c], outcome: replied, hours: .inf}]", "replies[1].hours"),
        ("replies: [{to: s, covers: [c], outcome: replied, hours: true}]", "replies[1].hours"),
        ("replies: [{to: s, covers: [c], outcome: replied, hours: '4'}]", "replies[1].hours"),
        ("use: {x: asserted}", "use.x"),
        ("use: {c: printed}", "use.c"),
        ("use: [c]", "use"),
        ("use: {c: asserted}\nrelies_on: [b]", "relies_on"),
        ("relies_on: [nothing]", "relies_on"),
        ("stated_source_count: {c: -1}", "stated_source_count.c"),
        ("stated_source_count: {c: true}", "stated_source_count.c"),
        ("stated_source_count: {c: 1.5}", "stated_source_count.c"),
        ("tasks: busy", "tasks"),
        ("tasks: {x: open}", "tasks.x"),
        ("claims: [{id: mode}]\ntasks: {mode: busy}", "tasks.mode"),
        ("signoffs: {c: {lawful: true}}", "signoffs.c.lawful"),
        ("signoffs: {c: true}", "signoffs.c"),
        ("signoffs: {x: {legal: true}}", "signoffs.x"),
        ("use: {c: asserted}\npublished: {mode: asserted}", "published.finding"),
        ("use: {c: asserted}\npublished: {mode: asserted, finding: true}", "published.finding"),
        ("claims: [{id: e, kind: opinion}]\npublished: {e: {mode: asserted}}", "published.e.finding"),
        ("published: {x: {mode: asserted, finding: verified}}", "published.x"),
        ("published: {c: {finding: verified}}", "published.c.mode"),
        ("published: often", "published"),
        ("published: {c: often}", "published.mode"),
        ("published: {c: {mode: asserted, finding: verified, note: 1}, note: x, d: {mode: said}}", "published.d.mode"),
        ("replies: [{to: s, covers: {c: c}, outcome: replied}]", "replies[1].covers"),
        ("replies: [{to: s, covers: [c], outcome: replied, hours: 1" + "0" * 400 + "}]", "replies[1].hours"),
        ("policy: strict", "policy"),
        ("expect: {verdict: pass}", "expect.verdict"),
        ("expect: {gate: open}", "expect.gate"),
        ("expect: {codes: [E_NOTHING]}", "expect.codes[1]"),
        ("expect: {claims: {x: {finding: verified}}}", "expect.claims.x"),
        ("expect: {claims: {c: {finding: proven}}}", "expect.claims.c.finding"),
        ("expect: {claims: {c: {origins: many}}}", "expect.claims.c.origins"),
        ("colour: red", "colour"),
        ("extends: later", "extends"),
        ("extends: changed", "extends"),
        ("id: start", "id"),
    ],
)
def test_an_error_names_its_scenario_and_field(change, field, tmp_path):
    own = "" if change.startswith("id:") else "id: changed\n"
    extends = "" if change.startswith("extends:") else "extends: start\n"
    message = error_of(f"{START}---\n{own}{extends}{change}\n---\nid: later\n", tmp_path)
    assert re.match(rf"(changed|start|document 2), {re.escape(field)}: \S", message), message


@pytest.mark.parametrize(
    "rubbish",
    [
        pytest.param("", id="empty"),
        pytest.param("# only a comment\n", id="comment"),
        pytest.param("---\n", id="nothing"),
        pytest.param("just words", id="words"),
        pytest.param("- id: x", id="list"),
        pytest.param("42", id="number"),
        pytest.param(b"\x00\x01\x02\xff\xfe", id="binary"),
        pytest.param("id: J\xf8rgen".encode("latin-1"), id="latin-1"),
        pytest.param("id: x".encode("utf-16"), id="utf-16"),
        pytest.param("id: \ud800", id="surrogate"),
        pytest.param("id: [", id="unclosed"),
        pytest.param("id: x\nid: y", id="key twice"),
        pytest.param("id: x\nclaims: [{id: c, id: c}]", id="key twice below"),
        pytest.param("? [a, b]\n: c", id="list as key"),
        pytest.param("1: x", id="number as key"),
        pytest.param("id: !!python/object/apply:os.system [ls]", id="python tag"),
        pytest.param("id: !mine x", id="own tag"),
        pytest.param("id: !!binary aGk=", id="binary tag"),
        pytest.param("id: !!int x", id="lying tag"),
        pytest.param("<<: {id: x}", id="merge key"),
        pytest.param("id: " + "9" * 6000, id="endless number"),
        pytest.param("id: 2031-13-45", id="no such day"),
        pytest.param("id: *nothing", id="alias to nothing"),
        pytest.param("&loop [*loop]", id="alias to itself"),
        pytest.param("id: x\nnote: " + "[" * 100_000, id="deep"),
        pytest.param("id: x\nnote: " + "[" * 50 + "]" * 50, id="quite deep"),
        pytest.param("id: x\nclaims: " + "{id: c, parts: " * 400 + "[]" + "}" * 400, id="deep mappings"),
        pytest.param("%YAML 3.0\n---\nid: x", id="future"),
        pytest.param("id: x\n---\n", id="empty document"),
        pytest.param("id: x\n---\nid: x", id="scenario twice"),
    ],
)
def test_arbitrary_input_is_refused_with_a_message(rubbish, tmp_path):
    message = error_of(rubbish, tmp_path)
    assert len(message) < 500
    assert "\n" not in message


def test_an_alias_bomb_is_refused(tmp_path):
    lines = ["a: &a [x, x, x, x, x, x, x, x, x, x]"]
    for name, next_name in zip("abcdefghi", "bcdefghij", strict=True):
        lines.append(f"{next_name}: &{next_name} [{', '.join([f'*{name}'] * 10)}]")
    assert "aliases" in error_of("\n".join(lines), tmp_path)


def test_an_alias_repeats_a_value(tmp_path):
    path = tmp_path / "good.yaml"
    path.write_text(START.replace("[{id: c}, {id: d}]", "[{id: c, adverse_to: &who [s]}, {id: d, adverse_to: *who}]"))
    (scenario,) = reader.read(path)
    assert scenario.case.claims["c"].adverse_to == scenario.case.claims["d"].adverse_to == ("s",)


@pytest.mark.parametrize(
    "source",
    [
        "{id: s, type: person, author: 3, issuer: ' ', authenticity: odd, establishes: [nothing], contradicts: 1}",
        "{id: s, type: outlet, authenticity: genuine}",
        "{id: s, type: observation, author: 3}",
    ],
)
def test_fields_of_another_type_of_source_are_ignored_and_not_checked(source, tmp_path):
    path = tmp_path / "good.yaml"
    path.write_text(f"id: x\nsources: [{source}]\n")
    (scenario,) = reader.read(path)
    assert (scenario.case.sources["s"].author, scenario.case.sources["s"].is_fake) == (None, False)


@pytest.mark.parametrize("now", ["2031-03-04 09:00:00", "'2031-03-04T09:00:00'", "2031-03-04T10:00:00+01:00"])
def test_a_time_may_be_written_as_yaml_or_as_text_and_is_utc_without_a_zone(now, tmp_path):
    path = tmp_path / "good.yaml"
    path.write_text(f"{START}now: {now}\n")
    (scenario,) = reader.read(path)
    assert scenario.case.now.isoformat() == "2031-03-04T09:00:00+00:00"


@pytest.mark.parametrize(("finding", "remedy"), [("null", "none"), ("unverified", "update")])
@pytest.mark.parametrize("published", ["{{mode: attributed, finding: {}}}", "{{e: {{mode: attributed, finding: {}}}}}"])
def test_an_opinion_was_published_as_such_or_as_a_claim_with_a_finding(published, finding, remedy, tmp_path):
    path = tmp_path / "good.yaml"
    path.write_text(
        f"{START}---\nid: said\nextends: start\nclaims: [{{id: e, kind: opinion}}]\n"
        f"use: {{e: attributed}}\npublished: {published.format(finding)}\n"
    )
    _, scenario = reader.read(path)
    assert scenario.published["e"].finding == yaml.safe_load(finding)
    assert results.evaluate(scenario, thresholds.default_policy())["remedy"] == remedy


def run(*arguments):
    """Run the command as an operator does."""
    return subprocess.run(  # noqa: S603 - our own command
        [sys.executable, "manage.py", "assess", *map(str, arguments)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


@pytest.mark.servers
def test_the_command_prints_one_line_of_json_for_each_scenario():
    process = run(FOLDER / "relays.yaml", FOLDER / "gate.yaml")
    assert (process.returncode, process.stderr) == (0, "")
    printed = [json.loads(line) for line in process.stdout.splitlines()]
    assert len(printed) == 29
    assert list(printed[0]) == ["id", "claims", "gate", "codes", "uses", "remedy"]
    assert list(printed[0]["claims"]["plant-sold"]) == [
        *("finding", "basis", "contested", "origins", "independent", "against"),
        *("missing", "hangs_on", "groups"),
    ]


@pytest.mark.servers
def test_the_command_agrees_with_every_scenario():
    process = run("--expect", *VALID)
    assert (process.returncode, process.stdout, process.stderr) == (0, "", "")


@pytest.mark.servers
def test_the_command_reports_differences_and_exits_with_one(tmp_path):
    path = tmp_path / "wrong.yaml"
    path.write_text(f"{START}use: {{c: asserted}}\nexpect: {{gate: pass, claims: {{c: {{independent: 2}}}}}}\n")
    process = run("--expect", path, VALID[0])
    assert process.returncode == 1
    assert "c.independent: expected 2, found 1" in process.stdout
    assert 'gate: expected "pass", found "hold"' in process.stdout


@pytest.mark.servers
def test_the_command_refuses_a_bad_file_and_continues_with_the_next(tmp_path):
    missing, folder = tmp_path / "missing.yaml", tmp_path
    process = run(FOLDER / "invalid.yaml", missing, folder, FOLDER / "hangs-on.yaml")
    assert process.returncode == 2
    assert [json.loads(line)["id"] for line in process.stdout.splitlines()] == [
        "one-or-two-or-nobody",
        "hangs-on-the-name",
    ]
    errors = process.stderr.splitlines()
    assert len(errors) == 3
    assert "invalid.yaml" in errors[0]
    assert "unknown-field" in errors[0]
    assert "reliabilty" in errors[0]
    assert "Traceback" not in process.stderr
