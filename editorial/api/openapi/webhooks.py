"""Webhooks in the OpenAPI document: every type of event that one can carry, from the tables of actions and events."""

from __future__ import annotations

from typing import Any

from editorial.api.openapi.document import Document
from editorial.policy.actions import Action
from editorial.policy.events import RULES, WEBHOOK_EVENTS

_ID = {"type": "string", "format": "uuid"}
_EVENT: dict[str, Any] = {
    "type": "object",
    "description": "The body of every delivery: what happened to which object. It has ids and codes, never content.",
    "required": ["type", "timestamp", "data"],
    "properties": {
        "type": {
            "type": "string",
            "enum": sorted(WEBHOOK_EVENTS | {Action.WEBHOOK_PING.value}),
            "description": "The type of event; `webhook.ping` is a test.",
        },
        "timestamp": {"type": "string", "format": "date-time", "description": "When it happened."},
        "data": {
            "type": "object",
            "description": "The object, and further ids and codes that depend on the type.",
            "required": ["event", "desk", "object", "id"],
            "additionalProperties": True,
            "properties": {
                "event": {**_ID, "description": "The event; `GET /events/{id}` shows it."},
                "desk": {**_ID, "type": ["string", "null"], "description": "The desk of the event."},
                "object": {"type": "string", "description": "The type of object, such as claim."},
                "id": {**_ID, "description": "The id of the object."},
            },
        },
    },
}
_EXAMPLE = {
    "type": "claim.assess",
    "timestamp": "2026-03-04T11:30:00Z",
    "data": {
        "event": "019f7c52-9d2e-7c55-9a1b-6f0e4d8c2b11",
        "desk": "019f7c52-6f0a-7d33-9d3e-5a4a1c9b2e10",
        "object": "claim",
        "id": "019f7c54-0b7e-7c1f-b7a4-0c8b8a2f9d11",
        "finding": ["unverified", "verified"],
    },
}
_HEADERS = (
    ("webhook-id", "The id of the delivery, the same in every attempt."),
    ("webhook-timestamp", "When this attempt was sent, in seconds since 1970."),
    ("webhook-signature", "Signatures by the webhook's secret (Standard Webhooks)."),
)


def add_webhooks(result: Document, **_: Any) -> Document:
    """Describe the delivery of each type of event."""
    result["components"]["schemas"]["WebhookEvent"] = _EVENT | {"examples": [_EXAMPLE]}
    headers = [
        {"name": name, "in": "header", "required": True, "schema": {"type": "string"}, "description": description}
        for name, description in _HEADERS
    ]
    body = {
        "required": True,
        "content": {"application/json": {"schema": {"$ref": "#/components/schemas/WebhookEvent"}}},
    }
    responses = {
        "2XX": {"description": "Received. Anything else is retried for three days."},
        "410": {"description": "Send no more. After three such responses in a row the webhook is disabled."},
    }
    # By reference: openapi-generator would otherwise make client operations of them, which do not compile.
    result["components"]["pathItems"] = {
        _component(name): {
            "post": {
                "operationId": f"receive_{_component(name)}",
                "summary": f"Somebody or the system {RULES[name].sentence}",
                "description": f"Sent after `{name}`: somebody or the system {RULES[name].sentence}.",
                "tags": ["webhooks"],
                "security": [],
                "parameters": headers,
                "requestBody": body,
                "responses": responses,
            }
        }
        for name in sorted(WEBHOOK_EVENTS)
    }
    result["webhooks"] = {
        name: {"$ref": f"#/components/pathItems/{_component(name)}"} for name in sorted(WEBHOOK_EVENTS)
    }
    delivery = result["components"]["schemas"]["WebhookDeliveryDetail"]
    payload = delivery["properties"]["payload"]
    del payload["type"], payload["additionalProperties"]
    payload["$ref"] = "#/components/schemas/WebhookEvent"
    delivery["examples"][0]["payload"] = _EXAMPLE
    return result


def _component(event_type: str) -> str:
    """The name of the component that describes the delivery of a type of event."""
    return event_type.replace(".", "_")
