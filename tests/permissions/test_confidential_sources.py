"""Nobody learns who a source is: every page and every answer, for protected sources in every relation."""

from __future__ import annotations

import json
import re
from typing import Any
from uuid import uuid4

import pytest
from django.db.models import Model

from editorial.models import (
    Event,
    ReviewTask,
    Source,
    Statement,
    User,
)
from editorial.policy.actions import ACTIONS, Action
from editorial.policy.roles import Role
from tests.admin.conftest import AdminBrowser, page_text, registered_pages
from tests.api.conftest import ApiClient
from tests.permissions.confidentiality_walk import LISTS, answers, assert_without, body, pages
from tests.support.confidential import reader_at

pytestmark = pytest.mark.exhaustive

RULES_OF_UNNAMED = re.compile(r"\(J[145678]\)")


@pytest.fixture
def neighbour(planted, city) -> User:
    """A reader with every role at another desk, that of its custodian included."""
    return reader_at(city, "nina", set(Role))


@pytest.fixture
def colleague(planted, politics) -> User:
    """A reader with every role at the sources' own desk, except custodian."""
    return reader_at(politics, "kurt", set(Role) - {Role.CUSTODIAN})


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


@pytest.mark.slow
def test_colleagues_who_are_not_custodians_read_descriptions_but_not_who_is_whom(planted, colleague, subtests):
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
        assert joins(reader), "it is shown that they count as one voice"
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
