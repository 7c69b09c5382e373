"""Chat services: post a text to Slack, Teams, Matrix, a phone … through the library Apprise, guarded against SSRF.

Apprise's plugins call `requests`. In a process that has imported this module, `requests` calls others only through
`http_client`, which checks every address, and only while a text is being posted. Importing it takes 21 megabytes, so
callers do so when they need it.
"""

from __future__ import annotations

import io
import time
from contextvars import ContextVar
from datetime import timedelta
from typing import Any

import httpx
import requests
from apprise import AppriseAsset, NotifyBase, NotifyFormat, OverflowMode
from apprise.exception import AppriseException
from django.conf import settings
from django.utils.module_loading import import_string
from requests.adapters import BaseAdapter

from editorial import http_client
from editorial.models import ChatService

MAX_URL_LENGTH = 500  # characters
_PLUGINS = {
    ChatService.BULKSMS: "bulksms.NotifyBulkSMS",
    ChatService.CLICKSEND: "clicksend.NotifyClickSend",
    ChatService.DISCORD: "discord.NotifyDiscord",
    ChatService.GOOGLE_CHAT: "google_chat.NotifyGoogleChat",
    ChatService.GOTIFY: "gotify.NotifyGotify",
    ChatService.MATRIX: "matrix.NotifyMatrix",
    ChatService.MATTERMOST: "mattermost.NotifyMattermost",
    ChatService.MESSAGEBIRD: "messagebird.NotifyMessageBird",
    ChatService.NTFY: "ntfy.NotifyNtfy",
    ChatService.PUSHOVER: "pushover.NotifyPushover",
    ChatService.ROCKET_CHAT: "rocketchat.NotifyRocketChat",
    ChatService.SINCH: "sinch.NotifySinch",
    ChatService.SLACK: "slack.NotifySlack",
    ChatService.TEAMS: "workflows.NotifyWorkflows",
    ChatService.TELEGRAM: "telegram.NotifyTelegram",
    ChatService.TWILIO: "twilio.NotifyTwilio",
    ChatService.VONAGE: "vonage.NotifyVonage",
    ChatService.WEBEX: "webexteams.NotifyWebexTeams",
    ChatService.ZULIP: "zulip.NotifyZulip",
}
"""Apprise's plugin of each service. Only those that call others by `requests` and by nothing else; a test compares."""
_ASSET = AppriseAsset(app_id="Newsroom", app_url="", image_url_mask="", image_url_logo="", http_redirects=False)
_MAX_RESPONSE = 64 * 1024  # bytes that plugins get of a response
_OWN_HEADERS = {"accept-encoding", "connection", "content-length", "host"}  # `http_client` sets these


class UnusableUrl(Exception):
    """This URL cannot be used. The message is for users."""


class Refused(Exception):
    """The service did not accept the text. `status`: of its last response; 0 if there was none."""

    def __init__(self, status: int, retry_after: timedelta | None) -> None:
        self.status, self.retry_after = status, retry_after
        super().__init__(f"HTTP_{status}")


def service_of(url: str) -> ChatService:
    """The service that this URL belongs to. Raises `UnusableUrl`."""
    return _parse(url)[0]


def post(url: str, text: str) -> int:
    """Post a text; returns the status of the last response.

    Raises `Refused`, `UnusableUrl`, `http_client.DestinationNotAllowed` or `http_client.RequestFailed`.
    """
    _, plugin = _parse(url)
    conversation = _Conversation()
    token = _current.set(conversation)
    try:
        accepted = plugin.notify(body=text, body_format=NotifyFormat.TEXT, overflow=OverflowMode.UPSTREAM)
        status, failure = conversation.status, conversation.failure
        del plugin  # which ends its session, if the service has sessions
    finally:
        _current.reset(token)
    if accepted:
        return status
    raise failure or Refused(status, conversation.retry_after)


