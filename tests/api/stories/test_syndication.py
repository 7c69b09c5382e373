"""Syndication: stories as ninjs and signed claims as ClaimReview, both from the published revision."""

from __future__ import annotations

import json
import os
from datetime import datetime
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from editorial.models import Claim, Desk, PublishedUse, Story, User
from editorial.workflow.evidence import claims, sources, statements
from editorial.workflow.stories import publication, stories
from tests.api.conftest import ClientFactory
from tests.support.cast import Room

pytestmark = pytest.mark.exhaustive  # plays whole stories

NAME, KNOWN_BY = "Johanna Quillfeather", "born 3 May 1961"
PUBLISHER = "The Sluice Gazette"


@pytest.fixture(autouse=True)
def publisher(settings: Any) -> None:
    """A configured publisher."""
    settings.PUBLISHER_NAME, settings.PUBLISHER_URL = PUBLISHER, "https://gazette.example"
    settings.STORY_URL, settings.PUBLISHER_LANGUAGE = "https://gazette.example/stories/{id}", "en"


# --- The standards, as far as we speak them ---------------------------------------------------------------------------


def json_ld_object(required: str = "", **properties: Any) -> dict[str, Any]:
    """An object with these properties and no others."""
    return {
        "type": "object", "properties": properties, "required": required.split(), "additionalProperties": False
    }  # fmt: skip


TEXT, NUMBER, WHEN = {"type": "string", "minLength": 1}, {"type": "integer"}, {"type": "string", "format": "date-time"}
URI = {"type": "string", "format": "uri", "pattern": "^(https?://|urn:uuid:)[^ ]+$"}


def array_of(item: dict[str, Any]) -> dict[str, Any]:
    """A list of them, never an empty one."""
    return {"type": "array", "items": item, "minItems": 1}


# Our own reading of the schema of ninjs 3.1: of the properties that we use, their names and types as they stand there;
# nothing else is allowed in any of these objects, except what we never send.
_WORDS = {"role": TEXT, "contentType": TEXT, "value": {"type": "string"}}
_ITEM = {
    "uri": URI,
    "type": {
        "enum": ["text", "audio", "video", "picture", "graphic", "composite", "component", "event", "planning"]
    },
    "representationType": {"enum": ["full", "partial"]},
    "version": TEXT,
    "firstCreated": WHEN,
    "versionCreated": WHEN,
    "pubStatus": {"enum": ["usable", "withheld", "canceled"]},
    "language": TEXT,
    "copyrightHolder": TEXT,
    "edNote": TEXT,
    "title": TEXT,
    "by": TEXT,
    "headlines": array_of(json_ld_object("value", **_WORDS)),
    "bodies": array_of(json_ld_object("value", **_WORDS, charCount=NUMBER, wordCount=NUMBER)),
    "infoSources": array_of(json_ld_object(name=TEXT, role=TEXT, uri=URI, literal=TEXT)),
    "renditions": array_of(json_ld_object("name", name=TEXT, href=URI, contentType=TEXT)),
    "altIds": array_of(json_ld_object(role=TEXT, value=TEXT)),
    "standard": json_ld_object(name=TEXT, version=TEXT, schema=URI),
}  # fmt: skip
NINJS = json_ld_object("uri", **_ITEM, associations=array_of(json_ld_object("name uri", **_ITEM, name=TEXT, rel=TEXT)))

# The required and recommended fields of a ClaimReview, and the types that schema.org allows for them.
_PARTY = json_ld_object(
    "@type name", **{"@type": {"enum": ["Person", "Organization", "NewsMediaOrganization"]}}, name=TEXT, url=URI
)
_RATING = json_ld_object(
    "@type ratingValue bestRating worstRating alternateName",
    **{"@type": {"const": "Rating"}, "bestRating": {"const": 5}, "worstRating": {"const": 1}},
    ratingValue={"type": "integer", "minimum": 1, "maximum": 5}, alternateName=TEXT, ratingExplanation=TEXT,
)  # fmt: skip
_APPEARANCE = json_ld_object("@type url", **{"@type": {"const": "CreativeWork"}}, url=URI, author=_PARTY)
CLAIM_REVIEW = json_ld_object(
    "@context @type url claimReviewed reviewRating author itemReviewed datePublished",
    **{"@context": {"const": "https://schema.org"}, "@type": {"const": "ClaimReview"}},
    url=URI, claimReviewed=TEXT, datePublished=WHEN, dateModified=WHEN, inLanguage=TEXT, author=_PARTY,
    itemReviewed=json_ld_object("@type", **{"@type": {"const": "Claim"}}, author=_PARTY, datePublished=WHEN,
                       appearance=array_of(_APPEARANCE)),
    reviewRating=_RATING,
    correction=array_of(json_ld_object(
        "@type text datePublished", **{"@type": {"const": "CorrectionComment"}}, text=TEXT,
                          datePublished=WHEN)),
)  # fmt: skip

