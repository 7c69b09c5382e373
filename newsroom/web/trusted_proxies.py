"""Trusted proxies: sets REMOTE_ADDR to the client address that they forward."""

from __future__ import annotations

from collections.abc import Callable
from ipaddress import ip_address

from django.conf import settings
from django.http import HttpRequest, HttpResponseBase

View = Callable[[HttpRequest], HttpResponseBase]


def trusted_proxy_middleware(view: View) -> View:
    """Trust as many forwarded addresses, from the right, as there are proxies."""

    def middleware(request: HttpRequest) -> HttpResponseBase:
        forwarded = request.headers.get("X-Forwarded-For", "").split(",")
        if settings.TRUSTED_PROXY_COUNT and (
            address := _parse_ip(forwarded[-min(settings.TRUSTED_PROXY_COUNT, len(forwarded))])
        ):
            request.META["REMOTE_ADDR"] = address
        return view(request)

    return middleware


def _parse_ip(text: str) -> str:
    try:
        return str(ip_address(text.strip()))
    except ValueError:
        return ""
