"""Lists that cost the same however long they are: searches, counts and pages with an end."""

from __future__ import annotations

import pytest
from django.urls import reverse

from editorial.admin.framework import counts
from editorial.models import Event, Exhibit
from tests.admin.conftest import page_text

SOURCE_FIELD = {"app_label": "editorial", "model_name": "statement", "field_name": "source"}


def listed(visit, model, **query):
    """The page of a list."""
    return visit("edith").client.get(reverse(f"admin:editorial_{model}_changelist"), query)


def test_a_search_has_ten_words_at_most(room, visit):
    room.claim("One two three four five six seven eight nine ten.")
    ten = "one two three four five six seven eight nine ten"
    assert "One two three" in page_text(listed(visit, "claim", q=f"{ten} one two"))
    answer = listed(visit, "claim", q=f"{ten} eleven")
    assert (answer.status_code, "Search for 10 words at most." in page_text(answer)) == (400, True)
    answer = visit("edith").client.get(reverse("admin:autocomplete"), SOURCE_FIELD | {"term": f"{ten} eleven"})
    assert answer.status_code == 400


def test_an_empty_list_says_what_to_do(visit):
    assert "Nothing here yet" in page_text(listed(visit, "webhookendpoint"))
    assert "Choose another filter to see more." in page_text(listed(visit, "claim"))
    assert "Change your search or the filters." in page_text(listed(visit, "claim", q="unheard"))
    assert "Clear search and filters" in page_text(listed(visit, "claim", risk__exact="serious"))


@pytest.mark.parametrize("page", ["\u00b2", "9" * 4400, "0", "-1"])
def test_an_impossible_page_number_is_refused_and_that_of_another_list_is_ignored(visit, page):
    assert listed(visit, "claim", p=page).status_code == 400
    assert visit("edith").client.get(reverse("admin:autocomplete"), SOURCE_FIELD | {"p": page}).status_code == 200


def test_a_count_stops_and_says_that_there_are_more(room, visit, monkeypatch):
    monkeypatch.setattr(counts, "MAX_COUNT", 2)
    monkeypatch.setattr(counts, "_PAGES_AHEAD", 1)
    monkeypatch.setattr("editorial.admin.evidence.claims.ClaimAdmin.list_per_page", 2)
    for number in range(5):
        room.claim(f"Claim {number}.")
    first = listed(visit, "claim").context_data["cl"]
    assert (str(first.paginator.count), len(first.result_list)) == ("4+", 2)
    last = listed(visit, "claim", p=3).context_data["cl"]
    assert (str(last.paginator.count), len(last.result_list)) == ("5", 1), "counted as far as one pages"


def test_an_autocomplete_field_offers_every_source(room, visit, monkeypatch):
    monkeypatch.setattr(counts, "MAX_COUNT", 20)
    monkeypatch.setattr(counts, "_PAGES_AHEAD", 1)
    for number in range(65):
        room.person(f"Person {number}")
    client, offered, page = visit("edith").client, set(), 0
    more = True
    while more:
        page += 1
        answer = client.get(reverse("admin:autocomplete"), SOURCE_FIELD | {"page": page}).json()
        offered |= {result["id"] for result in answer["results"]}
        more = answer["pagination"]["more"]
    assert len(offered) == 65


def test_events_and_archived_copies_are_filtered_by_what_exists_anywhere(room, visit):
    claim = room.claim()
    assert str(Event.objects.get(stream=f"claim:{claim.pk}").action) == "claim.file"
    shown = listed(visit, "event", action="claim.file").context_data["cl"].result_list
    assert {event.action for event in shown} == {"claim.file"}
    assert not listed(visit, "event", action="claim.split").context_data["cl"].result_list
    assert not Exhibit.objects.exists()
    assert listed(visit, "exhibit", content_type="image/png").status_code == 200