CHECKER = jsonschema.FormatChecker()
CHECKER.checks("date-time", raises=ValueError)(lambda told: bool(datetime.fromisoformat(told).tzinfo))


def assert_valid(document: Any, schema: dict[str, Any]) -> None:
    """The document is one that the standard knows."""
    jsonschema.Draft202012Validator(schema, format_checker=CHECKER).validate(document)


# --- Stories ----------------------------------------------------------------------------------------------------------


def write(room: Room, story: Story, body: str) -> None:
    """Give it these words."""
    stories.revise(story_id=story.pk, body=body, actor=room.people["rosa"], now=room.later(minutes=1))
    room.settle()


def test_ninjs_holds_the_published_revision_and_no_later_draft(
    client_for: ClientFactory, rosa: User, room: Room
) -> None:
    story = room.published(room.verified())
    write(room, story, "It was the minister who opened it.")
    claims.revise(claim_id=PublishedUse.objects.get().claim_id, text="The minister did it.", actor=rosa, now=room.now)
    response = client_for(rosa).get(f"stories/{story.pk}/ninjs")
    assert response.status == 200, response
    assert_valid(response.json, NINJS)
    assert [body["value"] for body in response.json["bodies"]] == ["It stood wide open."]
    assert "minister" not in json.dumps(response.json)
    assert (response.json["pubStatus"], response.json["by"], response.json["version"]) == ("usable", "rosa", "1")
    assert response.json["uri"] == f"urn:uuid:{story.pk}"
    assert response.json["renditions"][0]["href"] == f"https://gazette.example/stories/{story.pk}"
    assert response.json["infoSources"] == [{"name": PUBLISHER, "role": "publisher", "uri": "https://gazette.example"}]


@pytest.mark.skipif("NINJS_SCHEMA" not in os.environ, reason="NINJS_SCHEMA names no file with the schema of ninjs 3.1")
def test_ninjs_conforms_to_the_official_schema(client_for: ClientFactory, rosa: User, room: Room) -> None:
    story = corrected_story(room)
    official = json.loads(Path(os.environ["NINJS_SCHEMA"]).read_text())
    assert_valid(client_for(rosa).get(f"stories/{story.pk}/ninjs").json, official)


def corrected_story(room: Room) -> Story:
    """A corrected story, with a line for readers."""
    story = room.published(room.verified())
    write(room, story, "It stood ajar.")
    publication.correct(
        story_id=story.pk, text="It stood ajar, not open.", actor=room.people["edith"], now=room.later(hours=1)
    )
    room.settle()
    return Story.objects.get(pk=story.pk)


def test_a_corrected_story_states_what_was_changed_and_when(client_for: ClientFactory, rosa: User, room: Room) -> None:
    story = corrected_story(room)
    item = client_for(rosa).get(f"stories/{story.pk}/ninjs").json
    assert_valid(item, NINJS)
    (correction,) = item["associations"]
    assert (correction["rel"], correction["name"]) == ("correction", "Update")
    assert correction["bodies"][0]["value"] == item["edNote"] == "It stood ajar, not open."
    assert item["bodies"][0]["value"] == "It stood ajar."
    assert item["versionCreated"] == correction["versionCreated"] > item["firstCreated"]
    assert item["version"] == "2"


