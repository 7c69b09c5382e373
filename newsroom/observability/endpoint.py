"""`/metrics` for Prometheus: process counters and gauges from PostgreSQL, without editorial content.

docs/operations/running.md lists every metric, under “Watching it”.
"""

from __future__ import annotations

import hmac
import ipaddress
import threading
from collections.abc import Callable, Iterable, Mapping
from typing import Any
from wsgiref.simple_server import WSGIRequestHandler, make_server

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseBase, HttpResponseNotAllowed
from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.exposition import CONTENT_TYPE_PLAIN_0_0_4 as PROMETHEUS
from prometheus_client.registry import Collector

from newsroom.observability.gauges import NewsroomCollector
from newsroom.observability.multiprocess import HostCollector

View = Callable[[HttpRequest], HttpResponseBase]

_FORBIDDEN = (
    "Metrics are served only to direct requests, not through a proxy: with METRICS_TOKEN, or from this machine.\n"
)
_NO_SNIFFING = {"X-Content-Type-Options": "nosniff"}  # these responses bypass SecurityMiddleware
# Headers that proxies add: RFC 7239, RFC 9110, and those of common proxies and content delivery networks.
_PROXY_HEADERS = (
    "HTTP_FORWARDED", "HTTP_VIA", "HTTP_X_REAL_IP", "HTTP_CDN_LOOP", "HTTP_CF_CONNECTING_IP", "HTTP_TRUE_CLIENT_IP",
    "HTTP_X_AMZN_TRACE_ID", "HTTP_X_CLIENT_IP", "HTTP_X_CLUSTER_CLIENT_IP",
)  # fmt: skip


def metrics_middleware(view: View) -> View:
    """Middleware that answers /metrics before the host check: Prometheus scrapes by IP address."""

    def middleware(request: HttpRequest) -> HttpResponseBase:
        return _metrics(request) if request.path_info == "/metrics" else view(request)

    return middleware


def _metrics(request: HttpRequest) -> HttpResponse:
    if request.method not in ("GET", "HEAD"):
        return HttpResponseNotAllowed(["GET", "HEAD"])
    if not is_authorized(request.META):
        return HttpResponse(_FORBIDDEN, status=403, content_type="text/plain", headers=_NO_SNIFFING)
    body = _render(HostCollector(settings.DATA), NewsroomCollector())
    return HttpResponse(body, content_type=PROMETHEUS, headers=_NO_SNIFFING)


def start_server() -> None:
    """Serve this machine's metrics on METRICS_PORT, for a machine with workers but no web process."""
    if settings.METRICS_PORT:
        server = make_server(settings.METRICS_BIND, settings.METRICS_PORT, _wsgi_app, handler_class=_QuietHandler)
        threading.Thread(target=server.serve_forever, name="metrics", daemon=True).start()


def is_authorized(environ: Mapping[str, Any]) -> bool:
    """Whether the request is direct, and carries METRICS_TOKEN or, if none is set, comes from this machine.

    Behind a proxy the token is required: one on this machine that adds no header could not be told from a local client.
    """
    if any(name in _PROXY_HEADERS or name.startswith("HTTP_X_FORWARDED_") for name in environ):
        return False
    if token := settings.METRICS_TOKEN:
        return hmac.compare_digest(str(environ.get("HTTP_AUTHORIZATION", "")).encode(), f"Bearer {token}".encode())
    if settings.TRUSTED_PROXY_COUNT:
        return False
    try:
        return ipaddress.ip_address(str(environ.get("REMOTE_ADDR", ""))).is_loopback
    except ValueError:
        return False


def _render(*collectors: Collector) -> bytes:
    registry = CollectorRegistry()
    for collector in collectors:
        registry.register(collector)
    return generate_latest(registry)


def _wsgi_app(environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
    if not is_authorized(environ):
        start_response("403 Forbidden", [("Content-Type", "text/plain")])
        return [_FORBIDDEN.encode()]
    start_response("200 OK", [("Content-Type", PROMETHEUS)])
    return [_render(HostCollector(settings.DATA))]


class _QuietHandler(WSGIRequestHandler):
    def log_message(self, format: str, *arguments: Any) -> None:
        """Do not log scrapes."""
