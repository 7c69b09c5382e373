"""Webhooks that a development newsroom received from itself: stored in private files, the newest hundred."""

from __future__ import annotations

import json
import os
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field
from datetime import datetime
from pathlib import Path

from django.conf import settings
from standardwebhooks import Webhook, WebhookVerificationError
from uuid_utils.compat import uuid7

from editorial.models import WebhookEndpoint, encryption

MAX_KEPT = 100


@dataclass(frozen=True, slots=True)
class ReceivedWebhook:
    """One request. `verified`: one of the secrets of the webhooks with this URL signed it."""

    received_at: str
    verified: bool
    body: str
    headers: dict[str, str] = field(default_factory=dict)

    @property
    def time(self) -> datetime:
        return datetime.fromisoformat(self.received_at)

    @property
    def event_type(self) -> str:
        content = self._content()
        return str(content.get("type", "")) if isinstance(content, dict) else ""

    @property
    def pretty_body(self) -> str:
        """The body, indented if it is JSON."""
        content = self._content()
        return self.body if content is None else json.dumps(content, indent=2, ensure_ascii=False)

    def _content(self) -> object:
        try:
            return json.loads(self.body)
        except ValueError:
            return None


def receive(body: bytes, headers: Mapping[str, str], *, now: datetime) -> ReceivedWebhook:
    """Verify the signature, as any receiver should, and store the request."""
    received = ReceivedWebhook(
        now.isoformat(), _is_verified(body, headers), body.decode(errors="replace"), dict(headers)
    )
    folder = _folder()
    folder.mkdir(mode=0o700, exist_ok=True)
    handle = os.open(folder / f"{uuid7()}.json", os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "w") as file:
        json.dump(asdict(received), file)
    for path in _newest_first()[MAX_KEPT:]:
        path.unlink(missing_ok=True)
    return received


def newest() -> list[ReceivedWebhook]:
    """The stored requests, newest first."""
    return list(_read_all(_newest_first()[:MAX_KEPT]))


def _is_verified(body: bytes, headers: Mapping[str, str]) -> bool:
    names = {name.lower(): value for name, value in headers.items()}
    for endpoint in WebhookEndpoint.objects.filter(url=settings.DEVELOPMENT_WEBHOOK_URL):
        try:
            Webhook(encryption.decrypt(endpoint, "encrypted_secret")).verify(body, names)
        except (WebhookVerificationError, encryption.EncryptionError, ValueError):
            continue
        return True
    return False


def _read_all(paths: Iterable[Path]) -> Iterable[ReceivedWebhook]:
    for path in paths:
        try:
            yield ReceivedWebhook(**json.loads(path.read_text()))
        except (OSError, ValueError, TypeError):
            continue  # another request has just removed it, or it is being written


def _newest_first() -> list[Path]:
    return sorted(_folder().glob("*.json"), reverse=True)  # by id, which begins with the time


def _folder() -> Path:
    return Path(settings.DATA) / "webhooks"
