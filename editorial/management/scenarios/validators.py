"""Validates the fields of a scenario, with error messages for their authors."""

from typing import Any

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from editorial.management.scenarios.inheritance import BY_ID
from editorial.management.scenarios.schema import ScenarioFields
from editorial.management.scenarios.yaml_loader import ScenarioError, display_value


def validate(fields: dict[str, Any]) -> ScenarioFields:
    """The fields of one scenario. Raises ScenarioError about the first invalid one."""
    try:
        return ScenarioFields.model_validate(fields, context={claim["id"] for claim in fields.get("claims", [])})
    except ValidationError as invalid:
        error = invalid.errors(include_url=False)[0]
        raise ScenarioError(
            error_message(error), scenario=fields["id"], field=field_path(error["loc"], fields)
        ) from None


def field_path(location: tuple[int | str, ...], fields: dict[str, Any]) -> str:
    """The path of a field, such as `claims sluice-open.parts[2]`. Items are named by id, others counted from 1."""
    name, *rest = location
    if name in BY_ID and rest:
        name, rest = f"{name} {fields[str(name)][rest[0]]['id']}", rest[1:]
    elif name in ("tasks", "published"):
        rest = rest[1:]  # without the tag of OneOrPerClaim
    return f"{name}" + "".join(f"[{part + 1}]" if isinstance(part, int) else f".{part}" for part in rest)


NOT_A_LIST = "{value} is not a list; put it in square brackets."
NOT_A_MAPPING = "{value} is not a mapping of fields."
NOT_A_PAIR = "A relay is a pair [derived, origin]."
REQUIRED = "This field is required; add it."
MESSAGES = {
    "missing": REQUIRED,
    "extra_forbidden": "Unknown field; check its spelling or remove it.",
    "enum": "{value} is not one of these: {expected}.",
    "string_type": "{value} is not text; put numbers, dates, yes and no in quotes.",
    "string_pattern_mismatch": "This is blank; give a name.",
    "bool_type": "{value} is neither true nor false.",
    "int_type": "{value} is not a whole number; give 0 or more.",
    "float_type": "{value} is not a number; give 0 or more.",
    "finite_number": "{value} is not a finite number; give 0 or more.",
    "greater_than_equal": "{value} is negative; give 0 or more.",
    "list_type": NOT_A_LIST,
    "tuple_type": NOT_A_LIST,
    "frozen_set_type": NOT_A_LIST,
    "too_short": NOT_A_PAIR,
    "too_long": NOT_A_PAIR,
    "dict_type": NOT_A_MAPPING,
    "model_type": NOT_A_MAPPING,
    "value_error": "{error}",
}


def error_message(error: ErrorDetails) -> str:
    """What is wrong and what to do, for one error of pydantic."""
    if error["input"] is None:
        return REQUIRED
    template = MESSAGES.get(error["type"], "{value} is not valid here. " + error["msg"])
    return template.format(value=display_value(error["input"]), **error.get("ctx", {}))