def test_each_change_of_state_or_authors_is_a_version_that_receivers_take(
    client_for: ClientFactory, rosa: User, sena: User, ruben: User, room: Room
) -> None:
    story, client = room.published(room.verified()), client_for(rosa)
    items, tags = [client.get(f"stories/{story.pk}/ninjs").json], [client.get(f"stories/{story.pk}").response["ETag"]]
    for act, fields in (
        (publication.withhold, {"reason": "A call."}),
        (publication.restore, {"reason": "A hoax."}),
        (stories.assign, {"authors": [ruben.pk], "note": "Ruben wrote this."}),
        (publication.retract, {"reason": "We were deceived."}),
    ):
        act(story_id=story.pk, actor=sena, now=room.later(minutes=1), **fields)  # type: ignore[operator]
        items.append(client.get(f"stories/{story.pk}/ninjs").json)
        tags.append(client.get(f"stories/{story.pk}").response["ETag"])
    for item in items:
        assert_valid(item, NINJS)
    assert [item["version"] for item in items] == ["1", "2", "3", "4", "5"]
    assert [item["pubStatus"] for item in items] == ["usable", "withheld", "usable", "usable", "canceled"]
    assert [item["by"] for item in items] == ["rosa", "rosa", "rosa", "ruben", "ruben"]
    assert items[3]["edNote"] == "Ruben wrote this."
    created = [datetime.fromisoformat(item["versionCreated"]) for item in items]
    assert created == sorted(set(created))
    assert {item["firstCreated"] for item in items} == {items[0]["firstCreated"]}
    assert len(set(tags)) == 5


def test_a_withheld_or_retracted_story_says_so_and_has_no_copy(
    client_for: ClientFactory, rosa: User, edith: User, stan: User, room: Room
) -> None:
    story, client = room.published(room.verified()), client_for(rosa)
    publication.withhold(story_id=story.pk, reason="The minister phoned.", actor=edith, now=room.later(minutes=1))
    withheld = client.get(f"stories/{story.pk}/ninjs").json
    assert_valid(withheld, NINJS)
    assert (withheld["pubStatus"], "bodies" in withheld) == ("withheld", False)
    assert "phoned" not in json.dumps(withheld), "why it is withheld is for the desk"
    publication.retract(story_id=story.pk, reason="We were deceived.", actor=stan, now=room.later(minutes=1))
    retracted = client.get(f"stories/{story.pk}/ninjs").json
    assert_valid(retracted, NINJS)
    assert (retracted["pubStatus"], retracted["edNote"], "bodies" in retracted) == (
        "canceled",
        "We were deceived.",
        False,
    )


def test_an_unpublished_story_is_refused_with_a_reason(
    client_for: ClientFactory, rosa: User, carl: User, room: Room
) -> None:
    story = room.cleared(room.verified())
    response = client_for(rosa).get(f"stories/{story.pk}/ninjs")
    assert (response.status, response.codes) == (409, ["NOT_PUBLISHED"])
    assert "has not been published" in response.json["detail"]
    assert client_for(carl).get(f"stories/{story.pk}/ninjs").status == 404


def test_only_on_record_sources_named_in_the_copy_are_listed(client_for: ClientFactory, rosa: User, room: Room) -> None:
    claim = room.claim()
    named, unnamed = room.person("Lida Fenn"), room.person("a sluice engineer", unnamed=True)
    sources.protect(
        source_id=unnamed.pk, name="a sluice engineer", identity_name=NAME, identity_known_by=KNOWN_BY, actor=rosa,
        now=room.now,
    )  # fmt: skip
    sources.vouch(source_id=unnamed.pk, reason="Met.", actor=room.people["edith"], now=room.now)
    for said_by, how in (
        (named, {}), (room.person("Kasper Bo"), {}), (room.person("Berta Oh"), {"terms": "background"}), (unnamed, {}),
        (room.person("Gus Hall"), {"inducement": "coerced"}),
    ):  # fmt: skip
        room.says(said_by, claim, **how)
    room.settle()
    room.sign(claim)
    story = room.cleared(claim)
    stories.revise(
        story_id=story.pk, body="“It was open,” Lida Fenn said. Berta Oh, Gus Hall and a sluice engineer saw it.",
        actor=rosa, now=room.now,
    )  # fmt: skip
    stories.clear(story_id=story.pk, actor=room.people["edith"], now=room.now)
    for code in ("C_ANON_EXPLAIN",):
        stories.confirm_condition(
            story_id=story.pk, claim_id=claim.pk, code=code, actor=room.people["cora"], now=room.now
        )
    publication.publish(story_id=story.pk, actor=room.people["edith"], now=room.now)
    for told in (
        client_for(rosa).get(f"stories/{story.pk}/ninjs"),
        client_for(rosa).get(f"claims/{claim.pk}/claim-review"),
    ):
        assert told.status == 200, told
        assert all(word not in json.dumps(told.json) for word in (NAME, KNOWN_BY, "Kasper", str(unnamed.pk)))
    told = client_for(rosa).get(f"stories/{story.pk}/ninjs").json
    assert [source["name"] for source in told["infoSources"]] == [PUBLISHER, "Lida Fenn"]
    reviewed = client_for(rosa).get(f"claims/{claim.pk}/claim-review").json["itemReviewed"]
    assert reviewed["author"] == {"@type": "Person", "name": "Lida Fenn"}
    sources.protect(
        source_id=named.pk, name="a keeper", identity_name="Lida Fenn", identity_known_by="1970", actor=rosa,
        now=room.now,
    )  # fmt: skip
    after = client_for(rosa).get(f"stories/{story.pk}/ninjs").json
    assert [source["name"] for source in after["infoSources"]] == [PUBLISHER], "from now on she is protected"


