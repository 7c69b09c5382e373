"""The feed of claim reviews: every review that a claim's own URL shows, and no other."""

from __future__ import annotations

import re
from typing import Any

import pytest

from editorial.models import Claim, User
from editorial.workflow.evidence import statements
from editorial.workflow.stories import publication, stories
from tests.api.conftest import ApiClient, ClientFactory
from tests.api.stories.test_syndication import (
    CLAIM_REVIEW,
    TEXT,
    URI,
    WHEN,
    array_of,
    assert_valid,
    json_ld_object,
    published_here_and_used_in_town,
)
from tests.api.stories.test_syndication import publisher as publisher
from tests.support.cast import Room

pytestmark = pytest.mark.exhaustive  # plays whole stories

FEED = json_ld_object(
    "@context @type publisher dataFeedElement",
    **{"@context": {"const": "https://schema.org"}, "@type": {"const": "DataFeed"}},
    publisher=json_ld_object("@type name", **{"@type": TEXT}, name=TEXT, url=URI),
    dataFeedElement=array_of(
        json_ld_object(
            "@type dateModified item",
            **{"@type": {"const": "DataFeedItem"}},
            dateModified=WHEN,
            item=CLAIM_REVIEW,
        )
    ),
)


def reviewed(client: ApiClient, **query: Any) -> list[str]:
    """The claims that the feed reviews."""
    response = client.get("claims/claim-reviews", **query)
    assert response.status == 200, response
    return [element["item"]["claimReviewed"] for element in response.json["dataFeedElement"]]


def test_the_feed_has_every_review_as_its_claim_shows_it(client_for: ClientFactory, rosa: User, room: Room) -> None:
    client, claims = client_for(rosa), [room.verified(f"Gate {number} was open.") for number in (1, 2, 3)]
    room.published(*claims[:2])
    room.published(claims[2])
    room.verified("Nobody printed this.")
    response = client.get("claims/claim-reviews")
    assert (response.status, response.type) == (200, "application/ld+json"), response
    assert_valid(response.json, FEED)
    items = [element["item"] for element in response.json["dataFeedElement"]]
    assert items[0]["claimReviewed"] == "Gate 3 was open.", "newest first"
    shown = [client.get(f"claims/{claim.pk}/claim-review").json for claim in claims]
    assert sorted(items, key=lambda item: item["claimReviewed"]) == shown
    assert "Link" not in response.response


def test_each_page_links_to_the_next(client_for: ClientFactory, rosa: User, room: Room) -> None:
    client = client_for(rosa)
    room.published(*(room.verified(f"Gate {number} was open.") for number in range(3)))
    seen, url, pages = list[str](), "claims/claim-reviews", 0
    query: dict[str, Any] = {"limit": 1}
    while url:
        response = client.get(url, **query)
        seen += [element["item"]["claimReviewed"] for element in response.json["dataFeedElement"]]
        pages += 1
        link = re.fullmatch(r'<(.+)>; rel="next"', response.response.headers.get("Link", ""))
        url, query = link[1] if link else "", {}
    assert pages == 3
    assert sorted(seen) == [f"Gate {number} was open." for number in range(3)]


def test_a_review_is_in_the_feed_as_long_as_it_holds(
    client_for: ClientFactory, rosa: User, edith: User, room: Room
) -> None:
    claim, client = room.verified(), client_for(rosa)
    story = room.published(claim)
    assert reviewed(client) == [claim.text]
    statement = claim.statements.first()
    assert statement is not None
    statements.end(ended="withdrawn", statement_id=statement.pk, reason="Phoned.", actor=rosa, now=room.now)
    room.settle()
    assert reviewed(client) == []
    room.says(room.person(), claim)
    room.settle()
    room.sign(claim)
    assert reviewed(client) == [claim.text]
    publication.withhold(story_id=story.pk, reason="It fell.", actor=edith, now=room.now)
    assert reviewed(client) == []


def test_only_the_last_story_that_used_a_claim_rates_it(client_for: ClientFactory, rosa: User, room: Room) -> None:
    claim = room.verified()
    room.published(claim)
    room.later(hours=1)
    room.published(claim, mode="attributed")
    assert reviewed(client_for(rosa)) == [claim.text], "once"


def test_another_desk_finds_no_review_of_a_story_that_it_may_not_see(
    client_for: ClientFactory, hugo: User, cleo: User, room: Room
) -> None:
    claim = published_here_and_used_in_town(room)
    assert Claim.objects.visible_to(cleo.facts()).filter(pk=claim.pk).exists()
    assert (reviewed(client_for(cleo)), reviewed(client_for(hugo))) == ([], [claim.text])


@pytest.mark.parametrize("query", [{"limit": 0}, {"limit": 201}, {"cursor": "x"}, {"order": "newest"}, {"page": 2}])
def test_a_parameter_of_no_use_is_refused(client_for: ClientFactory, rosa: User, query: dict[str, Any]) -> None:
    response = client_for(rosa).get("claims/claim-reviews", **query)
    assert response.status == 422, response
    assert response.codes


def test_without_a_story_url_there_is_no_feed(client_for: ClientFactory, rosa: User, room: Room, settings: Any) -> None:
    settings.STORY_URL = ""
    room.published(room.verified())
    assert client_for(rosa).get("claims/claim-reviews").codes == ["STORY_URL_NOT_SET"]


def test_a_correction_moves_no_review(client_for: ClientFactory, rosa: User, edith: User, room: Room) -> None:
    client = client_for(rosa)
    first, _ = (room.published(room.verified(f"Gate {number} was open.")) for number in (1, 2))
    before = reviewed(client)
    stories.revise(story_id=first.pk, body="It stood ajar.", actor=rosa, now=room.now)
    publication.correct(story_id=first.pk, text="It was ajar.", actor=edith, now=room.later(minutes=1))
    assert reviewed(client) == before == ["Gate 2 was open.", "Gate 1 was open."]


def test_an_empty_feed_is_a_feed(client_for: ClientFactory, rosa: User) -> None:
    response = client_for(rosa).get("claims/claim-reviews")
    assert (response.status, response.json["dataFeedElement"]) == (200, [])
