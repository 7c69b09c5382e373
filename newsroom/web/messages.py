"""Messages to the user in a cookie of the configured name: Django's own name cannot be configured."""

from __future__ import annotations

from django.conf import settings
from django.contrib.messages.storage.cookie import CookieStorage
from django.contrib.messages.storage.fallback import FallbackStorage
from django.contrib.messages.storage.session import SessionStorage


class NamedCookieStorage(CookieStorage):
    """Django's cookie storage under `MESSAGE_COOKIE_NAME`."""

    @property
    def cookie_name(self) -> str:  # type: ignore[override]
        return str(settings.MESSAGE_COOKIE_NAME)


class MessageStorage(FallbackStorage):
    """A cookie, and the session for what does not fit into it."""

    storage_classes = (NamedCookieStorage, SessionStorage)
