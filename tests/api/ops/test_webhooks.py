"""Subscriptions and webhooks in the API."""

from editorial.models import Delivery, DeliveryAttempt, Desk, Event, User, WebhookEndpoint
from tests.api.conftest import ClientFactory
from tests.support.cast import Room

URL = "https://1.1.1.1/hook"


def test_a_story_is_followed_and_unfollowed(client_for: ClientFactory, rosa: User, carl: User, room: Room) -> None:
    story, client = room.story(), client_for(rosa)
    followed = client.post("subscriptions", story=str(story.pk))
    assert (followed.status, followed.json["story"], followed.json["by_mail"]) == (201, str(story.pk), True)
    again = client.post("subscriptions", story=str(story.pk), by_mail=False)
    assert (again.json["id"], again.json["by_mail"]) == (followed.json["id"], False)
    assert [row["id"] for row in client.get("subscriptions").json["results"]] == [followed.json["id"]]
    assert client_for(carl).get("subscriptions").json["results"] == []
    assert client_for(carl).send("delete", f"subscriptions/{followed.json['id']}", None).status == 404
    assert client_for(carl).post("subscriptions", story=str(story.pk)).status == 422
    assert client.post("subscriptions").codes == ["EXACTLY_ONE_TARGET"]
    assert client.send("delete", f"subscriptions/{followed.json['id']}", None).status == 204
    assert client.get("subscriptions").json["results"] == []


def test_an_administrator_adds_and_disables_a_webhook(client_for: ClientFactory, ada: User, politics: Desk) -> None:
    client = client_for(ada)
    added = client.post("webhooks", desk=str(politics.pk), url=URL)
    assert added.status == 201, added
    assert added.json["secret"].startswith("whsec_")
    (listed,) = client.get("webhooks", desk=str(politics.pk)).json["results"]
    assert listed == {name: value for name, value in added.json.items() if name != "secret"}
    assert client.get(f"webhooks/{listed['id']}/deliveries").json == []
    assert client.post("webhooks", desk=str(politics.pk), url=URL).status == 409
    assert client.post(f"webhooks/{listed['id']}/disable").json["active"] is False
    restored = client.post("webhooks", desk=str(politics.pk), url=URL).json
    assert (restored["id"], restored["active"]) == (listed["id"], True)
    assert restored["secret"] != added.json["secret"]


def test_a_private_url_is_refused_immediately_with_a_reason(
    client_for: ClientFactory, ada: User, politics: Desk
) -> None:
    for url in ("https://localhost/hook", "https://10.0.0.1/", "http://hooks.example/", "https://intranet/"):
        response = client_for(ada).post("webhooks", desk=str(politics.pk), url=url)
        assert (response.status, response.codes) == (422, ["URL_NOT_ALLOWED"]), url
        assert response.json["errors"][0]["pointer"] == "#/url"


def test_webhooks_are_for_administrators(client_for: ClientFactory, ada: User, rosa: User, politics: Desk) -> None:
    client_for(ada).post("webhooks", desk=str(politics.pk), url=URL)
    (endpoint,) = WebhookEndpoint.objects.all()
    assert client_for(rosa).get("webhooks").json["results"] == []
    assert client_for(rosa).get(f"webhooks/{endpoint.pk}").status == 404
    assert client_for(rosa).post(f"webhooks/{endpoint.pk}/disable").status in (403, 404)
    assert client_for(rosa).post("webhooks", desk=str(politics.pk), url="https://1.1.1.1/other").status == 403
    assert client_for(ada, scopes=["read"]).post(f"webhooks/{endpoint.pk}/disable").status == 403  # type: ignore[call-arg]


