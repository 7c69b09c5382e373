"""Nobody learns who a source is: every page and every answer, for protected sources in every relation."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any
from uuid import uuid4

import pytest
from django.db.models import Model
from django.urls import reverse
from drf_spectacular.generators import SchemaGenerator

from editorial.models import (
    Claim,
    Event,
    Exhibit,
    Relay,
    ReplyRequest,
    ReviewTask,
    Signoff,
    Source,
    Statement,
    Story,
    User,
)
from editorial.policy.actions import ACTIONS, Action
from editorial.policy.roles import Role
from tests.admin.conftest import AdminBrowser, page_text, registered_pages
from tests.api.conftest import ApiClient
from tests.support.confidential import reader_at

pytestmark = pytest.mark.exhaustive

SCHEMA: dict[str, Any] = SchemaGenerator().get_schema(request=None, public=True)["paths"]  # type: ignore[no-untyped-call]
LISTS = {
    path.removeprefix("/api/v1/"): operations["get"]
    for path, operations in SCHEMA.items()
    if "get" in operations and "{" not in path
}
DETAILS = [
    path.removeprefix("/api/v1/") for path, operations in SCHEMA.items() if "get" in operations and "{id}" in path
]
PAGES: tuple[type[Model], ...] = (
    Claim,
    Statement,
    Source,
    ReplyRequest,
    ReviewTask,
    Relay,
    Event,
    Story,
    Exhibit,
    Signoff,
)
RULES_OF_UNNAMED = re.compile(r"\(J[145678]\)")


@pytest.fixture
def neighbour(planted, city) -> User:
    """A reader with every role at another desk, that of its custodian included."""
    return reader_at(city, "nina", set(Role))


@pytest.fixture
def colleague(planted, politics) -> User:
    """A reader with every role at the sources' own desk, except custodian."""
    return reader_at(politics, "kurt", set(Role) - {Role.CUSTODIAN})


def pages(reader: User) -> Iterator[tuple[str, Any]]:
    """The start page, every list, and every page of every row of the models that refer to sources."""
    browser = AdminBrowser(reader)
    yield "index", browser.client.get(reverse("admin:index"))
    for model in registered_pages():
        yield f"list of {model.__name__}", browser.listing(model)
    for model in PAGES:
        for row in model._default_manager.all()[:80]:
            # In a separate request: Django's message that there is no such row repeats the id that was asked for.
            yield f"page of {model.__name__}", AdminBrowser(reader).page(row)
    further = (
        ("claim_assessments", Claim.objects.all()),
        ("statement_menu", Statement.objects.all()[:80]),
        ("story_preview", Story.objects.all()),
        ("story_revisions", Story.objects.all()),
    )
    for view, rows in further:
        for row in rows:
            yield view, AdminBrowser(reader).client.get(reverse(f"admin:editorial_{view}", args=[row.pk]))
    decisions = ("signoff.propose", "signoff.read_standards", "signoff.read_legal")
    for button in ("statement.record", "reply.send", "claim.revise", *decisions):
        for row in Claim.objects.all():
            yield button, browser.open_form(row, button)
    for row in Statement.objects.filter(directness="relayed"):
        yield "relay form", browser.open_form(row, "statement.relay")
    for story in Story.objects.all():
        for button in ("story.revise", "story.publish", "story.correct"):
            yield "story form", browser.open_form(story, button)
    fields = {"statement": ("source", "informant"), "source": ("org", "merged_into"), "claim": ("adverse_to",)}
    for model_name, names in fields.items():
        for name in names:
            query = {"app_label": "editorial", "model_name": model_name, "field_name": name, "term": ""}
            yield f"choices of {name}", browser.client.get(reverse("admin:autocomplete"), query)


def answers(reader: User) -> Iterator[tuple[str, str]]:
    """Every list of the API, the row of each, every sub-resource, and every export."""
    for path, operation in LISTS.items():
        client = ApiClient(reader)
        if path.endswith("/export"):
            for kind in ("csv", "jsonl"):
                yield path, b"".join(client.client.get(f"/api/v1/{path}?format={kind}").streaming_content).decode()
            continue
        names = {parameter["name"] for parameter in operation.get("parameters", ())}
        for query in [{}, *({name: "start"} for name in ("updated_since", "after") if name in names)]:
            yield path, body(client.get(path, **query, **({"limit": "200"} if "limit" in names else {})))
        rows = client.get(path).json
        for row in (rows.get("results", []) if isinstance(rows, dict) else [])[:30]:
            for detail in DETAILS:
                if detail.startswith(f"{path}/{{id}}") and detail.count("{") == 1:
                    yield detail, body(client.get(detail.replace("{id}", str(row["id"]))))