def _parse(url: str) -> tuple[ChatService, NotifyBase]:
    """The service and Apprise's plugin for this URL. Raises `UnusableUrl`."""
    if len(url) > MAX_URL_LENGTH or any(character.isspace() or not character.isprintable() for character in url):
        raise UnusableUrl(f"A URL has no spaces and at most {MAX_URL_LENGTH} characters. Check it.")
    scheme = url.partition(":")[0].lower()
    escaped = url.replace("/#", "/%23")  # a channel, which may begin with #
    for service, path in _PLUGINS.items():
        plugin = import_string(f"apprise.plugins.{path}")
        parse = plugin.parse_url if scheme in plugin.schemas(plugin) else plugin.parse_native_url
        if arguments := parse(escaped):
            return service, _instantiate(plugin, arguments)
    services = ", ".join(label for _, label in ChatService.choices())
    raise UnusableUrl(f"This is not the URL of a service that the newsroom can use: {services}.")


def _instantiate(plugin: Any, arguments: dict[str, Any]) -> NotifyBase:
    if "template" in arguments.get("qsd", {}) or arguments.get("template"):  # a file on our disk, or another URL
        raise UnusableUrl("Remove the template from the URL.")
    try:
        notifier: NotifyBase = plugin(**arguments, asset=_ASSET)
    except (AppriseException, TypeError, ValueError):
        raise UnusableUrl(
            "Something is missing in this URL, or is wrong. Compare it with the service's form."
        ) from None
    if len(notifier) != 1:  # of several, some could get the message again when others did not
        raise UnusableUrl("Name exactly one channel, room, person or number, without retries.")
    return notifier


class _Conversation:
    """The requests that one text takes, all within the time of one call."""

    def __init__(self) -> None:
        self.status, self.retry_after = 0, None  # type: int, timedelta | None
        self.failure: Exception | None = None
        self._ends_at = time.monotonic() + settings.EXTERNAL_CALL_SECONDS

    def send(self, request: requests.PreparedRequest) -> requests.Response:
        """Send a request of a plugin through the guard. Redirects fail."""
        try:
            return self._send(request, httpx.URL(str(request.url)))
        except (http_client.DestinationNotAllowed, http_client.RequestFailed) as error:
            self.failure = error
        except httpx.InvalidURL:
            self.failure = http_client.DestinationNotAllowed("This is not a web address.")
        raise requests.ConnectionError  # what plugins expect; they pass it on as a refusal

    def _send(self, request: requests.PreparedRequest, url: httpx.URL) -> requests.Response:
        body: Any = request.body or b""
        headers = {name.lower(): _text(value) for name, value in request.headers.items()}
        with http_client.request(
            request.method or "GET",
            url,
            content=body.encode() if isinstance(body, str) else body,
            headers={name: value for name, value in headers.items() if name not in _OWN_HEADERS},
            allow_private=http_client.may_be_private(str(url)),
            hosts=settings.OUTGOING_HOSTS,
            seconds=self._ends_at - time.monotonic(),
        ) as answer:
            self.status, self.retry_after = answer.status_code, http_client.retry_after(answer)
            if answer.has_redirect_location:
                raise requests.TooManyRedirects
            content = next(answer.iter_bytes(_MAX_RESPONSE), b"")
        response = requests.Response()
        response.status_code, response.url, response.request = answer.status_code, str(request.url), request
        response.headers.update(answer.headers)
        response.raw = io.BytesIO(content)
        return response


_current: ContextVar[_Conversation | None] = ContextVar("conversation", default=None)


class _GuardedAdapter(BaseAdapter):
    """What every session of `requests` in this process sends its requests with."""

    def send(self, request: requests.PreparedRequest, *_: Any, **__: Any) -> requests.Response:
        """Send a request of the text that is being posted; outside of that, none."""
        conversation = _current.get()
        if conversation is None:
            raise requests.ConnectionError("Only chat_services.post may use requests.")
        return conversation.send(request)

    def close(self) -> None:
        """There is nothing to close."""


def _text(value: str | bytes) -> str:
    return value.decode("latin-1") if isinstance(value, bytes) else value


_sessions: Any = requests.sessions
_sessions.HTTPAdapter = _GuardedAdapter