def test_a_fake_that_the_copy_names_is_no_source_of_the_story(
    client_for: ClientFactory, rosa: User, felix: User, room: Room
) -> None:
    claim, diary = room.verified(), room.paper("The Weir Diary")
    room.says(room.person("Lida Fenn"), claim)
    room.says(diary, claim)
    story = room.published(claim)
    write(room, story, "Lida Fenn said so. The Weir Diary did, too.")
    publication.correct(story_id=story.pk, text="More.", actor=room.people["edith"], now=room.later(hours=1))
    client = client_for(rosa)

    def named() -> list[str]:
        return [source["name"] for source in client.get(f"stories/{story.pk}/ninjs").json["infoSources"][1:]]

    assert named() == ["Lida Fenn", "The Weir Diary"]
    sources.authenticate(source_id=diary.pk, result="forged", reason="The paper is new.", actor=felix, now=room.now)
    assert named() == ["Lida Fenn"]


# --- Claims -----------------------------------------------------------------------------------------------------------


def test_a_signed_published_claim_has_a_claim_review(client_for: ClientFactory, rosa: User, room: Room) -> None:
    story = room.published(claim := room.verified("The gate was open."))
    response = client_for(rosa).get(f"claims/{claim.pk}/claim-review")
    assert (response.status, response.type) == (200, "application/ld+json"), response
    assert_valid(response.json, CLAIM_REVIEW)
    assert response.json["claimReviewed"] == "The gate was open."
    assert response.json["url"] == f"https://gazette.example/stories/{story.pk}"
    rating = response.json["reviewRating"]
    assert (rating["ratingValue"], rating["alternateName"]) == (5, "Verified")
    assert response.json["itemReviewed"] == {"@type": "Claim"}, "the copy names nobody"


def test_a_claim_review_says_that_the_claim_misleads_without_its_context(
    client_for: ClientFactory, rosa: User, cora: User, edith: User, room: Room
) -> None:
    claim = room.verified("Wrecks doubled.", needs_context=True)
    story = room.cleared(claim)
    stories.confirm_condition(story_id=story.pk, claim_id=claim.pk, code="C_CONTEXT", actor=cora, now=room.now)
    publication.publish(story_id=story.pk, actor=edith, now=room.now)
    review = client_for(rosa).get(f"claims/{claim.pk}/claim-review").json
    assert_valid(review, CLAIM_REVIEW)
    assert review["reviewRating"]["ratingExplanation"].endswith("misleading without the context that the story gives.")