def body(response: Any) -> str:
    if response.json is not None:
        return json.dumps(response.json)
    return "" if response.response.streaming else response.response.content.decode()


def assert_without(text: str, canaries: list[str], where: str) -> None:
    for canary in canaries:
        assert canary not in text.lower(), (where, canary)


def test_another_desk_learns_no_name_description_id_or_token_from_any_page(planted, neighbour, subtests):
    count = 0
    for where, response in pages(neighbour):
        text = response.content.decode()
        with subtests.test(where):
            assert_without(text, [*planted.identities, *planted.descriptions, "campcanary", "reasoncanary"], where)
            assert_without(text, planted.ids, where)
        count += response.status_code == 200
    assert count > 50, "too few pages were open to be worth the look"


def test_another_desk_learns_no_name_description_id_or_token_from_any_answer(planted, neighbour, subtests):
    count = 0
    for where, text in answers(neighbour):
        with subtests.test(where):
            assert_without(text, [*planted.identities, *planted.descriptions, "campcanary", "reasoncanary"], where)
            assert_without(text, planted.ids, where)
        count += 1
    assert count > 60


def test_colleagues_without_custody_read_descriptions_but_not_who_is_whom(planted, colleague, subtests):
    described = 0
    for where, response in pages(colleague):
        text = response.content.decode()
        with subtests.test(where):
            assert_without(text, planted.identities, where)
            if where == "page of Claim":
                for line in re.findall(r"<li>([^<]*\((?:\d+)\) and [^<]*)</li>", text):
                    assert "facecanary" not in line or not RULES_OF_UNNAMED.search(line), line
        described += "facecanary" in text
    assert described > 10
    for where, text in answers(colleague):
        with subtests.test(where):
            assert_without(text, planted.identities, where)


def test_that_two_records_are_one_person_is_named_to_custodians_only(planted, colleague, people):
    claim = planted.claims[0]
    statement = {row.source_id: str(row.pk) for row in claim.statements.all()}
    pair = {statement[planted.sources["speaker"].pk], statement[Source.objects.get(name="Harold Public").pk]}

    def joins(reader: User) -> list[dict[str, Any]]:
        (assessment,) = ApiClient(reader).get("assessments", claim=str(claim.pk), limit="1").json["results"]
        groups = ApiClient(reader).get(f"assessments/{assessment['id']}").json["groups"]
        found = [join for side in groups.values() for group in side for join in group["joins"]]
        return [join for join in found if set(join["between"]) == pair]

    for reader in (colleague, people["rosa"], people["ada"], people["cleo"]):
        assert joins(reader), "that they count as one voice is told"
        assert all(join["by"] is None for join in joins(reader)), reader
        page = page_text(AdminBrowser(reader).page(claim))
        assert "They count as one voice; the reason is protected." in page
        assert not re.search(r"Harold Public \(\d+\): Both statements come", page)
    assert {join["by"] for join in joins(people["cuno"])} == {"J1"}
    assert re.search(r"Harold Public \(\d+\): Both statements come from the same source. \(J1\)",
                     page_text(AdminBrowser(people["cuno"]).page(claim)))  # fmt: skip


def test_where_a_merged_source_went_is_named_to_custodians_only(planted, colleague, people):
    merged, remaining = planted.sources["merged"], planted.sources["remaining"]
    assert ApiClient(people["cuno"]).get(f"sources/{merged.pk}").json["merged_into"] == str(remaining.pk)
    assert "facecanary remaining" in page_text(AdminBrowser(people["cuno"]).page(merged))
    assert ApiClient(colleague).get(f"sources/{merged.pk}").json["merged_into"] is None
    assert "facecanary remaining" not in page_text(AdminBrowser(colleague).page(merged))
    for path, fields in (
        ("statements", {"claim": str(planted.claims[0].pk), "source": str(merged.pk), "stance": "affirms",
                        "directness": "first_hand"}),
        (f"sources/{merged.pk}/vouch", {"reason": "Known."}),
    ):  # fmt: skip
        assert str(remaining.pk) not in body(ApiClient(colleague).post(path, **fields))
    for event in ApiClient(colleague).get("events", stream=f"source:{merged.pk}").json["results"]:
        assert str(remaining.pk) not in json.dumps(event["data"])
        assert "reasoncanary" not in json.dumps(event["data"])


