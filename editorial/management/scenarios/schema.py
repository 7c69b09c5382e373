"""The fields of a scenario (docs/reference/verification.md, sections 1 and 7).

An optional field that is absent or null is None here; `reader` leaves its default to the facts.
"""

from datetime import UTC, date, datetime
from typing import Annotated, Any, Literal, TypeVar

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Discriminator,
    Field,
    StrictBool,
    Tag,
    ValidationInfo,
    model_validator,
)

from editorial.management.scenarios.yaml_loader import display_value
from editorial.policy.vocabulary import (
    Authenticity,
    Basis,
    BenefitsIf,
    ClaimKind,
    Code,
    Directness,
    Ending,
    FindingValue,
    Gate,
    Inducement,
    Mode,
    ObtainedBy,
    Reliability,
    RemedyKind,
    ReplyOutcome,
    RestrictionKind,
    ReviewProgress,
    Risk,
    SourceType,
    Stance,
    Terms,
    Translation,
)

T = TypeVar("T")


def parse_time(value: Any) -> datetime:
    """A time as YAML or as ISO text; UTC if it has no zone."""
    try:
        time = datetime.fromisoformat(value) if isinstance(value, str) else value
        if isinstance(time, date) and not isinstance(time, datetime):
            time = datetime(time.year, time.month, time.day, tzinfo=UTC)
        return (time if time.tzinfo else time.replace(tzinfo=UTC)).astimezone(UTC)
    except (ValueError, AttributeError, TypeError, OverflowError):
        raise ValueError(f'{display_value(value)} is not a time; write it like "2031-03-04T09:00:00Z".') from None


def drop_notes(value: Any, info: ValidationInfo) -> Any:
    """The mapping without nulls and its note. A claim may be called `note`."""
    if not isinstance(value, dict):
        return value
    ignored = {"note"} - (info.context or set())
    return {key: item for key, item in value.items() if item is not None and key not in ignored}


Name = Annotated[str, Field(pattern=r"\S")]
Names = Annotated[tuple[Name, ...], AfterValidator(lambda names: tuple(dict.fromkeys(names)))]
Time = Annotated[datetime, BeforeValidator(parse_time)]
Count = Annotated[int, Field(strict=True, ge=0)]
Hours = Annotated[float, Field(strict=True, ge=0, allow_inf_nan=False)]
Relay = Annotated[tuple[Name, ...], Field(min_length=2, max_length=2)]
Ignored = Annotated[Any, Field(exclude=True)]
PerClaim = Annotated[dict[str, T], BeforeValidator(drop_notes)]