def test_a_refuted_claim_gets_the_lowest_rating(client_for: ClientFactory, rosa: User, room: Room) -> None:
    claim = room.claim("The gate was shut.")
    outlet = room.source("outlet", "The Daily Weir")
    room.says(outlet, claim, directness="second_hand", obtained_by="external")
    for _ in range(2):
        room.denied(claim)
    room.settle()
    room.sign(claim)
    story = room.cleared(claim, mode="debunk")
    stories.revise(story_id=story.pk, body="The Daily Weir was wrong.", actor=rosa, now=room.now)
    stories.clear(story_id=story.pk, actor=room.people["edith"], now=room.now)
    stories.confirm_condition(
        story_id=story.pk, claim_id=claim.pk, code="C_LEAD_WITH_FACT", actor=room.people["cora"], now=room.now
    )
    publication.publish(story_id=story.pk, actor=room.people["edith"], now=room.now)
    review = client_for(rosa).get(f"claims/{claim.pk}/claim-review").json
    assert_valid(review, CLAIM_REVIEW)
    assert (review["reviewRating"]["ratingValue"], review["reviewRating"]["alternateName"]) == (1, "Refuted")
    assert review["itemReviewed"]["author"] == {"@type": "NewsMediaOrganization", "name": "The Daily Weir"}


def test_a_claim_review_carries_the_corrections_of_its_story(client_for: ClientFactory, rosa: User, room: Room) -> None:
    corrected_story(room)
    review = client_for(rosa).get(f"claims/{PublishedUse.objects.get().claim_id}/claim-review").json
    assert_valid(review, CLAIM_REVIEW)
    (correction,) = review["correction"]
    assert correction["text"] == "It stood ajar, not open."
    assert correction["datePublished"] == review["dateModified"]


def test_a_later_revision_is_in_no_claim_review(client_for: ClientFactory, rosa: User, room: Room) -> None:
    room.published(claim := room.verified("The gate was open."))
    claims.revise(claim_id=claim.pk, text="The gate stood open all night.", actor=rosa, now=room.now)
    response = client_for(rosa).get(f"claims/{claim.pk}/claim-review")
    assert (response.status, response.codes) == (409, ["NO_LONGER_VALID"])
    room.settle()
    room.sign(claim)
    review = client_for(rosa).get(f"claims/{claim.pk}/claim-review").json
    assert review["claimReviewed"] == "The gate was open.", "the new words are signed, and not printed yet"


def test_an_unpublished_or_no_longer_valid_claim_is_refused(
    client_for: ClientFactory, rosa: User, edith: User, room: Room
) -> None:
    claim, client = room.verified(), client_for(rosa)
    unprinted = client.get(f"claims/{claim.pk}/claim-review")
    assert (unprinted.status, unprinted.codes) == (409, ["NOT_PUBLISHED"])
    story = room.published(claim)
    statement = claim.statements.first()
    assert statement is not None
    statements.end(ended="withdrawn", statement_id=statement.pk, reason="Phoned.", actor=rosa, now=room.now)
    room.settle()
    fallen = client.get(f"claims/{claim.pk}/claim-review")
    assert (fallen.status, fallen.codes) == (409, ["NO_LONGER_VALID"])
    assert "remedy" in fallen.json["detail"]
    publication.withhold(story_id=story.pk, reason="It fell.", actor=edith, now=room.now)
    assert client.get(f"claims/{claim.pk}/claim-review").codes == ["NOT_PUBLISHED"]


def published_here_and_used_in_town(room: Room) -> Claim:
    """A claim that the other desk sees, because a draft of it uses it, and that only a story of this desk published."""
    claim = room.verified()
    room.published(claim)
    city, hugo = Desk.objects.get(slug="city"), room.people["hugo"]
    room.use(stories.pitch(desk_id=city.pk, headline="In town", actor=hugo, now=room.now), [claim])
    return claim


def test_stories_of_another_desk_are_not_syndicated(
    client_for: ClientFactory, hugo: User, cleo: User, room: Room
) -> None:
    claim = published_here_and_used_in_town(room)
    assert client_for(cleo).get(f"claims/{claim.pk}").status == 200
    assert client_for(cleo).get(f"claims/{claim.pk}/claim-review").codes == ["NOT_PUBLISHED"]
    assert client_for(hugo).get(f"claims/{claim.pk}/claim-review").status == 200


def test_without_a_story_url_there_is_no_claim_review(
    client_for: ClientFactory, rosa: User, room: Room, settings: Any
) -> None:
    settings.STORY_URL = settings.PUBLISHER_URL = ""
    story = room.published(claim := room.verified())
    assert client_for(rosa).get(f"claims/{claim.pk}/claim-review").codes == ["STORY_URL_NOT_SET"]
    item = client_for(rosa).get(f"stories/{story.pk}/ninjs").json
    assert_valid(item, NINJS)
    assert "renditions" not in item