def test_a_voice_that_contradicts_itself_under_two_names_is_not_named_as_a_tasks_subject(planted, colleague, people):
    task = ReviewTask.objects.get(kind="RESOLVE_BOTH_WAYS")
    assert task.subject == str(planted.sources["wavering"].pk)
    for reader in (colleague, people["cleo"]):
        assert ApiClient(reader).get(f"reviews/{task.pk}").json["about"] is None
        page = AdminBrowser(reader).page(task)
        question, evidence = page.content.decode().split('<div class="nr-basis">')
        assert page.context["subject"] is None
        assert "facecanary" not in question
        assert ("facecanary" in evidence) is (reader == colleague), "as on the claim's page"
        brief = AdminBrowser(reader).page(task.claim).context["brief"]
        listed = [each for section in brief for line in section.lines for each, _ in line.tasks]
        assert [each.about for each in listed if each.pk == task.pk] == [""]
    assert ApiClient(people["cuno"]).get(f"reviews/{task.pk}").json["about"] == task.subject


def test_no_filter_or_search_of_the_api_tells_a_protected_source_from_none(planted, neighbour, subtests):
    hidden, tried = planted.sources["speaker"], 0
    for path, operation in LISTS.items():
        for parameter in operation.get("parameters", ()):
            kind, name = parameter["schema"], parameter["name"]
            if path.endswith("/export"):
                continue
            if kind.get("format") == "uuid":
                pairs = [(str(hidden.pk), str(uuid4()))]
            elif name == "q":
                pairs = [
                    (text, "zzqqxxyy") for text in (hidden.name, hidden.description, "realcanary", hidden.key[:12])
                ]
            elif name == "stream":
                pairs = [(f"source:{hidden.pk}", f"source:{uuid4()}")]
            else:
                continue
            for secret, nothing in pairs:
                tried += 1
                with subtests.test(f"{path}?{name}"):
                    client = ApiClient(neighbour)
                    one, other = client.get(path, **{name: secret}), client.get(path, **{name: nothing})
                    assert (one.status, one.json) == (other.status, other.json)
    assert tried > 15


def test_no_search_of_the_admin_tells_a_protected_source_from_none(planted, neighbour, subtests):
    hidden, browser = planted.sources["speaker"], AdminBrowser(neighbour)

    def count(model: type[Model], text: str) -> int:
        response: Any = browser.listing(model, q=text)
        assert response.status_code == 200
        return response.context_data["cl"].result_count

    for model, page in registered_pages().items():
        if page.search_fields and page.required_role is None:
            for text in (hidden.name, "facecanary", "realcanary", str(hidden.pk), hidden.key):
                with subtests.test(f"{model.__name__}: {text}"):
                    assert count(model, text) == count(model, "zzqqxxyy")
    assert count(Statement, "Harold") == 1, "the names that the reader may see are searched"


@pytest.mark.parametrize("role", Role)
def test_no_single_role_at_another_desk_learns_anything(planted, city, role):
    reader = reader_at(city, "olga", {role})
    secrets = [*planted.identities, *planted.descriptions, *planted.ids, "campcanary", "reasoncanary"]
    for where, response in pages(reader):
        assert_without(response.content.decode(), secrets, where)
    for where, text in answers(reader):
        assert_without(text, secrets, where)


def test_merges_of_unnamed_sources_are_in_the_history_of_custodians_and_of_who_merged_them(planted, colleague, people):
    merged = planted.sources["merged"]

    def merges(reader: User) -> int:
        events = ApiClient(reader).get("events", stream=f"source:{merged.pk}", limit="200").json["results"]
        return sum(event["action"] == "source.merge" for event in events)

    assert [merges(reader) for reader in (people["cuno"], people["edith"], colleague)] == [1, 1, 0]
    sentence = ACTIONS[Action.SOURCE_MERGE].sentence
    assert sentence in page_text(AdminBrowser(people["cuno"]).page(merged))
    assert sentence not in page_text(AdminBrowser(colleague).page(merged))
    for reader, count in ((people["cuno"], Event.objects.filter(action="source.merge").count()), (colleague, 0)):
        listing: Any = AdminBrowser(reader).listing(Event, action="source.merge")
        assert listing.status_code == 200
        assert listing.context_data["cl"].result_count == count


def test_a_comparison_of_identities_is_in_the_history_of_custodians_and_of_who_compared(planted, colleague, people):
    def comparisons(reader: User) -> int:
        return Event.objects.visible_to(reader.facts()).filter(action="identity.compare").count()

    assert comparisons(people["cuno"]) == comparisons(people["rosa"]) > 0
    assert comparisons(colleague) == 0
