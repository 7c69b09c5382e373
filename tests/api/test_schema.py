"""The description of the API, and the page that shows it."""

import re
from typing import Any

import pytest
import yaml
from django.test import Client
from drf_spectacular.generators import SchemaGenerator
from jsonschema import Draft202012Validator, FormatChecker

from editorial.policy.events import WEBHOOK_EVENTS
from editorial.policy.roles import Scope
from tests.support.servers import ROOT


@pytest.fixture(scope="module")
def schema() -> dict[str, Any]:
    described: dict[str, Any] = SchemaGenerator().get_schema(request=None, public=True)  # type: ignore[no-untyped-call]
    return described


def test_the_published_schema_is_up_to_date(schema: dict[str, Any]) -> None:
    published = yaml.safe_load((ROOT / "docs" / "reference" / "openapi.yaml").read_text())
    assert published["paths"].keys() == schema["paths"].keys(), "make schema"
    assert published["components"]["schemas"].keys() == schema["components"]["schemas"].keys(), "make schema"


def test_every_field_and_parameter_is_described(schema: dict[str, Any]) -> None:
    undescribed = [
        f"Describe the field {name} of {component}: help_text, in editorial/api."
        for component, described in schema["components"]["schemas"].items()
        for name, field in described.get("properties", {}).items()
        if not field.get("description")
    ]
    undescribed += [
        f"Describe the parameter {parameter['name']} of {operation['operationId']}: help_text, in editorial/api."
        for operation in operations(schema)
        for parameter in parameters(schema, operation)
        if not parameter.get("description", "").strip()
    ]
    assert undescribed == []


def test_no_query_parameter_is_a_list_of_lists(schema: dict[str, Any]) -> None:
    lists = {
        (parameter["name"], parameter["schema"]["items"].get("type", "string"))
        for operation in operations(schema)
        for parameter in parameters(schema, operation)
        if parameter.get("schema", {}).get("type") == "array"
    }
    assert ("ids", "string") in lists
    assert {kind for _, kind in lists} == {"string"}


def test_times_of_day_are_not_described_by_a_format_that_requires_an_offset(schema: dict[str, Any]) -> None:
    fields = [
        f"{component}.{name}"
        for component, described in schema["components"]["schemas"].items()
        for name, field in described.get("properties", {}).items()
        if field.get("format") == "time"
    ]
    assert fields == [], "RFC 3339's time, as linters read it: use LocalTimeField"


def test_every_operation_documents_its_purpose_response_and_errors(schema: dict[str, Any]) -> None:
    missing = []
    for operation in operations(schema):
        name, responses = operation["operationId"], operation["responses"]
        if not operation.get("description") or not operation.get("summary"):
            missing.append(f"Say what {name} does: in the docstring of its verb.")
        if not any(status.startswith("2") for status in responses):
            missing.append(f"Say what {name} answers.")
        for status, response in responses.items():
            if status >= "400" and set(response) != {"$ref"}:
                missing.append(
                    f"Describe the refusal {status} of {name} by `refused` (editorial/api/openapi/schema.py)."
                )
            if status.startswith("2") and status != "204" and not response.get("content"):
                missing.append(f"Say in what form {name} answers {status}.")
        if not {"406", "429", "503"} <= set(responses):
            missing.append(f"{name} is without the refusals that all share (editorial/api/openapi/errors.py).")
    assert missing == []


def test_every_request_and_response_has_a_valid_example(schema: dict[str, Any]) -> None:
    wrong = []
    for operation in operations(schema):
        bodies = {"request": operation.get("requestBody", {})}
        bodies |= {
            f"answer {status}": response for status, response in operation["responses"].items() if status < "400"
        }
        for what, described in bodies.items():
            for media_type, form in described.get("content", {}).items():
                of = f"the {what} of {operation['operationId']} ({media_type})"
                values = examples(schema, form)
                if values is None:
                    wrong.append(
                        f"Give an example of {of}: request_examples.yaml or examples.yaml in editorial/api/openapi."
                    )
                for example in values or ():
                    wrong += [f"The example of {of} is wrong: {why}." for why in mistakes(schema, form, example)]
    for name, refusal in schema["components"]["responses"].items():
        form = refusal["content"]["application/problem+json"]
        wrong += [
            f"The example of {name} is wrong: {why}." for why in mistakes(schema, form, examples(schema, form)[0])
        ]
    assert wrong == [], "\n".join(wrong)


