"""Chat services: nothing that Apprise sends goes to an address that has not been checked."""

from __future__ import annotations

import ast
import socket
from pathlib import Path
from typing import Any

import apprise.plugins
import pytest
import requests

from editorial import chat_services, http_client
from editorial.models import ChatService
from tests.notifications.chat_urls import URLS
from tests.support.receivers import WebhookReceiver

_NETWORK = {
    "aiohttp", "asyncio", "ctypes", "ftplib", "http", "httpx", "imaplib", "multiprocessing", "paho", "selectors",
    "slixmpp", "smtplib", "socket", "socketserver", "ssl", "subprocess", "telnetlib", "urllib3", "websocket",
    "websockets",
}  # fmt: skip
_SAFE_HELPERS = {"is_secure_http_url", "read_bounded_response"}  # others in Apprise's module of helpers open sockets
_CALLS = {"get", "post", "put", "request"}


def ntfy(receiver: WebhookReceiver, host: str = "127.0.0.1") -> str:
    """The URL of a topic at the receiver."""
    return f"ntfy://{host}:{receiver.server_address[1]}/gates"


@pytest.fixture
def resolves_to_private(monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """Every name leads to a private address. Returns the connections that were attempted."""
    answer = [(socket.AF_INET, socket.SOCK_STREAM, 6, "", ("10.0.0.1", 443))]
    connections: list[Any] = []
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: answer)
    monkeypatch.setattr(socket.socket, "connect", lambda _, address: connections.append(address))
    return connections


@pytest.mark.parametrize("service", ChatService)
def test_no_service_reaches_a_private_address(service: ChatService, resolves_to_private: list[Any]) -> None:
    assert chat_services.service_of(URLS[service]) is service
    with pytest.raises(http_client.DestinationNotAllowed):
        chat_services.post(URLS[service], "The gate was open.")
    assert resolves_to_private == []


def test_a_text_is_posted(receiver: WebhookReceiver) -> None:
    assert chat_services.post(ntfy(receiver), "The gate <was> open.") == 200
    (request,) = receiver.requests
    assert b"The gate <was> open." in request.body


def test_without_permission_a_private_address_is_refused(receiver: WebhookReceiver, settings: Any) -> None:
    settings.WEBHOOKS_ALLOW_PRIVATE_HOSTS = False
    with pytest.raises(http_client.DestinationNotAllowed):
        chat_services.post(ntfy(receiver), "Hi")
    assert receiver.requests == []


def test_the_list_of_hosts_limits_chat_too(receiver: WebhookReceiver, settings: Any) -> None:
    settings.OUTGOING_HOSTS = ["paper.example"]
    with pytest.raises(http_client.DestinationNotAllowed):
        chat_services.post(ntfy(receiver), "Hi")
    assert receiver.requests == []


@pytest.mark.parametrize("option", ["", "?redirect=yes"])
def test_redirects_are_not_followed(receiver: WebhookReceiver, option: str) -> None:
    receiver.status = 307
    with pytest.raises(chat_services.Refused) as refused:
        chat_services.post(ntfy(receiver) + option, "Hi")
    assert refused.value.status == 307
    assert len(receiver.requests) == 1


def test_the_certificate_is_verified_whatever_the_url_says(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[dict[str, Any]] = []

    def refuse(*_: Any, **options: Any) -> Any:
        asked.append(options)
        raise http_client.RequestFailed("ConnectError")

    monkeypatch.setattr(http_client, "request", refuse)
    with pytest.raises(http_client.RequestFailed):
        chat_services.post("ntfys://ntfy.example/gates?verify=no", "Hi")
    assert "verify" not in asked[0]


def test_outside_of_a_message_the_library_calls_nobody(receiver: WebhookReceiver) -> None:
    with pytest.raises(requests.ConnectionError):
        requests.get(f"http://127.0.0.1:{receiver.server_address[1]}/", timeout=5)
    assert receiver.requests == []


@pytest.mark.parametrize(
    "url",
    [
        "", "json://hooks.example/", "mailto://user:password@example.org", "file:///etc/passwd", "syslog://",
        "http://a.example", "slack://x", "ntfys://ntfy.example/one/two", "ntfys://ntfy.example/gates?retry=3",
        "ntfys://ntfy.example/ gates", f"ntfys://ntfy.example/{'g' * 500}",
        "slack://T1JJ3T3L2/A1BRTD4JD/TIiajkdnlazkcOXrIdevi7FQ?template=/etc/passwd",
    ],
)  # fmt: skip
def test_other_services_several_receivers_and_files_are_refused(url: str) -> None:
    with pytest.raises(chat_services.UnusableUrl):
        chat_services.service_of(url)


def test_what_a_service_gives_its_users_is_accepted() -> None:
    url = "https://hooks.slack.com/services/T1JJ3T3L2/A1BRTD4JD/TIiajkdnlazkcOXrIdevi7FQ"
    assert chat_services.service_of(url) is ChatService.SLACK


@pytest.mark.parametrize("plugin", sorted({path.partition(".")[0] for path in chat_services._PLUGINS.values()}))
def test_plugins_call_others_by_requests_only(plugin: str) -> None:
    folder = Path(apprise.plugins.__path__[0])
    modules = [folder / f"{plugin}.py"] if (folder / f"{plugin}.py").exists() else list((folder / plugin).glob("*.py"))
    assert modules
    for module in modules:
        for node in ast.walk(ast.parse(module.read_text())):
            if isinstance(node, ast.Import):
                assert not {alias.name.partition(".")[0] for alias in node.names} & _NETWORK, module
            elif isinstance(node, ast.ImportFrom):
                name, names = node.module or "", {alias.name for alias in node.names}
                assert name.partition(".")[0] not in _NETWORK or node.level, module
                assert not name.endswith("utils.http") or names <= _SAFE_HELPERS, (module, names)
            elif isinstance(node, ast.Attribute) and ast.unparse(node.value) == "requests":
                assert node.attr in _CALLS | {"codes", "exceptions"} or node.attr[0].isupper(), (module, node.attr)
                assert node.attr not in ("Session", "HTTPAdapter"), module
