"""The description of the API, and the page that shows it."""

import re
from typing import Any

import pytest
import yaml
from django.test import Client
from drf_spectacular.generators import SchemaGenerator

from tests.servers import ROOT


@pytest.fixture(scope="module")
def schema() -> dict[str, Any]:
    described: dict[str, Any] = SchemaGenerator().get_schema(request=None, public=True)  # type: ignore[no-untyped-call]
    return described


def test_the_description_that_is_handed_out_is_of_this_api(schema: dict[str, Any]) -> None:
    kept = yaml.safe_load((ROOT / "docs" / "openapi.yaml").read_text())
    assert kept["paths"].keys() == schema["paths"].keys(), "make schema"
    assert kept["components"]["schemas"].keys() == schema["components"]["schemas"].keys(), "make schema"


def test_every_field_and_parameter_says_what_it_means(schema: dict[str, Any]) -> None:
    silent = [
        f"{component}.{name}"
        for component, described in schema["components"]["schemas"].items()
        for name, field in described.get("properties", {}).items()
        if not field.get("description")
    ]
    silent += [
        f"{path} {parameter['name']}"
        for path, operations in schema["paths"].items()
        for operation in operations.values()
        for parameter in parameters(schema, operation)
        if not parameter.get("description")
    ]
    assert silent == []


def test_every_operation_is_named_by_noun_and_verb_and_says_how_it_refuses(schema: dict[str, Any]) -> None:
    operations = [operation for path in schema["paths"].values() for operation in path.values()]
    names = [operation["operationId"] for operation in operations]
    assert len(names) == len(set(names)) > 80
    assert {"stories_publish", "claims_file", "sources_unmask", "reviews_take_next", "tokens_create"} <= set(names)
    for operation in operations:
        assert operation["summary"]
        assert operation["responses"]["401"] == {"$ref": "#/components/responses/not-signed-in"}
    for response in schema["components"]["responses"].values():
        assert response["content"]["application/problem+json"]["schema"] == {"$ref": "#/components/schemas/Problem"}
    assert {tag["name"] for tag in schema["tags"]} == {operation["tags"][0] for operation in operations}
    assert all(tag["description"] for tag in schema["tags"])


def parameters(schema: dict[str, Any], operation: dict[str, Any]) -> list[dict[str, Any]]:
    """What an operation takes beside a body, wherever it is described."""
    shared = schema["components"]["parameters"]
    taken = operation.get("parameters", ())
    return [shared[each["$ref"].rsplit("/", 1)[1]] if "$ref" in each else each for each in taken]


def test_every_write_takes_a_key_and_every_revision_a_tag(schema: dict[str, Any]) -> None:
    for path, operations in schema["paths"].items():
        for method, operation in operations.items():
            taken = {each["name"]: each for each in parameters(schema, operation)}
            assert ("Idempotency-Key" in taken) == (method != "get" and "/tokens" not in path), path
            assert (method == "patch") == taken.get("If-Match", {}).get("required", False), path
            assert ("412" in operation["responses"]) == ("If-Match" in taken), path
            if method == "patch" or "If-None-Match" in taken:
                assert "ETag" in operation["responses"]["200"]["headers"], path
            if method == "patch":
                assert "428" in operation["responses"]
    assert schema["components"]["parameters"]["Idempotency-Key"]["examples"]


def test_no_token_of_an_identity_has_a_field(schema: dict[str, Any]) -> None:
    fields = {
        name for described in schema["components"]["schemas"].values() for name in described.get("properties", {})
    }
    assert not fields & {"key", "respondent_key", "sealed_secret", "token_key", "because_of"}
    shown = [name for name in schema["components"]["schemas"] if not name.endswith("Request")]
    for name in shown:
        assert not {"identity_name", "identity_known_by", "respondent_name"} & set(
            schema["components"]["schemas"][name].get("properties", {})
        )


def test_the_page_loads_nothing_from_elsewhere_and_runs_no_script_of_its_own(db: None) -> None:
    client = Client()
    page = client.get("/api/v1/docs")
    assert page.status_code == 200
    policy = page["Content-Security-Policy"]
    assert "script-src 'self';" in policy
    html = page.content.decode()
    assert not re.search(r"<script(?![^>]*\bsrc=)", html)
    assert not re.search(r"""(?:src|href)=["'](?:https?:)?//""", html)
    script = client.get(re.findall(r'src="([^"]*script=[^"]*)"', html)[0].replace("&amp;", "&"))
    assert script["Content-Type"] == "application/javascript"
    assert client.get("/api/v1/schema").status_code == 200