def examples(schema: dict[str, Any], form: dict[str, Any]) -> Any:
    """The example of a form, or the examples of its schema; none if there are none."""
    described = form["schema"]
    if described.get("format") == "binary":
        return []
    if named_examples := form.get("examples"):
        return [example["value"] for example in named_examples.values()]
    if described.get("type") == "array":
        inner = examples(schema, {"schema": described["items"]})
        return inner and [inner]
    if "$ref" in described:
        return schema["components"]["schemas"][described["$ref"].rsplit("/", 1)[-1]].get("examples")
    return described.get("examples")


def mistakes(schema: dict[str, Any], form: dict[str, Any], example: Any) -> list[str]:
    """The validation errors of an example."""
    validator = Draft202012Validator(
        form["schema"] | {"components": schema["components"]}, format_checker=FormatChecker()
    )
    return [f"{'/'.join(map(str, error.path))}: {error.message}" for error in validator.iter_errors(example)]


def test_request_bodies_accept_no_additional_properties(schema: dict[str, Any]) -> None:
    components = schema["components"]["schemas"]
    bodies = {
        form["schema"]["$ref"].rsplit("/", 1)[-1]
        for operation in operations(schema)
        for form in operation.get("requestBody", {}).get("content", {}).values()
        if "$ref" in form["schema"]
    }
    assert len(bodies) > 35
    assert [name for name in sorted(bodies) if components[name].get("additionalProperties") is not False] == []


def test_the_description_says_who_serves_it_and_what_every_operation_requires(schema: dict[str, Any]) -> None:
    """What the recommended rules of Spectral and Redocly ask for and nothing above does."""
    assert schema["servers"]
    assert schema["info"]["contact"]
    assert schema["info"]["license"] == {"name": "Apache 2.0", "identifier": "Apache-2.0"}
    schemes = set(schema["components"]["securitySchemes"])
    for operation in operations(schema):
        assert all(set(each) <= schemes and not any(each.values()) for each in operation["security"])
        unscoped = operation["operationId"] in ("tokens_create", "tokens_revoke_current", "me_retrieve")
        assert unscoped or operation["x-required-scope"] in set(Scope), operation["operationId"]
    assert [each["operationId"] for each in operations(schema) if not each["security"]] == ["tokens_create"]


def test_every_webhook_is_described(schema: dict[str, Any]) -> None:
    assert set(schema["webhooks"]) == WEBHOOK_EVENTS
    named = {name: item["$ref"].rpartition("/")[2] for name, item in schema["webhooks"].items()}
    received = {name: schema["components"]["pathItems"][component]["post"] for name, component in named.items()}
    assert received["claim.assess"]["operationId"] == "receive_claim_assess"
    validator = Draft202012Validator(schema["components"]["schemas"]["WebhookEvent"])
    assert [error.message for error in validator.iter_errors(validator.schema["examples"][0])] == []


def test_clients_upload_files_by_the_first_media_type_of_a_request(schema: dict[str, Any]) -> None:
    for path in ("exhibits", "imports"):
        content = schema["paths"][f"/api/v1/{path}"]["post"]["requestBody"]["content"]
        assert next(iter(content)) == "multipart/form-data", "generators build the body from the first one"
        assert "application/json" in content


def test_responses_link_to_further_operations(schema: dict[str, Any]) -> None:
    created = schema["paths"]["/api/v1/stories"]["post"]["responses"]["201"]
    assert {"stories_retrieve", "stories_update", "stories_publish"} <= set(created["links"])
    names = {operation["operationId"] for operation in operations(schema)}
    assert {link["operationId"] for link in schema["components"]["links"].values()} <= names