class Fields(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    note: Ignored = None


class RestrictionFields(Fields):
    kind: RestrictionKind
    until: Time | None = None


class ClaimFields(Fields):
    id: Name
    kind: ClaimKind | None = None
    risk: Risk | None = None
    adverse_to: Names | None = None
    parts: Names | None = None
    carries: Names | None = None
    restrictions: tuple[RestrictionFields, ...] | None = None
    needs_context: StrictBool | None = None
    text: Ignored = None


_TYPES_BY_FIELD = dict.fromkeys(("author", "issuer"), frozenset({SourceType.DOCUMENT})) | dict.fromkeys(
    ("authenticity", "establishes", "contradicts"), frozenset({SourceType.DOCUMENT, SourceType.OBSERVATION})
)
"""Field → the types of source that have it. On any other it is ignored, and what is ignored is not checked."""


class SourceFields(Fields):
    id: Name
    type: SourceType
    reliability: Reliability | None = None
    unnamed: StrictBool | None = None
    key: Name | None = None
    editor_knows: StrictBool | None = None
    org: Name | None = None
    speaks_for: Name | None = None
    parent: Name | None = None
    benefits_if: BenefitsIf | None = None
    camp: Name | None = None
    author: Name | None = None
    issuer: Name | None = None
    authenticity: Authenticity | None = None
    establishes: frozenset[Name] | None = None
    contradicts: frozenset[Name] | None = None
    name: Ignored = None
    description: Ignored = None

    @model_validator(mode="before")
    @classmethod
    def drop_fields_of_other_types(cls, value: Any) -> Any:
        """The fields without those that only other types of source have."""
        every_type = list(SourceType)
        if not isinstance(value, dict) or value.get("type") not in every_type:
            return value
        return {key: item for key, item in value.items() if value["type"] in _TYPES_BY_FIELD.get(key, every_type)}


class StatementFields(Fields):
    id: Name
    source: Name
    claim: Name
    stance: Stance
    directness: Directness
    terms: Terms | None = None
    informant: Name | None = None
    obtained_by: ObtainedBy | None = None
    briefing: Name | None = None
    benefits_if: BenefitsIf | None = None
    embargo_until: Time | None = None
    ended: Ending | None = None
    ended_by: Name | None = Field(default=None, exclude=True)
    inducement: Inducement | None = None
    collector_conflict: StrictBool | None = None
    translation: Translation | None = None
    exhibit: Ignored = None
    quote: Ignored = None
    said_at: Ignored = None
    credibility: Ignored = None


class ReplyFields(Fields):
    to: Name
    covers: frozenset[Name]
    outcome: ReplyOutcome
    hours: Hours | None = None
    deadline_passed: StrictBool | None = None
    specific: StrictBool | None = None
    reason: str | None = None
    respondent_key: Name | None = None


class SignoffFields(Fields):
    """In a scenario, every signature exists unless stated otherwise."""

    legal: StrictBool = True
    standards: StrictBool = True
    four_eyes: StrictBool = True


class PublishedFields(Fields):
    """`finding` is null for a claim published as a judgement."""

    mode: Mode
    finding: FindingValue | None
    central: StrictBool | None = None
    contested: StrictBool | None = None


class GroupExpectations(Fields):
    independent: list[Any] | None = None
    against: list[Any] | None = None
    origins: list[Any] | None = None


class ClaimExpectations(Fields):
    finding: FindingValue | None = None
    basis: Basis | None = None
    contested: StrictBool | None = None
    origins: Count | None = None
    independent: Count | None = None
    against: Count | None = None
    missing: list[Any] | None = None
    hangs_on: list[Any] | None = None
    groups: GroupExpectations | None = None


class Expectations(Fields):
    claims: PerClaim[ClaimExpectations] | None = None
    gate: Gate | None = None
    codes: list[Code] | None = None
    remedy: RemedyKind | None = None


def tag_tasks(value: Any) -> Literal["one", "per claim"]:
    """Whether one value holds for all claims, or a mapping gives each its own."""
    return "per claim" if isinstance(value, dict) else "one"


def tag_published(value: Any) -> Literal["one", "per claim"]:
    """Like `tag_tasks`. Here the one value is a mapping, too: that of a use, which has a finding."""
    if not isinstance(value, dict) or "finding" in value:
        return "one"
    items = (item for key, item in value.items() if key != "note")
    return "per claim" if all(item is None or isinstance(item, dict) for item in items) else "one"


OneOrPerClaim = Annotated[T, Tag("one")] | Annotated[PerClaim[T], Tag("per claim")]


class ScenarioFields(Fields):
    id: Name
    policy: Risk = Risk.SERIOUS
    now: Time | None = None
    claims: list[ClaimFields] = []
    sources: list[SourceFields] = []
    statements: list[StatementFields] = []
    relays: list[Relay] = []
    replies: list[ReplyFields] = []
    tasks: Annotated[OneOrPerClaim[ReviewProgress], Discriminator(tag_tasks)] = ReviewProgress.NONE
    use: PerClaim[Mode] = {}
    relies_on: Names = ()
    stated_source_count: PerClaim[Count] = {}
    signoffs: PerClaim[SignoffFields] = {}
    published: Annotated[OneOrPerClaim[PublishedFields], Discriminator(tag_published)] | None = None
    expect: Expectations | None = None