def test_an_administrator_rotates_the_secret_of_a_webhook(
    client_for: ClientFactory, ada: User, rosa: User, politics: Desk
) -> None:
    client = client_for(ada)
    added = client.post("webhooks", desk=str(politics.pk), url=URL).json
    assert added["previous_secret_expires_at"] is None
    rotated = client.post(f"webhooks/{added['id']}/rotate")
    assert rotated.status == 200, rotated
    assert rotated.json["secret"].startswith("whsec_")
    assert rotated.json["secret"] != added["secret"]
    assert rotated.json["previous_secret_expires_at"] is not None
    assert "secret" not in client.get(f"webhooks/{added['id']}").json
    assert client_for(rosa).post(f"webhooks/{added['id']}/rotate").status == 404
    client.post(f"webhooks/{added['id']}/disable")
    assert client.post(f"webhooks/{added['id']}/rotate").codes == ["ALREADY_DISABLED"]


def test_an_administrator_chooses_the_events_of_a_webhook(
    client_for: ClientFactory, ada: User, edith: User, politics: Desk
) -> None:
    client = client_for(ada)
    added = client.post("webhooks", desk=str(politics.pk), url=URL, event_types=["claim.drop"]).json
    assert (added["event_types"], added["version"], added["paused_at"]) == (["claim.drop"], 1, None)
    path = f"webhooks/{added['id']}"
    assert client.send("patch", path, {"event_types": []}).status == 428
    tag = client.get(path).response["ETag"]
    changed = client.send("patch", path, {"event_types": ["story.publish"]}, headers={"If-Match": tag})
    assert (changed.json["event_types"], changed.json["version"]) == (["story.publish"], 2)
    assert client.send("patch", path, {"event_types": []}, headers={"If-Match": tag}).status == 412
    unknown = client.send("patch", path, {"event_types": ["source.unmask"]}, headers={"If-Match": "*"})
    assert unknown.status == 422
    assert client_for(edith).send("patch", path, {"event_types": []}, headers={"If-Match": "*"}).status == 404


def test_a_delivery_shows_its_payload_and_every_attempt_and_is_sent_again(
    client_for: ClientFactory, ada: User, edith: User, politics: Desk, room: Room
) -> None:
    client = client_for(ada)
    room.claim()
    webhook = client.post("webhooks", desk=str(politics.pk), url=URL).json
    event = Event.objects.filter(action="claim.file").latest("id")
    delivery = Delivery.objects.create(
        endpoint_id=webhook["id"], event=event, channel="webhook", state="failed", settled_at=room.now, attempts=1
    )
    DeliveryAttempt.objects.create(
        delivery=delivery, number=1, started_at=room.now, outcome="failed", error="HTTP_503", status=503, milliseconds=7
    )
    (listed,) = client.get("webhook-deliveries", webhook=webhook["id"], state="failed").json["results"]
    assert (listed["id"], listed["type"]) == (str(delivery.pk), "claim.file")
    shown = client.get(f"webhook-deliveries/{delivery.pk}").json
    assert shown["payload"]["data"]["id"] == event.stream.removeprefix("claim:")
    assert [(each["status"], each["outcome"], each["milliseconds"]) for each in shown["history"]] == [
        (503, "failed", 7)
    ]
    assert client_for(edith).get(f"webhook-deliveries/{delivery.pk}").status == 404
    assert client_for(edith).get("webhook-deliveries").json["results"] == []
    assert client_for(edith).post(f"webhook-deliveries/{delivery.pk}/resend").status == 404
    assert client.post(f"webhook-deliveries/{delivery.pk}/resend").json["state"] == "waiting"
    assert client.post(f"webhook-deliveries/{delivery.pk}/resend").codes == ["BEING_SENT"]


def test_a_webhook_is_pinged_and_resumed(client_for: ClientFactory, ada: User, politics: Desk, room: Room) -> None:
    client = client_for(ada)
    webhook = client.post("webhooks", desk=str(politics.pk), url=URL).json
    path = f"webhooks/{webhook['id']}"
    assert client.post(f"{path}/resume").codes == ["NOT_PAUSED"]
    WebhookEndpoint.objects.update(paused_at=room.now)
    assert [row["id"] for row in client.get("webhooks", paused="true").json["results"]] == [webhook["id"]]
    assert client.post(f"{path}/ping").status == 200
    assert [row["type"] for row in client.get(f"{path}/deliveries").json] == ["webhook.ping"]
    assert client.post(f"{path}/resume").json["paused_at"] is None
