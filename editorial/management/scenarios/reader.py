"""Reads scenario files into facts."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from editorial.management.scenarios import consistency, inheritance, schema, validators, yaml_loader
from editorial.management.scenarios.schema import (
    ClaimFields,
    Fields,
    PublishedFields,
    ScenarioFields,
    StatementFields,
)
from editorial.policy.facts import (
    CaseFacts,
    ClaimFacts,
    ClaimUseFacts,
    PublishedFacts,
    RelayFacts,
    ReplyRequestFacts,
    RestrictionFacts,
    SignoffFacts,
    SourceFacts,
    StatementFacts,
    StoryFacts,
)
from editorial.policy.publication.carried import with_carried
from editorial.policy.vocabulary import Mode, Risk, default_terms


@dataclass(frozen=True, slots=True, kw_only=True)
class Scenario:
    """A case, its story, the earlier published state (None: not published), and the expectations."""

    id: str
    case: CaseFacts
    story: StoryFacts
    published: Mapping[str, PublishedFacts] | None
    expect: Mapping[str, Any]


def read(path: Path) -> list[Scenario]:
    """The scenarios of a file. Raises ScenarioError if any is invalid."""
    return parse_scenarios(yaml_loader.read(path))


def parse_scenarios(documents: list[Any]) -> list[Scenario]:
    """The scenarios of a file's documents. Raises ScenarioError if any is invalid."""
    return [_scenario(fields) for fields in inheritance.resolve_all(documents)]


def _scenario(fields: dict[str, Any]) -> Scenario:
    scenario = validators.validate(fields)
    case = _case(scenario)
    consistency.check(scenario, case)
    story = _story(scenario, case)
    return Scenario(
        id=scenario.id,
        case=case,
        story=story,
        published=_published(scenario, case, story),
        expect={name: value for name, value in fields.get("expect", {}).items() if name != "note"},
    )


def _values(item: Fields) -> dict[str, Any]:
    """The fields that are present. For the others, the facts have defaults."""
    return item.model_dump(exclude_none=True)


def _case(scenario: ScenarioFields) -> CaseFacts:
    tasks = scenario.tasks
    sources = {source.id: SourceFacts(**_values(source)) for source in scenario.sources}
    return CaseFacts.of(
        claims=(_claim(item, scenario.policy) for item in scenario.claims),
        sources=sources.values(),
        statements=(_statement(item, sources.get(item.source)) for item in scenario.statements),
        relays=(RelayFacts(derived, origin) for derived, origin in scenario.relays),
        replies=(ReplyRequestFacts(**_values(reply)) for reply in scenario.replies),
        tasks=tasks if isinstance(tasks, dict) else {claim.id: tasks for claim in scenario.claims},
        now=scenario.now,
    )


def _claim(item: ClaimFields, risk: Risk) -> ClaimFacts:
    restrictions = tuple(RestrictionFacts(**_values(restriction)) for restriction in item.restrictions or ())
    return ClaimFacts(**{"risk": risk} | _values(item) | {"restrictions": restrictions})


def _statement(item: StatementFields, source: SourceFacts | None) -> StatementFacts:
    terms = default_terms(unnamed=source is not None and source.unnamed)
    return StatementFacts(**{"terms": terms} | _values(item), archived=item.exhibit is not None)


def _story(scenario: ScenarioFields, case: CaseFacts) -> StoryFacts:
    """Each use with the statements that the copy relies on: on its claim or on one of its parts."""
    return StoryFacts(
        uses={
            claim_id: ClaimUseFacts(
                mode=mode,
                relies_on=frozenset(
                    name for name in scenario.relies_on if case.statements[name].claim in case.members(claim_id)
                ),
                stated_source_count=scenario.stated_source_count.get(claim_id),
            )
            for claim_id, mode in scenario.use.items()
        },
        stated_source_counts=scenario.stated_source_count,
        signoffs={
            claim_id: SignoffFacts(**_values(scenario.signoffs.get(claim_id, schema.SignoffFields())))
            for claim_id in case.claims
        },
    )


def _published(scenario: ScenarioFields, case: CaseFacts, story: StoryFacts) -> dict[str, PublishedFacts] | None:
    """Each published use. The one mapping for all uses holds for those that are carried, too, as attributed asides."""
    published = scenario.published
    if published is None:
        return None
    if isinstance(published, PublishedFields):
        aside = published.model_copy(update={"central": False})
        if published.mode is not Mode.OMITTED:
            aside = aside.model_copy(update={"mode": Mode.ATTRIBUTED})
        uses = with_carried(case, story)
        published = {
            claim_id: published if use is story.uses.get(claim_id) else aside for claim_id, use in uses.items()
        }
    counts = scenario.stated_source_count
    return {
        claim_id: PublishedFacts(**{"finding": None} | _values(use), stated_source_count=counts.get(claim_id))
        for claim_id, use in published.items()
    }
