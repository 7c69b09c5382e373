"""Comments over the API: threads, texts, conflicts, and what nobody may learn."""

from __future__ import annotations

from uuid import uuid4

from editorial.models import Comment, Desk, User
from editorial.workflow.evidence import sources
from editorial.workflow.review import comments
from tests.api.conftest import ClientFactory
from tests.support.cast import Room


def test_a_thread_from_a_comment_to_its_resolution(
    client_for: ClientFactory, rosa: User, felix: User, room: Room
) -> None:
    claim = room.claim()
    author, other = client_for(rosa), client_for(felix)
    added = author.post("comments", claim=str(claim.pk), text="Who saw it?")
    assert (added.status, added.json["text"], added.json["claim"]) == (201, "Who saw it?", str(claim.pk))
    assert added.json["written_by"]["name"] == "rosa"
    replied = other.post("comments", reply_to=added.json["id"], text="The guard.")
    assert (replied.status, replied.json["reply_to"]) == (201, added.json["id"])
    resolved = other.post(f"comments/{added.json['id']}/resolve")
    assert (resolved.status, resolved.json["resolved_by"]["name"]) == (200, "felix")
    again = author.post(f"comments/{added.json['id']}/resolve")
    assert (again.status, again.codes) == (409, ["ALREADY_RESOLVED"])
    assert other.post(f"comments/{added.json['id']}/reopen").json["resolved_at"] is None
    listed = author.get("comments", claim=str(claim.pk), order="oldest").json["results"]
    assert [row["text"] for row in listed] == ["Who saw it?", "The guard."]
    for query, expected in (
        ({"reply_to": added.json["id"]}, ["The guard."]), ({"reply": "false"}, ["Who saw it?"]),
        ({"resolved": "true"}, []), ({"mine": "true"}, ["Who saw it?"]), ({"story": str(uuid4())}, []),
    ):  # fmt: skip
        assert [row["text"] for row in author.get("comments", **query).json["results"]] == expected, query


def test_an_edit_names_the_version_it_is_based_on_and_keeps_the_former_text(
    client_for: ClientFactory, rosa: User, felix: User, room: Room
) -> None:
    row = comments.add(claim_id=room.claim().pk, text="Who saw it?", actor=rosa, now=room.now)
    author, path = client_for(rosa), f"comments/{row.pk}"
    tag = author.get(path).response["ETag"]
    assert author.send("patch", path, {"text": "Who heard it?"}).status == 428
    edited = author.patch(path, etag=tag, text="Who heard it?")
    assert (edited.status, edited.json["text"], edited.json["version"]) == (200, "Who heard it?", 2)
    stale = author.patch(path, etag=tag, text="Who smelled it?")
    assert (stale.status, stale.codes) == (412, ["STALE_VERSION"])
    assert client_for(felix).patch(path, text="Mine.").status == 403
    texts = client_for(felix).get(f"{path}/texts").json
    assert (texts["current"]["text"], [each["text"] for each in texts["former"]]) == ("Who heard it?", ["Who saw it?"])


def test_former_texts_are_withheld_where_an_unnamed_source_is_concerned(
    client_for: ClientFactory, rosa: User, felix: User, cuno: User, room: Room
) -> None:
    claim, witness = room.claim(), room.person("Mia Mole")
    room.says(witness, claim)
    row = comments.add(claim_id=claim.pk, text="Mia Mole saw it.", actor=rosa, now=room.now)
    sources.protect(
        source_id=witness.pk, name="an aide", identity_name="Mia Mole", identity_known_by="born 1 May", actor=rosa,
        now=room.now,
    )  # fmt: skip
    comments.edit(comment_id=row.pk, text="The aide saw it.", actor=rosa, now=room.now)
    for reader, former in ((felix, []), (cuno, ["Mia Mole saw it."]), (rosa, ["Mia Mole saw it."])):
        response = client_for(reader).get(f"comments/{row.pk}/texts")
        assert [each["text"] for each in response.json["former"]] == former, reader
        assert response.json["withheld"] == (not former)
    for path in ("comments", f"comments/{row.pk}", "comments/export", "events"):
        assert "Mole" not in str(client_for(felix).get(path).response.getvalue()), path


def test_a_repeated_request_comments_once(client_for: ClientFactory, rosa: User, room: Room) -> None:
    body, key = {"claim": str(room.claim().pk), "text": "Who saw it?"}, str(uuid4())
    first, second = (
        client_for(rosa).send("post", "comments", body, headers={"Idempotency-Key": key}) for _ in range(2)
    )
    assert (first.status, second.status, first.json["id"]) == (201, 201, second.json["id"])
    assert Comment.objects.count() == 1


def test_no_response_shows_who_is_mentioned(client_for: ClientFactory, rosa: User, room: Room) -> None:
    """A user who may not see the claim, one who left, a desk, and nobody: the responses differ in the name only."""
    claim, client = room.claim(), client_for(rosa)
    responses = set()
    for name in ("felix", "carl", "gina", "city", "nobody"):
        response = client.post("comments", claim=str(claim.pk), text=f"@{name}")
        row = {key: value for key, value in response.json.items() if key not in ("id", "written_at", "created_at")}
        responses.add(str(row).replace(name, "…"))
        stream = client.get("events", stream=f"comment:{response.json['id']}").json["results"]
        responses.add(str([(each["action"], sorted(each["data"])) for each in stream]))
    assert len(responses) == 2


def test_another_desk_sees_a_comment_exactly_when_it_sees_the_object(
    client_for: ClientFactory, rosa: User, carl: User, hugo: User, room: Room
) -> None:
    claim = room.claim()
    statement = room.says(room.person("a keeper", unnamed=True), claim)
    row = comments.add(statement_id=statement.pk, text="When?", actor=rosa, now=room.now)
    town = client_for(carl)
    hidden, unknown = town.get(f"comments/{row.pk}"), town.get(f"comments/{uuid4()}")
    assert (hidden.status, hidden.codes) == (unknown.status, unknown.codes)
    assert town.get("comments", statement=str(statement.pk)).json["results"] == []
    assert town.post("comments", statement=str(statement.pk), text="Now.").status == 422
    assert town.post(f"comments/{row.pk}/resolve").status == 404
    Room(Desk.objects.get(slug="city"), room.people).story(claim, by="hugo")
    assert [each["id"] for each in town.get("comments").json["results"]] == [str(row.pk)]
