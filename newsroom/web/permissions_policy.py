"""Permissions-Policy: denies pages the browser's device, sensor and payment APIs."""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpRequest, HttpResponseBase

View = Callable[[HttpRequest], HttpResponseBase]

_DENIED = (
    "accelerometer", "autoplay", "browsing-topics", "camera", "display-capture", "encrypted-media", "fullscreen",
    "gamepad", "geolocation", "gyroscope", "hid", "idle-detection", "local-fonts", "magnetometer", "microphone", "midi",
    "payment", "picture-in-picture", "screen-wake-lock", "serial", "usb", "xr-spatial-tracking",
)  # fmt: skip
HEADER = ", ".join(f"{feature}=()" for feature in _DENIED)


def permissions_policy_middleware(view: View) -> View:
    """Add the header to every response."""

    def middleware(request: HttpRequest) -> HttpResponseBase:
        response = view(request)
        response.headers["Permissions-Policy"] = HEADER
        return response

    return middleware