def operations(schema: dict[str, Any]) -> list[dict[str, Any]]:
    """Everything that can be asked."""
    return [operation for path in schema["paths"].values() for operation in path.values()]


def test_every_operation_is_named_by_resource_and_action_and_documents_its_errors(schema: dict[str, Any]) -> None:
    names = [operation["operationId"] for operation in operations(schema)]
    assert len(names) == len(set(names)) > 80
    assert {"stories_publish", "claims_create", "sources_unmask", "reviews_take_next", "tokens_create"} <= set(names)
    for operation in operations(schema):
        assert operation["responses"]["401"] == {"$ref": "#/components/responses/unauthenticated"}
    for response in schema["components"]["responses"].values():
        assert response["content"]["application/problem+json"]["schema"] == {"$ref": "#/components/schemas/Problem"}
    assert {tag["name"] for tag in schema["tags"]} == {operation["tags"][0] for operation in operations(schema)}
    assert all(tag["description"] for tag in schema["tags"])


def parameters(schema: dict[str, Any], operation: dict[str, Any]) -> list[dict[str, Any]]:
    """The parameters of an operation, wherever they are defined."""
    shared = schema["components"]["parameters"]
    references = operation.get("parameters", ())
    return [shared[each["$ref"].rsplit("/", 1)[1]] if "$ref" in each else each for each in references]


def test_every_write_takes_a_key_and_every_update_an_etag(schema: dict[str, Any]) -> None:
    for path, operations in schema["paths"].items():
        for method, operation in operations.items():
            names = {each["name"]: each for each in parameters(schema, operation)}
            keyless = (
                "/tokens" in path
                or "/sessions" in path
                or path.endswith(("/unmask", "/break-glass", "changes/{id}/approve"))
            )
            assert ("Idempotency-Key" in names) == (method != "get" and not keyless), path
            assert (method == "patch") == names.get("If-Match", {}).get("required", False), path
            assert ("412" in operation["responses"]) == ("If-Match" in names), path
            if method == "patch" or "If-None-Match" in names:
                assert "ETag" in operation["responses"]["200"]["headers"], path
            if method == "patch":
                assert "428" in operation["responses"]
    assert schema["components"]["parameters"]["Idempotency-Key"]["examples"]


def test_no_field_holds_an_identity_token(schema: dict[str, Any]) -> None:
    fields = {
        name for described in schema["components"]["schemas"].values() for name in described.get("properties", {})
    }
    assert not fields & {"key", "respondent_key", "encrypted_secret", "token_key", "because_of"}
    outputs = [name for name in schema["components"]["schemas"] if not name.endswith("Request")]
    for name in outputs:
        assert not {"identity_name", "identity_known_by", "respondent_name"} & set(
            schema["components"]["schemas"][name].get("properties", {})
        )


def test_the_reference_page_loads_nothing_external_and_has_no_inline_script(db: None) -> None:
    client = Client()
    page = client.get("/api/v1/docs")
    assert page.status_code == 200
    html = page.content.decode()
    (nonce,) = set(re.findall(r'nonce="([^"]+)"', html))
    policy = dict(each.split(" ", 1) for each in page["Content-Security-Policy"].split("; "))
    assert (policy["default-src"], policy["script-src"]) == ("'none'", f"'nonce-{nonce}'")
    assert (policy["style-src"], policy["img-src"]) == ("'self'", "'self' data:")
    assert html.count("<script") == html.count(" nonce=") == 3
    assert not re.search(r"<style|\bstyle=|\bon\w+=", html)
    assert not re.search(r"<script(?![^>]*\bsrc=)", html)
    assert not re.search(r"""(?:src|href)=["'](?:https?:)?//""", html)
    script = client.get(re.findall(r'src="([^"]*script=[^"]*)"', html)[0].replace("&amp;", "&"))
    assert script["Content-Type"] == "application/javascript"
    assert client.get("/api/v1/schema").status_code == 200
